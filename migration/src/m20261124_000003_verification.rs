//! Verification of email addresses and phone numbers, and re-authentication: competing claims
//! to addresses, one-time tokens, codes, and the outbox.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, integer, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
    uuid, uuid_null,
};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                let drop = "ALTER TABLE emails DROP CONSTRAINT emails_normalized_key";
                connection.execute_unprepared(drop).await?;
            }
            _ => rebuild_emails(manager, ColumnDef::new("normalized").text().not_null()).await?,
        }
        manager.create_index(one_claim_a_user()).await?;
        manager.create_index(one_verified_owner()).await?;
        manager.create_index(index("emails", "normalized")).await?;

        manager
            .alter_table(Table::alter().table("sessions").add_column(authenticated_at()).take())
            .await?;
        // Each session began with a login, in which the user proved their password.
        connection.execute_unprepared("UPDATE sessions SET authenticated_at = created_at").await?;

        for table in [one_time_tokens(), phone_verifications(), outbox()] {
            manager.create_table(table).await?;
        }
        for (table, column) in INDEXES {
            manager.create_index(index(table, column)).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    /// If several users claim an address, only one claim can stay: the verified one, or else
    /// the oldest.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["outbox", "phone_verifications", "one_time_tokens"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        let connection = manager.get_connection();
        connection.execute_unprepared("ALTER TABLE sessions DROP COLUMN authenticated_at").await?;
        connection.execute_unprepared(KEEP_ONE_CLAIM).await?;
        for name in ["emails_one_claim_a_user", "emails_one_verified_owner", "emails_normalized"] {
            manager.drop_index(Index::drop().name(name).table("emails").to_owned()).await?;
        }
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                let unique =
                    "ALTER TABLE emails ADD CONSTRAINT emails_normalized_key UNIQUE (normalized)";
                connection.execute_unprepared(unique).await?;
                Ok(())
            }
            _ => {
                let mut normalized = ColumnDef::new("normalized");
                rebuild_emails(manager, normalized.text().not_null().unique_key()).await
            }
        }
    }
}

const KEEP_ONE_CLAIM: &str = "
    DELETE FROM emails WHERE verified_at IS NULL AND EXISTS (
        SELECT 1 FROM emails AS other
        WHERE other.normalized = emails.normalized AND other.id <> emails.id
            AND (other.verified_at IS NOT NULL OR other.id < emails.id))";

/// Creates the table again, because SQLite can't drop a constraint from a table.
async fn rebuild_emails(
    manager: &SchemaManager<'_>,
    normalized: &mut ColumnDef,
) -> Result<(), DbErr> {
    let table = Table::create()
        .table("emails_new")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        .col(text("email"))
        .col(normalized)
        .col(timestamp_with_time_zone_null("verified_at"))
        .col(boolean("is_default"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut belongs_to_user("emails"))
        .take();
    manager.create_table(table).await?;
    manager
        .get_connection()
        .execute_unprepared(
            "INSERT INTO emails_new SELECT id, user_id, email, normalized, verified_at, is_default,
                created_at, updated_at FROM emails;
            DROP TABLE emails;
            ALTER TABLE emails_new RENAME TO emails;
            CREATE INDEX emails_user_id ON emails (user_id);
            CREATE UNIQUE INDEX emails_one_default ON emails (user_id) WHERE is_default",
        )
        .await?;
    Ok(())
}

/// A user can claim an address only once.
fn one_claim_a_user() -> IndexCreateStatement {
    Index::create()
        .name("emails_one_claim_a_user")
        .table("emails")
        .col("user_id")
        .col("normalized")
        .unique()
        .take()
}

/// Several users may claim an address, but only one of them can have verified it.
fn one_verified_owner() -> IndexCreateStatement {
    Index::create()
        .name("emails_one_verified_owner")
        .table("emails")
        .col("normalized")
        .unique()
        .and_where(Expr::col("verified_at").is_not_null())
        .take()
}

/// A column that is added to a table with rows needs a default. The default is a time so long ago
/// that the session has to prove the password again.
fn authenticated_at() -> ColumnDef {
    timestamp_with_time_zone("authenticated_at").default("1970-01-01 00:00:00+00:00").take()
}

fn one_time_tokens() -> TableCreateStatement {
    let purposes = ["verify_email", "reset_password", "accept_invitation", "recover"];
    Table::create()
        .table("one_time_tokens")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        .col(text("purpose").check(Expr::col("purpose").is_in(purposes)))
        .col(text("email"))
        .col(text("normalized"))
        .col(ColumnDef::new("token_hash").blob().not_null().unique_key())
        .col(uuid("message_id"))
        .col(timestamp_with_time_zone("issued_at"))
        .col(timestamp_with_time_zone("since"))
        .col(timestamp_with_time_zone("expires_at"))
        .foreign_key(&mut belongs_to_user("one_time_tokens"))
        .take()
}

fn phone_verifications() -> TableCreateStatement {
    Table::create()
        .table("phone_verifications")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        .col(text("phone_number"))
        .col(ColumnDef::new("code_hash").blob().null())
        .col(integer("tries_left").check(Expr::col("tries_left").gte(0)))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("expires_at"))
        .foreign_key(&mut belongs_to_user("phone_verifications"))
        .take()
}

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(uuid("id").primary_key())
        .col(uuid_null("user_id"))
        .col(text("kind"))
        .col(text("recipient"))
        .col(text("normalized"))
        .col(text_null("subject"))
        .col(timestamp_with_time_zone("since"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("due_at"))
        .col(integer("attempts"))
        .foreign_key(&mut belongs_to_user("outbox"))
        .take()
}

const INDEXES: [(&str, &str); 7] = [
    ("one_time_tokens", "user_id"),
    ("one_time_tokens", "normalized"),
    ("phone_verifications", "user_id"),
    ("phone_verifications", "phone_number"),
    ("outbox", "due_at"),
    ("outbox", "user_id"),
    ("outbox", "normalized"),
];

fn index(table: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create().name(format!("{table}_{column}")).table(table).col(column).take()
}

fn belongs_to_user(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_user_id"))
        .from(table, "user_id")
        .to("users", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}
