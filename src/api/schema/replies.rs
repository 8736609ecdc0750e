//! Replies that several operations share.

use poem_openapi::ApiResponse;

use super::user::Representation;
use crate::api::extract::ApiContext;
use crate::store::Profile;

/// A reply without a body.
#[derive(ApiResponse)]
pub(crate) enum NoContent {
    /// The operation succeeded. There is no body.
    #[oai(status = 204)]
    Done,
}

/// A reply without a body, sent before the message is.
#[derive(ApiResponse)]
pub(crate) enum Accepted {
    /// The request was accepted. A message is on its way if there is a recipient.
    #[oai(status = 202)]
    Sent,
}

/// Only the client may store a user, and it must revalidate the user before each use.
const CACHING: &str = "private, no-cache";

/// A browser that sends a cookie may store nothing: going back after a logout would show it.
pub(crate) const NO_CACHING: &str = "no-store";

const fn caching(by_cookie: bool) -> &'static str {
    if by_cookie { NO_CACHING } else { CACHING }
}

/// The reply to `GET /me`.
#[derive(ApiResponse)]
pub(crate) enum Me {
    /// The profile of the user.
    #[oai(status = 200)]
    Ok(
        Representation,
        /// The entity tag of the user's current representation.
        #[oai(header = "ETag")]
        String,
        /// Only the client may store the reply, and it must revalidate it before each use. A browser
        /// with a session cookie may not store it.
        #[oai(header = "Cache-Control")]
        String,
    ),
    /// The client has the current representation already.
    #[oai(status = 304)]
    NotModified(
        /// The entity tag of the user's current representation.
        #[oai(header = "ETag")]
        String,
        /// Only the client may store the reply, and it must revalidate it before each use. A browser
        /// with a session cookie may not store it.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

/// The reply of operations that change the user.
#[derive(ApiResponse)]
pub(crate) enum Updated {
    /// The profile of the user after the change.
    #[oai(status = 200)]
    Ok(
        Representation,
        /// The entity tag of the user's current representation.
        #[oai(header = "ETag")]
        String,
    ),
}

impl Updated {
    pub(crate) fn ok(context: &ApiContext, profile: &Profile) -> Self {
        let user = Representation::of(&context.public_url, profile);
        let tag = user.tag.clone();
        Self::Ok(user, tag)
    }
}

impl Me {
    pub(crate) fn ok(user: Representation, by_cookie: bool) -> Self {
        let tag = user.tag.clone();
        Self::Ok(user, tag, caching(by_cookie).to_owned())
    }

    pub(crate) fn not_modified(user: &Representation, by_cookie: bool) -> Self {
        Self::NotModified(user.tag.clone(), caching(by_cookie).to_owned())
    }
}
