//! The `avatars` table: the files of avatars, and when each is to be deleted.

use chrono::{DateTime, Utc};
use entity::avatar::{Column, Entity, Model};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Condition;

use super::insert_row;
use crate::store::{Effect, Read, Transaction};

/// The files that are due for deletion at `now`. A file whose user is erased is due immediately.
fn is_due(now: DateTime<Utc>) -> Condition {
    Condition::any().add(Column::DeleteAt.lte(now)).add(Column::UserId.is_null())
}

/// Adds the row of a file before the file is written. The file is to be deleted at `when`.
pub(crate) async fn insert(
    txn: &Transaction,
    user_id: Uuid,
    file: String,
    created_at: DateTime<Utc>,
    when: DateTime<Utc>,
) -> Result<(), DbErr> {
    let avatar = Model { file, user_id: Some(user_id), created_at, delete_at: Some(when) };
    insert_row(txn.write(user_id).await?, avatar).await
}

/// Cancels the scheduled deletion of a file of the user. Returns `false` if the file is deleted
/// already, or is to be deleted at or before `soon`.
pub(crate) async fn keep(
    txn: &Transaction,
    user_id: Uuid,
    file: &str,
    soon: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let kept = Entity::update_many()
        .col_expr(Column::DeleteAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::File.eq(file))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::DeleteAt.gt(soon))
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(kept.rows_affected > 0)
}

/// Schedules the deletion of a file of the user for `when`.
pub(crate) async fn discard(
    txn: &Transaction,
    user_id: Uuid,
    file: &str,
    when: DateTime<Utc>,
) -> Result<(), DbErr> {
    let db = txn.write_with(Effect::Avatar).await?;
    Entity::update_many()
        .col_expr(Column::DeleteAt, Expr::value(Some(when)))
        .filter(Column::File.eq(file))
        .filter(Column::UserId.eq(user_id))
        .exec(db)
        .await?;
    Ok(())
}

/// The user's files.
pub(crate) async fn list(db: &impl Read, user_id: Uuid) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::UserId.eq(user_id)).all(db.connection().await?).await
}

/// Up to `most` files that are due for deletion at `now`.
pub(crate) async fn due(
    db: &impl Read,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<String>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::File)
        .filter(is_due(now))
        .limit(most)
        .into_tuple()
        .all(db.connection().await?)
        .await
}

/// Deletes the rows of files that have been deleted.
pub(crate) async fn delete_rows(
    txn: &Transaction,
    files: Vec<String>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::File.is_in(files))
        .filter(is_due(now))
        // No user's representation changes, so no copy of a user becomes stale.
        .exec(txn.connection().await?)
        .await?;
    Ok(())
}
