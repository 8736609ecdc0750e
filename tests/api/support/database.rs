//! A database a test.

use std::sync::atomic::{AtomicU32, Ordering};

use current_user::store::DatabaseUrl;
use sea_orm::{ConnectionTrait as _, Database};
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
