//! The `outbox` table: messages that wait to be sent. A message is written with the
//! change that causes it, in one transaction, and deleted once it is sent.

use chrono::{DateTime, Utc};
use entity::outbox::{Column, Entity, MessageKind, Model};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, Expr, LockBehavior, LockType};
use sea_orm::{DbBackend, IntoActiveModel, QueryOrder, QuerySelect};

use super::Transaction;

/// A message, and when it was asked for.
pub(crate) type Asked = (Uuid, DateTime<Utc>);

/// Messages that never wait for those of another lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Mail to users.
    Mail,
    /// Text messages.
    Texts,
    /// What anybody can ask for, as often as they like; most of it is to nobody.
    Requests,
}

impl Lane {
    fn of(message: &Model) -> Self {
        match (message.kind, message.user_id) {
            (MessageKind::PhoneCode, _) => Self::Texts,
            (_, Some(_)) => Self::Mail,
            (_, None) => Self::Requests,
        }
    }

    fn condition(self) -> Condition {
        let is_mail = Column::Kind.ne(MessageKind::PhoneCode);
        match self {
            Self::Texts => Condition::all().add(Column::Kind.eq(MessageKind::PhoneCode)),
            Self::Mail => Condition::all().add(is_mail).add(Column::UserId.is_not_null()),
            Self::Requests => Condition::all().add(is_mail).add(Column::UserId.is_null()),
        }
    }
}

/// Adds a message.
pub(crate) async fn insert(txn: &Transaction, message: Model) -> Result<(), DbErr> {
    let db = txn.post(Lane::of(&message)).await?;
    Entity::insert(message.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Takes the message that is due longest, if nobody else does. It is due again at
/// `again`, should whoever takes it fall over.
pub(crate) async fn take(
    txn: &Transaction,
    lane: Lane,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let mut due = Entity::find()
        .filter(lane.condition())
        .filter(Column::DueAt.lte(now))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id);
    if txn.backend() == DbBackend::Postgres {
        due = due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let Some(mut message) = due.one(txn.read().await?).await? else { return Ok(None) };
    message.due_at = again;
    message.attempts += 1;
    Entity::update_many()
        .col_expr(Column::DueAt, again.into())
        .col_expr(Column::Attempts, message.attempts.into())
        .filter(Column::Id.eq(message.id))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(Some(message))
}

/// The message, as long as nobody has taken it again.
fn taken(message: &Model) -> Condition {
    Condition::all().add(Column::Id.eq(message.id)).add(Column::Attempts.eq(message.attempts))
}

/// Deletes a message that was taken, and needs not be sent again.
pub(crate) async fn delete(txn: &Transaction, message: &Model) -> Result<(), DbErr> {
    Entity::delete_many().filter(taken(message)).exec(txn.write_unseen().await?).await?;
    Ok(())
}

/// Puts a message that was taken back, to be sent at `due_at`.
pub(crate) async fn put_back(
    txn: &Transaction,
    message: &Model,
    due_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(due_at))
        .filter(taken(message))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}

/// Whether a message is due.
pub(crate) async fn is_due(
    db: &impl ConnectionTrait,
    lane: Lane,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let due = Entity::find().filter(lane.condition()).filter(Column::DueAt.lte(now));
    let due = due.select_only().column(Column::Id);
    Ok(due.into_tuple::<Uuid>().one(db).await?.is_some())
}

/// The user's messages of a kind that still wait.
pub(crate) async fn waiting(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    kind: MessageKind,
) -> Result<Vec<Asked>, DbErr> {
    let messages = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::CreatedAt)
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Kind.eq(kind));
    messages.into_tuple().all(db).await
}

/// Since when the messages that wait to be sent to an address of the user undo what
/// happened, the longest of them.
pub(crate) async fn first_since(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let since: Option<Option<DateTime<Utc>>> = Entity::find()
        .select_only()
        .column_as(Column::Since.min(), "since")
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Normalized.eq(normalized))
        .into_tuple()
        .one(txn.read().await?)
        .await?;
    Ok(since.flatten())
}

/// Deletes the user's messages that were caused from `since` on, and still wait.
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
