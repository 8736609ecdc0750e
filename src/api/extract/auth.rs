//! The authentication of requests.

use std::ops::Deref;
use std::sync::Arc;

use poem::http::header::{AUTHORIZATION, HeaderName};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use uuid::Uuid;

use super::context::{ApiContext, data};
use super::cookie::{SessionCookie, session_cookie};
use super::same_origin::is_same_origin;
use crate::account::profile::{self, Reading};
use crate::account::session::{self, CurrentSession};
use crate::account::{AccountError, Context};
use crate::api::contract::{Problem, ProblemCode};
use crate::value::{PublicUrl, TextValue as _, Token};

/// The name of the security scheme in the document.
pub(crate) const SCHEME: &str = "token";

/// The name of the security scheme of the session cookie.
pub(crate) const COOKIE_SCHEME: &str = "cookie";

/// The header in which a page names the user whom it shows.
const EXPECTED_USER: HeaderName = HeaderName::from_static("x-expected-user");

/// The user to whom the token of the request belongs. The token is in the header or in the cookie.
/// An operation that takes no user at all is public.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CurrentUser {
    session: CurrentSession,
    /// Whether the token was in the cookie.
    pub(crate) by_cookie: bool,
}

/// The user to whom the token of the request belongs, with their profile, in one read.
#[derive(Debug)]
pub(crate) struct CurrentProfile {
    pub(crate) reading: Reading,
    /// Whether the token was in the cookie.
    pub(crate) by_cookie: bool,
}

/// The user to whom the token in the header belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeaderUser(CurrentSession);

/// The user to whom the token in the cookie belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CookieUser {
    session: CurrentSession,
    /// Whether the browser keeps the cookie when it is closed.
    pub(crate) is_persistent: bool,
}

macro_rules! deref {
    ($user:ty, $session:tt) => {
        impl Deref for $user {
            type Target = CurrentSession;

            fn deref(&self) -> &CurrentSession {
                &self.$session
            }
        }
    };
}

deref!(CurrentUser, session);
deref!(HeaderUser, 0);
deref!(CookieUser, session);

/// The result of authenticating a request.
trait Authenticated: Sized {
    async fn authenticate(request: &Request, context: &ApiContext) -> Result<Self, Problem>;
}

impl Authenticated for CurrentUser {
    async fn authenticate(request: &Request, context: &ApiContext) -> Result<Self, Problem> {
        let Credential { token, cookie } = credential(request, &context.public_url)?;
        let session = open(context, &token).await?;
        if cookie.is_some() {
            check_expected(request, &session)?;
        }
        Ok(Self { session, by_cookie: cookie.is_some() })
    }
}

impl Authenticated for CurrentProfile {
    async fn authenticate(request: &Request, context: &ApiContext) -> Result<Self, Problem> {
        let Credential { token, cookie } = credential(request, &context.public_url)?;
        let opened = profile::read(context, token.hash()).await?;
        let reading = opened.ok_or(AccountError::SessionEnded)?;
        Ok(Self { reading, by_cookie: cookie.is_some() })
    }
}

impl Authenticated for HeaderUser {
    async fn authenticate(request: &Request, context: &ApiContext) -> Result<Self, Problem> {
        open(context, &token(request)?).await.map(Self)
    }
}

impl Authenticated for CookieUser {
    async fn authenticate(request: &Request, context: &ApiContext) -> Result<Self, Problem> {
        let (token, Kept { is_persistent }) = cookie(request, &context.public_url)?;
        let session = open(context, &token).await?;
        check_expected(request, &session)?;
        Ok(Self { session, is_persistent })
    }
}

/// The session that the cookie of a request opens, if it opens one. A login replaces it.
pub(crate) async fn session_to_replace(
    request: &Request,
    context: &ApiContext,
) -> Result<Option<CurrentSession>, AccountError> {
    let Ok((token, _)) = cookie(request, &context.public_url) else { return Ok(None) };
    session::authenticate(context, token.hash()).await
}

/// Opens the session of a token.
async fn open(context: &Context, token: &Token) -> Result<CurrentSession, Problem> {
    Ok(session::authenticate(context, token.hash()).await?.ok_or(AccountError::SessionEnded)?)
}

/// The token of a request.
pub(crate) struct Credential {
    pub(crate) token: Token,
    /// How the cookie is kept, if the token was in it.
    cookie: Option<Kept>,
}

impl Credential {
    pub(crate) fn is_in_cookie(&self) -> bool {
        self.cookie.is_some()
    }
}

/// How a browser keeps the session cookie.
struct Kept {
    is_persistent: bool,
}

