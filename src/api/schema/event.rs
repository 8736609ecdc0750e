//! An event, as the document shows it.

use entity::event::{EventType, Model};
use poem_openapi::Object;
use poem_openapi::types::Example;
use uuid::Uuid;

use super::choice::Choice;
use super::timestamp::Timestamp;

/// A security-relevant event of the account.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
pub(crate) struct Event {
    /// The id of the event. Ids sort by the time at which events happened.
    pub(crate) id: Uuid,
    /// The type of the event. New types may be added.
    #[oai(rename = "type")]
    kind: Choice<EventType>,
    /// The time at which the event happened.
    created_at: Timestamp,
    /// The email address or phone number that the event is about.
    #[oai(validator(max_length = 320, pattern = "^.+$"))]
    subject: Option<String>,
    /// The IP address (v4 or v6) of the client. For an event that a session caused, it is the
    /// address at the login.
    #[oai(validator(min_length = 2, max_length = 45, pattern = "^[0-9a-fA-F.:]+$"))]
    ip_address: Option<String>,
    /// The `User-Agent` of the client that caused the event.
    #[oai(validator(max_length = 512, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$"))]
    user_agent: Option<String>,
}

impl From<Model> for Event {
    fn from(event: Model) -> Self {
        let Model { id, user_id: _, kind, subject, ip_address, user_agent, created_at } = event;
        let (kind, created_at) = (kind.into(), created_at.into());
        Self { id, kind, created_at, subject, ip_address, user_agent }
    }
}

impl Example for Event {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_b000_8a44_7b0e_a3d1_5c8f_20e6_94d7),
            kind: EventType::LoggedIn.into(),
            created_at: Timestamp::example(),
            subject: None,
            ip_address: Some("203.0.113.7".to_owned()),
            user_agent: Some("Mozilla/5.0".to_owned()),
        }
    }
}
