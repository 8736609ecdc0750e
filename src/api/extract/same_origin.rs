//! Whether a request was sent by a page of this service. A browser sends the session cookie with
//! requests of other sites' pages, too, so requests that change something are checked (OWASP ASVS
//! 5.0, 3.5.1).

use poem::Request;
use poem::http::header::{HOST, HeaderName, ORIGIN};
use url::Url;

use super::context::ApiContext;
use crate::api::contract::ProblemCode;
use crate::value::PublicUrl;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a request that may come from a page of another origin.
pub(crate) fn require_same_origin(
    request: &Request,
    context: &ApiContext,
) -> Result<(), ProblemCode> {
    match is_same_origin(request, &context.public_url) {
        true => Ok(()),
        false => Err(ProblemCode::CrossSiteRequest),
    }
}

/// Whether the browser says that a page of this service sent the request. `Sec-Fetch-Site` is
/// decisive. A browser leaves it out without TLS, and sends `Origin` in any case.
pub(super) fn is_same_origin(request: &Request, public_url: &PublicUrl) -> bool {
    let header = |name: &HeaderName| request.headers().get(name)?.to_str().ok();
    if request.headers().contains_key(SEC_FETCH_SITE) {
        return header(&SEC_FETCH_SITE) == Some("same-origin");
    }
    let Some(origin) = header(&ORIGIN).and_then(|origin| Url::parse(origin).ok()) else {
        return false;
    };
    if Url::parse(&public_url.join("")).is_ok_and(|url| url.origin() == origin.origin()) {
        return true;
    }
    // On one machine or one network, the service has other names than the public one. With TLS it has
    // none, and a proxy may have set `Host` to anything.
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let host = authority.or_else(|| header(&HOST)).filter(|host| !host.is_empty());
    let requested = host.and_then(|host| Url::parse(&format!("http://{host}")).ok());
    !public_url.is_https() && requested.is_some_and(|url| url.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The headers of a request, whether it passes, and why.
    type Case<'a> = (&'a [(&'a str, &'a str)], bool, &'a str);

    #[test]
    fn only_pages_of_this_service_pass() {
        let cases: [Case<'_>; 8] = [
            (&[("Sec-Fetch-Site", "same-origin")], true, "a page of this service"),
            (&[("Sec-Fetch-Site", "same-site")], false, "a page on another subdomain"),
            (&[("Sec-Fetch-Site", "cross-site")], false, "a page of another site"),
            (&[("Sec-Fetch-Site", "none")], false, "no page"),
            (
                &[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://accounts.example.com")],
                false,
                "two that disagree",
            ),
            (&[("Origin", "https://accounts.example.com")], true, "the public origin"),
            (&[("Origin", "http://accounts.example.com")], false, "without TLS"),
            (&[("Origin", "http://upstream"), ("Host", "upstream")], false, "the host of a proxy"),
        ];
        check("https://accounts.example.com", &cases);
    }

    #[test]
    fn without_tls_the_host_may_have_other_names() {
        let cases: [Case<'_>; 5] = [
            (&[("Origin", "http://localhost:8080"), ("Host", "localhost:8080")], true, "the host"),
            (&[("Origin", "https://localhost:8080"), ("Host", "localhost:8080")], false, "TLS"),
            (&[("Origin", "http://localhost:3000"), ("Host", "localhost:8080")], false, "a port"),
            (&[("Origin", "null"), ("Host", "localhost:8080")], false, "a sandboxed page"),
            (&[("Host", "localhost:8080")], false, "no browser"),
        ];
        check("http://127.0.0.1:8080", &cases);
    }

    fn check(public_url: &str, cases: &[Case<'_>]) {
        let url = public_url.parse().unwrap();
        for (headers, expected, why) in cases {
            let mut request = Request::builder();
            for (name, value) in *headers {
                request = request.header(*name, *value);
            }
            assert_eq!(is_same_origin(&request.finish(), &url), *expected, "{why}");
        }
    }
}
