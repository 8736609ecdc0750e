//! `/me/reauthentication`: the user proves the password again.

use poem::Request;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::account::password;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CookieUser, HeaderUser, Valid, device, set_session_cookie};
use crate::api::schema::{Json, Timestamp};
use crate::value::{Password, Token};

/// Re-authentication.
#[derive(Default)]
pub(crate) struct ReauthenticationApi;

/// The password, as proof that the session is used by its user.
#[derive(Object)]
struct Reauthenticate {
    /// The current password of the user.
    password: Password,
}

/// The session under its new token.
#[derive(Object)]
#[oai(rename_all = "camelCase", example)]
struct Reauthenticated {
    /// The new token of the session. The token of the request does not work any more.
    token: Token,
    /// The time at which the session ends, even if it is in use. It is the same as before.
    expires_at: Timestamp,
}

impl Example for Reauthenticated {
    fn example() -> Self {
        Self { token: Token::example(), expires_at: Timestamp::example() }
    }
}

#[derive(ApiResponse)]
enum ReauthenticatedResponse {
    /// The new token of the session.
    #[oai(status = 200)]
    Ok(Json<Reauthenticated>),
}

#[derive(ApiResponse)]
enum CookieRenewed {
    /// The session goes on under the new token in the cookie. There is no body.
    #[oai(status = 204)]
    Done(
        /// The cookies of the service, each in a header of this name. No script can read them. The
        /// device cookie opens nothing: a login that carries it has a rate limit of its own. The
        /// session cookie has the token of a session.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}

codes!(ReauthenticateCodes: WrongPassword, TooManyRequests);

#[OpenApi(tag = "Tag::Password")]
impl ReauthenticationApi {
    /// Re-authenticate
    ///
    /// Proves the password again, and returns a new token for the session. The old token stops
    /// working. The token of the request must be in `Authorization`. Operations that could take an account over need a session that has proved the
    /// password recently, by default in the last 15 minutes. These operations add and remove email
    /// addresses, choose the default one, set and remove the phone number, and revoke recovery
    /// tokens. A login proves the password as well.
    #[oai(path = "/me/reauthentication", method = "post", operation_id = "reauthenticate")]
    async fn reauthenticate(
        &self,
        context: &ApiContext,
        me: HeaderUser,
        request: &Request,
        Valid(body): Valid<Reauthenticate>,
    ) -> ApiResult<ReauthenticatedResponse, ReauthenticateCodes> {
        let device = device(request);
        let password::Reauthenticated { token, expires_at } =
            password::reauthenticate(context, *me, body.password, &device).await?;
        let expires_at = expires_at.into();
        Ok(ReauthenticatedResponse::Ok(Json(Reauthenticated { token, expires_at })))
    }

    /// Re-authenticate with a cookie
    ///
    /// Proves the password again, like `POST /me/reauthentication`, for a session in a cookie. The
    /// new token is in the cookie, and the old one stops working.
    #[oai(
        path = "/me/reauthentication/cookie",
        method = "post",
        operation_id = "reauthenticateWithCookie"
    )]
    async fn reauthenticate_with_cookie(
        &self,
        context: &ApiContext,
        me: CookieUser,
        request: &Request,
        Valid(body): Valid<Reauthenticate>,
    ) -> ApiResult<CookieRenewed, ReauthenticateCodes> {
        let device = device(request);
        let password::Reauthenticated { token, expires_at } =
            password::reauthenticate(context, *me, body.password, &device).await?;
        let seconds = (expires_at - context.clock.now()).num_seconds();
        let cookie = set_session_cookie(&context.public_url, &token, me.is_persistent, seconds);
        Ok(CookieRenewed::Done(cookie))
    }
}
