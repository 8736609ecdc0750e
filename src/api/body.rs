//! Request bodies, checked against the document.

use std::sync::Arc;
use std::time::Duration;

use poem::error::ReadBodyError;
use poem::http::{Method, header::CONTENT_TYPE};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::ParseFromJSON;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use tokio::time::timeout;

use super::code::Code;
use super::document::Document;
use super::json::{self, Json};
use super::problem::{FieldError, Problem};

/// Most bytes of a body. The longest valid one, a biography in which every
/// character is written as two `\u` escapes, has about 50 KiB.
const MAX_BYTES: usize = 128 * 1024;
/// How long a body may take to arrive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyTimeout(pub(crate) Duration);

/// A JSON body that is what the document says it is.
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
            return Err(Problem::from(Code::UnsupportedMediaType).into());
        }
        let BodyTimeout(patience) = *request.data().ok_or(Problem::from(Code::InternalError))?;
        let reading = body.take()?.into_bytes_limit(MAX_BYTES);
        let bytes = match timeout(patience, reading).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(ReadBodyError::PayloadTooLarge)) => {
                return Err(Problem::from(Code::PayloadTooLarge).into());
            }
            Ok(Err(_)) => return Err(Problem::from(Code::BadRequest).into()),
            Err(_) => return Err(Problem::from(Code::RequestTimeout).into()),
        };
        let Json { value, duplicates } =
            json::parse(&bytes).map_err(|_| Problem::from(Code::MalformedJson))?;
        if !duplicates.is_empty() {
            let errors = duplicates.iter().map(|pointer| {
                FieldError::new(pointer, "duplicate_property", "stands there more than once")
            });
            return Err(Problem::validation(errors.collect()).into());
        }

        let document = request.data::<Arc<Document>>().ok_or(Problem::from(Code::InternalError))?;
        document.validator.check(&T::name(), &value)?;
        // The document accepts nothing that the type refuses; if it does, that is
        // a fault of the program.
        let parsed = T::parse_from_json(Some(value));
        Ok(Self(parsed.map_err(|error| Problem::fault(error.into_message()))?))
    }
}

/// A merge patch (RFC 7396) is JSON as well; so it may call itself.
fn is_json(request: &Request) -> bool {
    let media_type = request.header(CONTENT_TYPE).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || (request.method() == Method::PATCH
            && essence.eq_ignore_ascii_case("application/merge-patch+json"))
}
