//! SeaORM migrations, up and down, for both SQLite and PostgreSQL. No query of the running
//! service lives here.

pub use sea_orm_migration::prelude::{DbErr, MigratorTrait, SchemaManagerConnection};
use sea_orm_migration::prelude::{MigrationTrait, async_trait};
pub use sea_orm_migration::{Migration, MigrationStatus};

mod m20261123_000001_accounts;
mod m20261123_000002_changes;
mod m20261124_000003_verification;
mod m20261124_000004_avatars;
mod m20261124_000005_leaving;
mod m20261126_000006_limits;
mod m20261126_000007_claims;
mod m20261126_000008_messages;
mod m20261130_000009_change_table;

/// The channel on which nodes notify each other of changes. The payload of a notification is the
/// id of the user who has changed.
pub const CHANGES_CHANNEL: &str = "current_user_changes";

/// Every migration, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_accounts::Migration),
            Box::new(m20261123_000002_changes::Migration),
            Box::new(m20261124_000003_verification::Migration),
            Box::new(m20261124_000004_avatars::Migration),
            Box::new(m20261124_000005_leaving::Migration),
            Box::new(m20261126_000006_limits::Migration),
            Box::new(m20261126_000007_claims::Migration),
            Box::new(m20261126_000008_messages::Migration),
            Box::new(m20261130_000009_change_table::Migration),
        ]
    }
}
