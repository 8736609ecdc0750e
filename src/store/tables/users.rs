//! The `users` table, and the profile, which is read from several tables.

use chrono::{DateTime, Utc};
use entity::user;
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromQueryResult, IntoActiveModel, QuerySelect, Statement, Value};

use super::insert_row;
use super::sessions::Active;
use crate::store::transaction::{Read, Transaction};
use crate::value::Email;

/// A user, with properties that are derived from other tables.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Profile {
    /// The user's own row.
    #[sea_orm(nested)]
    pub user: user::Model,
    /// The default address.
    pub default_email: Option<Email>,
    /// The number of active sessions.
    pub active_sessions: i64,
}

/// A user as read through one of their active sessions.
#[derive(Debug, FromQueryResult)]
pub(crate) struct SessionUser {
    #[sea_orm(nested)]
    pub(crate) profile: Profile,
    pub(crate) session_id: Uuid,
    /// When the user last proved their password in the session.
    pub(crate) authenticated_at: DateTime<Utc>,
    /// When the session was last used.
    pub(crate) last_used_at: DateTime<Utc>,
    /// When the session ends, even if it is in use.
    pub(crate) expires_at: DateTime<Utc>,
    /// The earliest `expires_at` of the user's active sessions.
    pub(crate) first_expires_at: DateTime<Utc>,
    /// The earliest `last_used_at` of the user's active sessions.
    pub(crate) first_used_at: DateTime<Utc>,
}

/// The one statement that reads everything `GET /me` returns. Written by hand: building it
/// would cost more than running it.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT users.*, emails.email AS default_email, count(*) AS active_sessions,
                current.id AS session_id, current.authenticated_at, current.last_used_at,
                current.expires_at,
                min(active.expires_at) AS first_expires_at,
                min(active.last_used_at) AS first_used_at
            FROM sessions AS current
            JOIN users ON users.id = current.user_id
            JOIN sessions AS active ON active.user_id = current.user_id
                AND active.expires_at > $1 AND active.last_used_at > $2
            LEFT JOIN emails ON emails.user_id = current.user_id AND emails.is_default
            WHERE current.expires_at > $1 AND current.last_used_at > $2 AND ",
            $condition,
            " GROUP BY users.id, emails.id, current.id"
        )
    };
}

/// The user whose active session a token opens.
pub(crate) async fn find_by_token(
    db: &impl Read,
    token_hash: &[u8],
    active: &Active,
) -> Result<Option<SessionUser>, DbErr> {
    let values = [active.now.into(), active.used_after.into(), token_hash.into()];
    let sql = select!("current.token_hash = $3");
    let db = db.connection().await?;
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    SessionUser::find_by_statement(statement).one(db).await
}

/// The user, if the session is theirs and active, and the token still opens it.
pub(crate) async fn find_by_session(
    txn: &Transaction,
    user_id: Uuid,
    session_id: Uuid,
    token_hash: &[u8],
    active: &Active,
) -> Result<Option<SessionUser>, DbErr> {
    let whom = [session_id.into(), user_id.into(), token_hash.into()];
    let values = [active.now.into(), active.used_after.into()].into_iter().chain(whom);
    let sql = select!("current.id = $3 AND current.user_id = $4 AND current.token_hash = $5");
    let row = txn.query_one(sql, values.collect()).await?;
    row.map(|row| SessionUser::from_query_result(&row, "")).transpose()
}

/// Locks the user until the transaction ends.
pub(crate) async fn lock(txn: &Transaction, user_id: Uuid) -> Result<(), DbErr> {
    // On SQLite no other transaction can write now anyway.
    if txn.backend() == DbBackend::Postgres {
        let statement = user::Entity::find_by_id(user_id).select_only().column(user::Column::Id);
        statement.lock_exclusive().into_tuple::<Uuid>().one(txn.connection().await?).await?;
    }
    Ok(())
}

/// Locks several users until the transaction ends. All transactions lock in the same order, so that
/// no two of them deadlock.
pub(crate) async fn lock_all(txn: &Transaction, mut user_ids: Vec<Uuid>) -> Result<(), DbErr> {
    user_ids.sort_unstable();
    for user_id in user_ids {
        lock(txn, user_id).await?;
    }
    Ok(())
}

/// The user's row.
pub(crate) async fn find(db: &impl Read, user_id: Uuid) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(user_id).one(db.connection().await?).await
}

pub(crate) async fn insert(txn: &Transaction, user: user::Model) -> Result<(), DbErr> {
    insert_row(txn.write(user.id).await?, user).await
}

/// Writes every column of a row that was read under [`lock`].
pub(crate) async fn update(txn: &Transaction, user: user::Model) -> Result<(), DbErr> {
    let id = user.id;
    user::Entity::update_many()
        .set(user.into_active_model().reset_all())
        .filter(user::Column::Id.eq(id))
        .exec(txn.write(id).await?)
        .await?;
    Ok(())
}

/// The other user who has this phone number.
pub(crate) async fn other_with_phone_number(
    txn: &Transaction,
    user_id: Uuid,
    phone_number: &str,
) -> Result<Option<Uuid>, DbErr> {
    user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::PhoneNumber.eq(phone_number))
        .filter(user::Column::Id.ne(user_id))
        .into_tuple()
        .one(txn.connection().await?)
        .await
}

/// The status stands in the text, so that the index of these users is used.
const UNVERIFIED_TO_TELL: &str = "
    SELECT users.id FROM users
    JOIN emails ON emails.user_id = users.id AND emails.is_default
    WHERE users.status = 'pending' AND users.created_at <= $1 AND emails.erasure_notice_at IS NULL
    ORDER BY users.created_at LIMIT $2";

/// Up to `most` users who were created at or before `until`, have verified no address, and were
/// not told yet that they will be erased.
pub(crate) async fn unverified_to_tell(
    db: &impl Read,
    until: DateTime<Utc>,
    most: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    ids(db, UNVERIFIED_TO_TELL, vec![until.into(), most.into()]).await
}

const UNVERIFIED_TO_ERASE: &str = "
    SELECT users.id FROM users
    LEFT JOIN emails ON emails.user_id = users.id AND emails.is_default
    WHERE users.status = 'pending' AND users.created_at <= $1
        AND (emails.id IS NULL OR emails.erasure_notice_at <= $2)
    ORDER BY users.created_at LIMIT $3";

/// Up to `most` users who were created at or before `until`, have verified no address, and were
/// told at or before `told` that they will be erased, or have no address.
pub(crate) async fn unverified_to_erase(
    db: &impl Read,
    until: DateTime<Utc>,
    told: DateTime<Utc>,
    most: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    ids(db, UNVERIFIED_TO_ERASE, vec![until.into(), told.into(), most.into()]).await
}

async fn ids(db: &impl Read, sql: &str, values: Vec<Value>) -> Result<Vec<Uuid>, DbErr> {
    let db = db.connection().await?;
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}
