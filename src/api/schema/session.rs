//! A session, as the document shows it.

use entity::session::Model;
use poem_openapi::Object;
use poem_openapi::types::Example;
use uuid::Uuid;

use super::timestamp::Timestamp;

/// A session, which starts with a login.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
pub(crate) struct Session {
    /// The id of the session. It is not a secret: only the token opens the session.
    id: Uuid,
    /// The time of the login.
    created_at: Timestamp,
    /// The time at which the session was last used. It is updated at most every 5 minutes.
    last_used_at: Timestamp,
    /// The time at which the session ends, even if it is in use.
    expires_at: Timestamp,
    /// The `User-Agent` of the client at the login.
    #[oai(validator(max_length = 512, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$"))]
    user_agent: Option<String>,
    /// The IP address (v4 or v6) of the client at the login.
    #[oai(validator(min_length = 2, max_length = 45, pattern = "^[0-9a-fA-F.:]+$"))]
    ip_address: Option<String>,
    /// Whether this is the session of the request.
    current: bool,
}

impl Session {
    pub(crate) fn new(session: Model, current: Uuid) -> Self {
        Self {
            id: session.id,
            created_at: session.created_at.into(),
            last_used_at: session.last_used_at.into(),
            expires_at: session.expires_at.into(),
            user_agent: session.user_agent,
            ip_address: session.ip_address,
            current: session.id == current,
        }
    }
}

impl Example for Session {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_b000_8a41_7f02_b1c4_6f1d_9e0a_5b33),
            created_at: Timestamp::example(),
            last_used_at: Timestamp::example(),
            expires_at: Timestamp::example(),
            user_agent: Some("Mozilla/5.0".to_owned()),
            ip_address: Some("203.0.113.7".to_owned()),
            current: true,
        }
    }
}
