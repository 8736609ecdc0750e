//! The `events` table: events of accounts. An event is written in the same transaction as
//! the change that it reports.

use chrono::{DateTime, Utc};
use entity::event::{Column, Entity, EventType, Model};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{QueryOrder, QuerySelect, QueryTrait, Statement};

use super::{delete_unseen, insert_row};
use crate::store::Expiring;
use crate::store::transaction::{Read, Transaction};

impl Expiring for Entity {
    const KEY: Column = Column::Id;
    const TIME: Column = Column::CreatedAt;
}

pub(crate) async fn insert(txn: &Transaction, event: Model) -> Result<(), DbErr> {
    insert_row(txn.write_unseen().await?, event).await
}

const INSERT_BY: &str = "
    INSERT INTO events (id, user_id, kind, subject, created_at, ip_address, user_agent)
    SELECT $1, $2, $3, $4, $5, ip_address, user_agent
    FROM sessions WHERE id = $6 AND user_id = $2";

/// Adds an event that a session caused. The IP address and user agent are copied from the
/// session, so the session must still exist.
pub(crate) async fn insert_by(
    txn: &Transaction,
    event: Model,
    session_id: Uuid,
) -> Result<(), DbErr> {
    let Model { id, user_id, kind, subject, created_at, ip_address: _, user_agent: _ } = event;
    let (whose, kind) = ([id.into(), user_id.into()], kind.to_value().into());
    let what = [kind, subject.into(), created_at.into(), session_id.into()];
    let values = whose.into_iter().chain(what);
    let statement = Statement::from_sql_and_values(txn.backend(), INSERT_BY, values);
    txn.write_unseen().await?.execute_raw(statement).await?;
    Ok(())
}

/// The ids and times of the user's latest events of a kind, up to `most` of them, latest first.
pub(crate) async fn latest(
    db: &impl Read,
    user_id: Uuid,
    kind: EventType,
    most: u64,
) -> Result<Vec<(Uuid, DateTime<Utc>)>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::CreatedAt)
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Kind.eq(kind))
        .order_by_desc(Column::Id)
        .limit(most)
        .into_tuple()
        .all(db.connection().await?)
        .await
}

/// Deletes one event of the user.
pub(crate) async fn delete(txn: &Transaction, user_id: Uuid, id: Uuid) -> Result<(), DbErr> {
    delete_unseen::<Entity>(txn, Column::UserId.eq(user_id).and(Column::Id.eq(id))).await?;
    Ok(())
}

/// Up to `most` of the user's events after `since`, newest first. With `before`, only events
/// older than the one with this id.
pub(crate) async fn list(
    db: &impl Read,
    user_id: Uuid,
    since: DateTime<Utc>,
    before: Option<Uuid>,
    most: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::CreatedAt.gt(since))
        .apply_if(before, |events, id| events.filter(Column::Id.lt(id)))
        .order_by_desc(Column::Id)
        .limit(most)
        .all(db.connection().await?)
        .await
}
