//! The authentication of requests.

use std::ops::Deref;
use std::sync::Arc;

use poem::http::header::AUTHORIZATION;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::context::{ApiContext, data};
use crate::account::profile::{self, Reading};
use crate::account::session::{self, CurrentSession};
use crate::account::{AccountError, Context};
use crate::api::contract::{Problem, ProblemCode};
use crate::value::{TextValue as _, Token, TokenHash};

/// The name of the security scheme in the document.
pub(crate) const SCHEME: &str = "token";

/// The user to whom the token of the request belongs. An operation that takes neither this nor
/// [`CurrentProfile`] is public.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CurrentUser(CurrentSession);

/// The user to whom the token of the request belongs, with their profile, in one read.
#[derive(Debug)]
pub(crate) struct CurrentProfile(pub(crate) Reading);

impl Deref for CurrentUser {
    type Target = CurrentSession;

    fn deref(&self) -> &CurrentSession {
        &self.0
    }
}

/// The result of authenticating a request.
trait Authenticated: Sized {
    /// Opens the session of the token. `None` if it opens none, or if the session has ended.
    async fn open(context: &Context, token: TokenHash) -> Result<Option<Self>, AccountError>;
}

impl Authenticated for CurrentUser {
    async fn open(context: &Context, token: TokenHash) -> Result<Option<Self>, AccountError> {
        Ok(session::authenticate(context, token).await?.map(Self))
    }
}

impl Authenticated for CurrentProfile {
    async fn open(context: &Context, token: TokenHash) -> Result<Option<Self>, AccountError> {
        Ok(profile::read(context, token).await?.map(Self))
    }
}

async fn authenticate<T: Authenticated>(request: &Request) -> Result<T, Problem> {
    let token = token(request)?;
    let context = data::<Arc<ApiContext>>(request)?;
    let opened = T::open(context, token.hash()).await?;
    opened.ok_or_else(|| ProblemCode::InvalidToken.into())
}

/// The token of `Authorization: Bearer <token>` (RFC 6750). The bare token as the whole value of
/// the header is accepted, too.
pub(crate) fn token(request: &Request) -> Result<Token, Problem> {
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
/// operation needs a token.
macro_rules! extract {
    ($type:ty) => {
        impl<'a> ApiExtractor<'a> for $type {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                registry.create_security_scheme(SCHEME, scheme());
            }

            fn security_schemes() -> Vec<&'static str> {
                vec![SCHEME]
            }

            async fn from_request(
                request: &'a Request,
                _body: &mut RequestBody,
                _options: ExtractParamOptions<()>,
            ) -> poem::Result<Self> {
                Ok(authenticate(request).await?)
            }
        }
    };
}

extract!(CurrentUser);
extract!(CurrentProfile);

fn scheme() -> MetaSecurityScheme {
    MetaSecurityScheme {
        ty: "http",
        description: Some("The token that a login returned: `cu_` and 58 characters."),
        name: None,
        key_in: None,
        scheme: Some("bearer"),
        bearer_format: None,
        flows: None,
        openid_connect_url: None,
    }
}
