//! The `erasures` table: erasures that are still to be done, and receipts of complete
//! ones.

use chrono::{DateTime, Utc};
use entity::erasure::{Column, Entity, Model};
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, Expr};

use crate::store::effect::Effect;
use crate::store::job_queue::{self, JobQueue};
use crate::store::transaction::{Read, Transaction};

pub(crate) async fn insert(txn: &Transaction, erasure: Model) -> Result<(), DbErr> {
    let db = txn.write_with(Effect::Erasure).await?;
    Entity::insert(erasure.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The erasure with this id. Once it is done, the row is its receipt.
pub(crate) async fn find(db: &impl Read, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db.connection().await?).await
}

/// The erasure that is scheduled for the user.
pub(crate) async fn find_of(db: &impl Read, user_id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::UserId.eq(user_id)).one(db.connection().await?).await
}

/// Cancels the user's erasure. Returns `false` if there is none, or it has begun.
pub(crate) async fn call_off(txn: &Transaction, user_id: Uuid) -> Result<bool, DbErr> {
    let called_off = Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Attempts.eq(0))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(called_off.rows_affected > 0)
}

impl JobQueue for Entity {
    const ID: Column = Column::Id;
    const DUE_AT: Column = Column::DueAt;
    const ATTEMPTS: Column = Column::Attempts;

    fn key(erasure: &Model) -> (Uuid, i32) {
        (erasure.id, erasure.attempts)
    }

    fn note_taken(erasure: &mut Model, again: DateTime<Utc>) {
        erasure.due_at = again;
        erasure.attempts += 1;
    }
}

fn to_do() -> Condition {
    Condition::all().add(Column::ErasedAt.is_null())
}

/// Whether an erasure is due.
pub(crate) async fn is_due(db: &impl Read, now: DateTime<Utc>) -> Result<bool, DbErr> {
    job_queue::is_due::<Entity>(db, to_do(), now).await
}

/// Takes the erasure that has been due for the longest time, unless another node takes it.
/// It is due again at `again`, in case this node fails.
pub(crate) async fn take(
    txn: &Transaction,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    job_queue::take::<Entity>(txn, to_do(), now, again).await
}

/// Puts back an erasure that this node has taken. It is due again at `due_at`.
pub(crate) async fn put_back(
    txn: &Transaction,
    erasure: &Model,
    due_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    job_queue::put_back::<Entity>(txn, erasure, due_at).await
}

/// Records how many rows of the user were erased.
pub(crate) async fn count(txn: &Transaction, id: Uuid, erased: String) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Erased, erased.into())
        .filter(Column::Id.eq(id))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}

/// Records that the erasure is complete.
pub(crate) async fn seal(txn: &Transaction, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ErasedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::ErasedAt.is_null())
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}
