//! The `users` table, and the profile that is read across tables.

use entity::{email, user};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, SelectStatement};
use sea_orm::{FromQueryResult, IntoActiveModel, JoinType, QuerySelect, QueryTrait};

use super::sessions::{self, Alive};

/// A user with what is derived from other tables.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Profile {
    /// The user's own row.
    #[sea_orm(nested)]
    pub user: user::Model,
    /// The address marked default.
    pub default_email: Option<String>,
    /// How many sessions are alive.
    pub active_sessions: i64,
}

/// The profile of a user, in one statement.
pub(crate) async fn find_profile(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    alive: &Alive,
) -> Result<Option<Profile>, DbErr> {
    user::Entity::find_by_id(user_id)
        .join(
            JoinType::LeftJoin,
            email::Relation::User.def().rev().on_condition(|_, email| {
                ExprTrait::eq(Expr::col((email, email::Column::IsDefault)), true).into()
            }),
        )
        .column_as(email::Column::Email, "default_email")
        .expr_as(
            Expr::SubQuery(None, Box::new(count_sessions(user_id, alive).into())),
            "active_sessions",
        )
        .into_model::<Profile>()
        .one(db)
        .await
}

fn count_sessions(user_id: Uuid, alive: &Alive) -> SelectStatement {
    use entity::session::Column::Id;
    sessions::find_alive(user_id, alive).select_only().column_as(Id.count(), "count").into_query()
}

/// The user's row, locked until the transaction ends.
pub(crate) async fn lock(
    txn: &impl ConnectionTrait,
    user_id: Uuid,
) -> Result<Option<user::Model>, DbErr> {
    // SQLite has one writer anyway, and no FOR UPDATE: SeaORM leaves it out.
    user::Entity::find_by_id(user_id).lock_exclusive().one(txn).await
}

pub(crate) async fn insert(txn: &impl ConnectionTrait, user: user::Model) -> Result<(), DbErr> {
    user::Entity::insert(user.into_active_model()).exec_without_returning(txn).await?;
    Ok(())
}

/// Writes every column of a row that [`lock`] returned.
pub(crate) async fn update(txn: &impl ConnectionTrait, user: user::Model) -> Result<(), DbErr> {
    let id = user.id;
    user::Entity::update_many()
        .set(user.into_active_model().reset_all())
        .filter(user::Column::Id.eq(id))
        .exec(txn)
        .await?;
    Ok(())
}
