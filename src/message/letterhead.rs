//! The letterhead: how mail shows who sends it.

use url::Url;

use crate::value::AccentColor;

/// How mail shows who sends it.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The name of the service.
    pub service: String,
    /// The site of the operator.
    pub home: Option<Url>,
    /// The URL of the logo.
    pub logo: Option<String>,
    /// The colour of links and buttons.
    pub accent: AccentColor,
}

/// A letterhead with nothing but the name of the service.
impl From<&str> for Letterhead {
    fn from(service: &str) -> Self {
        Self { service: service.to_owned(), home: None, logo: None, accent: AccentColor::default() }
    }
}