/// The token in the header of the request, otherwise the one in its cookie.
///
/// # Errors
/// [`ProblemCode::MissingToken`], [`ProblemCode::InvalidToken`], and
/// [`ProblemCode::CrossSiteRequest`] if a page of another origin may have made the browser send the
/// cookie.
pub(crate) fn credential(request: &Request, public_url: &PublicUrl) -> Result<Credential, Problem> {
    match token(request) {
        Err(problem) if problem.code == ProblemCode::MissingToken => {
            let (token, kept) = cookie(request, public_url)?;
            Ok(Credential { token, cookie: Some(kept) })
        }
        token => Ok(Credential { token: token?, cookie: None }),
    }
}

/// The token in the session cookie.
fn cookie(request: &Request, public_url: &PublicUrl) -> Result<(Token, Kept), Problem> {
    let SessionCookie { token, is_persistent } =
        session_cookie(request, public_url).ok_or(ProblemCode::MissingToken)?;
    if !request.method().is_safe() && !is_same_origin(request, public_url) {
        return Err(ProblemCode::CrossSiteRequest.into());
    }
    Ok((token.map_err(|_| ProblemCode::InvalidToken)?, Kept { is_persistent }))
}

/// Refuses the session of a cookie if the page has named another user. The cookie belongs to the
/// browser, so somebody may have logged in as another user since the page was loaded.
fn check_expected(request: &Request, session: &CurrentSession) -> Result<(), Problem> {
    let Some(expected) = request.headers().get(EXPECTED_USER) else { return Ok(()) };
    let user_id = session.user_id.hyphenated();
    let is_expected = *expected == *user_id.encode_lower(&mut Uuid::encode_buffer());
    if is_expected { Ok(()) } else { Err(ProblemCode::InvalidToken.into()) }
}

/// The token of `Authorization: Bearer <token>` (RFC 6750). The bare token as the whole value of
/// the header is accepted, too.
fn token(request: &Request) -> Result<Token, Problem> {
    let mut values = request.headers().get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(ProblemCode::MissingToken)?;
    if values.next().is_some() {
        return Err(ProblemCode::InvalidToken.into());
    }
    let text = value.to_str().map_err(|_| ProblemCode::InvalidToken)?.trim();
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let token = match token.trim_start() {
        "" if scheme.is_empty() || is_bearer(scheme) => {
            return Err(ProblemCode::MissingToken.into());
        }
        "" => scheme,
        token if is_bearer(scheme) => token,
        // Another authentication scheme means that no token was sent (RFC 6750, 3.1).
        _ => return Err(ProblemCode::MissingToken.into()),
    };
    Token::parse(token).map_err(|_| ProblemCode::InvalidToken.into())
}

fn is_bearer(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("bearer")
}

/// Makes an extractor of a type that implements [`Authenticated`]. The document then says that the
/// operation needs a token, in one of these schemes.
macro_rules! extract {
    ($type:ty: $($scheme:expr),+) => {
        impl<'a> ApiExtractor<'a> for $type {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                registry.create_security_scheme(SCHEME, scheme());
                registry.create_security_scheme(COOKIE_SCHEME, cookie_scheme());
            }

            fn security_schemes() -> Vec<&'static str> {
                vec![$($scheme),+]
            }

            async fn from_request(
                request: &'a Request,
                _body: &mut RequestBody,
                _options: ExtractParamOptions<()>,
            ) -> poem::Result<Self> {
                let context = data::<Arc<ApiContext>>(request)?;
                Ok(<Self as Authenticated>::authenticate(request, context).await?)
            }
        }
    };
}

extract!(CurrentUser: SCHEME, COOKIE_SCHEME);
extract!(CurrentProfile: SCHEME, COOKIE_SCHEME);
extract!(HeaderUser: SCHEME);
extract!(CookieUser: COOKIE_SCHEME);

fn scheme() -> MetaSecurityScheme {
    MetaSecurityScheme {
        scheme: Some("bearer"),
        description: Some("The token that a login returned: `cu_` and 58 characters."),
        ..empty_scheme("http")
    }
}

fn cookie_scheme() -> MetaSecurityScheme {
    MetaSecurityScheme {
        name: Some("__Host-cu_session"),
        key_in: Some("cookie"),
        description: Some(
            "The cookie that `POST /login/cookie` sets in a browser. No script can read it. Without \
             TLS its name has no prefix: `cu_session`. A request that is not `GET` counts only if it \
             comes from a page of this service (`Sec-Fetch-Site`, `Origin`). If it names a user in \
             `X-Expected-User`, the cookie of another user is refused. A token in `Authorization` \
             takes precedence.",
        ),
        ..empty_scheme("apiKey")
    }
}

fn empty_scheme(ty: &'static str) -> MetaSecurityScheme {
    MetaSecurityScheme {
        ty,
        description: None,
        name: None,
        key_in: None,
        scheme: None,
        bearer_format: None,
        flows: None,
        openid_connect_url: None,
    }
}
