//! Files that are the same for all users. They are compressed for clients that accept it, and
//! revalidated by their entity tag.
//!
//! Only these files are compressed. The replies of operations are small, and contain secrets next
//! to texts that a client chose. If the two were compressed together, the length of the reply
//! would reveal the secrets (BREACH).

use std::borrow::Cow;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use poem::error::InternalServerError;
use poem::http::StatusCode;
use poem::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    VARY,
};
use poem::{IntoResponse as _, Request, Response};

use crate::api::extract::conditional::{IfNoneMatch, entity_tag};

/// The minimum number of bytes of a file to compress. Shorter files gain nothing.
const WORTHWHILE: usize = 1024;

/// A file.
pub(crate) struct Asset<'a> {
    pub(crate) media_type: &'a str,
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Whether the bytes are compressed already.
    pub(crate) gzipped: bool,
}

impl Asset<'_> {
    /// The reply to `request`.
    ///
    /// # Errors
    /// When the bytes should be compressed already and are not.
    pub(crate) fn reply(self, request: &Request) -> std::io::Result<Response> {
        // Weak: the same tag stands for both encodings.
        let tag = format!("W/{}", entity_tag(&self.bytes));
        let reply = Response::builder()
            .header(ETAG, &tag)
            .header(CACHE_CONTROL, "no-cache")
            .header(VARY, ACCEPT_ENCODING.as_str());
        if IfNoneMatch::of(request).is_ok_and(|condition| condition.has(&tag)) {
            return Ok(reply.status(StatusCode::NOT_MODIFIED).finish());
        }
        let reply = reply.header(CONTENT_TYPE, self.media_type);
        let accepted = accepts_gzip(request.header(ACCEPT_ENCODING).unwrap_or_default());
        Ok(match (self.gzipped, accepted) {
            (false, true) if self.bytes.len() >= WORTHWHILE => {
                reply.header(CONTENT_ENCODING, "gzip").body(gzip(&self.bytes)?)
            }
            (true, true) => reply.header(CONTENT_ENCODING, "gzip").body(self.bytes.into_owned()),
            (true, false) => reply.body(gunzip(&self.bytes)?),
            (false, _) => reply.body(self.bytes.into_owned()),
        })
    }

    /// The reply with a page, or with a part of one, under this content security policy.
    pub(crate) fn page(self, request: &Request, policy: &'static str) -> poem::Result<Response> {
        let reply = self.reply(request).map_err(InternalServerError)?;
        Ok(reply.with_header(CONTENT_SECURITY_POLICY, policy).into_response())
    }
}

/// The reply with a text, which is not compressed yet.
pub(super) fn text(request: &Request, media_type: &str, text: &str) -> poem::Result<Response> {
    let asset = Asset { media_type, bytes: text.as_bytes().into(), gzipped: false };
    asset.reply(request).map_err(InternalServerError)
}

/// Whether `Accept-Encoding` (RFC 9110, 12.5.3) accepts gzip.
fn accepts_gzip(header: &str) -> bool {
    header.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Decompresses the bytes.
pub(crate) fn gunzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut plain)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        let cases = [
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip;q=0.000, br", false),
            ("br", false),
            ("", false),
        ];
        for (header, expected) in cases {
            assert_eq!(accepts_gzip(header), expected, "{header:?}");
        }
    }
}
