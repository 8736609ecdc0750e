//! `/me/export`: all data about the user. The list of tables that it consists of is in
//! [`crate::store::personal_data`].

use poem_openapi::{ApiResponse, OpenApi};

use crate::account::leaving;
use crate::api::contract::{ApiResult, Tag};
use crate::api::extract::{ApiContext, CurrentUser};

mod schema;
mod stream;

use stream::Streamed;

/// The export of all data about the user.
#[derive(Default)]
pub(crate) struct ExportApi;

/// The name of the file that a browser saves.
const DISPOSITION: &str = r#"attachment; filename="current-user.json""#;

#[derive(ApiResponse)]
enum Exported {
    /// All data about the user in one JSON document.
    #[oai(status = 200)]
    Ok(
        Streamed,
        /// The file name under which a browser saves the export.
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

#[OpenApi(tag = "Tag::Leaving")]
impl ExportApi {
    /// Export data
    ///
    /// Returns all data about the user, the same data that an erasure removes. Passwords and tokens
    /// are stored as hashes, so the export says only that they exist. The export is sent while it
    /// is read from the database. If reading fails, the reply ends early and is not valid JSON.
    #[oai(path = "/me/export", method = "get", operation_id = "exportMe")]
    async fn export(&self, context: &ApiContext, me: CurrentUser) -> ApiResult<Exported> {
        let started_at = context.clock.now();
        let export = leaving::export(context, *me).await?;
        let public_url = context.public_url.clone();
        let streamed = Streamed::new(export, public_url, me.session_id, started_at);
        Ok(Exported::Ok(streamed, DISPOSITION.to_owned()))
    }
}
