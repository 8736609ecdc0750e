//! What a client accepts (RFC 9110, 12.5).

use poem::Request;
use poem::http::HeaderName;

/// Whether a header like `Accept` or `Accept-Encoding` names `item`, with another weight than 0.
pub(crate) fn accepts(request: &Request, header: HeaderName, item: &str) -> bool {
    let lines = request.headers().get_all(header);
    lines.iter().filter_map(|line| line.to_str().ok()).any(|line| names(line, item))
}

fn names(line: &str, item: &str) -> bool {
    line.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(item));
        let is_refused =
            |part: &str| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
        is_named && !parts.any(is_refused)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_accepted_if_it_is_named_and_not_refused() {
        let cases = [
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip;q=0.000, br", false),
            ("gzip;level=9; q=0", false),
            ("br", false),
            ("", false),
        ];
        for (line, expected) in cases {
            assert_eq!(names(line, "gzip"), expected, "{line:?}");
        }
    }
}
