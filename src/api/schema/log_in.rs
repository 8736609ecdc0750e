//! Credentials, and the session that they open, as the document shows them.

use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object};

use super::json::Json;
use super::timestamp::Timestamp;
use super::user::User;
use crate::account::session::{self, Credentials};
use crate::api::extract::set_device_cookie;
use crate::value::{Email, Password, PublicUrl, Token};

/// The credentials of a user.
#[derive(Object)]
pub(crate) struct LogIn {
    /// One of the user's email addresses.
    email: Email,
    /// The password of the user.
    password: Password,
}

/// A new session and its user.
#[derive(Object)]
#[oai(rename_all = "camelCase", example)]
pub(crate) struct LoggedIn {
    /// The token of the session. Send it as `Authorization: Bearer <token>`. It is not shown
    /// again.
    token: Token,
    /// The time at which the session ends, even if it is in use.
    expires_at: Timestamp,
    /// The user who is logged in.
    user: User,
}

impl From<LogIn> for Credentials {
    fn from(LogIn { email, password }: LogIn) -> Self {
        Self { email, password }
    }
}

impl Example for LoggedIn {
    fn example() -> Self {
        Self { token: Token::example(), expires_at: Timestamp::example(), user: User::example() }
    }
}

impl LogInResponse {
    pub(crate) fn ok(public_url: &PublicUrl, logged_in: session::LoggedIn) -> Self {
        let session::LoggedIn { token, expires_at, profile, device_id } = logged_in;
        let user = User::of(public_url, &profile);
        let body = Json(LoggedIn { token, expires_at: expires_at.into(), user });
        Self::Ok(body, set_device_cookie(public_url, &device_id))
    }
}

#[derive(ApiResponse)]
pub(crate) enum LogInResponse {
    /// The new session and its token.
    #[oai(status = 200)]
    Ok(
        Json<LoggedIn>,
        /// The cookies of the service, each in a header of this name. No script can read them. The
        /// device cookie opens nothing: a login that carries it has a rate limit of its own. The
        /// session cookie has the token of a session.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}
