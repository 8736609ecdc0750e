//! Request bodies that should be images.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use poem::{Body, Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use tokio::time::timeout;
use uuid::Uuid;

use crate::api::contract::{Problem, ProblemCode};
use crate::api::extract::body::{BodyLimits, essence, refuse_encoded};
use crate::api::extract::context::data;
use crate::api::extract::uploads::Upload;

/// The maximum number of bytes of an image.
const MAX_IMAGE: usize = 5 * 1024 * 1024;
/// An image may take this many times as long as JSON to arrive.
const IMAGE_PATIENCE: u32 = 6;
/// The media types with which an image may be sent. The bytes decide about the real format.
const IMAGES: [&str; 4] = ["application/octet-stream", "image/jpeg", "image/png", "image/webp"];

/// A body that should be an image, and has not been read yet.
#[derive(Debug)]
pub(crate) struct ImageBody {
    body: Body,
    limits: BodyLimits,
}

/// The bytes of a body that should be an image.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) bytes: Bytes,
    /// Held as long as the bytes are in memory.
    _upload: Upload,
}

impl ImageBody {
    /// Reads the body. This waits until the user has no other upload.
    pub(crate) async fn read(self, user: Uuid) -> Result<Image, ProblemCode> {
        let Self { body, limits: BodyLimits { timeout: patience, uploads } } = self;
        let upload = uploads.begin(user, patience).await;
        let mut upload = upload.ok_or(ProblemCode::ServiceUnavailable)?;
        let patience: Duration = patience.saturating_mul(IMAGE_PATIENCE);
        let bytes = tokio::select! {
            read = timeout(patience, collect(body, &upload)) => {
                read.map_err(|_| ProblemCode::RequestTimeout)??
            }
            () = upload.given_up() => return Err(ProblemCode::ServiceUnavailable),
        };
        upload.arrive();
        Ok(Image { bytes, _upload: upload })
    }
}

async fn collect(body: Body, upload: &Upload) -> Result<Bytes, ProblemCode> {
    let mut pieces = std::pin::pin!(body.into_bytes_stream());
    let mut bytes = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| ProblemCode::BadRequest)?;
        if bytes.len() + piece.len() > MAX_IMAGE {
            return Err(ProblemCode::PayloadTooLarge);
        }
        bytes.extend_from_slice(&piece);
        upload.grow(bytes.capacity());
    }
    Ok(bytes.freeze())
}

impl<'a> ApiExtractor<'a> for ImageBody {
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
        refuse_encoded(request)?;
        Ok(Self { body: body.take()?, limits: data::<BodyLimits>(request)?.clone() })
    }
}
