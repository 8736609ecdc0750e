//! The outermost layer, which every reply passes last. It gives the request an id, finds out its
//! client, turns errors into problems, and writes the log line.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt as _;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::header::{
    ACCEPT, ACCEPT_ENCODING, ALLOW, HeaderName, ORIGIN, RETRY_AFTER, WWW_AUTHENTICATE,
};
use poem::http::{HeaderValue, Method, StatusCode};
use poem::{Endpoint, IntoResponse as _, Request, Response};
use poem_openapi::error::{ParseParamError, ParsePathError};
use tracing::Instrument as _;
use uuid::Uuid;

use super::client_address::{ClientAddress, TrustedProxies};
use super::cors::Cors;
use super::headers::{require_tls, set_defaults};
use super::host::names_its_host;
use super::me_cache::MeCache;
use super::rate_limit_fields;
use crate::account::limits::Quotas;
use crate::account::security_log::LoggedRequest;
use crate::api::contract::paths::{Path, allowed};
use crate::api::contract::{Document, MEDIA_TYPE, Problem, ProblemCode};
use crate::api::extract::ApiContext;
use crate::api::pages::accepts;
use crate::api::pages::not_found::NotFoundPage;
use crate::api::schema::json_line;

/// The header with the id of the request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps all routes.
pub(crate) struct RequestMiddleware<E> {
    pub(crate) routes: MeCache<E>,
    pub(crate) context: Arc<ApiContext>,
    pub(crate) document: Arc<Document>,
    pub(crate) cors: Cors,
    pub(crate) proxies: TrustedProxies,
    pub(crate) not_found: NotFoundPage,
}

impl<E: Endpoint> RequestMiddleware<E> {
    /// The reply of the routes, or the problem that prevented it.
    async fn reply(&self, request: Request, path: Option<&Path>) -> Result<Response, Problem> {
        if !names_its_host(&request) {
            return Err(ProblemCode::BadRequest.into());
        }
        if path.is_some_and(|path| path.has_unknown_parameter(&request)) {
            return Err(ProblemCode::UnknownParameter.into());
        }
        match AssertUnwindSafe(self.routes.call(request)).catch_unwind().await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(problem_of(error, path)),
            // The panic hook has logged the panic.
            Err(_) => Err(ProblemCode::InternalError.into()),
        }
    }

    /// The final reply to a request of this client. It may be a problem.
    async fn settle(
        &self,
        request: Request,
        client: Option<IpAddr>,
        path: Option<&Path>,
        request_id: &str,
    ) -> Response {
        let method = request.method().clone();
        // A browser shows the reply to a person, unless it is the reply of an operation.
        let is_for_people = path.is_none() && accepts(&request, ACCEPT, "text/html");
        let logged = LoggedRequest::new(client, method_name(&method), name(path));
        let mut watch = Watch { context: &self.context, logged: &logged, replied: false };
        let reply = Arc::clone(&logged).scope(self.reply(request, path)).await;
        watch.replied = true;
        match reply {
            Ok(response) => response,
            Err(problem) if problem.code == ProblemCode::NotFound && is_for_people => {
                self.context.metrics.refused(problem.code.entry().name);
                self.not_found.reply()
            }
            Err(problem) if problem.code == ProblemCode::MethodNotAllowed => {
                let mut response = match method {
                    // The path exists, and `Allow` lists its methods.
                    Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
                    _ => render(&problem, request_id),
                };
                response.headers_mut().insert(ALLOW, allowed(path));
                response
            }
            Err(problem) => {
                log_fault(&problem);
                let code = problem.code.entry().name;
                self.context.metrics.refused(code);
                if let Some(error) = problem.cause() {
                    self.context.log_refusal(&logged, code, error);
                }
                render(&problem, request_id)
            }
        }
    }
}

/// A request under way. If it is dropped before there is a reply, the client has hung up.
struct Watch<'a> {
    context: &'a ApiContext,
    logged: &'a LoggedRequest,
    replied: bool,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.replied {
            self.context.log_hang_up(self.logged);
        }
    }
}

