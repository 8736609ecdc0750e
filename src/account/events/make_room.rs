//! Keeping events that repeat from burying the others.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::event::EventType;
use sea_orm::DbErr;
use uuid::Uuid;

use crate::store::{self, Transaction};

/// The maximum number of events of one type that a user gets within [`WINDOW`].
const MAX: usize = 50;
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes room for another event of this type.
///
/// Beyond the maximum, the new event takes the place of the latest one. So the first events
/// stay, which tell when an attack began, and so does the last one. Neither can be removed by
/// more of them, and an event of another type is not affected at all.
pub(in crate::account) async fn make_room(
    txn: &Transaction,
    user_id: Uuid,
    event: EventType,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let latest = store::events::latest(txn, user_id, event, MAX as u64).await?;
    let first = latest.get(MAX - 1);
    let is_full = first.is_some_and(|(_, created_at)| now < *created_at + WINDOW);
    match latest.first() {
        Some((last, _)) if is_full => store::events::delete(txn, user_id, *last).await,
        _ => Ok(()),
    }
}
