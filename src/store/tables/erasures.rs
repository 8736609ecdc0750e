//! The `erasures` table: erasures that are still to be done, and receipts of complete
//! ones.

use chrono::{DateTime, Utc};
use entity::erasure::{Column, Entity, Model};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _};

use super::{delete_unseen, insert_row};
use crate::store::{Effect, Job, Read, Transaction};

pub(crate) async fn insert(txn: &Transaction, erasure: Model) -> Result<(), DbErr> {
    insert_row(txn.write_with(Effect::Erasure).await?, erasure).await
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
pub(crate) async fn cancel(txn: &Transaction, user_id: Uuid) -> Result<bool, DbErr> {
    let scheduled = Column::UserId.eq(user_id).and(Column::Attempts.eq(0));
    Ok(delete_unseen::<Entity>(txn, scheduled).await? > 0)
}

impl Job for Model {
    type Queue = ();

    const ID: Column = Column::Id;
    const DUE_AT: Column = Column::DueAt;
    const ATTEMPTS: Column = Column::Attempts;

    fn queued((): ()) -> Condition {
        Condition::all().add(Column::ErasedAt.is_null())
    }

    fn key(&self) -> (Uuid, i32) {
        (self.id, self.attempts)
    }

    fn note_taken(&mut self, again: DateTime<Utc>) {
        self.due_at = again;
        self.attempts += 1;
    }
}

/// Records how many rows of the user were erased.
pub(crate) async fn record_counts(
    txn: &Transaction,
    id: Uuid,
    erased: String,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Erased, erased.into())
        .filter(Column::Id.eq(id))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}

/// Records that the erasure is complete.
pub(crate) async fn complete(txn: &Transaction, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ErasedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::ErasedAt.is_null())
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}
