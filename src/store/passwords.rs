//! The `passwords` table. A hash leaves it to be checked, and for nothing else.

use chrono::{DateTime, Utc};
use entity::password::PasswordHash;
use entity::{email, password};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue, JoinType, QuerySelect};

use super::Transaction;

/// Whose address it is, with the hash of their password if they have one.
pub(crate) struct Owner {
    pub(crate) user_id: Uuid,
    pub(crate) hash: Option<String>,
}

/// The owner of a normalized email address.
pub(crate) async fn find_by_email(
    db: &impl ConnectionTrait,
    normalized: &str,
) -> Result<Option<Owner>, DbErr> {
    let row: Option<(Uuid, Option<String>)> = email::Entity::find()
        .select_only()
        .column(email::Column::UserId)
        .column(password::Column::Hash)
        .join(JoinType::LeftJoin, password_of_owner())
        .filter(email::Column::Normalized.eq(normalized))
        .into_tuple()
        .one(db)
        .await?;
    Ok(row.map(|(user_id, hash)| Owner { user_id, hash }))
}

fn password_of_owner() -> RelationDef {
    email::Entity::belongs_to(password::Entity)
        .from(email::Column::UserId)
        .to(password::Column::UserId)
        .into()
}

/// The hash of the user's password.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    user_id: Uuid,
) -> Result<Option<String>, DbErr> {
    let row = password::Entity::find_by_id(user_id).one(db).await?;
    Ok(row.map(|row| row.hash.0))
}

/// Sets the user's password.
pub(crate) async fn set(
    txn: &Transaction,
    user_id: Uuid,
    hash: String,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    use password::Column::{Hash, UpdatedAt, UserId};
    let row = password::ActiveModel {
        user_id: ActiveValue::Set(user_id),
        hash: ActiveValue::Set(PasswordHash(hash)),
        updated_at: ActiveValue::Set(now),
    };
    password::Entity::insert(row)
        .on_conflict(OnConflict::column(UserId).update_columns([Hash, UpdatedAt]).to_owned())
        .exec_without_returning(txn.write(user_id).await?)
        .await?;
    Ok(())
}
