//! A line of the list: the SHA-1 of a password in 40 hexadecimal digits, a colon, and the number
//! of times that it was found.

use data_encoding::HEXUPPER_PERMISSIVE;

/// The SHA-1 of a password.
pub(super) type Hash = [u8; 20];

/// The number of hexadecimal digits of a hash.
const DIGITS: usize = 40;

/// The maximum number of bytes of a line: the hash, the colon, a count of 64 bits, CR and LF.
pub(super) const MAX_LINE: usize = DIGITS + 1 + 20 + 2;

/// The hash in a line without its LF.
pub(super) fn parse(line: &[u8]) -> Option<Hash> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (digits, rest) = line.split_at_checked(DIGITS)?;
    let count = rest.strip_prefix(b":")?;
    if count.is_empty() || !count.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut hash = Hash::default();
    HEXUPPER_PERMISSIVE.decode_mut(digits, &mut hash).ok()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_forty_digits_and_a_count() {
        let hash = "A94A8FE5CCB19BA61C4C0873D391E987982FBBD3";
        for line in
            [format!("{hash}:1"), format!("{hash}:86495\r"), format!("{}:7", hash.to_lowercase())]
        {
            assert_eq!(parse(line.as_bytes()).map(|hash| hash[0]), Some(0xA9), "{line}");
        }
        for line in
            ["", ":1", hash, &format!("{hash}:"), &format!("{hash}:x"), &format!("{hash}7:1")]
        {
            assert_eq!(parse(line.as_bytes()), None, "{line}");
        }
        // NTLM hashes, which the same downloader can write.
        assert_eq!(parse(b"8846F7EAEE8FB117AD06BDD830B7586C:52579"), None);
    }
}
