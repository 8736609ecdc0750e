//! `/login`, `/restore` and `/logout`: the start and the end of a session.

use std::sync::Arc;

use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::auth::CurrentUser;
use super::body::Valid;
use super::device::device;
use super::problem::{ApiResult, codes};
use super::user::User;
use super::{NoContent, Tag};
use crate::account::Context;
use crate::account::leaving;
use crate::account::session::{self, Credentials};
use crate::api::schema::timestamp::Timestamp;
use crate::value::{Email, Password, PublicUrl, Token};

/// Logging in and out.
#[derive(Default)]
pub(crate) struct LogInApi;

/// The credentials of a user.
#[derive(Object)]
struct LogIn {
    /// One of the user's email addresses.
    email: Email,
    /// The password of the user.
    password: Password,
}

/// A new session and its user.
#[derive(Object)]
#[oai(rename_all = "camelCase", example)]
struct LoggedIn {
    /// The token of the session. Send it as `Authorization: Bearer <token>`. It is not shown
    /// again.
    token: Token,
    /// The time at which the session ends, even if it is in use.
    expires_at: Timestamp,
    /// The user who is logged in.
    user: User,
}

impl Example for LoggedIn {
    fn example() -> Self {
        Self { token: Token::example(), expires_at: Timestamp::example(), user: User::example() }
    }
}

impl LoggedIn {
    fn of(public_url: &PublicUrl, logged_in: session::LoggedIn) -> Self {
        let session::LoggedIn { token, expires_at, profile } = logged_in;
        Self { token, expires_at: expires_at.into(), user: User::of(public_url, &profile) }
    }
}

#[derive(ApiResponse)]
enum LogInResponse {
    /// The new session and its token.
    #[oai(status = 200)]
    Ok(Json<LoggedIn>),
}

codes!(LogInCodes: InvalidCredentials, AccountBanned, AccountDeleted);
codes!(RestoreCodes: InvalidCredentials, AccountBanned, AccountNotDeleted);

#[OpenApi(tag = "Tag::Access")]
impl LogInApi {
    /// Log in
    ///
    /// Starts a session and returns its token. An unknown email address and a wrong password get
    /// the same reply after the same time. The maximum is 100 sessions per user. One more ends the
    /// session that was unused for the longest time. For a deleted account, the problem
    /// `account_deleted` names the deadline for restoring it.
    #[oai(path = "/login", method = "post", operation_id = "logIn")]
    async fn log_in(
        &self,
        context: Data<&Arc<Context>>,
        request: &Request,
        Valid(body): Valid<LogIn>,
    ) -> ApiResult<LogInResponse, LogInCodes> {
        let LogIn { email, password } = body;
        let credentials = Credentials { email, password };
        let logged_in = session::log_in(&context, credentials, device(request)).await?;
        Ok(LogInResponse::Ok(Json(LoggedIn::of(&context.public_url, logged_in))))
    }

    /// Restore account
    ///
    /// Undoes the deletion of an account before its deadline, and starts a session. Everything is
    /// restored except the earlier sessions. After the deadline, the reply is the same as for an
    /// account that never existed.
    #[oai(path = "/restore", method = "post", operation_id = "restore")]
    async fn restore(
        &self,
        context: Data<&Arc<Context>>,
        request: &Request,
        Valid(body): Valid<LogIn>,
    ) -> ApiResult<LogInResponse, RestoreCodes> {
        let LogIn { email, password } = body;
        let credentials = Credentials { email, password };
        let logged_in = leaving::restore(&context, credentials, device(request)).await?;
        Ok(LogInResponse::Ok(Json(LoggedIn::of(&context.public_url, logged_in))))
    }

    /// Log out
    ///
    /// Ends the session of the token in the request.
    #[oai(path = "/logout", method = "post", operation_id = "logOut")]
    async fn log_out(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> ApiResult<NoContent> {
        session::revoke(&context, *me, me.session_id).await?;
        Ok(NoContent::Done)
    }
}
