//! `/me/sessions`: the sessions of the user.

use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, OpenApi};
use uuid::Uuid;

use crate::account::session;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CurrentUser};
use crate::api::schema::{Json, NoContent, Session};

/// Operations on the user's sessions.
#[derive(Default)]
pub(crate) struct SessionsApi;

#[derive(ApiResponse)]
enum Sessions {
    /// The active sessions of the user, newest first.
    #[oai(status = 200)]
    Ok(Json<Vec<Session>>),
}

codes!(RevokeCodes: NotFound);

#[OpenApi(tag = "Tag::Sessions")]
impl SessionsApi {
    /// List sessions
    ///
    /// Returns the user's active sessions, newest first. A session is active until it is ended or
    /// expires.
    #[oai(path = "/me/sessions", method = "get", operation_id = "listSessions")]
    async fn list(&self, context: &ApiContext, me: CurrentUser) -> ApiResult<Sessions> {
        let sessions = session::list(context, *me).await?;
        let sessions = sessions.into_iter().map(|session| Session::new(session, me.session_id));
        Ok(Sessions::Ok(Json(sessions.collect())))
    }

    /// End all other sessions
    ///
    /// Ends every session of the user except the one of the request.
    #[oai(path = "/me/sessions", method = "delete", operation_id = "revokeOtherSessions")]
    async fn revoke_others(&self, context: &ApiContext, me: CurrentUser) -> ApiResult<NoContent> {
        session::revoke_others(context, *me).await?;
        Ok(NoContent::Done)
    }

    /// End a session
    ///
    /// Ends one session of the user. It may be the session of the request.
    #[oai(path = "/me/sessions/:sessionId", method = "delete", operation_id = "revokeSession")]
    async fn revoke(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        /// The id of the session.
        #[oai(name = "sessionId")]
        session_id: Path<Uuid>,
    ) -> ApiResult<NoContent, RevokeCodes> {
        session::revoke(context, *me, session_id.0).await?;
        Ok(NoContent::Done)
    }
}
