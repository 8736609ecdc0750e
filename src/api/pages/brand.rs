//! The branding of the pages: the name of the service, the logo and the colour.

use bytes::Bytes;
use poem::{Route, get};
use url::Url;

use super::asset::Asset;
use crate::value::AccentColor;

/// The path of the logo.
const LOGO: &str = "/logo";

/// A logo can't do anything but be seen, even if it is opened by itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// The colours and the type of all pages. Each style sheet begins with them.
const TOKENS: &str = include_str!("../../pages/tokens.css");

/// The branding of the pages.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The name of the service.
    pub name: String,
    /// The logo, in place of the icon of the service.
    pub logo: Option<Logo>,
    /// The colour of links and buttons.
    pub accent: Option<AccentColor>,
    /// The site that the name and the logo lead to.
    pub home: Option<Url>,
}

/// A logo.
#[derive(Clone, Debug)]
pub struct Logo {
    /// `image/svg+xml` or `image/png`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Bytes,
}

impl Brand {
    /// The path of the logo, if there is one.
    #[must_use]
    pub fn logo_path(&self) -> Option<&'static str> {
        self.logo.as_ref().map(|_| LOGO)
    }

    /// The path of a logo that programs for mail can show.
    #[must_use]
    pub fn mail_logo_path(&self) -> Option<&'static str> {
        self.logo.as_ref().filter(|logo| logo.media_type == "image/png").map(|_| LOGO)
    }

    /// The route of the logo.
    pub(super) fn route(&self, route: Route) -> Route {
        match &self.logo {
            None => route,
            Some(Logo { media_type, bytes }) => {
                let logo = Asset::new(media_type, bytes.clone()).with_policy(POLICY);
                route.at(LOGO, get(logo))
            }
        }
    }

    /// A style sheet that begins with the colours and the type of all pages.
    pub(super) fn style(&self, own: &[u8]) -> Bytes {
        [TOKENS.as_bytes(), self.colors().as_bytes(), own].concat().into()
    }

    fn colors(&self) -> String {
        let Some(accent) = self.accent else { return String::new() };
        let [light, dark] = [accent.on_light(), accent.on_dark()].map(|shades| {
            format!(
                ":root {{ --accent: {}; --accent-strong: {}; --on-accent: {}; --tint: {}; }}",
                shades.accent, shades.strong, shades.on_accent, shades.tint
            )
        });
        format!("\n{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n\n")
    }
}
