//! Where files are kept: in a folder of this machine, or in S3.

use std::fmt;
use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, RetryConfig};
use url::Url;

/// How long S3 may keep failing before a request is told.
const RETRY_TIMEOUT: Duration = Duration::from_secs(15);

/// Where files are to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilesUrl {
    /// A path: a folder, made when the first file is.
    Folder(PathBuf),
    /// `s3://BUCKET/PREFIX`.
    S3(Url),
}

impl FromStr for FilesUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("must name a folder, or be `s3://BUCKET/PREFIX`".to_owned());
        }
        if !text.contains("://") {
            return Ok(Self::Folder(text.into()));
        }
        match Url::parse(text) {
            Ok(url)
                if url.scheme() == "s3"
                    && url.has_host()
                    && url.username().is_empty()
                    && url.port().is_none()
                    && url.query().or(url.fragment()).is_none() =>
            {
                Ok(Self::S3(url))
            }
            _ => Err("must name a folder, or be `s3://BUCKET/PREFIX`".to_owned()),
        }
    }
}

impl fmt::Display for FilesUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::S3(url) => url.fmt(f),
        }
    }
}

/// Files by name. What is written is durable, and there as a whole or not at all.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    /// The folder, if it is one.
    folder: Option<PathBuf>,
}

impl Files {
    /// The files that are kept there. S3 is asked for nothing yet; which region,
    /// endpoint and credentials it takes says the environment (`AWS_*`).
    ///
    /// # Errors
    /// When the path makes no sense, or the environment does not say enough.
    pub fn open(url: &FilesUrl) -> Result<Self, Error> {
        match url {
            FilesUrl::Folder(path) => {
                let folder = std::path::absolute(path)
                    .map_err(|error| Error::Generic { store: "folder", source: error.into() })?;
                Ok(Self {
                    store: Arc::new(LocalFileSystem::new().with_fsync(true)),
                    prefix: Path::from_absolute_path(&folder)?,
                    folder: Some(folder),
                })
            }
            FilesUrl::S3(url) => {
                // It is one for the process; it stays if there is one already.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let retry = RetryConfig { retry_timeout: RETRY_TIMEOUT, ..RetryConfig::default() };
                let store =
                    AmazonS3Builder::from_env().with_url(url.as_str()).with_retry(retry).build()?;
                Ok(Self {
                    store: Arc::new(store),
                    prefix: Path::from_url_path(url.path())?,
                    folder: None,
                })
            }
        }
    }

    fn path(&self, name: &str) -> Path {
        self.prefix.clone().join(name)
    }

    /// Writes a file.
    ///
    /// # Errors
    /// When it may not be there.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<(), Error> {
        if let Some(folder) = &self.folder {
            // The pictures of all users are a list of all users: nobody else's to read.
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(|error| Error::Generic { store: "folder", source: error.into() })?;
        }
        self.store.put(&self.path(name), bytes.into()).await?;
        Ok(())
    }

    /// Reads a file, if it is there.
    ///
    /// # Errors
    /// When nobody can tell.
    pub async fn get(&self, name: &str) -> Result<Option<Bytes>, Error> {
        match self.store.get(&self.path(name)).await {
            Ok(found) => found.bytes().await.map(Some),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes a file, and what a crash while it was written left of it.
    ///
    /// # Errors
    /// When it may still be there.
    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        if let Some(folder) = &self.folder {
            // So object_store calls a file that it writes; it never shows it.
            let unfinished = folder.join(format!("{name}#1"));
            match std::fs::remove_file(unfinished) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Error::Generic { store: "folder", source: error.into() });
                }
                _ => {}
            }
        }
        match self.store.delete(&self.path(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_s3() {
        for text in ["avatars", "/var/lib/avatars", "./a b"] {
            assert_eq!(text.parse(), Ok(FilesUrl::Folder(text.into())));
        }
        for text in ["s3://bucket", "s3://bucket/", "s3://bucket/some/prefix"] {
            assert!(matches!(text.parse(), Ok(FilesUrl::S3(_))), "{text}");
        }
        let cases = ["", "s3://", "http://x/", "s3://id:secret@bucket/", "s3://bucket/?x"];
        for text in cases {
            assert!(text.parse::<FilesUrl>().is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_file_is_there_until_it_is_deleted() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("made/when needed");
        let files = Files::open(&FilesUrl::Folder(folder.clone())).unwrap();
        assert!(files.get("a.png").await.unwrap().is_none());
        files.delete("a.png").await.unwrap();
        assert!(!folder.exists(), "nothing was written yet");

        files.put("a.png", Bytes::from_static(b"a")).await.unwrap();
        assert_eq!(files.get("a.png").await.unwrap().unwrap(), "a");
        std::fs::write(folder.join("a.png#1"), "cut off by a cra").unwrap();
        files.delete("a.png").await.unwrap();
        assert!(files.get("a.png").await.unwrap().is_none());
        assert_eq!(folder.read_dir().unwrap().count(), 0);
    }

    #[tokio::test]
    async fn no_name_leads_out_of_the_folder() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("secret"), "secret").unwrap();
        let files = Files::open(&FilesUrl::Folder(directory.path().join("avatars"))).unwrap();
        for name in ["../secret", "..", "a/../../secret", "%2e%2e/secret", ""] {
            assert!(!matches!(files.get(name).await, Ok(Some(_))), "{name}");
        }
    }
}
