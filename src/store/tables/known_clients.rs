//! The `known_clients` table: the clients from which an account was opened.

use chrono::{DateTime, Utc};
use entity::known_client::{Column, Entity, MarkKind, Model};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{IntoActiveModel as _, QueryOrder as _, QuerySelect as _};

use super::delete_unseen;
use crate::store::transaction::{Read, Transaction};

/// Adds a client of the user, or notes that a known one was used again.
pub(crate) async fn note(txn: &Transaction, client: Model) -> Result<(), DbErr> {
    let known = OnConflict::columns([Column::UserId, Column::Mark])
        .update_column(Column::LastUsedAt)
        .to_owned();
    let db = txn.write_unseen().await?;
    Entity::insert(client.into_active_model())
        .on_conflict(known)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The marks among these that belong to known clients of the users, the last used one first.
/// Clients that were not used after `since` don't count.
pub(crate) async fn find(
    db: &impl Read,
    user_ids: &[Uuid],
    marks: Vec<Vec<u8>>,
    since: DateTime<Utc>,
) -> Result<Vec<Vec<u8>>, DbErr> {
    let known = Entity::find()
        .select_only()
        .column(Column::Mark)
        .filter(Column::UserId.is_in(user_ids.iter().copied()))
        .filter(Column::Mark.is_in(marks))
        .filter(Column::LastUsedAt.gt(since))
        .order_by_desc(Column::LastUsedAt);
    known.into_tuple().all(db.connection().await?).await
}

/// Deletes all clients of the user.
pub(crate) async fn delete_all(txn: &Transaction, user_id: Uuid) -> Result<(), DbErr> {
    delete_unseen::<Entity>(txn, Column::UserId.eq(user_id)).await?;
    Ok(())
}

/// Deletes all clients of the user but the last `max` of a kind.
pub(crate) async fn keep_last_used(
    txn: &Transaction,
    user_id: Uuid,
    kind: MarkKind,
    max: u64,
) -> Result<(), DbErr> {
    let older: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Kind.eq(kind))
        .order_by_desc(Column::LastUsedAt)
        .order_by_desc(Column::Id)
        .offset(max)
        .limit(max)
        .into_tuple()
        .all(txn.connection().await?)
        .await?;
    if !older.is_empty() {
        delete_unseen::<Entity>(txn, Column::Id.is_in(older)).await?;
    }
    Ok(())
}
