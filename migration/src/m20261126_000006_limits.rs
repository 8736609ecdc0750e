//! Rate limits, the clients from which an account was opened, and the fingerprint of the
//! server secret.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary, integer, text, timestamp_with_time_zone, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 3] = ["server_secret", "known_clients", "rate_limits"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(rate_limits()).await?;
        manager.create_index(index("rate_limits", &["expires_at"])).await?;
        manager.create_table(known_clients()).await?;
        let mut one_row_per_mark = index("known_clients", &["user_id", "mark"]);
        manager.create_index(one_row_per_mark.unique().to_owned()).await?;
        manager.create_table(server_secret()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// The rows name nobody: their keys are keyed hashes.
fn rate_limits() -> TableCreateStatement {
    Table::create()
        .table("rate_limits")
        .col(binary("key").primary_key())
        .col(binary("times"))
        .col(timestamp_with_time_zone("expires_at"))
        .to_owned()
}

fn known_clients() -> TableCreateStatement {
    Table::create()
        .table("known_clients")
        .col(uuid("id").primary_key())
        .col(uuid("user_id"))
        .col(text("kind"))
        .col(binary("mark"))
        .col(timestamp_with_time_zone("last_used_at"))
        .check(Expr::col("kind").is_in(["device", "network"]))
        .foreign_key(
            ForeignKey::create()
                .name("known_clients_user_id")
                .from("known_clients", "user_id")
                .to("users", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

/// At most one row.
fn server_secret() -> TableCreateStatement {
    Table::create()
        .table("server_secret")
        .col(integer("id").primary_key())
        .col(binary("fingerprint"))
        .check(Expr::col("id").eq(1))
        .to_owned()
}

fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}
