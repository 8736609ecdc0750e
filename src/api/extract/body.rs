//! Request bodies: JSON, checked against the document.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use poem::error::ReadBodyError;
use poem::http::Method;
use poem::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::ParseFromJSON;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use tokio::time::timeout;

use crate::api::contract::{Document, FieldError, Problem, ProblemCode};
use crate::api::extract::context::data;
use crate::api::extract::json::{self, Json};
use crate::api::extract::uploads::Uploads;

/// The maximum number of bytes of JSON. The longest valid body, a biography in which every
/// character is written as two `\u` escapes, has about 50 KiB.
const MAX_JSON: usize = 128 * 1024;
/// The limits of request bodies.
#[derive(Clone, Debug)]
pub(crate) struct BodyLimits {
    /// The time that a JSON body may take to arrive.
    pub(super) timeout: Duration,
    pub(super) uploads: Arc<Uploads>,
}

impl BodyLimits {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self { timeout, uploads: Arc::default() }
    }
}

/// A JSON body that fits its schema in the document.
#[derive(Debug)]
pub(crate) struct Valid<T>(pub(crate) T);

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for Valid<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: T::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        if !is_json(request) {
            return Err(Problem::from(ProblemCode::UnsupportedMediaType).into());
        }
        refuse_encoded(request)?;
        let bytes = read(request, body).await?;
        let Json { value, duplicates } =
            json::parse(&bytes).map_err(|_| Problem::from(ProblemCode::MalformedJson))?;
        if !duplicates.is_empty() {
            let errors = duplicates.iter().map(|pointer| {
                FieldError::new(pointer, "duplicate_property", "stands there more than once")
            });
            return Err(Problem::validation(errors.collect()).into());
        }

        let document = data::<Arc<Document>>(request)?;
        document.validator.check(&T::name(), &value)?;
        // A body that matches the document can be parsed. If it can't, the program has a bug.
        let parsed = T::parse_from_json(Some(value));
        Ok(Self(parsed.map_err(|error| Problem::fault(error.into_message()))?))
    }
}

/// Reads the whole body.
async fn read(request: &Request, body: &mut RequestBody) -> poem::Result<Bytes> {
    let patience = data::<BodyLimits>(request)?.timeout;
    let reading = body.take()?.into_bytes_limit(MAX_JSON);
    let problem = match timeout(patience, reading).await {
        Ok(Ok(bytes)) => return Ok(bytes),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => ProblemCode::PayloadTooLarge,
        Ok(Err(_)) => ProblemCode::BadRequest,
        Err(_) => ProblemCode::RequestTimeout,
    };
    Err(Problem::from(problem).into())
}

/// The media type of the body, without parameters.
pub(super) fn essence(request: &Request) -> &str {
    let media_type = request.header(CONTENT_TYPE).unwrap_or_default();
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Refuses a body with a coding (RFC 9110, 8.4), such as gzip. A small one could become a large one.
pub(super) fn refuse_encoded(request: &Request) -> Result<(), Problem> {
    let lines = request.headers().get_all(CONTENT_ENCODING).iter();
    let mut codings = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let is_plain = codings.all(|coding| {
        let coding = coding.trim_ascii();
        coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
    });
    if is_plain { Ok(()) } else { Err(ProblemCode::UnsupportedContentEncoding.into()) }
}

/// Whether the media type of the body is that of JSON, or, with PATCH, of a merge patch (RFC 7396).
fn is_json(request: &Request) -> bool {
    let essence = essence(request);
    essence.eq_ignore_ascii_case("application/json")
        || (request.method() == Method::PATCH
            && essence.eq_ignore_ascii_case("application/merge-patch+json"))
}
