//! Applying and reverting migrations of the schema.

use migration::{MigrationStatus, Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, TransactionTrait as _};

use super::database::Store;

/// Takes a lock that is held until its transaction ends, however long the migrations take on another
/// connection. The number is the CRC-32 of `current-user`.
const MIGRATION_LOCK: &str = "SET LOCAL idle_in_transaction_session_timeout = 0;
    SELECT pg_advisory_xact_lock(3241282688)";

impl Store {
    /// Applies every pending migration. Returns their names.
    ///
    /// # Errors
    /// When the database refuses a migration. The migrations before it stay applied.
    pub async fn migrate_up(&self) -> Result<Vec<String>, DbErr> {
        // Nodes that start together must not apply the same migration twice.
        let lock = match self.writer.get_database_backend() {
            DbBackend::Postgres => Some(self.writer.begin().await?),
            _ => None,
        };
        if let Some(lock) = &lock {
            lock.execute_unprepared(MIGRATION_LOCK).await?;
        }
        let status = self.migration_status().await?;
        let pending = status.into_iter().filter(|(_, applied)| !applied).map(|(name, _)| name);
        Migrator::up(&self.writer, None).await?;
        if let Some(lock) = lock {
            lock.commit().await?;
        }
        Ok(pending.collect())
    }

    /// Reverts the last `steps` migrations. Returns their names, last first.
    ///
    /// # Errors
    /// When the database refuses to revert a migration.
    pub async fn migrate_down(&self, steps: u32) -> Result<Vec<String>, DbErr> {
        let status = self.migration_status().await?;
        let applied = status.into_iter().rev().filter(|(_, applied)| *applied);
        let last = usize::try_from(steps).unwrap_or(usize::MAX);
        let reverted = applied.take(last).map(|(name, _)| name).collect();
        Migrator::down(&self.writer, Some(steps)).await?;
        Ok(reverted)
    }

    /// The names of all migrations, oldest first, and whether each is applied. This only
    /// reads, so it never waits for the writer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn migration_status(&self) -> Result<Vec<(String, bool)>, DbErr> {
        let migrations = Migrator::get_migration_with_status_read_only(self.reader()).await?;
        let status = |migration: &migration::Migration| {
            (migration.name().to_owned(), migration.status() == MigrationStatus::Applied)
        };
        Ok(migrations.iter().map(status).collect())
    }

    /// Whether the database answers and every migration is applied.
    pub async fn is_ready(&self) -> bool {
        self.migration_status().await.is_ok_and(|status| status.iter().all(|(_, applied)| *applied))
    }
}
