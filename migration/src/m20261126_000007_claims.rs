//! Claims to addresses: which of them have logged in, which browser asked for a verification
//! mail, and which notice a token was mailed in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{text_null, timestamp_with_time_zone_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables, and the column that each of them gets.
fn columns() -> [(&'static str, ColumnDef); 3] {
    [
        ("emails", timestamp_with_time_zone_null("logged_in_at").take()),
        ("outbox", text_null("device").take()),
        ("one_time_tokens", text_null("reason").take()),
    ]
}

/// The users who have logged in before this migration. Only the default address can be used to
/// log in before it is verified.
const LOGGED_IN: &str = "
    UPDATE emails SET logged_in_at = COALESCE(
        (SELECT min(sessions.created_at) FROM sessions WHERE sessions.user_id = emails.user_id),
        (SELECT min(events.created_at) FROM events
            WHERE events.user_id = emails.user_id AND events.kind = 'logged_in'))
    WHERE verified_at IS NULL AND is_default";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        manager.get_connection().execute_unprepared(LOGGED_IN).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).take()).await?;
        }
        Ok(())
    }
}
