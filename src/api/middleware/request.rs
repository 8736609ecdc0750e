//! The outermost layer, which every reply passes last. It gives the request an id, turns errors
//! into problems, and writes the log line.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt as _;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::header::{ALLOW, HeaderName, ORIGIN, RETRY_AFTER, WWW_AUTHENTICATE};
use poem::http::{HeaderValue, Method, StatusCode};
use poem::{Endpoint, IntoResponse as _, Request, Response};
use poem_openapi::error::{ParseParamError, ParsePathError};
use poem_openapi::types::ToJSON as _;
use tracing::Instrument as _;
use uuid::Uuid;

use super::cors::Cors;
use super::headers::set_defaults;
use super::me_cache::MeCache;
use crate::api::contract::paths::{Path, allowed};
use crate::api::contract::{Document, MEDIA_TYPE, Problem, ProblemCode};
use crate::api::extract::ApiContext;

/// The header with the id of the request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps all routes.
pub(crate) struct RequestMiddleware<E> {
    routes: MeCache<E>,
    context: Arc<ApiContext>,
    document: Arc<Document>,
    cors: Cors,
}

impl<E: Endpoint> RequestMiddleware<E> {
    pub(crate) fn new(
        routes: MeCache<E>,
        context: Arc<ApiContext>,
        document: Arc<Document>,
        cors: Cors,
    ) -> Self {
        Self { routes, context, document, cors }
    }

    /// The reply of the routes, or the problem that prevented it.
    async fn reply(&self, request: Request, path: Option<&Path>) -> Result<Response, Problem> {
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

    /// The final reply. It may be a problem.
    async fn settle(&self, request: Request, path: Option<&Path>, request_id: &str) -> Response {
        let method = request.method().clone();
        match self.reply(request, path).await {
            Ok(response) => response,
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
                render(&problem, request_id)
            }
        }
    }
}

impl<E: Endpoint> Endpoint for RequestMiddleware<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let request_id = self.context.random.uuid(self.context.clock.now()).hyphenated();
        let request_id = &*request_id.encode_lower(&mut Uuid::encode_buffer()).to_owned();
        let method = request.method().clone();
        let path = self.document.paths.find(request.uri().path());
        let origin = request.headers().get(ORIGIN).cloned();

        let mut response = match self.routes.recall(&request) {
            Some(response) => response,
            None => {
                let span = tracing::info_span!("request", %request_id);
                // Boxed, so that replies from memory don't move this large future.
                Box::pin(self.settle(request, path, request_id)).instrument(span).await
            }
        };
        self.cors.permit(origin, response.headers_mut());
        if method == Method::OPTIONS {
            self.cors.permit_preflight(response.headers_mut());
        }
        set_defaults(response.headers_mut());
        if let Ok(value) = HeaderValue::from_str(request_id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        tracing::info!(
            %request_id,
            %method,
            // Not the requested path, which can contain anything, even tokens.
            path = path.map_or("(not an operation)", Path::template),
            status = response.status().as_u16(),
            micros = started.elapsed().as_micros(),
            "replied"
        );
        Ok(response)
    }
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
        .body(body.to_json_string());
    let headers = response.headers_mut();
    match problem.code {
        // RFC 6750, 3: the challenge has no error code if no token was sent.
        ProblemCode::MissingToken | ProblemCode::InvalidCredentials => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
        }
        ProblemCode::InvalidToken => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE_INVALID));
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
