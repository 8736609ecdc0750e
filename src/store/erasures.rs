//! The `erasures` table: whom to erase when, and the receipts of those who were.

use chrono::{DateTime, Utc};
use entity::erasure::{Column, Entity, Model};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{DbBackend, IntoActiveModel, QueryOrder, QuerySelect};

use super::changes::Effect;
use super::transaction::{Read, Transaction};

pub(crate) async fn insert(txn: &Transaction, erasure: Model) -> Result<(), DbErr> {
    let db = txn.write_with(Effect::Erasures).await?;
    Entity::insert(erasure.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The erasure with this id, or the receipt.
pub(crate) async fn find(db: &impl Read, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db.connection().await?).await
}

/// The erasure that the user waits for.
pub(crate) async fn find_of(db: &impl Read, user_id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::UserId.eq(user_id)).one(db.connection().await?).await
}

/// Calls the user's erasure off. `false`: there is none, or it has begun.
pub(crate) async fn call_off(txn: &Transaction, user_id: Uuid) -> Result<bool, DbErr> {
    let called_off = Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Attempts.eq(0))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(called_off.rows_affected > 0)
}

fn to_do() -> Select<Entity> {
    Entity::find().filter(Column::ErasedAt.is_null())
}

/// Whether an erasure is due.
pub(crate) async fn is_due(db: &impl Read, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let due = to_do().select_only().column(Column::Id).filter(Column::DueAt.lte(now));
    Ok(due.into_tuple::<Uuid>().one(db.connection().await?).await?.is_some())
}

/// Takes the erasure that is due longest, if nobody else does. It is due again at
/// `again`, should whoever takes it fall over.
pub(crate) async fn take(
    txn: &Transaction,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let mut due =
        to_do().filter(Column::DueAt.lte(now)).order_by_asc(Column::DueAt).order_by_asc(Column::Id);
    if txn.backend() == DbBackend::Postgres {
        due = due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let Some(mut erasure) = due.one(txn.connection().await?).await? else { return Ok(None) };
    erasure.due_at = again;
    erasure.attempts += 1;
    Entity::update_many()
        .col_expr(Column::DueAt, again.into())
        .col_expr(Column::Attempts, erasure.attempts.into())
        .filter(Column::Id.eq(erasure.id))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(Some(erasure))
}

/// Has an erasure that was taken worked on at `due_at` again.
pub(crate) async fn put_back(
    txn: &Transaction,
    erasure: &Model,
    due_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::DueAt, due_at.into())
        .filter(Column::Id.eq(erasure.id))
        .filter(Column::Attempts.eq(erasure.attempts))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}

/// Notes what was erased of a user who is no more.
pub(crate) async fn count(txn: &Transaction, id: Uuid, erased: String) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Erased, erased.into())
        .filter(Column::Id.eq(id))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}

/// Notes that nothing is left.
pub(crate) async fn seal(txn: &Transaction, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ErasedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::ErasedAt.is_null())
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}
