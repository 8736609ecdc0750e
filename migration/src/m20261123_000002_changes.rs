//! Triggers on PostgreSQL that notify all nodes when a user has changed, no matter which
//! program made the change. A later migration replaces them with a table.
//!
//! SQLite needs no triggers: its nodes share a machine, and see changes in the file.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::CHANGES_CHANNEL;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables that a user's representation is read from, and the column of each that holds the
/// user's id.
const TABLES: [(&str, &str); 3] = [("users", "id"), ("emails", "user_id"), ("sessions", "user_id")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        notify(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        drop_triggers(manager, "notify_change").await
    }
}

/// Makes changes of users notify all nodes.
pub(crate) async fn notify(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // PostgreSQL sends equal notifications of one transaction only once.
    let function = format!(
        "CREATE FUNCTION notify_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            changed jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
        BEGIN
            PERFORM pg_notify('{CHANGES_CHANNEL}', changed ->> TG_ARGV[0]);
            RETURN NULL;
        END $$"
    );
    manager.get_connection().execute_unprepared(&function).await?;
    create_triggers(manager, "notify_change").await
}

/// Makes changes of users call a function with the name of the column that holds the user's id.
pub(crate) async fn create_triggers(
    manager: &SchemaManager<'_>,
    function: &str,
) -> Result<(), DbErr> {
    for (table, owner) in TABLES {
        let trigger = format!(
            "CREATE TRIGGER {table}_change AFTER INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {function}('{owner}')"
        );
        manager.get_connection().execute_unprepared(&trigger).await?;
    }
    Ok(())
}

/// Drops the triggers and their function.
pub(crate) async fn drop_triggers(
    manager: &SchemaManager<'_>,
    function: &str,
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    for (table, _) in TABLES {
        connection.execute_unprepared(&format!("DROP TRIGGER {table}_change ON {table}")).await?;
    }
    connection.execute_unprepared(&format!("DROP FUNCTION {function}()")).await?;
    Ok(())
}
