//! The `sessions` table. When a session ends, its row is deleted. A session that has expired
//! is not active, even while its row still exists.

use chrono::{DateTime, Utc};
use entity::session::{Column, Entity, Model};
use entity::user::Status;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Condition;
use sea_orm::{FromQueryResult, QueryOrder, QuerySelect, QueryTrait, Statement};
use uuid::Uuid;

use super::insert_row;
use crate::store::transaction::{Read, Transaction};

/// The condition for a session to be active. Every query uses this one.
#[derive(Clone, Copy, Debug)]
pub struct Active {
    /// An active session expires after this moment.
    pub now: DateTime<Utc>,
    /// An active session was last used after this moment.
    pub used_after: DateTime<Utc>,
}

impl Active {
    pub(super) fn condition(&self) -> Condition {
        Condition::all()
            .add(Column::ExpiresAt.gt(self.now))
            .add(Column::LastUsedAt.gt(self.used_after))
    }
}

/// The user's active sessions.
fn find_active(user_id: Uuid, active: &Active) -> Select<Entity> {
    Entity::find().filter(Column::UserId.eq(user_id)).filter(active.condition())
}

/// The session that a token opens, with the status of its user.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Opened {
    pub(crate) user_id: Uuid,
    pub(crate) session_id: Uuid,
    pub(crate) last_used_at: DateTime<Utc>,
    pub(crate) status: Status,
}

/// Written by hand, because every request with a token runs it: building it would cost more
/// than running it.
const OPEN: &str = "
    SELECT sessions.user_id, sessions.id AS session_id, sessions.last_used_at, users.status
    FROM sessions JOIN users ON users.id = sessions.user_id
    WHERE sessions.token_hash = $1 AND sessions.expires_at > $2 AND sessions.last_used_at > $3";

/// The active session that a token opens.
pub(crate) async fn open(
    db: &impl Read,
    token_hash: &[u8],
    active: &Active,
) -> Result<Option<Opened>, DbErr> {
    let values = [token_hash.into(), active.now.into(), active.used_after.into()];
    let db = db.connection().await?;
    let statement = Statement::from_sql_and_values(db.get_database_backend(), OPEN, values);
    Opened::find_by_statement(statement).one(db).await
}

/// The user's active sessions, newest first.
pub(crate) async fn list(
    db: &impl Read,
    user_id: Uuid,
    active: &Active,
) -> Result<Vec<Model>, DbErr> {
    find_active(user_id, active)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(db.connection().await?)
        .await
}

pub(crate) async fn insert(txn: &Transaction, session: Model) -> Result<(), DbErr> {
    insert_row(txn.write(session.user_id).await?, session).await
}

/// Records that an active session was used, unless a use after `before` is recorded. When
/// many requests arrive at once, only one of them writes.
pub(crate) async fn touch(
    txn: &Transaction,
    user_id: Uuid,
    session_id: Uuid,
    active: &Active,
    before: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LastUsedAt, active.now.into())
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(session_id))
        .filter(Column::LastUsedAt.lte(before))
        .filter(active.condition())
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(())
}

/// Records that the user has proved their password in a session, and gives the session another
/// token. The old token opens nothing any more.
pub(crate) async fn renew(
    txn: &Transaction,
    user_id: Uuid,
    session_id: Uuid,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::TokenHash, token_hash.to_vec().into())
        .col_expr(Column::AuthenticatedAt, now.into())
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(session_id))
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(())
}

/// Ends an active session of the user. Returns `false` if there is no such session.
pub(crate) async fn delete(
    txn: &Transaction,
    user_id: Uuid,
    session_id: Uuid,
    active: &Active,
) -> Result<bool, DbErr> {
    let deleted = Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(session_id))
        .filter(active.condition())
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// Ends all sessions of the user, except `but` if it is given.
pub(crate) async fn delete_all(
    txn: &Transaction,
    user_id: Uuid,
    but: Option<Uuid>,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .apply_if(but, |delete, session_id| delete.filter(Column::Id.ne(session_id)))
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(())
}

/// Deletes the user's sessions that are not active any more.
pub(crate) async fn delete_inactive(
    txn: &Transaction,
    user_id: Uuid,
    active: &Active,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(active.condition().not())
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(())
}

/// Ends all sessions of the user except the `most` that were used last.
pub(crate) async fn keep_last_used(
    txn: &Transaction,
    user_id: Uuid,
    most: u64,
) -> Result<(), DbErr> {
    let kept = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::UserId.eq(user_id))
        .order_by_desc(Column::LastUsedAt)
        .order_by_desc(Column::Id)
        .limit(most)
        .into_query();
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.not_in_subquery(kept))
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(())
}
