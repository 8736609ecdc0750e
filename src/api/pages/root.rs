//! `/`: redirects to Swagger UI.

use poem_openapi::{ApiResponse, OpenApi};

/// The redirect. It is an operation, because poem routes the root to the operations if they are
/// behind a wildcard. It is hidden from the document.
#[derive(Default)]
pub(crate) struct RootApi;

#[derive(ApiResponse)]
enum Moved {
    /// The redirect to Swagger UI.
    #[oai(status = 307)]
    To(#[oai(header = "Location")] String),
}

#[OpenApi]
impl RootApi {
    #[oai(path = "/", method = "get", hidden)]
    async fn root(&self) -> Moved {
        Moved::To("/docs".to_owned())
    }
}
