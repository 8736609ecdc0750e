//! `/login`, `/restore` and `/logout`: getting a token, and giving it back.

use std::sync::Arc;

use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::auth::CurrentUser;
use super::body::Valid;
use super::device::device;
use super::problem::{Answer, codes};
use super::user::User;
use super::{NoContent, Tag};
use crate::account::Context;
use crate::account::leaving;
use crate::account::session::{self, Credentials};
use crate::api::schema::timestamp::Timestamp;
use crate::value::email::Email;
use crate::value::password::Password;
use crate::value::public_url::PublicUrl;
use crate::value::text_value::TextValue as _;
use crate::value::token::Token;

/// Logging in and out.
#[derive(Default)]
pub(crate) struct LogInApi;

/// What proves who someone is.
#[derive(Object)]
#[oai(example)]
struct LogIn {
    /// An email address of the user.
    email: Email,
    /// The user's password.
    password: Password,
}

/// A new session.
#[derive(Object)]
#[oai(rename_all = "camelCase", example)]
struct LoggedIn {
    /// Opens the session. Send it as `Authorization: Bearer <token>`. It is
    /// shown this once.
    token: Token,
    /// When the session ends, however much it is used.
    expires_at: Timestamp,
    /// Who is logged in.
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
    /// A new session.
    #[oai(status = 200)]
    Ok(Json<LoggedIn>),
}

codes!(LogInCodes: InvalidCredentials, AccountBanned, AccountDeleted);
codes!(RestoreCodes: InvalidCredentials, AccountBanned, AccountNotDeleted);

#[OpenApi(tag = "Tag::Access")]
impl LogInApi {
    /// Log in
    ///
    /// Starts a session and returns its token. An email address that nobody has
    /// and a wrong password get the same answer after the same time. A user has
    /// at most 100 sessions: one more ends the one that was not used longest. Who has
    /// deleted their account is told until when they can restore it.
    #[oai(path = "/login", method = "post", operation_id = "logIn")]
    async fn log_in(
        &self,
        context: Data<&Arc<Context>>,
        request: &Request,
        Valid(body): Valid<LogIn>,
    ) -> Answer<LogInResponse, LogInCodes> {
        let LogIn { email, password } = body;
        let credentials = Credentials { email, password };
        let logged_in = session::log_in(&context, credentials, device(request)).await?;
        Ok(LogInResponse::Ok(Json(LoggedIn::of(&context.public_url, logged_in))))
    }

    /// Restore account
    ///
    /// Undoes the deletion of an account, as long as it is not too late, and starts a
    /// session: everything is as it was, but for the sessions. An account that can't be
    /// restored any more is answered like one that never was.
    #[oai(path = "/restore", method = "post", operation_id = "restore")]
    async fn restore(
        &self,
        context: Data<&Arc<Context>>,
        request: &Request,
        Valid(body): Valid<LogIn>,
    ) -> Answer<LogInResponse, RestoreCodes> {
        let LogIn { email, password } = body;
        let credentials = Credentials { email, password };
        let logged_in = leaving::restore(&context, credentials, device(request)).await?;
        Ok(LogInResponse::Ok(Json(LoggedIn::of(&context.public_url, logged_in))))
    }

    /// Log out
    ///
    /// Ends the session of the token that is sent.
    #[oai(path = "/logout", method = "post", operation_id = "logOut")]
    async fn log_out(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> Answer<NoContent> {
        session::revoke(&context, *me, me.session_id).await?;
        Ok(NoContent::Done)
    }
}

#[expect(clippy::expect_used, reason = "the values are constant; a test prints the document")]
impl Example for LogIn {
    fn example() -> Self {
        Self {
            email: Email::parse("ada@example.com").expect("an address"),
            password: Password::parse("correct horse battery staple").expect("a password"),
        }
    }
}
