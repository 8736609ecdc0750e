//! Secrets, which a flag holds itself or names a file with.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The maximum number of bytes of a file with a secret.
const MAX_BYTES: u64 = 64 * 1024;

/// A secret, and where it comes from.
pub(super) struct Secret {
    /// The flag, and the path if it names a file. Error messages begin with it.
    pub(super) from: String,
    pub(super) text: String,
}

/// The secret of the flag `flag`, or that in the file of the flag `flag-file`.
///
/// # Errors
/// When both are set, and when the file can't be read. The message never contains the secret.
pub(super) fn read(
    flag: &str,
    value: Option<&str>,
    file: Option<&Path>,
) -> Result<Option<Secret>, String> {
    match (value, file) {
        (Some(_), Some(_)) => Err(format!(
            "--{flag} and --{flag}-file are both set, as flags or as variables: remove one of them"
        )),
        (Some(value), None) => {
            Ok(Some(Secret { from: format!("--{flag}"), text: value.to_owned() }))
        }
        (None, Some(path)) => {
            let from = format!("--{flag}-file {}", path.display());
            let text = read_file(path).map_err(|error| format!("{from} {error}"))?;
            Ok(Some(Secret { from, text }))
        }
        (None, None) => Ok(None),
    }
}

/// The text of a file, without the line break at its end.
fn read_file(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    file.map_err(|error| {
        format!("can't be read: {error}; check the path, and that the service may read the file")
    })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err("is too long for a secret; check the path".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|_| "is not text; check the path".to_owned())?;
    match text.trim_end_matches(['\n', '\r']) {
        "" => Err("is empty; write the secret into it".to_owned()),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_the_flag_or_the_content_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        for content in ["hunter2", "hunter2\n", "hunter2\r\n"] {
            std::fs::write(&path, content).unwrap();
            let secret = read("key", None, Some(&path)).unwrap().unwrap();
            assert_eq!(secret.text, "hunter2", "{content:?}");
            assert_eq!(secret.from, format!("--key-file {}", path.display()));
        }
        let secret = read("key", Some("hunter2"), None).unwrap().unwrap();
        assert_eq!((&*secret.text, &*secret.from), ("hunter2", "--key"));
        assert!(read("key", None, None).unwrap().is_none());
    }

    #[test]
    fn what_is_wrong_is_told_without_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let told = |value: Option<&str>, expected: &str| {
            let error = read("key", value, Some(&path)).err().unwrap();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        };
        told(None, "secret can't be read: No such file");
        told(Some("hunter2"), "--key and --key-file are both set");
        std::fs::write(&path, "\n").unwrap();
        told(None, "is empty");
        std::fs::write(&path, b"hunter2 \xFF").unwrap();
        told(None, "is not text");
        std::fs::write(&path, "hunter2".repeat(10_000)).unwrap();
        told(None, "is too long");
    }
}
