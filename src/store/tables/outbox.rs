//! The `outbox` table: messages that wait to be sent. A message is written in the same
//! transaction as the change that causes it, and deleted once it is sent.

use chrono::{DateTime, Utc};
use entity::outbox::{Column, Entity, MessageKind, Model, Queue};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, ExprTrait as _};
use sea_orm::{FromQueryResult, QuerySelect};

use super::{delete_unseen, earliest, insert_row};
use crate::store::{Effect, Job, Read, Transaction};

/// The id of a message, and when it was requested.
pub(crate) type Requested = (Uuid, DateTime<Utc>);

/// The messages that wait, and that another message has to share the queue with.
#[derive(Debug, FromQueryResult)]
struct Counts {
    of_cause: i64,
    of_domain: i64,
    owners: i64,
}

/// The messages that wait, and that another message has to share the queue with.
pub(crate) struct Crowd {
    /// The number of messages of the same cause.
    pub(crate) of_cause: u32,
    /// The number of causes that have a message for the same domain.
    pub(crate) of_domain: u32,
    /// Whether a user has proved the address.
    pub(crate) is_proved: bool,
}

const CROWD: &str = "
    SELECT count(*) AS of_cause,
        (SELECT count(*) FROM outbox WHERE domain = $2 AND round = 0) AS of_domain,
        (SELECT count(*) FROM emails WHERE normalized = $3 AND verified_at IS NOT NULL) AS owners
    FROM outbox WHERE cause = $1";

/// Counts what another message of this cause to this recipient has to share the queue with.
pub(crate) async fn crowd(
    txn: &Transaction,
    cause: Option<&[u8]>,
    domain: &str,
    recipient: &str,
) -> Result<Crowd, DbErr> {
    let values = vec![cause.map(<[u8]>::to_vec).into(), domain.into(), recipient.into()];
    let row = txn.query_one(CROWD, values).await?;
    let counts = row.map(|row| Counts::from_query_result(&row, "")).transpose()?;
    let Counts { of_cause, of_domain, owners } =
        counts.unwrap_or(Counts { of_cause: 0, of_domain: 0, owners: 0 });
    let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Crowd { of_cause: count(of_cause), of_domain: count(of_domain), is_proved: owners > 0 })
}

impl Job for Model {
    type Queue = Queue;

    const ID: Column = Column::Id;
    const DUE_AT: Column = Column::DueAt;
    const ATTEMPTS: Column = Column::Attempts;
    const TURN: Option<Column> = Some(Column::Turn);

    fn queued(queue: Queue) -> Condition {
        Condition::all().add(Column::Queue.eq(queue))
    }

    fn key(&self) -> (Uuid, i32) {
        (self.id, self.attempts)
    }

    fn note_taken(&mut self, again: DateTime<Utc>) {
        self.due_at = again;
        self.turn = again;
        self.attempts += 1;
    }
}

/// Adds a message.
pub(crate) async fn insert(txn: &Transaction, message: Model) -> Result<(), DbErr> {
    insert_row(txn.write_with(Effect::Message(message.queue)).await?, message).await
}

/// Whether a message of one of these kinds still waits to be sent to the user.
pub(crate) async fn is_waiting(
    db: &impl Read,
    user_id: Uuid,
    kinds: impl IntoIterator<Item = MessageKind>,
) -> Result<bool, DbErr> {
    let messages =
        Entity::find().filter(Column::UserId.eq(user_id)).filter(Column::Kind.is_in(kinds));
    Ok(messages.count(db.connection().await?).await? > 0)
}

/// The addresses to which the user's messages of a kind still wait to be sent.
pub(crate) async fn waiting_to(
    db: &impl Read,
    user_id: Uuid,
    kind: MessageKind,
) -> Result<Vec<(String, Requested)>, DbErr> {
    let messages = Entity::find()
        .select_only()
        .column(Column::Normalized)
        .column(Column::Id)
        .column(Column::CreatedAt)
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Kind.eq(kind));
    let rows: Vec<(String, Uuid, DateTime<Utc>)> =
        messages.into_tuple().all(db.connection().await?).await?;
    Ok(rows.into_iter().map(|(to, id, created_at)| (to, (id, created_at))).collect())
}

/// The earliest `since` of the messages that wait to be sent to an address of the user.
/// Recovery removes the addresses that were added at or after this time.
pub(crate) async fn first_since(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let rows =
        Entity::find().filter(Column::UserId.eq(user_id)).filter(Column::Normalized.eq(normalized));
    earliest(txn, rows, Column::Since).await
}

/// Deletes the user's messages that were written at or after `since` and still wait to be
/// sent.
pub(crate) async fn revoke(
    txn: &Transaction,
    user_id: Uuid,
    since: DateTime<Utc>,
) -> Result<(), DbErr> {
    let written = Column::UserId.eq(user_id).and(Column::CreatedAt.gte(since));
    delete_unseen::<Entity>(txn, written).await?;
    Ok(())
}

/// Deletes the user's messages of these kinds that still wait to be sent to an address.
pub(crate) async fn revoke_to(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
    kinds: &[MessageKind],
) -> Result<(), DbErr> {
    let waiting = Column::UserId.eq(user_id).and(Column::Normalized.eq(normalized));
    delete_unseen::<Entity>(txn, waiting.and(is_of(kinds))).await?;
    Ok(())
}

/// The condition for a message to be of one of these kinds.
fn is_of(kinds: &[MessageKind]) -> Expr {
    Column::Kind.is_in(kinds.iter().copied())
}

/// Deletes the messages of all other users of these kinds that still wait to be sent to an
/// address.
pub(crate) async fn revoke_of_others(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
    kinds: &[MessageKind],
) -> Result<(), DbErr> {
    let waiting = Column::UserId.ne(user_id).and(Column::Normalized.eq(normalized));
    delete_unseen::<Entity>(txn, waiting.and(is_of(kinds))).await?;
    Ok(())
}
