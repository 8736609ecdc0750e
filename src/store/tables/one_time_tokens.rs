//! The `one_time_tokens` table. A token that is used is deleted.

use chrono::{DateTime, Utc};
use entity::one_time_token::{Column, Entity, Model, Purpose};
use sea_orm::QueryOrder as _;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait as _;

use super::outbox::Requested;
use super::{delete_unseen, earliest, insert_row};
use crate::store::transaction::{Read, Transaction};

/// Adds a token, and deletes the user's tokens that expired at or before `forget`.
pub(crate) async fn insert(
    txn: &Transaction,
    token: Model,
    forget: DateTime<Utc>,
) -> Result<(), DbErr> {
    let expired = Column::UserId.eq(token.user_id).and(Column::ExpiresAt.lte(forget));
    delete_unseen::<Entity>(txn, expired).await?;
    insert_row(txn.write_unseen().await?, token).await
}

/// The token with this hash, if it still works.
pub(crate) async fn find(
    db: &impl Read,
    token_hash: &[u8],
    purposes: &[Purpose],
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::TokenHash.eq(token_hash))
        .filter(is_for(purposes))
        .filter(Column::ExpiresAt.gt(now))
        .one(db.connection().await?)
        .await
}

/// The token with this hash, for whatever purpose, even if it has expired.
pub(crate) async fn find_any(db: &impl Read, token_hash: &[u8]) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db.connection().await?).await
}

/// The earliest `since` of the recovery tokens that were mailed to an address of the
/// user. Recovery removes the addresses that were added at or after this time.
pub(crate) async fn first_since(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let rows = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Normalized.eq(normalized))
        .filter(Column::Purpose.eq(Purpose::Recover));
    earliest(txn, rows, Column::Since).await
}

/// Deletes a token that is used. Returns `false` if another request has used it meanwhile.
pub(crate) async fn use_up(txn: &Transaction, user_id: Uuid, id: Uuid) -> Result<bool, DbErr> {
    let token = Column::UserId.eq(user_id).and(Column::Id.eq(id));
    Ok(delete_unseen::<Entity>(txn, token).await? > 0)
}

/// Revokes the user's tokens for these purposes that were requested at or after `since`.
pub(crate) async fn revoke(
    txn: &Transaction,
    user_id: Uuid,
    purposes: &[Purpose],
    since: DateTime<Utc>,
) -> Result<(), DbErr> {
    let requested = Column::UserId.eq(user_id).and(Column::IssuedAt.gte(since));
    delete_unseen::<Entity>(txn, requested.and(is_for(purposes))).await?;
    Ok(())
}

/// The condition for a token to be for one of these purposes.
fn is_for(purposes: &[Purpose]) -> Expr {
    Column::Purpose.is_in(purposes.iter().copied())
}

/// Revokes the user's tokens for these purposes that were mailed to an address.
pub(crate) async fn revoke_to(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
    purposes: &[Purpose],
) -> Result<(), DbErr> {
    let mailed = Column::UserId.eq(user_id).and(Column::Normalized.eq(normalized));
    delete_unseen::<Entity>(txn, mailed.and(is_for(purposes))).await?;
    Ok(())
}

/// Revokes the tokens of all other users for these purposes that were mailed to an address.
pub(crate) async fn revoke_of_others(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
    purposes: &[Purpose],
) -> Result<(), DbErr> {
    let mailed = Column::UserId.ne(user_id).and(Column::Normalized.eq(normalized));
    delete_unseen::<Entity>(txn, mailed.and(is_for(purposes))).await?;
    Ok(())
}

fn recovery(user_id: Uuid, now: DateTime<Utc>) -> Select<Entity> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Purpose.eq(Purpose::Recover))
        .filter(Column::ExpiresAt.gt(now))
}

/// The user's tokens that recover the account and still work, in the order of their notices.
pub(crate) async fn list_recovery(
    db: &impl Read,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    recovery(user_id, now)
        .order_by_asc(Column::IssuedAt)
        .order_by_asc(Column::Id)
        .all(db.connection().await?)
        .await
}

/// Revokes the user's recovery tokens that were mailed to an address in notices from before
/// `before`. Returns the earliest `since` of those that still worked.
pub(crate) async fn revoke_recovery_before(
    txn: &Transaction,
    user_id: Uuid,
    normalized: &str,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let to_address = Column::Normalized.eq(normalized).and(Column::IssuedAt.lt(before));
    let rows = recovery(user_id, now).filter(to_address.clone());
    let since = earliest(txn, rows, Column::Since).await?;
    if since.is_some() {
        let of_user = Column::UserId.eq(user_id).and(is_for(&[Purpose::Recover]));
        delete_unseen::<Entity>(txn, of_user.and(to_address)).await?;
    }
    Ok(since)
}

/// Revokes the user's tokens that were mailed in these messages.
pub(crate) async fn revoke_mailed_in(
    txn: &Transaction,
    user_id: Uuid,
    message_ids: Vec<Uuid>,
) -> Result<(), DbErr> {
    let mailed = Column::UserId.eq(user_id).and(Column::MessageId.is_in(message_ids));
    delete_unseen::<Entity>(txn, mailed).await?;
    Ok(())
}

/// Those to whom tokens are mailed.
pub(crate) enum MailedTo<'a> {
    /// The user with this id.
    User(Uuid),
    /// Every user who claims the address with this form for comparison.
    Address(&'a str),
}

/// The messages that carried tokens for a purpose, and were requested after `since`, each with the
/// address that it was mailed to.
pub(crate) async fn mailed(
    txn: &Transaction,
    to: MailedTo<'_>,
    purpose: Purpose,
    since: DateTime<Utc>,
) -> Result<Vec<(String, Requested)>, DbErr> {
    let tokens = Entity::find()
        .filter(match to {
            MailedTo::User(user_id) => Column::UserId.eq(user_id),
            MailedTo::Address(normalized) => Column::Normalized.eq(normalized),
        })
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::IssuedAt.gt(since))
        .all(txn.connection().await?)
        .await?;
    let mailed = |token: Model| (token.normalized, (token.message_id, token.issued_at));
    Ok(tokens.into_iter().map(mailed).collect())
}
