//! The `sessions` table. A session that ends is deleted; one that expired is
//! dead, and counts nowhere from that moment on.

use chrono::{DateTime, Utc};
use entity::session::{Column, Entity, Model};
use entity::user;
use entity::user::Status;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Condition;
use sea_orm::{FromQueryResult, IntoActiveModel, JoinType, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

/// Which sessions are alive at a moment. The one place that says so.
#[derive(Clone, Copy, Debug)]
pub struct Alive {
    /// The moment: sessions that expire later are alive,
    pub now: DateTime<Utc>,
    /// if they were used after this.
    pub used_after: DateTime<Utc>,
}

impl Alive {
    fn condition(&self) -> Condition {
        Condition::all()
            .add(Column::ExpiresAt.gt(self.now))
            .add(Column::LastUsedAt.gt(self.used_after))
    }
}

/// The user's living sessions.
pub(super) fn find_alive(user_id: Uuid, alive: &Alive) -> Select<Entity> {
    Entity::find().filter(Column::UserId.eq(user_id)).filter(alive.condition())
}

/// A session with where its user's account stands.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Opened {
    #[sea_orm(nested)]
    pub(crate) session: Model,
    pub(crate) status: Status,
}

/// The living session that a token opens.
pub(crate) async fn find_by_token(
    db: &impl ConnectionTrait,
    token_hash: &[u8],
    alive: &Alive,
) -> Result<Option<Opened>, DbErr> {
    Entity::find()
        .join(JoinType::InnerJoin, entity::session::Relation::User.def())
        .column(user::Column::Status)
        .filter(Column::TokenHash.eq(token_hash))
        .filter(alive.condition())
        .into_model()
        .one(db)
        .await
}

/// The user's living sessions, newest first.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    alive: &Alive,
) -> Result<Vec<Model>, DbErr> {
    find_alive(user_id, alive)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

pub(crate) async fn insert(txn: &impl ConnectionTrait, session: Model) -> Result<(), DbErr> {
    Entity::insert(session.into_active_model()).exec_without_returning(txn).await?;
    Ok(())
}

/// Notes that a session was used, unless it was noted after `before`: of many
/// requests at once, one writes.
pub(crate) async fn touch(
    txn: &impl ConnectionTrait,
    session_id: Uuid,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LastUsedAt, now.into())
        .filter(Column::Id.eq(session_id))
        .filter(Column::LastUsedAt.lte(before))
        .exec(txn)
        .await?;
    Ok(())
}

/// Whether the user has this session, and it is alive.
pub(crate) async fn is_alive(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    session_id: Uuid,
    alive: &Alive,
) -> Result<bool, DbErr> {
    find_alive(user_id, alive).filter(Column::Id.eq(session_id)).exists(db).await
}

/// Ends one living session of the user. `false`: there is no such one.
pub(crate) async fn delete(
    txn: &impl ConnectionTrait,
    user_id: Uuid,
    session_id: Uuid,
    alive: &Alive,
) -> Result<bool, DbErr> {
    let deleted = Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(session_id))
        .filter(alive.condition())
        .exec(txn)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// Ends all sessions of the user, but perhaps one.
pub(crate) async fn delete_all(
    txn: &impl ConnectionTrait,
    user_id: Uuid,
    but: Option<Uuid>,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .apply_if(but, |delete, session_id| delete.filter(Column::Id.ne(session_id)))
        .exec(txn)
        .await?;
    Ok(())
}

/// Removes the user's sessions that are not alive any more.
pub(crate) async fn delete_dead(
    txn: &impl ConnectionTrait,
    user_id: Uuid,
    alive: &Alive,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(alive.condition().not())
        .exec(txn)
        .await?;
    Ok(())
}

/// Ends all but the `most` sessions of the user that were used last.
pub(crate) async fn keep_last_used(
    txn: &impl ConnectionTrait,
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
        .exec(txn)
        .await?;
    Ok(())
}
