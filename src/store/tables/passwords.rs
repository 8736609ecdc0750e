//! The `passwords` table. Hashes are read only to check a password.

use chrono::{DateTime, Utc};
use entity::password::PasswordHash;
use entity::{email, password};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, OnConflict};
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
    /// Whether the user has logged in while the address was unverified.
    pub(crate) has_logged_in: bool,
}

/// The maximum number of claims that have logged in, and of other claims, among the
/// [`owners`] of an address that no user has verified.
const MAX_LOGGED_IN: u64 = 20;
const MAX_OTHERS: u64 = 2;

/// The users who may log in with an address. This is the one user who has verified it, if
/// there is one. Otherwise it is the users whose default address it is: those who have logged
/// in, the earliest first, and then the newest of the others. So however many users claim the
/// address later, they can't take the place of one who has logged in.
pub(crate) async fn owners(db: &impl Read, normalized: &str) -> Result<Vec<Owner>, DbErr> {
    use email::Column::{Id, IsDefault, LoggedInAt, VerifiedAt};
    let is_verified = VerifiedAt.is_not_null();
    let has_logged_in = IsDefault.eq(true).and(LoggedInAt.is_not_null());
    let mut owners: Vec<Claim> = claims(normalized)
        .filter(Condition::any().add(is_verified.clone()).add(has_logged_in))
        .order_by_desc(is_verified)
        .order_by_asc(LoggedInAt)
        .order_by_asc(Id)
        .limit(MAX_LOGGED_IN)
        .into_model()
        .all(db.connection().await?)
        .await?;
    // This runs for every address, so that the time tells nothing about it.
    let others: Vec<Claim> = claims(normalized)
        .filter(VerifiedAt.is_null())
        .filter(IsDefault.eq(true))
        .filter(LoggedInAt.is_null())
        .order_by_desc(Id)
        .limit(MAX_OTHERS)
        .into_model()
        .all(db.connection().await?)
        .await?;
    if owners.first().is_some_and(|first| first.verified_at.is_some()) {
        owners.truncate(1);
    } else {
        owners.extend(others);
    }
    let owner = |Claim { user_id, email, hash, verified_at, logged_in_at }| Owner {
        user_id,
        email,
        hash,
        is_verified: verified_at.is_some(),
        has_logged_in: logged_in_at.is_some(),
    };
    Ok(owners.into_iter().map(owner).collect())
}

/// The claims to an address, with the passwords of their users.
fn claims(normalized: &str) -> Select<email::Entity> {
    use email::Column::{Email, LoggedInAt, UserId, VerifiedAt};
    email::Entity::find()
        .select_only()
        .columns([UserId, Email, VerifiedAt, LoggedInAt])
        .column(password::Column::Hash)
        .join(JoinType::LeftJoin, password_of_owner())
        .filter(email::Column::Normalized.eq(normalized))
}

#[derive(FromQueryResult)]
struct Claim {
    user_id: Uuid,
    email: Email,
    verified_at: Option<DateTime<Utc>>,
    logged_in_at: Option<DateTime<Utc>>,
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

/// Replaces the hash of the user's password by one of the same password. The time at which the
/// password was set stays.
pub(crate) async fn renew(txn: &Transaction, user_id: Uuid, hash: String) -> Result<(), DbErr> {
    password::Entity::update_many()
        .col_expr(password::Column::Hash, Expr::value(hash))
        .filter(password::Column::UserId.eq(user_id))
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(())
}
