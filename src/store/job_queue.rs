//! Tables whose rows are jobs. One node takes a job that is due. If that node fails, the job
//! becomes due again.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, LockBehavior, LockType};
use sea_orm::{DbBackend, QueryOrder, QuerySelect, UpdateMany};

use super::transaction::{Read, Transaction};

type ColumnOf<J> = <<J as ModelTrait>::Entity as EntityTrait>::Column;

/// A row that is a job.
pub(crate) trait Job: ModelTrait<Entity: EntityTrait<Model = Self>> {
    /// The type that names the queues of the table.
    type Queue;

    /// The column of the job's id.
    const ID: ColumnOf<Self>;
    /// The column of the time at which the job is due next.
    const DUE_AT: ColumnOf<Self>;
    /// The column that counts how many times the job was taken.
    const ATTEMPTS: ColumnOf<Self>;
    /// The column of the time by which jobs that are due take turns, if it is another one. It
    /// follows the due time of a job that was taken, so that jobs that are not due come last.
    const TURN: Option<ColumnOf<Self>> = None;

    /// The condition for the jobs of a queue.
    fn queued(queue: Self::Queue) -> Condition;

    /// The id of the job, and how many times it was taken.
    fn key(&self) -> (Uuid, i32);

    /// Increments the number of times that the job was taken, and sets when it is due again.
    fn note_taken(&mut self, again: DateTime<Utc>);
}

/// Whether a job of the queue is due.
pub(crate) async fn is_due<J: Job>(
    db: &impl Read,
    queue: J::Queue,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let due = J::Entity::find().select_only().column(J::ID);
    let due = due.filter(J::queued(queue)).filter(J::DUE_AT.lte(now));
    Ok(due.into_tuple::<Uuid>().one(db.connection().await?).await?.is_some())
}

/// Takes the job of those that are due whose turn comes first, unless another node takes it. It
/// is due again at `again`, in case this node fails.
pub(crate) async fn take<J: Job>(
    txn: &Transaction,
    queue: J::Queue,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
) -> Result<Option<J>, DbErr> {
    let mut due = J::Entity::find()
        .filter(J::queued(queue))
        .filter(J::DUE_AT.lte(now))
        .order_by_asc(J::TURN.unwrap_or(J::DUE_AT))
        .order_by_asc(J::ID);
    if txn.backend() == DbBackend::Postgres {
        due = due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let Some(mut job) = due.one(txn.connection().await?).await? else { return Ok(None) };
    job.note_taken(again);
    let (id, attempts) = job.key();
    due_at::<J>(again)
        .col_expr(J::ATTEMPTS, attempts.into())
        .filter(J::ID.eq(id))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(Some(job))
}

/// Sets when jobs are due.
fn due_at<J: Job>(due_at: DateTime<Utc>) -> UpdateMany<J::Entity> {
    let update = J::Entity::update_many().col_expr(J::DUE_AT, due_at.into());
    match J::TURN {
        Some(turn) => update.col_expr(turn, due_at.into()),
        None => update,
    }
}

/// The condition that finds a job only if no other node has taken it since.
fn taken<J: Job>(job: &J) -> Condition {
    let (id, attempts) = job.key();
    Condition::all().add(J::ID.eq(id)).add(J::ATTEMPTS.eq(attempts))
}

/// Puts back a job that this node has taken. It is due again at `due_at`.
pub(crate) async fn put_back<J: Job>(
    txn: &Transaction,
    job: &J,
    due_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    self::due_at::<J>(due_at).filter(taken(job)).exec(txn.write_unseen().await?).await?;
    Ok(())
}

/// Deletes a job that this node has taken and done.
pub(crate) async fn delete<J: Job>(txn: &Transaction, job: &J) -> Result<(), DbErr> {
    J::Entity::delete_many().filter(taken(job)).exec(txn.write_unseen().await?).await?;
    Ok(())
}
