//! The `rate_limits` table: the requests that limits have counted.

use entity::rate_limit::{Column, Entity, Model};
use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use crate::store::Expiring;
use crate::store::transaction::{Read, Transaction};

impl Expiring for Entity {
    const KEY: Column = Column::Key;
    const TIME: Column = Column::ExpiresAt;
}

/// Locks keys until the transaction ends. Meanwhile no other transaction can count requests
/// under them. The keys must be sorted, so that no two transactions deadlock.
pub(crate) async fn lock(txn: &Transaction, keys: &[Vec<u8>]) -> Result<(), DbErr> {
    for key in keys {
        txn.lock_text(&data_encoding::HEXLOWER.encode(key)).await?;
    }
    Ok(())
}

/// The rows with these keys.
pub(crate) async fn find(db: &impl Read, keys: &[Vec<u8>]) -> Result<Vec<Model>, DbErr> {
    let rows = Entity::find().filter(Column::Key.is_in(keys.iter().cloned()));
    rows.all(db.connection().await?).await
}

/// Adds or replaces rows.
pub(crate) async fn set(txn: &Transaction, rows: Vec<Model>) -> Result<(), DbErr> {
    let replace = OnConflict::column(Column::Key)
        .update_columns([Column::Times, Column::ExpiresAt])
        .to_owned();
    Entity::insert_many(rows.into_iter().map(Model::into_active_model))
        .on_conflict(replace)
        .exec_without_returning(txn.write_unseen().await?)
        .await?;
    Ok(())
}
