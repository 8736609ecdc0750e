//! The URL of an uploaded avatar.

use crate::value::{AvatarUrl, PublicUrl};

/// The path below which avatars are served.
pub(crate) const AVATARS: &str = "/avatars";

/// The URL of an uploaded avatar.
pub(crate) fn avatar_url(public_url: &PublicUrl, file: &str) -> AvatarUrl {
    AvatarUrl::uploaded(format!("{public_url}{AVATARS}/{file}"))
}
