//! The setting that says where objects are stored.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

/// The place where objects are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectStorageUrl {
    /// A folder. It is created with the first object.
    Folder(PathBuf),
    /// A bucket in S3: `s3://BUCKET/PREFIX`.
    S3(Url),
}

impl FromStr for ObjectStorageUrl {
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

impl fmt::Display for ObjectStorageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::S3(url) => url.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_s3() {
        for text in ["avatars", "/var/lib/avatars", "./a b"] {
            assert_eq!(text.parse(), Ok(ObjectStorageUrl::Folder(text.into())));
        }
        for text in ["s3://bucket", "s3://bucket/", "s3://bucket/some/prefix"] {
            assert!(matches!(text.parse(), Ok(ObjectStorageUrl::S3(_))), "{text}");
        }
        let cases = ["", "s3://", "http://x/", "s3://id:secret@bucket/", "s3://bucket/?x"];
        for text in cases {
            assert!(text.parse::<ObjectStorageUrl>().is_err(), "{text}");
        }
    }
}
