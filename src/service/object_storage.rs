//! Storing objects by name, in a folder of this machine or in S3.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, RetryConfig};
use url::Url;

use super::{Object, ObjectStorageUrl};

/// How long a request to S3 is retried before the operation fails.
const RETRY_TIMEOUT: Duration = Duration::from_secs(15);

/// A storage of objects by name. A stored object is durable, and is stored completely or not
/// at all.
#[derive(Clone, Debug)]
pub struct ObjectStorage {
    store: Arc<dyn ObjectStore>,
    /// The prefix of the names of all objects.
    prefix: Path,
    /// The folder, unless the objects are in S3.
    folder: Option<PathBuf>,
}

impl ObjectStorage {
    /// Opens the storage at `url`. No request is sent to S3 yet.
    ///
    /// # Errors
    /// When the path is invalid, or the environment lacks a setting.
    pub fn open(url: &ObjectStorageUrl) -> Result<Self, Error> {
        match url {
            ObjectStorageUrl::Folder(path) => {
                let folder = std::path::absolute(path)
                    .map_err(|error| Error::Generic { store: "folder", source: error.into() })?;
                Ok(Self {
                    store: Arc::new(LocalFileSystem::new().with_fsync(true)),
                    prefix: Path::from_absolute_path(&folder)?,
                    folder: Some(folder),
                })
            }
            ObjectStorageUrl::S3(url) => {
                let retry = RetryConfig { retry_timeout: RETRY_TIMEOUT, ..RetryConfig::default() };
                let (store, prefix) = s3(url, retry)?;
                Ok(Self { store: Arc::new(store), prefix, folder: None })
            }
        }
    }

    fn path(&self, name: &str) -> Path {
        self.prefix.clone().join(name)
    }

    /// Stores an object.
    ///
    /// # Errors
    /// When the object may not have been stored.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<(), Error> {
        if let Some(folder) = &self.folder {
            // The folder has the avatars of all users. No other account of this machine may read
            // it.
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(|error| Error::Generic { store: "folder", source: error.into() })?;
        }
        self.store.put(&self.path(name), bytes.into()).await?;
        Ok(())
    }

    /// Reads an object, if it exists.
    ///
    /// # Errors
    /// When it is not known whether the object exists.
    pub async fn get(&self, name: &str) -> Result<Option<Bytes>, Error> {
        match self.store.get(&self.path(name)).await {
            Ok(found) => found.bytes().await.map(Some),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens an object to read it in pieces, if it exists.
    ///
    /// # Errors
    /// When it is not known whether the object exists.
    pub async fn open_object(&self, name: &str) -> Result<Option<Object>, Error> {
        match Object::open(Arc::clone(&self.store), self.path(name)).await {
            Ok(object) => Ok(Some(object)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes an object, and the unfinished file that a crash may have left of it.
    ///
    /// # Errors
    /// When the object may still exist.
    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        if let Some(folder) = &self.folder {
            // object_store gives this name to a file while it writes it, and never lists it.
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

/// The bucket at `url`, and the prefix of the names in it. The region, endpoint and credentials come
/// from the environment (`AWS_*`).
pub(super) fn s3(url: &Url, retry: RetryConfig) -> Result<(AmazonS3, Path), Error> {
    // The whole process shares one provider. If one is installed already, it stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = AmazonS3Builder::from_env().with_url(url.as_str()).with_retry(retry).build()?;
    Ok((store, Path::from_url_path(url.path())?))
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    #[tokio::test]
    async fn a_file_is_there_until_it_is_deleted() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("made/when needed");
        let storage = ObjectStorage::open(&ObjectStorageUrl::Folder(folder.clone())).unwrap();
        assert!(storage.get("a.png").await.unwrap().is_none());
        storage.delete("a.png").await.unwrap();
        assert!(!folder.exists(), "nothing was written yet");

        storage.put("a.png", Bytes::from_static(b"a")).await.unwrap();
        assert_eq!(storage.get("a.png").await.unwrap().unwrap(), "a");
        std::fs::write(folder.join("a.png#1"), "cut off by a cra").unwrap();
        storage.delete("a.png").await.unwrap();
        assert!(storage.get("a.png").await.unwrap().is_none());
        assert_eq!(folder.read_dir().unwrap().count(), 0);
    }

    #[tokio::test]
    async fn the_pieces_of_an_object_are_its_bytes() {
        let directory = tempfile::tempdir().unwrap();
        let folder = ObjectStorageUrl::Folder(directory.path().to_owned());
        let storage = ObjectStorage::open(&folder).unwrap();
        assert!(storage.open_object("a").await.unwrap().is_none());
        for size in [1, 32 * 1024, 32 * 1024 + 1, 100_000] {
            let bytes: Bytes = (0..size).map(|byte| byte as u8).collect();
            storage.put("a", bytes.clone()).await.unwrap();
            let object = storage.open_object("a").await.unwrap().unwrap();
            assert_eq!(object.size(), u64::try_from(size).unwrap());
            let pieces: Vec<Bytes> = object.pieces().try_collect().await.unwrap();
            assert!(pieces.iter().all(|piece| piece.len() <= 32 * 1024), "{size}");
            assert_eq!(pieces.concat(), bytes, "{size}");
        }
    }

    #[tokio::test]
    async fn no_name_leads_out_of_the_folder() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("secret"), "secret").unwrap();
        let storage =
            ObjectStorage::open(&ObjectStorageUrl::Folder(directory.path().join("avatars")))
                .unwrap();
        for name in ["../secret", "..", "a/../../secret", "%2e%2e/secret", ""] {
            assert!(!matches!(storage.get(name).await, Ok(Some(_))), "{name}");
        }
    }
}
