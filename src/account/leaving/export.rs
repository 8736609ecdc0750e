//! Exporting everything that is stored about a user, page by page.

use bytes::Bytes;
use entity::event::EventType;
use uuid::Uuid;

use crate::account::{AccountError, Context, CurrentSession};
use crate::store;
use crate::store::personal_data::{Key, PersonalData, Row};

/// An export of everything that is stored about a user.
pub struct Export {
    context: Context,
    user_id: Uuid,
}

/// A row, and the file that belongs to it.
pub struct Held {
    /// The row.
    pub row: Row,
    /// The file, if the row is an avatar and the file exists.
    pub file: Option<Bytes>,
}

/// Begins an export, and records it as an event.
///
/// # Errors
/// [`AccountError::SessionEnded`].
pub async fn export(context: &Context, current: CurrentSession) -> Result<Export, AccountError> {
    context
        .write(async move |mut work| {
            work.lock(current).await?;
            Ok(work.record(current.user_id, EventType::DataExported, None).await?)
        })
        .await?;
    Ok(Export { context: context.clone(), user_id: current.user_id })
}

impl Export {
    /// Reads a page of the rows of a table, after the row with the key `after`. After the
    /// last row, the page is empty.
    ///
    /// # Errors
    /// Only faults of the service.
    pub async fn read(
        &self,
        table: PersonalData,
        after: Option<Key>,
    ) -> Result<Vec<Held>, AccountError> {
        let Self { context, user_id } = self;
        let rows =
            store::personal_data::read(context.store.reader(), *user_id, table, after).await?;
        let mut held = Vec::with_capacity(rows.len());
        for row in rows {
            let file = match &row {
                Row::Avatars(avatar) => {
                    let file = context.avatar_storage.get(&avatar.file).await;
                    file.map_err(AccountError::internal)?
                }
                _ => None,
            };
            held.push(Held { row, file });
        }
        Ok(held)
    }
}
