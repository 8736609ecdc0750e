use poem::http::HeaderMap;
use proptest::prelude::*;

use super::*;

const PROXY: &str = "10.0.0.1";
/// The client, as proxies see it.
const CLIENT: &str = "203.0.113.7";
/// The address that a stranger claims to have.
const CLAIMED: &str = "198.51.100.9";

/// The proxies in 10.0.0.0/8 and at 2001:db8:1::1.
fn trusting(header: ForwardedHeader) -> TrustedProxies {
    let addresses = ["10.0.0.0/8", "2001:db8:1::1"].map(|text| text.parse().unwrap()).into();
    TrustedProxies { addresses, header }
}

fn headers(header: ForwardedHeader, lines: &[&[u8]]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(header.name(), HeaderValue::from_bytes(line).unwrap());
    }
    headers
}

/// The client of a request from `peer` with these lines of the header that is read.
fn client(header: ForwardedHeader, peer: &str, lines: &[&str]) -> String {
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    trusting(header).client(peer.parse().unwrap(), &headers(header, &lines)).to_string()
}

#[test]
fn x_forwarded_for_names_the_client() {
    let cases: [(&str, &[&str], &str, &str); 25] = [
        (PROXY, &[CLIENT], CLIENT, "the proxy names its peer"),
        (PROXY, &[], PROXY, "no header, as of a health check by the proxy"),
        (CLIENT, &[CLAIMED], CLIENT, "a peer that is not trusted claims anything"),
        (PROXY, &["198.51.100.9, 203.0.113.7"], CLIENT, "the proxy appended to a claim"),
        (PROXY, &[CLAIMED, CLIENT], CLIENT, "the proxy appended a line to a claim"),
        (PROXY, &[CLIENT, "10.0.0.2"], CLIENT, "two proxies, each with a line"),
        (PROXY, &["203.0.113.7 ,\t10.0.0.2"], CLIENT, "two proxies, and spaces"),
        (PROXY, &["203.0.113.7, 2001:db8:1::1"], CLIENT, "a proxy with IPv6"),
        (PROXY, &["10.0.0.3, 10.0.0.2"], PROXY, "proxies only"),
        (PROXY, &["198.51.100.9, 203.0.113.7, 10.0.0.2"], CLIENT, "a claim, and two proxies"),
        ("::ffff:10.0.0.1", &[CLIENT], CLIENT, "the proxy's IPv4 address on an IPv6 socket"),
        ("::ffff:203.0.113.7", &[CLAIMED], CLIENT, "the client's IPv4 address on such a socket"),
        (PROXY, &["::ffff:203.0.113.7"], CLIENT, "such an address in the header"),
        (PROXY, &["203.0.113.7, ::ffff:10.0.0.2"], CLIENT, "such an address of a proxy"),
        (PROXY, &["2001:db8::7"], "2001:db8::7", "IPv6"),
        (PROXY, &["2001:DB8:0::7"], "2001:db8::7", "IPv6 in another spelling"),
        (PROXY, &["203.0.113.7:4711"], CLIENT, "with a port"),
        (PROXY, &["[2001:db8::7]:4711"], "2001:db8::7", "IPv6 with a port"),
        (PROXY, &["198.51.100.9, unknown"], PROXY, "the proxy does not know, a stranger claims"),
        (PROXY, &["198.51.100.9, "], PROXY, "the proxy appended nothing to a claim"),
        (PROXY, &[CLAIMED, ""], PROXY, "the proxy added an empty line to a claim"),
        (PROXY, &["198.51.100.9, nonsense, 10.0.0.2"], PROXY, "what stands before can't count"),
        (PROXY, &["203.0.113.07"], PROXY, "some read 07 as octal"),
        (PROXY, &["203.0.113.7/32"], PROXY, "a network is no address"),
        (PROXY, &["fe80::1%eth0"], PROXY, "a zone means nothing elsewhere"),
    ];
    for (peer, lines, expected, why) in cases {
        assert_eq!(client(ForwardedHeader::XForwardedFor, peer, lines), expected, "{why}");
    }
}

