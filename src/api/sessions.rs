//! `/me/sessions`: where the user is logged in.

use std::sync::Arc;

use entity::session::Model;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::auth::CurrentUser;
use super::problem::{Answer, codes};
use super::{NoContent, Tag};
use crate::account::Context;
use crate::account::session;
use crate::api::schema::timestamp::Timestamp;

/// Operations on the user's sessions.
#[derive(Default)]
pub(crate) struct SessionsApi;

/// A login that has not ended.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
pub(crate) struct Session {
    /// ID of the session. It names the session, it does not open it.
    id: Uuid,
    /// When the user logged in.
    created_at: Timestamp,
    /// When the session was last used; written at most every 5 minutes.
    last_used_at: Timestamp,
    /// When the session ends, however much it is used.
    expires_at: Timestamp,
    /// What the client called itself when it logged in.
    #[oai(validator(max_length = 512, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$"))]
    user_agent: Option<String>,
    /// The IP address (v4 or v6) that connected to log in: of the client, or of
    /// the proxy before the service.
    #[oai(validator(min_length = 2, max_length = 45, pattern = "^[0-9a-fA-F.:]+$"))]
    ip_address: Option<String>,
    /// Whether it is the session that asks.
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

#[derive(ApiResponse)]
enum Sessions {
    /// The sessions that work right now, newest first.
    #[oai(status = 200)]
    Ok(Json<Vec<Session>>),
}

codes!(RevokeCodes: NotFound);

#[OpenApi(tag = "Tag::Sessions")]
impl SessionsApi {
    /// List sessions
    ///
    /// Returns the user's sessions that work right now, newest first. There are
    /// as many as `activeSessions` says.
    #[oai(path = "/me/sessions", method = "get", operation_id = "listSessions")]
    async fn list(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> Answer<Sessions> {
        let sessions = session::list(&context, *me).await?;
        let sessions = sessions.into_iter().map(|session| Session::new(session, me.session_id));
        Ok(Sessions::Ok(Json(sessions.collect())))
    }

    /// End all other sessions
    ///
    /// Ends every session of the user but the one in use.
    #[oai(path = "/me/sessions", method = "delete", operation_id = "revokeOtherSessions")]
    async fn revoke_others(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
    ) -> Answer<NoContent> {
        session::revoke_others(&context, *me).await?;
        Ok(NoContent::Done)
    }

    /// End a session
    ///
    /// Ends one session of the user, be it the one in use.
    #[oai(path = "/me/sessions/:sessionId", method = "delete", operation_id = "revokeSession")]
    async fn revoke(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        /// ID of the session.
        #[oai(name = "sessionId")]
        session_id: Path<Uuid>,
    ) -> Answer<NoContent, RevokeCodes> {
        session::revoke(&context, *me, session_id.0).await?;
        Ok(NoContent::Done)
    }
}
