//! The `server_secret` table: the fingerprint of the secret with which the database is used.

use entity::server_secret::{Entity, Model};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue, IntoActiveModel as _};

use crate::store::transaction::{Read as _, Transaction};

/// The id of the only row.
const ID: i32 = 1;

/// Stores a fingerprint, unless there is one already. Returns the one that is stored.
pub(crate) async fn keep_first(txn: &Transaction, fingerprint: Vec<u8>) -> Result<Vec<u8>, DbErr> {
    let row = Model { id: ID, fingerprint: fingerprint.clone() };
    let is_stored = OnConflict::column(entity::server_secret::Column::Id).do_nothing().to_owned();
    let db = txn.write_unseen().await?;
    let insert = Entity::insert(row.into_active_model()).on_conflict(is_stored);
    insert.exec_without_returning(db).await?;
    let stored = Entity::find_by_id(ID).one(txn.connection().await?).await?;
    Ok(stored.map_or(fingerprint, |row| row.fingerprint))
}

/// Replaces the fingerprint.
pub(crate) async fn replace(txn: &Transaction, fingerprint: Vec<u8>) -> Result<(), DbErr> {
    let row = entity::server_secret::ActiveModel {
        id: ActiveValue::Set(ID),
        fingerprint: ActiveValue::Set(fingerprint),
    };
    let replace = OnConflict::column(entity::server_secret::Column::Id)
        .update_column(entity::server_secret::Column::Fingerprint)
        .to_owned();
    let db = txn.write_unseen().await?;
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}
