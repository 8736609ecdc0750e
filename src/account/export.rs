//! Everything that is held about a user, bit by bit.

use bytes::Bytes;
use entity::event::Kind as Event;
use sea_orm::Value;
use uuid::Uuid;

use super::history::History;
use super::session::{self, CurrentSession};
use super::{AccountError, Context};
use crate::store;
use crate::store::holdings::{Holding, Row};

/// Reads what is held about a user.
pub struct Export {
    context: Context,
    user_id: Uuid,
}

/// A row, and what is kept in a file beside it.
pub struct Held {
    /// The row.
    pub row: Row,
    /// The picture, if the row is that of one that is there.
    pub picture: Option<Bytes>,
}

/// Begins an export, which becomes an event itself.
///
/// # Errors
/// [`AccountError::SessionEnded`].
pub async fn export(context: &Context, current: CurrentSession) -> Result<Export, AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                session::lock(txn, current, &alive).await?;
                history.by(txn, current, Event::DataExported, None).await
            })
        })
        .await?;
    Ok(Export { context: context.clone(), user_id: current.user_id })
}

impl Export {
    /// Some of what a table holds after the row with this key; nothing, once there is
    /// no more.
    ///
    /// # Errors
    /// Only faults of the service.
    pub async fn read(
        &self,
        holding: Holding,
        after: Option<Value>,
    ) -> Result<Vec<Held>, AccountError> {
        let Self { context, user_id } = self;
        let rows = store::holdings::read(context.store.reader(), *user_id, holding, after).await?;
        let mut held = Vec::with_capacity(rows.len());
        for row in rows {
            let picture = match &row {
                Row::Avatars(avatar) => {
                    let file = context.files.get(&avatar.file).await;
                    file.map_err(AccountError::internal)?
                }
                _ => None,
            };
            held.push(Held { row, picture });
        }
        Ok(held)
    }
}