impl<E: Endpoint> Endpoint for RequestMiddleware<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let request_id = self.context.random.uuid(self.context.clock.now()).hyphenated();
        let request_id = &*request_id.encode_lower(&mut Uuid::encode_buffer()).to_owned();
        let method = request.method().clone();
        let path = self.document.paths.find(request.uri().path());
        let origin = request.headers().get(ORIGIN).cloned();
        let client = self.proxies.client_of(&request);

        let recalled = names_its_host(&request).then(|| self.routes.recall(&request)).flatten();
        let mut response = match recalled {
            Some(response) => response,
            None => {
                // Replies from memory don't need it.
                if let Some(client) = client {
                    request.set_data(ClientAddress(client));
                }
                // Of the highest level, so that no filter of levels takes the id from a line.
                let span = tracing::error_span!("request", %request_id);
                let quotas = Quotas::default();
                request.extensions_mut().insert(quotas.clone());
                // Boxed, so that replies from memory don't move this large future.
                let reply =
                    Box::pin(self.settle(request, client, path, request_id)).instrument(span);
                let mut response = reply.await;
                rate_limit_fields::add(&quotas, response.headers_mut());
                response
            }
        };
        self.cors.permit(origin, response.headers_mut());
        if method == Method::OPTIONS {
            self.cors.permit_preflight(response.headers_mut());
        }
        set_defaults(response.headers_mut());
        if self.context.public_url.is_https() {
            require_tls(response.headers_mut());
        }
        if let Ok(value) = HeaderValue::from_str(request_id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        // As u128, it would be a text in JSON.
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::info!(
            %request_id,
            method = method_name(&method),
            path = name(path),
            status = response.status().as_u16(),
            client = client.map(tracing::field::display),
            micros,
            "replied"
        );
        Ok(response)
    }
}

/// The name of the path in the log. It is not the requested path, which can contain anything, even
/// tokens.
fn name(path: Option<&Path>) -> &str {
    path.map_or("(not an operation)", Path::template)
}

/// The name of the method in the log. A method that HTTP does not define is any text of the client,
/// of any length.
fn method_name(method: &Method) -> &str {
    let is_known = matches!(
        *method,
        Method::GET
            | Method::HEAD
            | Method::POST
            | Method::PUT
            | Method::DELETE
            | Method::PATCH
            | Method::OPTIONS
            | Method::CONNECT
            | Method::TRACE
    );
    if is_known { method.as_str() } else { "(another)" }
}

/// The problem that an error of poem or of a handler stands for.
fn problem_of(error: poem::Error, path: Option<&Path>) -> Problem {
    let error = match error.downcast::<Problem>() {
        Ok(problem) => return problem,
        Err(error) => error,
    };
    if let Some(ParseParamError { name, .. }) = error.downcast_ref() {
        // A parameter in the path that can't be parsed names nothing that exists.
        let is_in_path = path.is_some_and(|path| path.template().contains(&format!("{{{name}}}")));
        return if is_in_path { ProblemCode::NotFound } else { ProblemCode::InvalidParameter }
            .into();
    }
    if error.is::<NotFoundError>() || error.is::<ParsePathError>() {
        return ProblemCode::NotFound.into();
    }
    if error.is::<MethodNotAllowedError>() {
        return ProblemCode::MethodNotAllowed.into();
    }
    match error.status() {
        StatusCode::NOT_FOUND => ProblemCode::NotFound.into(),
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::PayloadTooLarge.into(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType.into(),
        status if status.is_client_error() => ProblemCode::BadRequest.into(),
        _ => {
            tracing::error!(%error, "the request failed with an unexpected error");
            ProblemCode::InternalError.into()
        }
    }
}

/// Writes the cause of an internal error to the log. The reply does not contain it.
fn log_fault(problem: &Problem) {
    if problem.code == ProblemCode::InternalError {
        let error = std::error::Error::source(problem).map(ToString::to_string);
        tracing::error!(error = error.unwrap_or_default(), "the request failed");
    }
}

fn render(problem: &Problem, request_id: &str) -> Response {
    let body = problem.body(request_id.to_owned());
    let mut response = Response::builder()
        .status(problem.code.entry().status)
        .content_type(MEDIA_TYPE)
        .body(json_line(&body));
    let headers = response.headers_mut();
    match problem.code {
        // RFC 6750, 3: the challenge has no error code if no token was sent.
        ProblemCode::MissingToken | ProblemCode::InvalidCredentials => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
        }
        ProblemCode::InvalidToken => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE_INVALID));
        }
        // RFC 9110, 15.5.16: the codings that would have been accepted.
        ProblemCode::UnsupportedContentEncoding => {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        _ => {}
    }
    if let Some(seconds) = problem.retry_after() {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}

const CHALLENGE: &str = r#"Bearer realm="current-user""#;
const CHALLENGE_INVALID: &str = r#"Bearer realm="current-user", error="invalid_token""#;
