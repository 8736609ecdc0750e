//! Reads an address as proxies write it.

use std::net::IpAddr;

/// The address in the parameter `for` of an element of `Forwarded` (RFC 7239, 4). `None` if the
/// element has no such parameter, or more than one, or if it can't be read.
pub(super) fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut node = None;
    let mut rest = element.trim();
    while !rest.is_empty() {
        let (name, value) = rest.split_once('=')?;
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let (value, after) = value.split_at(value.find(';').unwrap_or(value.len()));
                (value.trim().to_owned(), after)
            }
        };
        if name.trim().eq_ignore_ascii_case("for") && node.replace(value).is_some() {
            return None;
        }
        let after = after.trim_start();
        if !(after.is_empty() || after.starts_with(';')) {
            return None;
        }
        rest = after.trim_start_matches([';', ' ', '\t']);
    }
    address(&node?)
}

/// The text of a quoted string without its first quote (RFC 9110, 5.6.4), and what follows it.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut rest = quoted.chars();
    loop {
        match rest.next()? {
            '"' => return Some((text, rest.as_str())),
            '\\' => text.push(rest.next()?),
            c => text.push(c),
        }
    }
}

/// The address of a node (RFC 7239, 6): an address, with a port or without. `X-Forwarded-For` has
/// the same form, and there IPv6 addresses stand without brackets. `None` for `unknown`, for
/// an obfuscated identifier and for anything else.
pub(super) fn address(node: &str) -> Option<IpAddr> {
    if let Ok(address) = node.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let (address, port) = match node.strip_prefix('[') {
        Some(v6) => {
            let (v6, port) = v6.split_once(']')?;
            (IpAddr::V6(v6.parse().ok()?), port)
        }
        None => {
            let (v4, port) = node.split_at(node.find(':')?);
            (IpAddr::V4(v4.parse().ok()?), port)
        }
    };
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then(|| address.to_canonical())
}

/// Whether this is a port, or an obfuscated one (RFC 7239, 6.2).
fn is_port(port: &str) -> bool {
    let is_obfuscated = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match port.strip_prefix('_') {
        Some(name) => !name.is_empty() && name.chars().all(is_obfuscated),
        None => port.parse::<u16>().is_ok(),
    }
}
