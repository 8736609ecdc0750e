//! The address of a trusted proxy, or the network of several.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};

/// The prefix of the IPv6 addresses that stand for IPv4 addresses, `::ffff:0:0/96`.
const MAPPED_PREFIX: u8 = 96;

/// A network whose addresses are trusted proxies. It may have a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedProxy(IpNet);

impl TrustedProxy {
    /// Whether the network includes an address.
    pub(super) fn includes(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for TrustedProxy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let network = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => text.parse().map_err(|_| {
                "must be an address like `192.0.2.1`, or a network like `10.1.0.0/16`".to_owned()
            })?,
        };
        let network = unmapped(network);
        if network.prefix_len() == 0 {
            return Err("would trust every client to say where it is".to_owned());
        }
        // A network like 10.0.0.1/8 could mean one address, or 16 million.
        if network != network.trunc() {
            let (all, one) = (network.trunc(), network.addr());
            return Err(format!("has more bits than its prefix: write `{all}` or `{one}`"));
        }
        Ok(Self(network))
    }
}

/// The IPv4 network that a network of IPv4-mapped IPv6 addresses stands for.
fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else { return network };
    let v4 = v6.prefix_len().checked_sub(MAPPED_PREFIX).and_then(|prefix| {
        let address = v6.addr().to_ipv4_mapped()?;
        Ipv4Net::new(address, prefix).ok()
    });
    v4.map_or(network, IpNet::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_network_can_be_trusted() {
        let cases = [
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            (" 10.1.0.0/16 ", "10.1.255.255", "10.2.0.0"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::1", "::1", "::2"),
            ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("::ffff:10.1.0.0/112", "10.1.255.255", "10.2.0.0"),
        ];
        for (text, inside, outside) in cases {
            let proxy: TrustedProxy = text.parse().unwrap();
            assert!(proxy.includes(inside.parse().unwrap()), "{text}: {inside}");
            assert!(!proxy.includes(outside.parse().unwrap()), "{text}: {outside}");
        }
    }

    #[test]
    fn what_trusts_too_much_or_nobody_knows_whom_is_refused() {
        let cases = [
            ("", "must be"),
            ("proxy.example.com", "must be"),
            ("10.0.0.0/33", "must be"),
            ("192.0.2.1:8080", "must be"),
            ("0.0.0.0/0", "every client"),
            ("::/0", "every client"),
            ("::ffff:0:0/96", "every client"),
            ("10.0.0.1/8", "write `10.0.0.0/8` or `10.0.0.1`"),
        ];
        for (text, expected) in cases {
            let error = text.parse::<TrustedProxy>().unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
