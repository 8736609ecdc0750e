//! A database a test.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use current_user::store::{DatabaseUrl, LEASE};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use tempfile::TempDir;

use super::postgres;
use super::test_app::{Setup, TestApp};

/// The application, once on a fresh SQLite database and once on a fresh
/// PostgreSQL database where a server is available.
pub(crate) async fn on_every_database() -> Vec<TestApp> {
    with_setup(Setup::default()).await
}

/// The same, set up in another way.
pub(crate) async fn with_setup(setup: Setup) -> Vec<TestApp> {
    let mut apps = Vec::new();
    for database in every_database_url().await {
        apps.push(TestApp::start(database, setup.clone()).await);
    }
    apps
}

/// The same, on SQLite only.
pub(crate) async fn on_sqlite(setup: Setup) -> TestApp {
    TestApp::start(TestDatabase::sqlite(), setup).await
}

/// A fresh, empty SQLite database, and a fresh, empty PostgreSQL database where
/// a server is available.
pub(crate) async fn every_database_url() -> Vec<TestDatabase> {
    let mut databases = vec![TestDatabase::sqlite()];
    databases.extend(TestDatabase::postgres().await);
    databases
}

/// A database that nobody else uses.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    pub(crate) url: DatabaseUrl,
    /// The SQLite file is gone with it.
    _directory: Option<TempDir>,
}

impl TestDatabase {
    fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db").display().to_string();
        Self { url: DatabaseUrl::Sqlite(path), _directory: Some(directory) }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.url, DatabaseUrl::Sqlite(_))
    }

    /// The file of SQLite.
    pub(crate) fn path(&self) -> &str {
        match &self.url {
            DatabaseUrl::Sqlite(path) => path,
            DatabaseUrl::Postgres(_) => panic!("PostgreSQL is no file"),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        if self.is_sqlite() { "SQLite" } else { "PostgreSQL" }
    }

    /// When a write shows on another node at the latest.
    pub(crate) fn lease(&self) -> Duration {
        if self.is_sqlite() { Duration::ZERO } else { LEASE }
    }

    /// A connection of somebody else.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        Database::connect(self.connection_string()).await.unwrap()
    }

    /// Makes commits on PostgreSQL take their time, so that more happens meanwhile.
    pub(crate) async fn slow_commits(&self) {
        if self.is_sqlite() {
            return;
        }
        let pause = "CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_sleep(0.01); RETURN NULL; END $$";
        let other = self.connect().await;
        other.execute_unprepared(pause).await.unwrap();
        for change in ["UPDATE ON users", "DELETE ON sessions"] {
            let slow = format!(
                "CREATE CONSTRAINT TRIGGER slow AFTER {change} DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION pause()"
            );
            other.execute_unprepared(&slow).await.unwrap();
        }
        other.close().await.unwrap();
    }

    /// The URL as the command line takes it.
    pub(crate) fn connection_string(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite://{path}"),
            DatabaseUrl::Postgres(url) => url.to_string(),
        }
    }

    /// `None` where there is no server.
    async fn postgres() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mut url = postgres::server().await?.clone();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}{}_{number}", postgres::PREFIX, std::process::id());
        let admin = Database::connect(url.as_str()).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        url.set_path(&name);
        Some(Self { url: DatabaseUrl::Postgres(url), _directory: None })
    }
}
