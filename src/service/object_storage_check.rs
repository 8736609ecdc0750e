//! The check that objects can be stored in a place. It leaves nothing there.

use std::error::Error as StdError;
use std::io;
use std::path::Path as FilePath;
use std::time::Duration;

use object_store::{Error, ObjectStoreExt as _, RetryConfig};
use tokio::time::timeout;
use url::Url;

use super::ObjectStorageUrl;
use super::object_storage::s3;

/// How long S3 may take to reply.
const PATIENCE: Duration = Duration::from_secs(5);
/// The number of times that the request is repeated after a failure.
const RETRIES: usize = 2;
/// The name of an object that does not exist. Objects have longer names.
const NOTHING: &str = "check";
/// The codes with which S3 replies if there is no object. `NoSuchKey` needs the permission to list
/// the bucket, which the service does not need. Without this permission, S3 says `AccessDenied`.
const EXPECTED: [&str; 2] = ["NoSuchKey", "AccessDenied"];

/// Why objects can't be stored in a place, and what to do about it. The message is one line.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The folder can't be made or written.
    #[error("{0}; choose a folder in which the service may write")]
    Folder(io::ErrorKind),
    /// S3 refuses, does not reply, or lacks a setting.
    #[error("{0}; check the name of the bucket, the `AWS_*` variables and the network")]
    S3(String),
}

impl ObjectStorageUrl {
    /// Checks that the folder can be made or written, or that S3 replies and has the bucket. The
    /// permission to write into a bucket is not checked, because that would leave an old version
    /// in a bucket with versions.
    ///
    /// # Errors
    /// Says why objects can't be stored there.
    pub async fn check(&self) -> Result<(), Unusable> {
        match self {
            Self::Folder(path) => {
                check_folder(path).map_err(|error| Unusable::Folder(error.kind()))
            }
            Self::S3(url) => check_s3(url).await,
        }
    }
}

/// A folder is made with its first object. Until then, the folder that it will be in is checked.
fn check_folder(folder: &FilePath) -> io::Result<()> {
    let mut place = std::path::absolute(folder)?;
    while is_missing(&place)? && place.pop() {}
    // The file has no name, so it is gone when it is closed, even after a crash.
    tempfile::tempfile_in(place).map(drop)
}

fn is_missing(place: &FilePath) -> io::Result<bool> {
    match place.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        found => found.map(|_| false),
    }
}

async fn check_s3(url: &Url) -> Result<(), Unusable> {
    let failed = |error: Error| Unusable::S3(reason(&error));
    let retry = RetryConfig { max_retries: RETRIES, ..RetryConfig::default() };
    let (store, prefix) = s3(url, retry).map_err(failed)?;
    match timeout(PATIENCE, store.get(&prefix.join(NOTHING))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) if EXPECTED.contains(&reason(&error).as_str()) => Ok(()),
        Ok(Err(error)) => Err(failed(error)),
        Err(_) => Err(Unusable::S3(format!("no reply within {PATIENCE:?}"))),
    }
}

/// The code of S3 in an error. If there is none, the innermost cause, such as the network's.
fn reason(error: &Error) -> String {
    let text = error.to_string();
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    if let Some((code, _)) = code {
        return code.to_owned();
    }
    let mut cause: &dyn StdError = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    // What follows is the page of a server that is not S3.
    cause
        .to_string()
        .split(['<', '\n'])
        .next()
        .unwrap_or_default()
        .trim_end_matches([':', ' '])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refusal(place: &FilePath) -> String {
        let refused = ObjectStorageUrl::Folder(place.to_owned()).check().await;
        refused.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn a_folder_that_can_be_made_or_written_is_left_as_it_was() {
        let directory = tempfile::tempdir().unwrap();
        for place in [directory.path().to_owned(), directory.path().join("not/yet made")] {
            ObjectStorageUrl::Folder(place.clone()).check().await.unwrap();
            assert_eq!(directory.path().read_dir().unwrap().count(), 0, "{}", place.display());
        }
    }

    #[tokio::test]
    async fn a_folder_that_can_not_be_made_or_written_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(refusal(&file).await.starts_with("not a directory; choose a folder"));
        assert!(refusal(&file.join("avatars")).await.starts_with("not a directory"));
        std::os::unix::fs::symlink("/no/such/folder", directory.path().join("link")).unwrap();
        assert!(refusal(&directory.path().join("link")).await.starts_with("entity not found"));
        // Not even an administrator makes files there.
        assert!(refusal(FilePath::new("/proc/avatars")).await.ends_with("the service may write"));
    }

    #[test]
    fn the_reason_is_the_code_of_s3_or_the_innermost_cause() {
        let cases = [
            (
                "403 Forbidden: <Error>\n<Code>InvalidAccessKeyId</Code></Error>",
                "InvalidAccessKeyId",
            ),
            ("404 Not Found: <html>\n<h1>Not found</h1>", "404 Not Found"),
            ("Connection refused (os error 111)", "Connection refused (os error 111)"),
        ];
        for (cause, expected) in cases {
            assert_eq!(reason(&Error::Generic { store: "S3", source: cause.into() }), expected);
        }
    }
}
