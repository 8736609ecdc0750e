//! Erasure receipts: what is to be erased, or was.

use chrono::{DateTime, Utc};
use entity::erasure;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::account::{AccountError, Context};
use crate::store;
use crate::store::personal_data::PersonalData;

/// A receipt. It names nobody.
pub struct Receipt {
    /// Its id, which the reply to the deletion and the notice carry.
    pub id: Uuid,
    /// When the user was deleted.
    pub requested_at: DateTime<Utc>,
    /// From when on the user is erased.
    pub erase_at: DateTime<Utc>,
    /// What was erased, if it was.
    pub erased: Option<Erased>,
}

/// What was erased.
pub struct Erased {
    /// When nothing was left.
    pub at: DateTime<Utc>,
    /// The number of rows that were erased, per table.
    pub counts: Vec<(PersonalData, u64)>,
}

/// The receipt with this id.
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
