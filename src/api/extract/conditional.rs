//! Conditional requests (RFC 9110, 13): the entity tag of a user, and the conditions on it that a
//! request may set.

use data_encoding::BASE64URL_NOPAD;
use poem::web::headers::{self, Header, HeaderMapExt as _};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaParamIn, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use sha2::{Digest as _, Sha256};

use crate::api::contract::{Problem, ProblemCode};

/// The strong entity tag of a representation. Different bytes have different tags.
pub(crate) fn entity_tag(representation: &[u8]) -> String {
    let digest = Sha256::digest(representation);
    let (half, _) = digest.split_at(digest.len() / 2);
    format!("\"{}\"", BASE64URL_NOPAD.encode(half))
}

/// `If-Match`: change the user only if one of these representations is current.
pub(crate) type IfMatch = Condition<headers::IfMatch>;
/// `If-None-Match`: send the user only if none of these representations is current.
pub(crate) type IfNoneMatch = Condition<headers::IfNoneMatch>;

/// A condition that a request may set.
#[derive(Debug)]
pub(crate) struct Condition<H>(Option<H>);

impl IfMatch {
    /// Decides from the current entity tag whether the request may be done, if the request sets
    /// a condition.
    pub(crate) fn passes(self) -> Option<impl Fn(&str) -> bool + Send + 'static> {
        let tags = self.0?;
        Some(move |tag: &str| tag.parse().is_ok_and(|tag| tags.precondition_passes(&tag)))
    }
}

impl IfNoneMatch {
    /// Whether the client has the representation with this tag.
    pub(crate) fn has(&self, tag: &str) -> bool {
        let Self(tags) = self;
        let has = |tags: &headers::IfNoneMatch| {
            tag.parse().is_ok_and(|tag| !tags.precondition_passes(&tag))
        };
        tags.as_ref().is_some_and(has)
    }
}

impl<H: Header> Condition<H> {
    /// The condition in the header of `request`.
    ///
    /// # Errors
    /// [`ProblemCode::BadRequest`] when it can't be parsed. Without the condition, the request
    /// could do what the client wanted to prevent.
    pub(crate) fn of(request: &Request) -> Result<Self, Problem> {
        // Checked first, because the library skips the tags that it can't parse.
        let mut values = request.headers().get_all(H::name()).iter();
        if !values.all(|value| value.to_str().is_ok_and(is_readable)) {
            return Err(ProblemCode::BadRequest.into());
        }
        request.headers().typed_try_get().map(Self).map_err(|_| ProblemCode::BadRequest.into())
    }
}

/// The grammar of both headers (RFC 9110, 13.1), as a pattern.
const PATTERN: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;

/// The maximum number of characters of a condition, enough for several tags.
const MAX_LENGTH: usize = 256;

/// Whether [`PATTERN`] matches, within [`MAX_LENGTH`].
fn is_readable(value: &str) -> bool {
    let mut rest = value;
    if value.len() > MAX_LENGTH {
        return false;
    }
    rest == "*"
        || loop {
            let tag = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"');
            let Some((tag, after)) = tag.and_then(|tag| tag.split_once('"')) else {
                break false;
            };
            if !tag.bytes().all(|byte| byte.is_ascii_graphic()) {
                break false;
            }
            match after.trim_start_matches(' ').strip_prefix(',') {
                Some(next) => rest = next.trim_start_matches(' '),
                None => break after.is_empty(),
            }
        }
}

impl<'a, H: Header + Send> ApiExtractor<'a> for Condition<H> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(MetaSchemaRef::Inline(Box::new(MetaSchema {
            min_length: Some(1),
            max_length: Some(MAX_LENGTH),
            pattern: Some(PATTERN.to_owned()),
            // No example: Swagger UI would send it, and get a 412.
            ..MetaSchema::new("string")
        })))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> poem::Result<Self> {
        Ok(Self::of(request)?)
    }
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn with(name: &str, values: &[&'static str]) -> Request {
        let mut request = Request::builder();
        for value in values {
            request = request.header(name, HeaderValue::from_static(value));
        }
        request.finish()
    }

    #[test]
    fn a_match_is_strong() {
        let cases: [(&[&'static str], bool, &str); 6] = [
            (&["\"a\""], true, "the tag"),
            (&["\"x\", \"a\""], true, "one of several"),
            (&["\"x\"", "\"a\""], true, "one of several headers"),
            (&["*"], true, "any"),
            (&["W/\"a\""], false, "a weak tag never matches strongly"),
            (&["\"b\""], false, "another tag"),
        ];
        for (values, expected, why) in cases {
            let condition = IfMatch::of(&with("if-match", values)).unwrap();
            assert_eq!(condition.passes().unwrap()("\"a\""), expected, "{why}");
        }
        assert!(IfMatch::of(&with("x", &[])).unwrap().passes().is_none());
    }

    #[test]
    fn to_have_a_tag_is_weak() {
        let cases: [(&[&'static str], bool, &str); 4] = [
            (&["\"a\""], true, "the tag"),
            (&["W/\"a\""], true, "the weak tag"),
            (&["*"], true, "any"),
            (&["\"b\""], false, "another tag"),
        ];
        for (values, expected, why) in cases {
            let condition = IfNoneMatch::of(&with("if-none-match", values)).unwrap();
            assert_eq!(condition.has("\"a\""), expected, "{why}");
        }
    }

    #[test]
    fn what_is_no_condition_is_not_ignored() {
        for value in ["a", "", " ", "\"a", "W/a", "\"a\",", "\"a\" \"b\"", "*, \"a\"", "\"a b\""] {
            assert!(IfMatch::of(&with("if-match", &[value])).is_err(), "{value:?}");
        }
    }

    #[test]
    fn other_bytes_have_another_tag() {
        assert_eq!(entity_tag(b""), "\"47DEQpj8HBSa-_TImW-5JA\"");
        assert_ne!(entity_tag(b"a"), entity_tag(b"b"));
    }
}
