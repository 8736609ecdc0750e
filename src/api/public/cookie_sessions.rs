//! `/login/cookie` and `/restore/cookie`: sessions of browsers, whose token no script sees.

use poem::Request;
use poem_openapi::{Object, OpenApi};

use crate::account::AccountError;
use crate::account::session::{self, Credentials, Opening};
use crate::api::contract::problem::Codes;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::auth::session_to_replace;
use crate::api::extract::{ApiContext, Valid, device, require_same_origin};
use crate::api::schema::CookieSession;
use crate::value::{Email, Password};

/// Sessions of browsers.
#[derive(Default)]
pub(crate) struct CookieSessionsApi;

/// The credentials of a user, and how long a browser keeps the session.
#[derive(Object)]
struct LogInWithCookie {
    /// One of the user's email addresses.
    email: Email,
    /// The password of the user.
    password: Password,
    /// Whether the browser keeps the cookie when it is closed. On a device that others use as well,
    /// send `false`.
    #[oai(default = "persistent")]
    persistent: bool,
}

const fn persistent() -> bool {
    true
}

codes!(LogInCodes: InvalidCredentials, CrossSiteRequest, AccountBanned, AccountDeleted, TooManyRequests);
codes!(RestoreCodes: InvalidCredentials, CrossSiteRequest, AccountBanned, AccountNotDeleted, TooManyRequests);

#[OpenApi(tag = "Tag::Access")]
impl CookieSessionsApi {
    /// Log in with a cookie
    ///
    /// Starts a session like `POST /login`, for a page of this service in a browser. The token is
    /// in a cookie that no script can read, and not in the body. The session of an earlier cookie
    /// ends. A page of another origin can't log in this way.
    #[oai(path = "/login/cookie", method = "post", operation_id = "logInWithCookie")]
    async fn log_in(
        &self,
        context: &ApiContext,
        request: &Request,
        Valid(body): Valid<LogInWithCookie>,
    ) -> ApiResult<CookieSession, LogInCodes> {
        enter(context, request, body, Opening::LogIn).await
    }

    /// Restore account with a cookie
    ///
    /// Undoes the deletion of an account like `POST /restore`, and starts a session like
    /// `POST /login/cookie`.
    #[oai(path = "/restore/cookie", method = "post", operation_id = "restoreWithCookie")]
    async fn restore(
        &self,
        context: &ApiContext,
        request: &Request,
        Valid(body): Valid<LogInWithCookie>,
    ) -> ApiResult<CookieSession, RestoreCodes> {
        enter(context, request, body, Opening::Restore).await
    }
}

/// Starts a session in a cookie, in place of the one in the cookie of the request.
async fn enter<C: Codes>(
    context: &ApiContext,
    request: &Request,
    body: LogInWithCookie,
    opening: Opening,
) -> ApiResult<CookieSession, C> {
    require_same_origin(request, context)?;
    let LogInWithCookie { email, password, persistent } = body;
    let credentials = Credentials { email, password };
    let logged_in = session::open(context, credentials, device(request), opening).await?;
    // The browser forgets the token of the old session, so nobody could end it any more.
    if let Some(old) = session_to_replace(request, context).await? {
        match session::revoke(context, old, old.session_id).await {
            Err(AccountError::SessionEnded | AccountError::SessionNotFound) => {}
            revoked => revoked?,
        }
    }
    Ok(CookieSession::of(context, logged_in, persistent))
}
