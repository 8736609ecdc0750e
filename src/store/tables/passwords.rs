//! The `passwords` table. Hashes are read only to check a password.

use chrono::{DateTime, Utc};
use entity::password::PasswordHash;
use entity::{email, password};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, OnConflict};
use sea_orm::{ActiveValue, FromQueryResult, JoinType, QueryOrder, QuerySelect};

use crate::store::transaction::{Read, Transaction};
use crate::value::Email;

/// A user who may log in with an address, and the hash of their password, if they have one.
pub(crate) struct Owner {
    pub(crate) user_id: Uuid,
    /// The address, as the user typed it.
    pub(crate) email: Email,
    pub(crate) hash: Option<String>,
    /// Whether the user has verified the address.
    pub(crate) is_verified: bool,
}

/// The users who may log in with an address. This is the one user who has verified it, if
/// there is one. Otherwise it is up to `most` users whose default address it is, newest
/// first.
pub(crate) async fn owners(
    db: &impl Read,
    normalized: &str,
    most: u64,
) -> Result<Vec<Owner>, DbErr> {
    let is_verified = email::Column::VerifiedAt.is_not_null();
    let may_log_in =
        Condition::any().add(is_verified.clone()).add(email::Column::IsDefault.eq(true));
    let rows: Vec<Claim> = email::Entity::find()
        .select_only()
        .columns([email::Column::UserId, email::Column::Email, email::Column::VerifiedAt])
        .column(password::Column::Hash)
        .join(JoinType::LeftJoin, password_of_owner())
        .filter(email::Column::Normalized.eq(normalized))
        .filter(may_log_in)
        .order_by_desc(is_verified)
        .order_by_desc(email::Column::Id)
        .limit(most)
        .into_model()
        .all(db.connection().await?)
        .await?;
    let is_owned = rows.first().is_some_and(|claim| claim.verified_at.is_some());
    let most = if is_owned { 1 } else { rows.len() };
    let owner = |Claim { user_id, email, hash, verified_at }| Owner {
        user_id,
        email,
        hash,
        is_verified: verified_at.is_some(),
    };
    Ok(rows.into_iter().take(most).map(owner).collect())
}

#[derive(FromQueryResult)]
struct Claim {
    user_id: Uuid,
    email: Email,
    verified_at: Option<DateTime<Utc>>,
    hash: Option<String>,
}

fn password_of_owner() -> RelationDef {
    email::Entity::belongs_to(password::Entity)
        .from(email::Column::UserId)
        .to(password::Column::UserId)
        .into()
}

/// The hash of the user's password.
pub(crate) async fn find(db: &impl Read, user_id: Uuid) -> Result<Option<String>, DbErr> {
    let row = password::Entity::find_by_id(user_id).one(db.connection().await?).await?;
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
