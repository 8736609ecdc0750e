//! `/me/sessions`: the sessions of the user.

use std::sync::Arc;

use entity::session::Model;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::auth::CurrentUser;
use super::problem::{ApiResult, codes};
use super::{NoContent, Tag};
use crate::account::Context;
use crate::account::session;
use crate::api::schema::timestamp::Timestamp;

/// Operations on the user's sessions.
#[derive(Default)]
pub(crate) struct SessionsApi;

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
    /// The IP address (v4 or v6) of the client at the login, or of the proxy before the
    /// service.
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

#[derive(ApiResponse)]
enum Sessions {
    /// The sessions of the user that work right now, newest first.
    #[oai(status = 200)]
    Ok(Json<Vec<Session>>),
}

codes!(RevokeCodes: NotFound);

#[OpenApi(tag = "Tag::Sessions")]
impl SessionsApi {
    /// List sessions
    ///
    /// Returns the user's sessions that work right now, newest first. Their number is the
    /// `activeSessions` of the user.
    #[oai(path = "/me/sessions", method = "get", operation_id = "listSessions")]
    async fn list(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> ApiResult<Sessions> {
        let sessions = session::list(&context, *me).await?;
        let sessions = sessions.into_iter().map(|session| Session::new(session, me.session_id));
        Ok(Sessions::Ok(Json(sessions.collect())))
    }

    /// End all other sessions
    ///
    /// Ends every session of the user except the one of the request.
    #[oai(path = "/me/sessions", method = "delete", operation_id = "revokeOtherSessions")]
    async fn revoke_others(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
    ) -> ApiResult<NoContent> {
        session::revoke_others(&context, *me).await?;
        Ok(NoContent::Done)
    }

    /// End a session
    ///
    /// Ends one session of the user. It may be the session of the request.
    #[oai(path = "/me/sessions/:sessionId", method = "delete", operation_id = "revokeSession")]
    async fn revoke(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        /// The id of the session.
        #[oai(name = "sessionId")]
        session_id: Path<Uuid>,
    ) -> ApiResult<NoContent, RevokeCodes> {
        session::revoke(&context, *me, session_id.0).await?;
        Ok(NoContent::Done)
    }
}