#[test]
fn forwarded_names_the_client() {
    let cases: [(&[&str], &str, &str); 27] = [
        (&["for=203.0.113.7"], CLIENT, "a token"),
        (&["For=203.0.113.7"], CLIENT, "names of parameters have no case"),
        (&["proto=https;for=203.0.113.7;by=10.0.0.1"], CLIENT, "among other parameters"),
        (&["proto=https; for=203.0.113.7 ;"], CLIENT, "with spaces, and nothing at the end"),
        (&[r#"for="203.0.113.7""#], CLIENT, "quoted"),
        (&[r#"for="203.0.\113.7""#], CLIENT, "quoted, with an escape"),
        (&[r#"for="203.0.113.7:4711""#], CLIENT, "with a port"),
        (&["for=203.0.113.7:4711"], CLIENT, "with a port, which should be quoted"),
        (&[r#"for="203.0.113.7:_port""#], CLIENT, "with an obfuscated port"),
        (&[r#"for="[2001:db8::1]:4711""#], "2001:db8::1", "IPv6 with a port"),
        (&[r#"for="[2001:db8::1]""#], "2001:db8::1", "IPv6"),
        (&[r#"for="[::ffff:203.0.113.7]""#], CLIENT, "IPv4 as IPv6"),
        (&[r#"for=203.0.113.7;host="a,b;for=c""#], CLIENT, "a quoted string with separators"),
        (&[r#"for=203.0.113.7;host="a\\""#], CLIENT, "a quoted string with an escape at its end"),
        (&["for=198.51.100.9, for=203.0.113.7"], CLIENT, "appended to a claim"),
        (&["for=198.51.100.9", "for=203.0.113.7"], CLIENT, "a line of its own"),
        (&["for=203.0.113.7, for=10.0.0.2"], CLIENT, "two proxies"),
        (&[r#"for=", for="[2001:db8::1]""#], "2001:db8::1", "the claim has an open quote"),
        (&["for=198.51.100.9, for=unknown"], PROXY, "unknown"),
        (&["for=198.51.100.9, for=_hidden"], PROXY, "an obfuscated identifier"),
        (&["for=198.51.100.9, proto=https"], PROXY, "the proxy names no client"),
        (&["for=198.51.100.9;for=203.0.113.7"], PROXY, "twice in one element (RFC 7239, 4)"),
        (&["for=198.51.100.9,"], PROXY, "an empty element"),
        (&[r#"for="203.0.113.7"#], PROXY, "an open quote"),
        (&[r#"for="203.0.113.7"x"#], PROXY, "something after a quoted string"),
        (&[r#"for="[2001:db8::1]:""#], PROXY, "an empty port"),
        (&["203.0.113.7"], PROXY, "the form of X-Forwarded-For"),
    ];
    for (lines, expected, why) in cases {
        assert_eq!(client(ForwardedHeader::Forwarded, PROXY, lines), expected, "{why}");
    }
}

#[test]
fn only_the_header_that_was_chosen_is_read() {
    let (x_forwarded_for, forwarded) = (ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded);
    let peer = PROXY.parse().unwrap();
    let claim = headers(forwarded, &[b"for=198.51.100.9"]);
    assert_eq!(trusting(x_forwarded_for).client(peer, &claim), peer);
    let claim = headers(x_forwarded_for, &[b"198.51.100.9"]);
    assert_eq!(trusting(forwarded).client(peer, &claim), peer);
}

#[test]
fn nobody_is_trusted_by_default() {
    let claim = headers(ForwardedHeader::default(), &[b"198.51.100.9"]);
    let client = TrustedProxies::default().client(PROXY.parse().unwrap(), &claim);
    assert_eq!(client.to_string(), PROXY);
}

/// Lines that a stranger could send: any bytes, or pieces that mean something.
fn claims() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let bytes = proptest::collection::vec(32_u8..=255, 0..40)
        .prop_map(|bytes| bytes.into_iter().filter(|byte| *byte != 127).collect());
    let piece = proptest::sample::select(vec![
        "for=",
        "198.51.100.9",
        "10.0.0.2",
        ",",
        ";",
        "\"",
        "\\",
        "[2001:db8::9]",
        ":1",
        " ",
        "_x",
    ]);
    let pieces = proptest::collection::vec(piece, 0..12).prop_map(|all| all.concat().into_bytes());
    proptest::collection::vec(prop_oneof![bytes, pieces], 0..4)
}

proptest! {
    /// Whatever a stranger sends, a proxy that appends names the stranger, and a stranger without
    /// a proxy is the peer.
    #[test]
    fn no_claim_changes_the_client(claims in claims(), as_line: bool) {
        for (header, element) in [
            (ForwardedHeader::XForwardedFor, CLIENT),
            (ForwardedHeader::Forwarded, "proto=https;for=\"203.0.113.7:4711\";host=\"a\\\"\""),
        ] {
            let proxies = trusting(header);
            let mut lines = claims.clone();
            let sent = headers(header, &lines.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let client = proxies.client(CLIENT.parse().unwrap(), &sent);
            prop_assert_eq!(client.to_string(), CLIENT);

            match lines.last_mut().filter(|_| !as_line) {
                Some(line) => line.extend([b", ", element.as_bytes()].concat()),
                None => lines.push(element.as_bytes().to_vec()),
            }
            let sent = headers(header, &lines.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let client = proxies.client(PROXY.parse().unwrap(), &sent);
            prop_assert_eq!(client.to_string(), CLIENT);
        }
    }
}
