//! The flags for the branding of pages and mails.

use std::path::PathBuf;

use bytes::Bytes;
use clap::Args;
use url::Url;

use crate::api::{Brand, Logo};
use crate::value::AccentColor;

/// The maximum number of bytes of a logo. Every page loads it.
const MAX_LOGO: usize = 128 * 1024;

/// The flags for the branding of pages and mails.
#[derive(Clone, Debug, Args)]
pub struct BrandArgs {
    /// The name of your service on pages, in messages, and in Swagger UI.
    #[arg(
        long,
        env = "CURRENT_USER_SERVICE_NAME",
        default_value = "current-user",
        value_name = "NAME"
    )]
    pub service_name: String,

    /// The logo on pages: an SVG or PNG file of at most 128 KiB, which is shown 28 pixels high. A
    /// PNG is in mails, too.
    #[arg(long, env = "CURRENT_USER_LOGO", value_name = "FILE")]
    logo: Option<PathBuf>,

    /// The colour of links and buttons on pages and in mails, like `#0d6e63`. If text in this
    /// colour would have too little contrast, the closest colour with enough contrast is used.
    #[arg(long, env = "CURRENT_USER_ACCENT_COLOR", value_name = "COLOR")]
    accent_color: Option<AccentColor>,

    /// The site that the name and the logo on pages and in mails lead to, like
    /// `https://example.com`.
    #[arg(long, env = "CURRENT_USER_HOME_URL", value_name = "URL", value_parser = home_url)]
    home_url: Option<Url>,
}

impl BrandArgs {
    /// The branding. Reads the logo.
    ///
    /// # Errors
    /// Says why the logo can't be used.
    pub fn brand(&self) -> Result<Brand, String> {
        let read = |path: &PathBuf| {
            let failed = |error: String| format!("--logo {} {error}", path.display());
            let bytes =
                std::fs::read(path).map_err(|error| failed(format!("can't be read: {error}")))?;
            logo(bytes.into()).map_err(failed)
        };
        Ok(Brand {
            name: self.service_name.clone(),
            logo: self.logo.as_ref().map(read).transpose()?,
            accent: self.accent_color,
            home: self.home_url.clone(),
        })
    }
}

fn logo(bytes: Bytes) -> Result<Logo, String> {
    if bytes.len() > MAX_LOGO {
        return Err(format!("has more than {} KiB", MAX_LOGO / 1024));
    }
    let is_png = bytes.starts_with(b"\x89PNG\r\n\x1a\n");
    let is_svg = std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg"));
    match (is_png, is_svg) {
        (true, _) => Ok(Logo { media_type: "image/png", bytes }),
        (_, true) => Ok(Logo { media_type: "image/svg+xml", bytes }),
        _ => Err("is neither an SVG nor a PNG".to_owned()),
    }
}

fn home_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    url.ok_or_else(|| "must be like `https://example.com`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_known_by_its_bytes() {
        let svg = Bytes::from_static(b"<?xml version=\"1.0\"?><svg xmlns=\"x\"/>");
        assert_eq!(logo(svg).unwrap().media_type, "image/svg+xml");
        let png = Bytes::from_static(b"\x89PNG\r\n\x1a\n...");
        assert_eq!(logo(png).unwrap().media_type, "image/png");
        for (bytes, why) in [
            (vec![], "is neither"),
            (b"GIF89a".to_vec(), "is neither"),
            (vec![b'x'; MAX_LOGO + 1], "has more than 128 KiB"),
        ] {
            assert!(logo(bytes.into()).unwrap_err().starts_with(why), "{why}");
        }
    }

    #[test]
    fn a_home_is_a_page() {
        assert!(home_url("https://example.com/shop").is_ok());
        for text in ["example.com", "mailto:ada@example.com", "javascript:alert(1)", ""] {
            assert!(home_url(text).is_err(), "{text}");
        }
    }
}
