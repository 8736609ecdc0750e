//! Makes one test per database from a single test function.

use super::database::TestDatabase;
use super::nodes::Nodes;
use super::test_app::{Setup, TestApp};

/// The argument of a test function. It is made from an empty database.
pub(crate) trait OnDatabase {
    async fn on(database: TestDatabase) -> Self;
}

impl OnDatabase for TestDatabase {
    async fn on(database: TestDatabase) -> Self {
        database
    }
}

impl OnDatabase for TestApp {
    async fn on(database: TestDatabase) -> Self {
        Self::start(database, Setup::default()).await
    }
}

impl OnDatabase for Nodes {
    async fn on(database: TestDatabase) -> Self {
        Self::start(database).await
    }
}

/// Runs a test on SQLite.
pub(crate) async fn on_sqlite<T: OnDatabase>(test: impl AsyncFnOnce(T)) {
    test(T::on(TestDatabase::sqlite()).await).await;
}

/// Runs a test on PostgreSQL, or says that it was skipped.
pub(crate) async fn on_postgres<T: OnDatabase>(test: impl AsyncFnOnce(T)) {
    match TestDatabase::postgres().await {
        Some(database) => test(T::on(database).await).await,
        None => eprintln!("skipped, because there is no PostgreSQL server"),
    }
}

/// The function, and a module of its name with a test for each database. The tests are
/// named `NAME::on_sqlite` and `NAME::on_postgres`.
macro_rules! test_on {
    ([$($database:ident)+] #[$runtime:meta] async fn $name:ident $($rest:tt)*) => {
        async fn $name $($rest)*

        mod $name {
            $(
                #[$runtime]
                async fn $database() {
                    $crate::support::$database(super::$name).await;
                }
            )+
        }
    };
    ([$($database:ident)+] async fn $($rest:tt)*) => {
        $crate::support::test_on! { [$($database)+] #[tokio::test] async fn $($rest)* }
    };
}

/// `#[apply(every_database)]`: a test on SQLite and a test on PostgreSQL. A test that
/// needs another runtime adds `#[tokio::test(…)]`.
macro_rules! every_database {
    ($($test:tt)*) => {
        $crate::support::test_on! { [on_sqlite on_postgres] $($test)* }
    };
}

/// `#[apply(sqlite_only)]`: the test is about a property of SQLite.
macro_rules! sqlite_only {
    ($($test:tt)*) => {
        $crate::support::test_on! { [on_sqlite] $($test)* }
    };
}

/// `#[apply(postgres_only)]`: the test is about a property of PostgreSQL.
macro_rules! postgres_only {
    ($($test:tt)*) => {
        $crate::support::test_on! { [on_postgres] $($test)* }
    };
}

pub(crate) use {every_database, postgres_only, sqlite_only, test_on};
