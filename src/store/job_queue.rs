//! Tables whose rows are jobs. One node takes a job that is due. If that node fails, the job
//! becomes due again.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, LockBehavior, LockType};
use sea_orm::{DbBackend, QueryOrder, QuerySelect};

use super::transaction::{Read, Transaction};

/// A table of jobs.
pub(super) trait JobQueue: EntityTrait {
    /// The column of the job's id.
    const ID: Self::Column;
    /// The column of the time at which the job is due next.
    const DUE_AT: Self::Column;
    /// The column that counts how many times the job was taken.
    const ATTEMPTS: Self::Column;

    /// The id of a job, and how many times it was taken.
    fn key(job: &Self::Model) -> (Uuid, i32);

    /// Increments the number of times that a job was taken, and sets when it is due again.
    fn note_taken(job: &mut Self::Model, again: DateTime<Utc>);
}

/// Whether one of the jobs is due.
pub(super) async fn is_due<E: JobQueue>(
    db: &impl Read,
    jobs: Condition,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let due = E::find().select_only().column(E::ID).filter(jobs).filter(E::DUE_AT.lte(now));
    Ok(due.into_tuple::<Uuid>().one(db.connection().await?).await?.is_some())
}

/// Takes the job that has been due for the longest time, unless another node takes it. It is
/// due again at `again`, in case this node fails.
pub(super) async fn take<E: JobQueue>(
    txn: &Transaction,
    jobs: Condition,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
) -> Result<Option<E::Model>, DbErr> {
    let mut due = E::find()
        .filter(jobs)
        .filter(E::DUE_AT.lte(now))
        .order_by_asc(E::DUE_AT)
        .order_by_asc(E::ID);
    if txn.backend() == DbBackend::Postgres {
        due = due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let Some(mut job) = due.one(txn.connection().await?).await? else { return Ok(None) };
    E::note_taken(&mut job, again);
    let (id, attempts) = E::key(&job);
    E::update_many()
        .col_expr(E::DUE_AT, again.into())
        .col_expr(E::ATTEMPTS, attempts.into())
        .filter(E::ID.eq(id))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(Some(job))
}

/// The condition that finds a job only if no other node has taken it since.
pub(super) fn taken<E: JobQueue>(job: &E::Model) -> Condition {
    let (id, attempts) = E::key(job);
    Condition::all().add(E::ID.eq(id)).add(E::ATTEMPTS.eq(attempts))
}

/// Puts back a job that this node has taken. It is due again at `due_at`.
pub(super) async fn put_back<E: JobQueue>(
    txn: &Transaction,
    job: &E::Model,
    due_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    E::update_many()
        .col_expr(E::DUE_AT, due_at.into())
        .filter(taken::<E>(job))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}
