//! Files that are the same for all users. They are compressed for clients that accept it, and
//! revalidated by their entity tag.
//!
//! Only these files are compressed. The replies of operations are small, and contain secrets next
//! to texts that a client chose. If the two were compressed together, the length of the reply
//! would reveal the secrets (BREACH).

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::sync::OnceLock;

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use poem::error::InternalServerError;
use poem::http::StatusCode;
use poem::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    VARY,
};
use poem::{Endpoint, Request, Response};

use super::accept::accepts;
use crate::api::contract::{Problem, ProblemCode};
use crate::api::extract::conditional::{IfNoneMatch, entity_tag};

/// The minimum number of bytes of a file to compress. Shorter files gain nothing.
const WORTHWHILE: usize = 1024;

/// A browser asks whether it has the current file.
const REVALIDATE: &str = "no-cache";

/// A browser keeps the file, because another version of it has another name (RFC 8246).
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// A file. All replies share its bytes, which are hashed and compressed once. So a client that
/// asks for it and does not read costs next to nothing.
pub(crate) struct Asset {
    media_type: String,
    /// The content security policy, if the file is a page or a part of one.
    policy: Option<&'static str>,
    /// The value of `Cache-Control`.
    caching: &'static str,
    plain: OnceLock<Bytes>,
    /// `None` inside: the file is too small to compress.
    gzip: OnceLock<Option<Bytes>>,
    tag: OnceLock<String>,
}

impl Asset {
    pub(crate) fn new(media_type: &str, plain: Bytes) -> Self {
        Self {
            media_type: media_type.to_owned(),
            policy: None,
            caching: REVALIDATE,
            plain: plain.into(),
            gzip: OnceLock::new(),
            tag: OnceLock::new(),
        }
    }

    /// A file that is compressed already. Its plain bytes take no memory until a client needs them.
    pub(crate) fn gzipped(media_type: &str, gzip: Bytes) -> Self {
        Self {
            media_type: media_type.to_owned(),
            policy: None,
            caching: REVALIDATE,
            plain: OnceLock::new(),
            gzip: Some(gzip).into(),
            tag: OnceLock::new(),
        }
    }

    /// The same file with a content security policy.
    pub(crate) fn with_policy(self, policy: &'static str) -> Self {
        Self { policy: Some(policy), ..self }
    }

    /// The same file as one that never changes. Its name has to contain its [`Self::version`].
    pub(crate) fn immutable(self) -> Self {
        Self { caching: IMMUTABLE, ..self }
    }

    /// The version of the file, for its name: a hash of its bytes.
    pub(crate) fn version(&self) -> &str {
        self.tag().trim_start_matches("W/").trim_matches('"')
    }

    /// The bytes.
    ///
    /// # Errors
    /// When the bytes should be compressed already and are not.
    pub(crate) fn plain(&self) -> std::io::Result<&Bytes> {
        if let Some(plain) = self.plain.get() {
            return Ok(plain);
        }
        let gzip = self.gzip.get().and_then(Option::as_ref);
        let plain = gunzip(gzip.map_or(&[], |gzip| &**gzip))?;
        Ok(self.plain.get_or_init(|| plain.into()))
    }

    /// The compressed bytes.
    fn gzip(&self) -> Option<&Bytes> {
        let gzip = self.gzip.get_or_init(|| {
            let plain = self.plain.get().filter(|plain| plain.len() >= WORTHWHILE)?;
            // Writing to memory does not fail. If it did, the file would be sent as it is.
            gzip(plain).ok().map(Bytes::from)
        });
        gzip.as_ref()
    }

    /// The entity tag. It is weak, because the same tag stands for both encodings.
    fn tag(&self) -> &str {
        self.tag.get_or_init(|| {
            let bytes = self.plain.get().or_else(|| self.gzip());
            format!("W/{}", entity_tag(bytes.map_or(&[], |bytes| bytes)))
        })
    }

    /// The reply with the file.
    fn reply(&self, request: &Request) -> poem::Result<Response> {
        let tag = self.tag();
        let mut reply = Response::builder()
            .header(ETAG, tag)
            .header(CACHE_CONTROL, self.caching)
            .header(VARY, ACCEPT_ENCODING.as_str());
        if let Some(policy) = self.policy {
            reply = reply.header(CONTENT_SECURITY_POLICY, policy);
        }
        if IfNoneMatch::of(request).is_ok_and(|condition| condition.has(tag)) {
            return Ok(reply.status(StatusCode::NOT_MODIFIED).finish());
        }
        let reply = reply.header(CONTENT_TYPE, &self.media_type);
        if accepts(request, ACCEPT_ENCODING, "gzip")
            && let Some(gzip) = self.gzip()
        {
            return Ok(reply.header(CONTENT_ENCODING, "gzip").body(gzip.clone()));
        }
        Ok(reply.body(self.plain().map_err(InternalServerError)?.clone()))
    }
}

impl Endpoint for Asset {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        self.reply(&request)
    }
}

/// Files by their name, which is the only parameter of the path.
pub(super) struct Assets(pub(super) BTreeMap<String, Asset>);

impl Endpoint for Assets {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let found = request.raw_path_param("file").and_then(|name| self.0.get(name));
        found.ok_or(Problem::from(ProblemCode::NotFound))?.reply(&request)
    }
}

/// The media type of a file with this name.
pub(super) fn file_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "json")) => "application/json",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

pub(super) fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn gunzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut plain)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    #[tokio::test]
    async fn all_replies_share_the_same_bytes() {
        let plain = Asset::new("text/plain", vec![b'x'; 2 * WORTHWHILE].into());
        let compressed = Asset::gzipped("text/plain", plain.gzip().unwrap().clone());
        for asset in [plain, compressed] {
            for encoding in ["gzip", "identity"] {
                let mut places = Vec::new();
                for _ in 0..2 {
                    let request = Request::builder().header(ACCEPT_ENCODING, encoding).finish();
                    let body = asset.reply(&request).unwrap().into_body().into_bytes_stream();
                    let pieces: Vec<Bytes> = body.try_collect().await.unwrap();
                    places.push(pieces[0].as_ptr());
                }
                assert_eq!(places[0], places[1], "{encoding}");
            }
        }
    }
}
