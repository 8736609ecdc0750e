//! Uploaded avatars: their files, and when each file is to be deleted.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(avatars()).await?;
        for column in ["user_id", "delete_at"] {
            manager.create_index(avatars_by(column)).await?;
        }
        manager.alter_table(users_with_file()).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(Table::alter().table("users").drop_column("avatar_file").to_owned())
            .await?;
        manager.drop_table(Table::drop().table("avatars").to_owned()).await
    }
}

/// A file may outlive its user. Its row stays until the file is deleted.
fn avatars() -> TableCreateStatement {
    Table::create()
        .table("avatars")
        .col(text("file").primary_key())
        .col(uuid_null("user_id"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("delete_at"))
        .foreign_key(
            ForeignKey::create()
                .name("avatars_user_id")
                .from("avatars", "user_id")
                .to("users", "id")
                .on_delete(ForeignKeyAction::SetNull),
        )
        .to_owned()
}

fn avatars_by(column: &'static str) -> IndexCreateStatement {
    Index::create().name(format!("avatars_{column}")).table("avatars").col(column).to_owned()
}

/// The database refuses a user with both an uploaded avatar and the URL of one.
fn users_with_file() -> TableAlterStatement {
    let one_picture = Expr::col("avatar_file").is_null().or(Expr::col("avatar_url").is_null());
    Table::alter().table("users").add_column(text_null("avatar_file").check(one_picture)).to_owned()
}
