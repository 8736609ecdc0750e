//! Request bodies: JSON, checked against the document, and images.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use poem::error::ReadBodyError;
use poem::http::{Method, header::CONTENT_TYPE};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::ParseFromJSON;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::api::contract::{Document, FieldError, Problem, ProblemCode};
use crate::api::extract::context::data;
use crate::api::extract::json::{self, Json};

/// The maximum number of bytes of JSON. The longest valid body, a biography in which every
/// character is written as two `\u` escapes, has about 50 KiB.
const MAX_JSON: usize = 128 * 1024;
/// The maximum number of bytes of an image.
const MAX_IMAGE: usize = 5 * 1024 * 1024;
/// An image may take this many times as long as JSON to arrive.
const IMAGE_PATIENCE: u32 = 6;
/// The media types with which an image may be sent. The bytes decide about the real format.
const IMAGES: [&str; 4] = ["application/octet-stream", "image/jpeg", "image/png", "image/webp"];

/// The maximum number of images in memory at once, which take 40 MiB.
const IMAGES_AT_ONCE: usize = 8;

/// The limits of request bodies.
#[derive(Clone, Debug)]
pub(crate) struct BodyLimits {
    /// The time that a JSON body may take to arrive.
    timeout: Duration,
    images: Arc<Semaphore>,
}

impl BodyLimits {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self { timeout, images: Arc::new(Semaphore::new(IMAGES_AT_ONCE)) }
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
        let bytes = read(request, body, MAX_JSON, 1).await?;
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

/// The bytes of a body that should be an image, and a permit to keep them in memory.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) bytes: Bytes,
    /// Held as long as the bytes are in memory.
    _place: OwnedSemaphorePermit,
}

impl<'a> ApiExtractor<'a> for Image {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    /// Lists one media type only, and no `maxLength`, because either breaks client generators.
    fn request_meta() -> Option<MetaRequest> {
        let schema = MetaSchema::new_with_format("string", "binary");
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: "application/octet-stream",
                schema: MetaSchemaRef::Inline(Box::new(schema)),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        if !IMAGES.iter().any(|image| essence(request).eq_ignore_ascii_case(image)) {
            return Err(Problem::from(ProblemCode::UnsupportedMediaType).into());
        }
        let BodyLimits { timeout: patience, images } = data(request)?;
        let permit = timeout(*patience, Arc::clone(images).acquire_owned()).await;
        let permit = permit.ok().and_then(Result::ok);
        let place = permit.ok_or(Problem::from(ProblemCode::ServiceUnavailable))?;
        let bytes = read(request, body, MAX_IMAGE, IMAGE_PATIENCE).await?;
        Ok(Self { bytes, _place: place })
    }
}

/// Reads the whole body. It must have at most `most` bytes, and arrive within `times` the time that
/// JSON may take.
async fn read(
    request: &Request,
    body: &mut RequestBody,
    most: usize,
    times: u32,
) -> poem::Result<Bytes> {
    let patience = data::<BodyLimits>(request)?.timeout;
    let reading = body.take()?.into_bytes_limit(most);
    let problem = match timeout(patience.saturating_mul(times), reading).await {
        Ok(Ok(bytes)) => return Ok(bytes),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => ProblemCode::PayloadTooLarge,
        Ok(Err(_)) => ProblemCode::BadRequest,
        Err(_) => ProblemCode::RequestTimeout,
    };
    Err(Problem::from(problem).into())
}

/// The media type of the body, without parameters.
fn essence(request: &Request) -> &str {
    let media_type = request.header(CONTENT_TYPE).unwrap_or_default();
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Whether the media type of the body is that of JSON, or, with PATCH, of a merge patch (RFC 7396).
fn is_json(request: &Request) -> bool {
    let essence = essence(request);
    essence.eq_ignore_ascii_case("application/json")
        || (request.method() == Method::PATCH
            && essence.eq_ignore_ascii_case("application/merge-patch+json"))
}
