//! The network that a client connects from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The bits of an IPv6 address that a customer of a provider can't choose.
const PREFIX: u128 = u128::MAX << 64;

/// The addresses `64:ff9b::/96`, in which translators put IPv4 addresses (RFC 6052).
const TRANSLATED: u128 = 0x0064_ff9b << 96;

/// The network that a client connects from: an IPv4 address, or the /64 network of an IPv6
/// address. Providers assign no smaller one, and a client can use any address in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) if address.to_bits() >> 32 == TRANSLATED >> 32 => {
                let [.., a, b, c, d] = address.octets();
                Ipv4Addr::new(a, b, c, d).into()
            }
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & PREFIX).into(),
            address => address,
        })
    }

    /// The bytes of the network. Different networks have different bytes.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(address) => address.octets().into(),
            IpAddr::V6(address) => address.octets().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let cases = [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.1", "64:ff9b::192.0.2.1", true),
            ("64:ff9b::192.0.2.1", "64:ff9b::192.0.2.2", false),
            ("2001:db8::1", "2001:db8::ffff:1", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
        ];
        for (one, other, same) in cases {
            let networks = [one, other].map(|address| Network::of(address.parse().unwrap()));
            assert_eq!(networks[0] == networks[1], same, "{one} {other}");
            assert_eq!(networks[0].bytes() == networks[1].bytes(), same, "{one} {other}");
        }
    }
}
