//! Turns of messages in the outbox, an index of events by type, and notices to users who have
//! verified no address.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    binary_null, integer, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in outbox_columns() {
            add_column(manager, "outbox", column).await?;
        }
        let notice = timestamp_with_time_zone_null("erasure_notice_at");
        add_column(manager, "emails", notice).await?;
        let connection = manager.get_connection();
        connection.execute_unprepared(QUEUE_WHAT_WAITS).await?;
        for (table, columns) in INDEXES {
            manager.create_index(index(table, columns)).await?;
        }
        manager.create_index(pending_users()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(PENDING).table("users").to_owned()).await?;
        for (table, columns) in INDEXES {
            let name = name(table, columns);
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        drop_column(manager, "emails", "erasure_notice_at").await?;
        for column in ["queue", "turn", "cause", "domain", "round"] {
            drop_column(manager, "outbox", column).await?;
        }
        Ok(())
    }
}

/// The previous version of the service may still write messages. It sets none of these columns.
/// Such a message waits in the queue of mail, whose workers send all kinds, and its turn is now.
fn outbox_columns() -> [ColumnDef; 5] {
    [
        text("queue").default("mail").take(),
        timestamp_with_time_zone("turn").default("1970-01-01 00:00:00+00:00").take(),
        binary_null("cause"),
        text_null("domain"),
        integer("round").default(0).take(),
    ]
}

const QUEUE_WHAT_WAITS: &str = "
    UPDATE outbox SET turn = due_at, queue = CASE
        WHEN kind = 'phone_code' THEN 'texts'
        WHEN user_id IS NULL THEN 'requests'
        ELSE 'mail' END";

const INDEXES: [(&str, &[&str]); 5] = [
    ("outbox", &["queue", "turn", "id"]),
    ("outbox", &["queue", "due_at"]),
    ("outbox", &["cause"]),
    ("outbox", &["domain", "round"]),
    ("events", &["user_id", "kind", "id"]),
];

const PENDING: &str = "users_pending";

/// An index of the users who have verified no address yet, which are few.
fn pending_users() -> IndexCreateStatement {
    Index::create()
        .name(PENDING)
        .table("users")
        .col("created_at")
        .and_where(Expr::col("status").eq("pending"))
        .to_owned()
}

fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name(table, columns)).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

fn name(table: &str, columns: &[&str]) -> String {
    format!("{table}_{}", columns.join("_"))
}

async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}

async fn drop_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &'static str,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await
}
