//! The `phone_verifications` table. Only the latest row of a user is used.

use chrono::{DateTime, Utc};
use entity::phone_verification::{Column, Entity, Model};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{QueryOrder, QuerySelect};

use super::{delete_unseen, insert_row};
use crate::store::transaction::{Read, Transaction};

/// Locks a number until the transaction ends. Meanwhile no other transaction can decide
/// which user it belongs to.
pub(crate) async fn lock_number(txn: &Transaction, phone_number: &str) -> Result<(), DbErr> {
    txn.lock_text(phone_number).await
}

/// The times after `since` at which codes were requested: first by the user, then for the
/// number.
pub(crate) async fn requested(
    txn: &Transaction,
    user_id: Uuid,
    phone_number: &str,
    since: DateTime<Utc>,
) -> Result<[Vec<DateTime<Utc>>; 2], DbErr> {
    let mut times = [const { Vec::new() }; 2];
    let whose = [Column::UserId.eq(user_id), Column::PhoneNumber.eq(phone_number)];
    for (times, whose) in times.iter_mut().zip(whose) {
        *times = Entity::find()
            .select_only()
            .column(Column::CreatedAt)
            .filter(whose)
            .filter(Column::CreatedAt.gt(since))
            .into_tuple()
            .all(txn.connection().await?)
            .await?;
    }
    Ok(times)
}

/// Adds a row, and deletes the user's rows that were created at or before
/// `forget`.
pub(crate) async fn insert(
    txn: &Transaction,
    row: Model,
    forget: DateTime<Utc>,
) -> Result<(), DbErr> {
    let old = Column::UserId.eq(row.user_id).and(Column::CreatedAt.lte(forget));
    delete_unseen::<Entity>(txn, old).await?;
    insert_row(txn.write_unseen().await?, row).await
}

/// The user's latest row.
pub(crate) async fn latest(txn: &Transaction, user_id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .order_by_desc(Column::Id)
        .one(txn.connection().await?)
        .await
}

/// Sets the code of a row. Returns `false` if the row has no tries left.
pub(crate) async fn set_code(
    txn: &Transaction,
    user_id: Uuid,
    id: Uuid,
    code_hash: Vec<u8>,
    expires_at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let set = Entity::update_many()
        .col_expr(Column::CodeHash, Expr::value(Some(code_hash)))
        .col_expr(Column::ExpiresAt, Expr::value(Some(expires_at)))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(id))
        .filter(Column::TriesLeft.gt(0))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(set.rows_affected > 0)
}

/// Counts a try with a wrong code.
pub(crate) async fn count_wrong(txn: &Transaction, user_id: Uuid, id: Uuid) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::TriesLeft, Expr::col(Column::TriesLeft).sub(1))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(id))
        .filter(Column::TriesLeft.gt(0))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}

/// Invalidates every code of the user.
pub(crate) async fn revoke(txn: &Transaction, user_id: Uuid) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::CodeHash, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::TriesLeft, Expr::value(0))
        .filter(Column::UserId.eq(user_id))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}
