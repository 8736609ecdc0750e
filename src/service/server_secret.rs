//! The server secret: a key that the database does not contain. So a copy of the database is
//! not enough to find short secrets, addresses or clients by trying all of them.

use std::fs::{File, hard_link, read};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tempfile::NamedTempFile;

use crate::random::Random;

/// The minimum number of bytes in the file of a secret.
const MIN_BYTES: usize = 32;

/// Why the server secret can't be used. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ServerSecretError {
    /// The file can't be read or made.
    #[error("can't use the server secret in {0}: {1}; name another file with --secret-file")]
    File(PathBuf, std::io::Error),
    /// The file is too short to be a secret.
    #[error(
        "the server secret in {0} has fewer than {MIN_BYTES} bytes; \
         `openssl rand -base64 32` makes one"
    )]
    TooShort(PathBuf),
}

/// The server secret. All nodes of a service have the same one.
#[derive(Clone)]
pub struct ServerSecret(Hmac<Sha256>);

/// The length of a keyed hash in bytes.
pub const MAC: usize = 32;

impl ServerSecret {
    /// The secret that consists of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        Self(Hmac::new_from_slice(bytes).expect("a key of any length is valid"))
    }

    /// A random secret, which is kept nowhere.
    #[must_use]
    pub fn random(random: &dyn Random) -> Self {
        Self::new(&random.bytes::<MIN_BYTES>())
    }

    /// Reads the secret in a file. Makes the file first if it does not exist. Only its owner
    /// may read it.
    ///
    /// # Errors
    /// When the file can't be read or made, or is too short.
    pub fn open(path: &Path, random: &dyn Random) -> Result<Self, ServerSecretError> {
        let failed = |error| ServerSecretError::File(path.to_owned(), error);
        let text = match read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                create(path, random).map_err(failed)?;
                read(path).map_err(failed)?
            }
            text => text.map_err(failed)?,
        };
        let secret = text.trim_ascii();
        if secret.len() < MIN_BYTES {
            return Err(ServerSecretError::TooShort(path.to_owned()));
        }
        Ok(Self::new(secret))
    }

    /// The keyed hash (HMAC-SHA-256) of some parts, for one use of the secret. Different
    /// parts, and different uses, have different hashes.
    #[must_use]
    pub fn mac(&self, usage: &str, parts: &[&[u8]]) -> [u8; MAC] {
        let mut mac = self.0.clone();
        for part in [&[usage.as_bytes()], parts].concat() {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// Makes the file with all of its content at once, unless another process makes it first.
fn create(path: &Path, random: &dyn Random) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or(Path::new("."));
    // Only its owner can read a temporary file.
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(BASE64.encode(&random.bytes::<MIN_BYTES>()).as_bytes())?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    match hard_link(file.path(), path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => File::open(directory)?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn a_file_is_made_once_and_only_its_owner_reads_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        let first = ServerSecret::open(&path, &SystemRandom).unwrap();
        let second = ServerSecret::open(&path, &SystemRandom).unwrap();
        assert_eq!(first.mac("test", &[]), second.mac("test", &[]));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(directory.path().read_dir().unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn a_file_that_is_too_short_or_not_readable_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        std::fs::write(&path, "short\n").unwrap();
        let error = ServerSecret::open(&path, &SystemRandom).err().unwrap();
        assert!(error.to_string().contains("openssl rand"), "{error}");
        let error = ServerSecret::open(directory.path(), &SystemRandom).err().unwrap();
        assert!(error.to_string().contains("--secret-file"), "{error}");
    }

    #[test]
    fn hashes_differ_by_secret_use_and_parts() {
        let secret = ServerSecret::new(b"one");
        let hashes = [
            secret.mac("a", &[b"bc"]),
            secret.mac("ab", &[b"c"]),
            secret.mac("a", &[b"b", b"c"]),
            ServerSecret::new(b"two").mac("a", &[b"bc"]),
        ];
        for (index, hash) in hashes.iter().enumerate() {
            assert!(hashes.iter().skip(index + 1).all(|other| other != hash));
        }
    }
}
