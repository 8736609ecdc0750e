//! Tables whose rows are deleted when their time has passed, a batch at a time, so that no
//! transaction takes long.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{QuerySelect as _, QueryTrait as _};

use super::Store;
use super::tables::delete_unseen;

/// The maximum number of rows that are deleted in one transaction.
const BATCH: u64 = 500;

/// A table whose rows are not needed for ever.
pub(crate) trait Expiring: EntityTrait {
    /// The column of the key.
    const KEY: Self::Column;
    /// The column of the time that decides how long a row is needed. It has an index.
    const TIME: Self::Column;
}

/// Deletes all rows of a table whose time is at or before `until`.
pub(crate) async fn delete_until<E: Expiring>(
    store: &Store,
    until: DateTime<Utc>,
) -> Result<(), DbErr> {
    let old = || E::find().select_only().filter(E::TIME.lte(until));
    // While there is nothing to delete, this only reads.
    let first = || old().column(E::TIME).into_tuple::<DateTime<Utc>>();
    while first().one(store.reader()).await?.is_some() {
        let batch = old().column(E::KEY).limit(BATCH).into_query();
        // On PostgreSQL, a row of the batch may have got a later time meanwhile.
        let expired = E::KEY.in_subquery(batch).and(E::TIME.lte(until));
        store.write(async move |txn| delete_unseen::<E>(&txn, expired).await).await?;
    }
    Ok(())
}
