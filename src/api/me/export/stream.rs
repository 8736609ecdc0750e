//! Sends the export while it is read, so that at most one page of rows is in memory.

use std::fmt::Write as _;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::{Stream, try_unfold};
use poem::{Body, IntoResponse, Response};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::Type as _;
use uuid::Uuid;

use super::schema::{self, Export};
use crate::account::AccountError;
use crate::account::leaving::{Export as Reader, Held};
use crate::api::schema::Timestamp;
use crate::store::personal_data::{Key, PersonalData};
use crate::value::{PublicUrl, TextValue as _};

/// An export that is sent while it is read.
pub(super) struct Streamed(State);

/// The progress of an export.
struct State {
    export: Reader,
    public_url: PublicUrl,
    /// The session of the request.
    session_id: Uuid,
    started_at: DateTime<Utc>,
    place: Place,
}

enum Place {
    Start,
    /// In a table, after `rows` rows. The last of them has the key `after`.
    In {
        table: usize,
        rows: usize,
        after: Option<Key>,
    },
    End,
}

impl Streamed {
    pub(super) fn new(
        export: Reader,
        public_url: PublicUrl,
        session_id: Uuid,
        started_at: DateTime<Utc>,
    ) -> Self {
        Self(State { export, public_url, session_id, started_at, place: Place::Start })
    }

    fn into_stream(self) -> impl Stream<Item = std::io::Result<Bytes>> {
        try_unfold(self.0, async |mut state| match state.next().await {
            Ok(bytes) => Ok(bytes.map(|bytes| (bytes, state))),
            Err(error) => {
                tracing::error!(%error, "an export failed while it was sent");
                Err(std::io::Error::other("the export failed while it was sent"))
            }
        })
    }
}

impl State {
    /// The next bytes of the document.
    async fn next(&mut self) -> Result<Option<Bytes>, AccountError> {
        let mut text = String::new();
        self.place = match std::mem::replace(&mut self.place, Place::End) {
            Place::Start => {
                let started_at = Timestamp::from(self.started_at);
                // Writing to a String can't fail.
                let _ = write!(text, r#"{{"exportedAt":"{}""#, started_at.as_str());
                Place::In { table: 0, rows: 0, after: None }
            }
            Place::In { table, rows, after } => match PersonalData::ALL.get(table) {
                Some(data) => self.table(&mut text, *data, table, rows, after).await?,
                None => {
                    text.push_str("}\n");
                    Place::End
                }
            },
            Place::End => return Ok(None),
        };
        Ok(Some(text.into()))
    }

    /// Writes the next rows of a table, or its end.
    async fn table(
        &self,
        text: &mut String,
        data: PersonalData,
        table: usize,
        rows: usize,
        after: Option<Key>,
    ) -> Result<Place, AccountError> {
        let is_first = after.is_none();
        let held = self.export.read(data, after).await?;
        let is_one = schema::is_one(data);
        if is_first && !(is_one && held.is_empty()) {
            let _ = write!(text, r#","{}":"#, data.name());
            text.push_str(if is_one { "" } else { "[" });
        }
        let Some(last) = held.last().map(|held| held.row.key()) else {
            text.push_str(if is_one { "" } else { "]" });
            return Ok(Place::In { table: table + 1, rows: 0, after: None });
        };
        let count = held.len();
        for (number, Held { row, file }) in held.into_iter().enumerate() {
            text.push_str(if rows + number > 0 { "," } else { "" });
            text.push_str(&schema::json(row, file, &self.public_url, self.session_id));
        }
        Ok(Place::In { table, rows: rows + count, after: Some(last) })
    }
}

impl Payload for Streamed {
    const CONTENT_TYPE: &'static str = "application/json";

    fn schema_ref() -> MetaSchemaRef {
        Export::schema_ref()
    }

    fn register(registry: &mut Registry) {
        Export::register(registry);
    }
}

impl IntoResponse for Streamed {
    fn into_response(self) -> Response {
        Response::builder()
            .content_type(Self::CONTENT_TYPE)
            .body(Body::from_bytes_stream(self.into_stream()))
    }
}
