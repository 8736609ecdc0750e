//! A table of changes on PostgreSQL. Triggers write to it when a user has changed, no matter which
//! program made the change, and every node reads it.
//!
//! Before, the triggers notified the nodes. A transaction that notifies holds a lock of the whole
//! server while it commits, so no two changes could share a sync of the disk.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::m20261123_000002_changes::{create_triggers, drop_triggers, notify};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        drop_triggers(manager, "notify_change").await?;
        let connection = manager.get_connection();
        for statement in [TABLE, INDEX, FUNCTION] {
            connection.execute_unprepared(statement).await?;
        }
        create_triggers(manager, "note_change").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        drop_triggers(manager, "note_change").await?;
        manager.get_connection().execute_unprepared("DROP TABLE changes").await?;
        notify(manager).await
    }
}

/// A crash of the server empties the table. It also ends the connections of all nodes, and then
/// each node takes every user for changed. So the table needs no write-ahead log.
const TABLE: &str = "
    CREATE UNLOGGED TABLE changes (
        user_id uuid NOT NULL,
        transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
        node uuid
    )";

const INDEX: &str = "CREATE INDEX changes_transaction ON changes (transaction)";

/// A node sets `currentuser.node` on its connections, so that it need not read its own changes.
const FUNCTION: &str = "
    CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        changed record;
        node uuid := nullif(current_setting('currentuser.node', true), '');
    BEGIN
        IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
        IF TG_ARGV[0] = 'id' THEN
            INSERT INTO changes (user_id, node) VALUES (changed.id, node);
        ELSE
            INSERT INTO changes (user_id, node) VALUES (changed.user_id, node);
        END IF;
        RETURN NULL;
    END $$";
