//! Erasures of deleted accounts with their receipts, and events of accounts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    uuid_null,
};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(erasures()).await?;
        manager.create_index(erasures_to_do()).await?;
        manager.create_table(events()).await?;
        for columns in [["user_id", "id"].as_slice(), &["created_at"]] {
            manager.create_index(events_by(columns)).await?;
        }
        let schedule = match manager.get_database_backend() {
            DbBackend::Postgres => SCHEDULE_ON_POSTGRES,
            _ => SCHEDULE_ON_SQLITE,
        };
        manager.get_connection().execute_unprepared(schedule).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["events", "erasures"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// Schedules the erasure of accounts that were deleted before this migration. They can be
/// restored for 30 days from now, and are erased then.
const SCHEDULE_ON_SQLITE: &str = "
    INSERT INTO erasures (id, user_id, requested_at, erase_at, due_at, attempts)
    SELECT randomblob(16), id, updated_at, until, until, 0 FROM (
        SELECT id, updated_at, strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+30 days') AS until
        FROM users WHERE status = 'deleted')";

const SCHEDULE_ON_POSTGRES: &str = "
    INSERT INTO erasures (id, user_id, requested_at, erase_at, due_at, attempts)
    SELECT gen_random_uuid(), id, updated_at, now() + interval '30 days',
        now() + interval '30 days', 0
    FROM users WHERE status = 'deleted'";

/// A receipt outlives its user, and then names no user.
fn erasures() -> TableCreateStatement {
    let names_nobody = Expr::col("erased").is_null().or(Expr::col("user_id").is_null());
    let is_counted = Expr::col("erased_at").is_null().or(Expr::col("erased").is_not_null());
    Table::create()
        .table("erasures")
        .col(uuid("id").primary_key())
        .col(uuid_null("user_id").unique_key())
        .col(timestamp_with_time_zone("requested_at"))
        .col(timestamp_with_time_zone("erase_at"))
        .col(timestamp_with_time_zone("due_at"))
        .col(integer("attempts"))
        .col(timestamp_with_time_zone_null("erased_at"))
        .col(text_null("erased"))
        .check(names_nobody)
        .check(is_counted)
        .foreign_key(&mut belongs_to_user("erasures", ForeignKeyAction::SetNull))
        .to_owned()
}

/// An index of the erasures that are still to be done. It omits the receipts, which are
/// kept and become many.
fn erasures_to_do() -> IndexCreateStatement {
    Index::create()
        .name("erasures_to_do")
        .table("erasures")
        .col("due_at")
        .and_where(Expr::col("erased_at").is_null())
        .to_owned()
}

fn events() -> TableCreateStatement {
    Table::create()
        .table("events")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        .col(text("kind"))
        .col(text_null("subject"))
        .col(text_null("ip_address"))
        .col(text_null("user_agent"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut belongs_to_user("events", ForeignKeyAction::Cascade))
        .to_owned()
}

fn events_by(columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("events_{}", columns.join("_"))).table("events");
    for column in columns {
        index.col(*column);
    }
    index
}

fn belongs_to_user(table: &'static str, action: ForeignKeyAction) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_user_id"))
        .from(table, "user_id")
        .to("users", "id")
        .on_delete(action)
        .to_owned()
}
