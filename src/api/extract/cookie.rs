//! The cookies of the service: the device cookie and the session cookie. No script can read them.

use poem::Request;
use poem::http::header::COOKIE;

use crate::account::session::KNOWN_FOR;
use crate::value::{DeviceId, PublicUrl, TextValue as _, Token, ValueError};

/// A browser or an app that has opened an account is recognised by it, so that guesses from
/// elsewhere don't keep it out. It opens nothing.
const DEVICE: Cookie = Cookie { name: "cu_device", same_site: "Strict" };

/// It has the token of the session. A link on another site leads to the account page, so that the
/// user is logged in there as well.
const SESSION: Cookie = Cookie { name: "cu_session", same_site: "Lax" };

/// The end of a session cookie that the browser forgets when it is closed. The cookie of the next
/// token of the session has to be of the same kind.
const UNTIL_CLOSED: char = '~';

/// A kind of cookies.
struct Cookie {
    name: &'static str,
    same_site: &'static str,
}

impl Cookie {
    /// The prefix of the name. With TLS there is one, so that no other host can set the cookie (RFC
    /// 6265bis, 4.1.3.2).
    const fn prefix(public_url_is_https: bool) -> &'static str {
        if public_url_is_https { "__Host-" } else { "" }
    }

    /// The values of the cookie in the request.
    fn values<'a>(
        &self,
        request: &'a Request,
        public_url: &PublicUrl,
    ) -> impl Iterator<Item = &'a str> {
        let (prefix, name) = (Self::prefix(public_url.is_https()), self.name);
        let headers = request.headers().get_all(COOKIE).iter();
        // Another cookie of the host may have any bytes.
        let pairs = headers.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
        pairs.filter_map(|pair| str::from_utf8(pair).ok()).filter_map(move |pair| {
            pair.trim().strip_prefix(prefix)?.strip_prefix(name)?.strip_prefix('=')
        })
    }

    /// The `Set-Cookie` header. Without `max_age`, in seconds, the cookie ends with the browser.
    fn set(&self, public_url: &PublicUrl, value: &str, max_age: Option<i64>) -> String {
        let Self { name, same_site } = self;
        let has_tls = public_url.is_https();
        let (prefix, secure) = (Self::prefix(has_tls), if has_tls { "; Secure" } else { "" });
        let max_age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        format!("{prefix}{name}={value}; Path=/{max_age}; HttpOnly; SameSite={same_site}{secure}")
    }
}

/// The id in the device cookie of the request, if there is one.
pub(super) fn device_id(request: &Request, public_url: &PublicUrl) -> Option<DeviceId> {
    DEVICE.values(request, public_url).find_map(DeviceId::parse)
}

/// The header by which the device is recognised from now on.
pub(crate) fn set_device_cookie(public_url: &PublicUrl, id: &DeviceId) -> String {
    let max_age = i64::try_from(KNOWN_FOR.as_secs()).ok();
    DEVICE.set(public_url, &id.encode(), max_age)
}

/// A session cookie.
pub(super) struct SessionCookie {
    /// The token. An error if no cookie of the name has one: any client can send any text.
    pub(super) token: Result<Token, ValueError>,
    /// Whether the browser keeps the cookie when it is closed.
    pub(super) is_persistent: bool,
}

/// The session cookie of the request, if there is one. Without TLS, another service on the host can
/// set one of the same name, so the first one with a token counts.
pub(super) fn session_cookie(request: &Request, public_url: &PublicUrl) -> Option<SessionCookie> {
    let mut all = SESSION.values(request, public_url).map(|value| {
        let token = value.strip_suffix(UNTIL_CLOSED);
        let is_persistent = token.is_none();
        SessionCookie { token: Token::parse(token.unwrap_or(value)), is_persistent }
    });
    let first = all.next()?;
    if first.token.is_ok() {
        return Some(first);
    }
    Some(all.find(|cookie| cookie.token.is_ok()).unwrap_or(first))
}

/// The header that keeps the token of a session. A persistent cookie is kept for `seconds`.
pub(crate) fn set_session_cookie(
    public_url: &PublicUrl,
    token: &Token,
    is_persistent: bool,
    seconds: i64,
) -> String {
    match is_persistent {
        true => SESSION.set(public_url, token.as_str(), Some(seconds)),
        false => SESSION.set(public_url, &format!("{}{UNTIL_CLOSED}", token.as_str()), None),
    }
}

/// The header that makes the browser forget the session.
pub(crate) fn end_session_cookie(public_url: &PublicUrl) -> String {
    SESSION.set(public_url, "", Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(cookie: &str) -> Request {
        Request::builder().header(COOKIE, cookie).finish()
    }

    #[test]
    fn a_cookie_is_read_among_others() {
        let id = DeviceId::new([7; 16]);
        let (plain, tls) = (
            "http://localhost:8080".parse().unwrap(),
            "https://accounts.example.com".parse().unwrap(),
        );
        let value = id.encode();
        let cases = [
            (
                format!("theme=dark; cu_device={value}; other=1"),
                &plain,
                Some(id.clone()),
                "among others",
            ),
            (format!("__Host-cu_device={value}"), &tls, Some(id.clone()), "with TLS"),
            (format!("cu_device={value}"), &tls, None, "another host may have set it"),
            (format!("theme=caf\u{e9}; cu_device={value}"), &plain, Some(id.clone()), "not ASCII"),
            (format!("xcu_device={value}"), &plain, None, "another name"),
            ("cu_device=garbage".to_owned(), &plain, None, "no id"),
            ("theme=dark".to_owned(), &plain, None, "another cookie"),
        ];
        for (cookie, url, expected, why) in cases {
            assert_eq!(device_id(&request(&cookie), url), expected, "{why}");
        }
    }

    #[test]
    fn with_tls_a_cookie_is_secure() {
        let cookie = set_device_cookie(
            &"https://accounts.example.com".parse().unwrap(),
            &DeviceId::new([0; 16]),
        );
        assert_eq!(
            cookie,
            "__Host-cu_device=aaaaaaaaaaaaaaaaaaaaaaaaaa; Path=/; Max-Age=31536000; HttpOnly; \
             SameSite=Strict; Secure"
        );
    }

    #[test]
    fn a_session_cookie_ends_with_the_browser_if_it_is_not_persistent() {
        let url = "http://localhost:8080".parse().unwrap();
        let token = Token::new([1; 32]);
        for (is_persistent, expected) in [(true, "; Max-Age=60"), (false, "")] {
            let header = set_session_cookie(&url, &token, is_persistent, 60);
            assert_eq!(header.contains("Max-Age"), is_persistent, "{header}");
            assert!(header.ends_with(&format!("; Path=/{expected}; HttpOnly; SameSite=Lax")));
            let request = request(header.split(';').next().unwrap());
            let read = session_cookie(&request, &url).unwrap();
            assert!(read.token.unwrap() == token, "{header}");
            assert_eq!(read.is_persistent, is_persistent);
        }
        let several = request(&format!("cu_session=junk; cu_session={}", token.as_str()));
        assert!(session_cookie(&several, &url).unwrap().token.unwrap() == token);
        assert!(session_cookie(&request("cu_session=junk"), &url).unwrap().token.is_err());
        assert!(end_session_cookie(&url).starts_with("cu_session=; Path=/; Max-Age=0;"));
    }
}
