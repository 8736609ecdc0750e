//! The `Host` header of requests.

use poem::Request;
use poem::http::Version;
use poem::http::header::HOST;

/// Whether the request names its host as RFC 9112, 3.2 demands: an HTTP/1.1 request has one `Host`
/// header. Programs that read a missing or repeated one differently could be played off against
/// each other.
pub(super) fn names_its_host(request: &Request) -> bool {
    let mut values = request.headers().get_all(HOST).iter();
    match (values.next(), values.next()) {
        (Some(host), None) => host.as_bytes().iter().copied().all(is_of_host),
        (Some(_), Some(_)) => false,
        // HTTP/2 has `:authority`, and HTTP/1.0 has nothing.
        (None, _) => request.version() != Version::HTTP_11,
    }
}

/// Whether the byte may stand in a host and a port (RFC 3986, 3.2.2).
fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_of_http_1_1_has_exactly_one_host() {
        let cases: [(Version, &[&str], bool); 11] = [
            (Version::HTTP_11, &["example.com"], true),
            (Version::HTTP_11, &["example.com:8080"], true),
            (Version::HTTP_11, &["[2001:db8::1]:80"], true),
            (Version::HTTP_11, &[""], true),
            (Version::HTTP_11, &[], false),
            (Version::HTTP_11, &["example.com", "example.com"], false),
            (Version::HTTP_11, &["example.com/x"], false),
            (Version::HTTP_11, &["ada@example.com"], false),
            (Version::HTTP_10, &[], true),
            (Version::HTTP_2, &[], true),
            (Version::HTTP_2, &["a", "b"], false),
        ];
        for (version, hosts, expected) in cases {
            let mut request = Request::builder().version(version).finish();
            for host in hosts {
                request.headers_mut().append(HOST, host.parse().unwrap());
            }
            assert_eq!(names_its_host(&request), expected, "{version:?} {hosts:?}");
        }
    }
}
