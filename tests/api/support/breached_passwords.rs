//! A list of breached passwords, like the one that the Pwned Passwords downloader writes.

use std::collections::BTreeMap;
use std::path::Path;

use sha1::{Digest as _, Sha1};

/// Writes a list of these passwords, and of thousands of others.
pub(crate) fn write_breached_passwords(path: &Path, passwords: &[&str]) {
    let others = (0..5_000).map(|number| format!("other password {number}"));
    let all = passwords.iter().map(|password| (*password).to_owned()).chain(others);
    let lines: BTreeMap<String, usize> = all
        .zip(1..)
        .map(|(password, count)| (data_encoding::HEXUPPER.encode(&Sha1::digest(password)), count))
        .collect();
    let text: String = lines.iter().map(|(hash, count)| format!("{hash}:{count}\r\n")).collect();
    // At once, as docs/operating.md says.
    let next = path.with_extension("next");
    std::fs::write(&next, text).unwrap();
    std::fs::rename(next, path).unwrap();
}
