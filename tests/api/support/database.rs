//! A database for one test.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use current_user::store::{DatabaseUrl, LEASE};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use tempfile::TempDir;

use super::postgres;

/// A database that no other test uses.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    pub(crate) url: DatabaseUrl,
    /// Holds the SQLite file, and deletes it when the test ends.
    _directory: Option<TempDir>,
}

impl TestDatabase {
    /// An empty SQLite database.
    pub(crate) fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db").display().to_string();
        Self { url: DatabaseUrl::Sqlite(path), _directory: Some(directory) }
    }

    /// An empty PostgreSQL database, or `None` without a PostgreSQL server.
    pub(crate) async fn postgres() -> Option<Self> {
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

    /// Another empty database of the same kind.
    pub(crate) async fn another(&self) -> Self {
        if self.is_sqlite() { Self::sqlite() } else { Self::postgres().await.unwrap() }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.url, DatabaseUrl::Sqlite(_))
    }

    /// The path of the SQLite file.
    pub(crate) fn path(&self) -> &str {
        match &self.url {
            DatabaseUrl::Sqlite(path) => path,
            DatabaseUrl::Postgres(_) => panic!("a PostgreSQL database has no file"),
        }
    }

    /// The URL as the command line takes it.
    pub(crate) fn connection_string(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite://{path}"),
            DatabaseUrl::Postgres(url) => url.to_string(),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        if self.is_sqlite() { "SQLite" } else { "PostgreSQL" }
    }

    /// The time after which a write through one node shows on every other node.
    pub(crate) fn lease(&self) -> Duration {
        if self.is_sqlite() { Duration::ZERO } else { LEASE }
    }

    /// A connection of another program.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        Database::connect(self.connection_string()).await.unwrap()
    }

    /// Executes SQL as another program would.
    pub(crate) async fn execute(&self, sql: &str) {
        let other = self.connect().await;
        other.execute_unprepared(sql).await.unwrap();
        other.close().await.unwrap();
    }

    /// The first column of the rows that a query finds.
    pub(crate) async fn query(&self, sql: &str) -> Vec<String> {
        let other = self.connect().await;
        let statement = Statement::from_string(other.get_database_backend(), sql);
        let rows = other.query_all_raw(statement).await.unwrap();
        other.close().await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// The number of rows in a table that meet a condition.
    pub(crate) async fn count(&self, table: &str, condition: &str) -> usize {
        let count = format!("SELECT CAST(count(*) AS text) FROM {table} WHERE {condition}");
        self.query(&count).await[0].parse().unwrap()
    }

    /// Makes each commit on PostgreSQL take 10 ms, so that more requests overlap.
    pub(crate) async fn slow_commits(&self) {
        if self.is_sqlite() {
            return;
        }
        self.execute(
            "CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_sleep(0.01); RETURN NULL; END $$",
        )
        .await;
        for change in ["UPDATE ON users", "DELETE ON sessions"] {
            let slow = format!(
                "CREATE CONSTRAINT TRIGGER slow AFTER {change} DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION pause()"
            );
            self.execute(&slow).await;
        }
    }
}
