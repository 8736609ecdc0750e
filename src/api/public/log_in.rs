//! `/login` and `/logout`: the start and the end of a session.

use poem::Request;
use poem_openapi::OpenApi;

use crate::account::session;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CurrentUser, Valid, device};
use crate::api::schema::{LogIn, LogInResponse, NoContent};

/// Logging in and out.
#[derive(Default)]
pub(crate) struct LogInApi;

codes!(LogInCodes: InvalidCredentials, AccountBanned, AccountDeleted);

#[OpenApi(tag = "Tag::Access")]
impl LogInApi {
    /// Log in
    ///
    /// Starts a session and returns its token. An unknown email address and a wrong password get
    /// the same reply after the same time. The maximum is 100 sessions per user. Another login ends
    /// the session that was unused for the longest time. For a deleted account, the problem
    /// `account_deleted` names the deadline for restoring it.
    #[oai(path = "/login", method = "post", operation_id = "logIn")]
    async fn log_in(
        &self,
        context: &ApiContext,
        request: &Request,
        Valid(body): Valid<LogIn>,
    ) -> ApiResult<LogInResponse, LogInCodes> {
        let logged_in = session::log_in(context, body.into(), device(request)).await?;
        Ok(LogInResponse::ok(&context.public_url, logged_in))
    }

    /// Log out
    ///
    /// Ends the session of the token in the request.
    #[oai(path = "/logout", method = "post", operation_id = "logOut")]
    async fn log_out(&self, context: &ApiContext, me: CurrentUser) -> ApiResult<NoContent> {
        session::revoke(context, *me, me.session_id).await?;
        Ok(NoContent::Done)
    }
}
