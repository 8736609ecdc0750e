//! Profiles of any user, read without a session, for administrators.

use entity::user::{self, Status};
use entity::{email, session};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, IntoCondition as _, Query};
use sea_orm::{Condition, JoinType, QueryOrder, QuerySelect};

use super::sessions::Active;
use super::users::Profile;
use crate::store::transaction::Read;

/// Selects the users to list.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// Only users with this status.
    pub status: Option<Status>,
    /// Only users who were created before the one with this id.
    pub after: Option<Uuid>,
}

/// The user's profile.
pub(crate) async fn find(
    db: &impl Read,
    user_id: Uuid,
    active: &Active,
) -> Result<Option<Profile>, DbErr> {
    select(user::Column::Id.eq(user_id).into_condition(), active)
        .into_model()
        .one(db.connection().await?)
        .await
}

/// The profiles of the users with these ids, newest first.
pub(crate) async fn find_all(
    db: &impl Read,
    user_ids: Vec<Uuid>,
    active: &Active,
) -> Result<Vec<Profile>, DbErr> {
    select(user::Column::Id.is_in(user_ids).into_condition(), active)
        .into_model()
        .all(db.connection().await?)
        .await
}

/// The profiles of up to `most` users, newest first.
pub(crate) async fn list(
    db: &impl Read,
    filter: Filter,
    most: u64,
    active: &Active,
) -> Result<Vec<Profile>, DbErr> {
    let Filter { status, after } = filter;
    let filter = Condition::all()
        .add_option(status.map(|status| user::Column::Status.eq(status)))
        // Ids sort by creation.
        .add_option(after.map(|after| user::Column::Id.lt(after)));
    select(filter, active).limit(most).into_model().all(db.connection().await?).await
}

/// The query of the columns of a [`Profile`], newest first.
fn select(filter: Condition, active: &Active) -> Select<user::Entity> {
    let session_of_user = Expr::col((session::Entity, session::Column::UserId))
        .equals((user::Entity, user::Column::Id));
    let active_sessions = Query::select()
        .expr(session::Column::Id.count())
        .from(session::Entity)
        .cond_where(active.condition().add(session_of_user))
        .take();
    let default_email = user::Entity::has_many(email::Entity)
        .from(user::Column::Id)
        .to(email::Column::UserId)
        .on_condition(|_, _| email::Column::IsDefault.eq(true).into_condition());
    user::Entity::find()
        .column_as(email::Column::Email, "default_email")
        .expr_as(active_sessions, "active_sessions")
        .join(JoinType::LeftJoin, default_email.into())
        .filter(filter)
        .order_by_desc(user::Column::Id)
}
