//! The queries, one file per table. A query of one user's rows takes the user's id, so code
//! that omits it does not compile. Rules about accounts live elsewhere.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{DatabaseTransaction, IntoActiveModel, QuerySelect as _};

use super::transaction::{Read as _, Transaction};

pub mod avatars;
pub mod emails;
pub mod erasures;
pub mod events;
pub mod known_clients;
pub mod one_time_tokens;
pub mod outbox;
pub mod passwords;
pub mod phone_verifications;
pub mod profiles;
pub mod rate_limits;
pub mod server_secret;
pub mod sessions;
pub mod users;

/// Inserts a row. `db` is the connection that the transaction returned for this write.
async fn insert_row<M, A>(db: &DatabaseTransaction, row: M) -> Result<(), DbErr>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity>,
{
    M::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Deletes the rows that meet a condition, which are part of no user's representation. Returns
/// how many were deleted.
pub(super) async fn delete_unseen<E: EntityTrait>(
    txn: &Transaction,
    condition: impl IntoCondition,
) -> Result<u64, DbErr> {
    let deleted = E::delete_many().filter(condition).exec(txn.write_unseen().await?).await?;
    Ok(deleted.rows_affected)
}

/// The earliest time in a column of the rows, if there is a row.
async fn earliest<E: EntityTrait>(
    txn: &Transaction,
    rows: Select<E>,
    column: E::Column,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let earliest = rows.select_only().column_as(column.min(), "earliest");
    // An aggregate has one row, with NULL in it if there are no rows.
    let earliest = earliest.into_tuple::<Option<_>>().one(txn.connection().await?).await?;
    Ok(earliest.flatten())
}
