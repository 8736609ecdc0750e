//! Users with their email addresses, passwords and sessions.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, string_null, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
    uuid,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(users()).await?;
        manager.create_table(emails()).await?;
        manager.create_index(emails_by_user()).await?;
        manager.create_index(one_default_email()).await?;
        manager.create_table(passwords()).await?;
        manager.create_table(sessions()).await?;
        manager.create_index(sessions_by_user()).await
    }

    /// On SQLite a migration does not run in a transaction by default. Without one, a crash
    /// could leave it half done, and then it could not run again.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["sessions", "passwords", "emails", "users"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn users() -> TableCreateStatement {
    let statuses = ["pending", "active", "deleted", "invited", "banned"];
    Table::create()
        .table("users")
        .col(uuid("id").primary_key())
        .col(text("status").check(Expr::col("status").is_in(statuses)))
        .col(text("name").check(Expr::col("name").ne("")))
        .col(text_null("bio"))
        .col(text_null("avatar_url"))
        .col(string_null("phone_number").unique_key())
        .col(text_null("locale"))
        .col(text_null("timezone"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

fn emails() -> TableCreateStatement {
    Table::create()
        .table("emails")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        .col(text("email"))
        .col(text("normalized").unique_key())
        .col(timestamp_with_time_zone_null("verified_at"))
        .col(boolean("is_default"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut belongs_to_user("emails"))
        .to_owned()
}

fn emails_by_user() -> IndexCreateStatement {
    Index::create().name("emails_user_id").table("emails").col("user_id").to_owned()
}

/// The database refuses two default addresses of one user.
fn one_default_email() -> IndexCreateStatement {
    Index::create()
        .name("emails_one_default")
        .table("emails")
        .col("user_id")
        .unique()
        .and_where(Expr::col("is_default"))
        .to_owned()
}

fn passwords() -> TableCreateStatement {
    Table::create()
        .table("passwords")
        .col(uuid("user_id").primary_key())
        .col(text("hash"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut belongs_to_user("passwords"))
        .to_owned()
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        .col(ColumnDef::new("token_hash").blob().not_null().unique_key())
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("last_used_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(text_null("user_agent"))
        .col(text_null("ip_address"))
        .foreign_key(&mut belongs_to_user("sessions"))
        .to_owned()
}

fn sessions_by_user() -> IndexCreateStatement {
    Index::create().name("sessions_user_id").table("sessions").col("user_id").to_owned()
}

fn belongs_to_user(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_user_id"))
        .from(table, "user_id")
        .to("users", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}
