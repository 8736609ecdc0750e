//! The `outbox` table: messages that wait to be sent. A message is written in the same
//! transaction as the change that causes it, and deleted once it is sent.

use chrono::{DateTime, Utc};
use entity::outbox::{Column, Entity, MessageKind, Model};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Condition;

use super::{earliest, insert_row};
use crate::store::{Effect, Job, Queue, Read, Transaction};

/// The id of a message, and when it was requested.
pub(crate) type Requested = (Uuid, DateTime<Utc>);

/// The queue of a message.
fn queue(message: &Model) -> Queue {
    match (message.kind, message.user_id) {
        (MessageKind::PhoneCode, _) => Queue::Texts,
        (_, Some(_)) => Queue::Mail,
        (_, None) => Queue::Requests,
    }
}

impl Job for Model {
    type Queue = Queue;

    const ID: Column = Column::Id;
    const DUE_AT: Column = Column::DueAt;
    const ATTEMPTS: Column = Column::Attempts;

    fn queued(queue: Queue) -> Condition {
        let is_mail = Column::Kind.ne(MessageKind::PhoneCode);
        match queue {
            Queue::Texts => Condition::all().add(Column::Kind.eq(MessageKind::PhoneCode)),
            Queue::Mail => Condition::all().add(is_mail).add(Column::UserId.is_not_null()),
            Queue::Requests => Condition::all().add(is_mail).add(Column::UserId.is_null()),
        }
    }

    fn key(&self) -> (Uuid, i32) {
        (self.id, self.attempts)
    }

    fn note_taken(&mut self, again: DateTime<Utc>) {
        self.due_at = again;
        self.attempts += 1;
    }
}

/// Adds a message.
pub(crate) async fn insert(txn: &Transaction, message: Model) -> Result<(), DbErr> {
    insert_row(txn.write_with(Effect::Message(queue(&message))).await?, message).await
}

/// The user's messages of a kind that still wait to be sent.
pub(crate) async fn waiting(
    db: &impl Read,
    user_id: Uuid,
    kind: MessageKind,
) -> Result<Vec<Requested>, DbErr> {
    let messages = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::CreatedAt)
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Kind.eq(kind));
    messages.into_tuple().all(db.connection().await?).await
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
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::CreatedAt.gte(since))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}
