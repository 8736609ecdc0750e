//! The `one_time_tokens` table. A token that is used is deleted.

use chrono::{DateTime, Utc};
use entity::one_time_token::{Column, Entity, Model, Purpose};
use sea_orm::entity::prelude::*;

use super::outbox::Requested;
use super::{earliest, insert_row};
use crate::store::transaction::{Read, Transaction};

/// Adds a token, and deletes the user's tokens that expired at or before `forget`.
pub(crate) async fn insert(
    txn: &Transaction,
    token: Model,
    forget: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(token.user_id))
        .filter(Column::ExpiresAt.lte(forget))
        .exec(txn.write_unseen().await?)
        .await?;
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
        .filter(Column::Purpose.is_in(purposes.iter().copied()))
        .filter(Column::ExpiresAt.gt(now))
        .one(db.connection().await?)
        .await
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
    let deleted = Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(id))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// Revokes the user's tokens for these purposes that were requested at or after `since`.
pub(crate) async fn revoke(
    txn: &Transaction,
    user_id: Uuid,
    purposes: &[Purpose],
    since: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Purpose.is_in(purposes.iter().copied()))
        .filter(Column::IssuedAt.gte(since))
        .exec(txn.write_unseen().await?)
        .await?;
    Ok(())
}

/// Those to whom tokens are mailed.
pub(crate) enum MailedTo<'a> {
    /// The user with this id.
    User(Uuid),
    /// Every user who claims the address with this form for comparison.
    Address(&'a str),
}

/// The messages that carried tokens for a purpose, and were requested after `since`.
pub(crate) async fn mailed(
    txn: &Transaction,
    to: MailedTo<'_>,
    purpose: Purpose,
    since: DateTime<Utc>,
) -> Result<Vec<Requested>, DbErr> {
    let tokens = Entity::find()
        .filter(match to {
            MailedTo::User(user_id) => Column::UserId.eq(user_id),
            MailedTo::Address(normalized) => Column::Normalized.eq(normalized),
        })
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::IssuedAt.gt(since))
        .all(txn.connection().await?)
        .await?;
    Ok(tokens.into_iter().map(|token| (token.message_id, token.issued_at)).collect())
}
