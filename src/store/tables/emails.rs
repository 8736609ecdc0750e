//! The `emails` table. Several users may claim an address, but only one of them can have
//! verified it.

use chrono::{DateTime, Utc};
use entity::email::{Column, Entity, Model};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, SqlErr};

use crate::store::transaction::{Read, Transaction};

fn of(user_id: Uuid) -> Select<Entity> {
    Entity::find().filter(Column::UserId.eq(user_id))
}

/// The user's addresses, oldest first.
pub(crate) async fn list(db: &impl Read, user_id: Uuid) -> Result<Vec<Model>, DbErr> {
    of(user_id)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(db.connection().await?)
        .await
}

/// The claims of all users to an address, oldest first.
pub(crate) async fn claims(db: &impl Read, normalized: &str) -> Result<Vec<Model>, DbErr> {
    let claims = Entity::find().filter(Column::Normalized.eq(normalized));
    claims.order_by_asc(Column::Id).all(db.connection().await?).await
}

/// Whether a user has verified the address.
pub(crate) async fn is_owned(db: &impl Read, normalized: &str) -> Result<bool, DbErr> {
    let owner = Entity::find()
        .select_only()
        .column(Column::UserId)
        .filter(Column::Normalized.eq(normalized))
        .filter(Column::VerifiedAt.is_not_null());
    Ok(owner.into_tuple::<Uuid>().one(db.connection().await?).await?.is_some())
}

/// Adds a claim. Returns `false` if the user has the address already.
pub(crate) async fn insert(txn: &Transaction, email: Model) -> Result<bool, DbErr> {
    let owner = email.user_id;
    let claim = OnConflict::columns([Column::UserId, Column::Normalized]).do_nothing().to_owned();
    let inserted = Entity::insert(email.into_active_model())
        .on_conflict(claim)
        .exec_without_returning(txn.write(owner).await?)
        .await?;
    Ok(inserted > 0)
}

/// Marks the user's address as verified. Returns `false` if another user has verified it.
pub(crate) async fn verify(
    txn: &Transaction,
    user_id: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let verified = Entity::update_many()
        .col_expr(Column::VerifiedAt, now.into())
        .col_expr(Column::UpdatedAt, now.into())
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(id))
        .exec(txn.write(user_id).await?)
        .await;
    match verified {
        // The unique index decides which user was first.
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Ok(false)
        }
        verified => Ok(verified?.rows_affected > 0),
    }
}

/// The other users who claim the address.
pub(crate) async fn other_claimants(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
) -> Result<Vec<Uuid>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::UserId)
        .filter(Column::Normalized.eq(normalized))
        .filter(Column::UserId.ne(user_id))
        // In order, so that two transactions that drop claims never deadlock.
        .order_by_asc(Column::UserId)
        .into_tuple()
        .all(txn.connection().await?)
        .await
}

/// Drops the user's claim to an address that they have not verified. Returns `false` if
/// there is no such claim any more.
pub(crate) async fn drop_claim(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
) -> Result<bool, DbErr> {
    let dropped = Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Normalized.eq(normalized))
        .filter(Column::VerifiedAt.is_null())
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(dropped.rows_affected > 0)
}

/// Records that the user has logged in with their default address, unless they have verified it
/// or that is recorded already.
pub(crate) async fn note_login(
    txn: &Transaction,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LoggedInAt, now.into())
        .filter(Column::UserId.eq(user_id))
        .filter(Column::IsDefault.eq(true))
        .filter(Column::VerifiedAt.is_null())
        .filter(Column::LoggedInAt.is_null())
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}

/// Makes one of the user's addresses the default.
pub(crate) async fn set_default(
    txn: &Transaction,
    user_id: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    // Unset the old default first, because two defaults at once are not allowed.
    for (is_default, condition) in [(false, Column::IsDefault.eq(true)), (true, Column::Id.eq(id))]
    {
        Entity::update_many()
            .col_expr(Column::IsDefault, is_default.into())
            .col_expr(Column::UpdatedAt, now.into())
            .filter(Column::UserId.eq(user_id))
            .filter(condition)
            .exec(txn.write(user_id).await?)
            .await?;
    }
    Ok(())
}

/// Notes that the user was told, at this address, that the account will be erased.
pub(crate) async fn note_erasure_notice(
    txn: &Transaction,
    user_id: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ErasureNoticeAt, now.into())
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(id))
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(())
}

/// Removes one of the user's addresses.
pub(crate) async fn delete(txn: &Transaction, user_id: Uuid, id: Uuid) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(id))
        .exec(txn.write(user_id).await?)
        .await?;
    Ok(())
}

/// Locks an address until the transaction ends. Meanwhile no other transaction can decide
/// which user it belongs to.
pub(crate) async fn lock_address(txn: &Transaction, normalized: &str) -> Result<(), DbErr> {
    txn.lock_text(normalized).await
}
