//! The address of the client that sent a request. Without reverse proxies, the client is the
//! peer. Behind proxies, the peer is the last of them, and a header lists the addresses before it.
//!
//! Anybody can send such a header, so the service reads it only if the peer is a trusted proxy.
//! Each proxy adds the address of its own peer at the end of the list. So the list is read from its
//! end, and only for as long as trusted proxies have written it.

use std::net::IpAddr;
use std::str::FromStr;

use poem::Request;
use poem::http::header::{FORWARDED, HeaderName};
use poem::http::{HeaderMap, HeaderValue};

mod list;
mod node;
mod trusted_proxy;

pub use trusted_proxy::TrustedProxy;

/// `X-Forwarded-For`, which has no standard.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The reverse proxies that the operator trusts to name the client.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies {
    /// The addresses of the proxies. If there are none, every client is the peer.
    pub addresses: Vec<TrustedProxy>,
    /// The header in which they name the client.
    pub header: ForwardedHeader,
}

/// The header in which trusted proxies name the client. The other one is never read, because
/// a proxy that does not know it forwards what the client wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`. The default, because every usual proxy sets it, and most proxies forward
    /// a `Forwarded` of the client unchanged.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl FromStr for ForwardedHeader {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "x-forwarded-for" => Ok(Self::XForwardedFor),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err("must be `x-forwarded-for` or `forwarded`".to_owned()),
        }
    }
}

impl ForwardedHeader {
    const fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => X_FORWARDED_FOR,
            Self::Forwarded => FORWARDED,
        }
    }

    /// The address in an element of the list. `None` if there is none, or if it can't be read.
    fn address(self, element: &[u8]) -> Option<IpAddr> {
        match self {
            Self::XForwardedFor => node::address(str::from_utf8(element).ok()?.trim()),
            Self::Forwarded => node::forwarded_for(&String::from_utf8_lossy(element)),
        }
    }
}

/// The address of the client, as data of the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl TrustedProxies {
    /// The address of the client. `None` if the peer has none, which never happens over TCP.
    ///
    /// Every request calls this, also those that are answered from memory. If no proxy is
    /// trusted, it reads no header.
    pub(crate) fn client_of(&self, request: &Request) -> Option<IpAddr> {
        let peer = request.remote_addr().as_socket_addr()?.ip();
        Some(self.client(peer, request.headers()))
    }

    /// The right-most address of the list that is no trusted proxy. Else the peer: if it is not
    /// trusted, if the list has no such address, or if an element on the way to it can't be read.
    /// Nobody but the proxies chooses the peer.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        // A socket for both IPv6 and IPv4 gives IPv4 addresses as `::ffff:192.0.2.1`.
        let peer = peer.to_canonical();
        if !self.include(peer) {
            return peer;
        }
        // Lines of the same header are one list (RFC 9110, 5.3).
        let lines = headers.get_all(self.header.name()).iter().rev();
        let elements = lines.map(HeaderValue::as_bytes).flat_map(list::from_the_end);
        let mut addresses = elements.map(|element| self.header.address(element));
        let client =
            addresses.find(|address| !address.is_some_and(|address| self.include(address)));
        client.flatten().unwrap_or(peer)
    }

    /// Whether an address is that of a trusted proxy.
    #[must_use]
    pub fn include(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.addresses.iter().any(|proxy| proxy.includes(address))
    }
}

#[cfg(test)]
mod tests;
