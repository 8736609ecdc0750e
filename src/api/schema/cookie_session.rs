//! The reply to a login in a browser: the user in the body, the token in a cookie.

use poem::http::HeaderValue;
use poem::http::header::SET_COOKIE;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaSchemaRef, Registry};

use super::user::Representation;
use crate::account::session::LoggedIn;
use crate::api::extract::{ApiContext, set_device_cookie, set_session_cookie};

#[derive(ApiResponse)]
pub(crate) enum CookieSession {
    /// The user who is logged in. The session is in a cookie.
    #[oai(
        status = 200,
        header(
            name = "Set-Cookie",
            ty = "String",
            description = "The cookies of the service, each in a header of this name. No script can read them. The device cookie opens nothing: a login that carries it has a rate limit of its own. The session cookie has the token of a session."
        )
    )]
    Ok(
        WithCookies,
        /// The entity tag of the user's current representation.
        #[oai(header = "ETag")]
        String,
    ),
}

impl CookieSession {
    pub(crate) fn of(context: &ApiContext, logged_in: LoggedIn, is_persistent: bool) -> Self {
        let LoggedIn { token, expires_at, profile, device_id } = logged_in;
        let url = &context.public_url;
        let user = Representation::of(url, &profile);
        let tag = user.tag.clone();
        let seconds = (expires_at - context.clock.now()).num_seconds();
        let session = set_session_cookie(url, &token, is_persistent, seconds);
        Self::Ok(WithCookies { user, cookies: [session, set_device_cookie(url, &device_id)] }, tag)
    }
}

/// A user with cookies. A header of poem-openapi can have one value only.
pub(crate) struct WithCookies {
    user: Representation,
    cookies: [String; 2],
}

impl Payload for WithCookies {
    const CONTENT_TYPE: &'static str = Representation::CONTENT_TYPE;

    fn schema_ref() -> MetaSchemaRef {
        Representation::schema_ref()
    }

    fn register(registry: &mut Registry) {
        Representation::register(registry);
    }
}

impl IntoResponse for WithCookies {
    fn into_response(self) -> Response {
        let mut response = self.user.into_response();
        // A cookie of the service is always a valid header.
        let cookies = self.cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok());
        for cookie in cookies {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}
