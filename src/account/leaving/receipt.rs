//! Erasure receipts: they say what is to be erased or was erased.

use chrono::{DateTime, Utc};
use entity::erasure;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::account::{AccountError, Context};
use crate::store::{self, PersonalData};

/// An erasure receipt. It does not identify the user.
pub struct Receipt {
    /// The id. It is in the reply to the deletion and in the notice.
    pub id: Uuid,
    /// When the user was deleted.
    pub requested_at: DateTime<Utc>,
    /// When the grace period ends and the user is erased.
    pub erase_at: DateTime<Utc>,
    /// The result of the erasure, once it is complete.
    pub erased: Option<Erased>,
}

/// The result of an erasure.
pub struct Erased {
    /// When the erasure was complete.
    pub at: DateTime<Utc>,
    /// The number of rows that were erased, per table.
    pub counts: Vec<(PersonalData, u64)>,
}

/// Reads the receipt with this id.
///
/// # Errors
/// [`AccountError::ErasureNotFound`].
pub async fn receipt(context: &Context, id: Uuid) -> Result<Receipt, AccountError> {
    let erasure = store::erasures::find(context.store.reader(), id).await?;
    let erasure = erasure.ok_or(AccountError::ErasureNotFound)?;
    let erasure::Model { id, requested_at, erase_at, erased_at, erased, .. } = erasure;
    let counts = erased.map(|counts| serde_json::from_str::<Map<String, Value>>(&counts));
    let counts = counts.transpose().map_err(AccountError::internal)?.unwrap_or_default();
    let count = |table: &PersonalData| Some((*table, counts.get(table.name())?.as_u64()?));
    let counts = PersonalData::ALL.iter().filter_map(count).collect();
    let erased = erased_at.map(|at| Erased { at, counts });
    Ok(Receipt { id, requested_at, erase_at, erased })
}
