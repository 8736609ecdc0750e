//! `/me/export`: everything that is held about the user.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, OpenApi};

use super::Tag;
use super::auth::CurrentUser;
use super::problem::Answer;
use crate::account::{Context, leaving};

mod schema;
mod stream;

use stream::Streamed;

/// The export of what is held about the user.
#[derive(Default)]
pub(crate) struct ExportApi;

/// What browsers call the file.
const DISPOSITION: &str = r#"attachment; filename="current-user.json""#;

#[derive(ApiResponse)]
enum Exported {
    /// Everything, in one document, as it is read.
    #[oai(status = 200)]
    Ok(
        Streamed,
        /// Has browsers save it.
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

#[OpenApi(tag = "Tag::Leaving")]
impl ExportApi {
    /// Export data
    ///
    /// Returns everything that is held about the user, and would be erased with the
    /// account. Of passwords and tokens, which are stored as hashes, it says that they are
    /// there. It is sent while it is read: should that fail, the document ends early, and
    /// is no JSON.
    #[oai(path = "/me/export", method = "get", operation_id = "exportMe")]
    async fn export(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> Answer<Exported> {
        let started_at = context.clock.now();
        let export = leaving::export(&context, *me).await?;
        let public_url = context.public_url.clone();
        let streamed = Streamed::new(export, public_url, me.session_id, started_at);
        Ok(Exported::Ok(streamed, DISPOSITION.to_owned()))
    }
}
