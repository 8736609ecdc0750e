//! The addresses to listen on.

use std::net::{Ipv4Addr, SocketAddr};

/// The address for a port alone, and for `localhost`. Only this machine reaches it.
const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// Parses an address and a port, `localhost` and a port, or a port alone.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let port = match text.rsplit_once(':') {
        None => Some(text),
        Some((host, port)) => host.eq_ignore_ascii_case("localhost").then_some(port),
    };
    let loopback = port.and_then(|port| port.parse().ok()).map(|port| (LOOPBACK, port).into());
    loopback.or_else(|| text.parse().ok()).ok_or_else(|| {
        "must be a port like `8080`, or an address and a port like `127.0.0.1:8080` or \
         `[::1]:8080`; `0.0.0.0:8080` listens on all addresses of this machine"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_and_localhost_are_this_machine() {
        let cases = [
            ("8080", "127.0.0.1:8080"),
            ("0", "127.0.0.1:0"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("LOCALHOST:8080", "127.0.0.1:8080"),
            ("0.0.0.0:8080", "0.0.0.0:8080"),
            ("[::1]:8080", "[::1]:8080"),
        ];
        for (text, expected) in cases {
            assert_eq!(address(text), Ok(expected.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_an_example() {
        let cases = [
            ("", "nothing"),
            ("here", "no port"),
            ("127.0.0.1", "no port"),
            ("localhost", "no port"),
            ("localhost:", "no port"),
            ("65536", "no such port"),
            (":8080", "it could mean all addresses or this machine"),
            ("example.com:8080", "a name that may have several addresses"),
            ("::1:8080", "without brackets, it is an address"),
        ];
        for (text, why) in cases {
            let error = address(text).unwrap_err();
            assert!(error.contains("`127.0.0.1:8080`"), "{why}: {error}");
        }
    }
}
