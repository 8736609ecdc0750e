//! `/login` and `/logout`: the start and the end of a session.

use poem::Request;
use poem_openapi::{ApiResponse, OpenApi};

use crate::account::session::{self, Opening};
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CurrentUser, Valid, device, end_session_cookie};
use crate::api::schema::{LogIn, LogInResponse};

/// Logging in and out.
#[derive(Default)]
pub(crate) struct LogInApi;

#[derive(ApiResponse)]
enum LoggedOut {
    /// The session has ended. There is no body.
    #[oai(status = 204)]
    Done(
        /// The cookies of the service, each in a header of this name. No script can read them. The
        /// device cookie opens nothing: a login that carries it has a rate limit of its own. The
        /// session cookie has the token of a session.
        #[oai(header = "Set-Cookie")]
        Option<String>,
    ),
}

codes!(LogInCodes: InvalidCredentials, AccountBanned, AccountDeleted, TooManyRequests);

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
        let logged_in =
            session::open(context, body.into(), device(request), Opening::LogIn).await?;
        Ok(LogInResponse::ok(&context.public_url, logged_in))
    }

    /// Log out
    ///
    /// Ends the session of the token in the request. If the token is in a cookie, the browser forgets
    /// it.
    #[oai(path = "/logout", method = "post", operation_id = "logOut")]
    async fn log_out(&self, context: &ApiContext, me: CurrentUser) -> ApiResult<LoggedOut> {
        session::revoke(context, *me, me.session_id).await?;
        Ok(LoggedOut::Done(me.by_cookie.then(|| end_session_cookie(&context.public_url))))
    }
}
