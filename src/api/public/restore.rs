//! `/restore`: undoing the deletion of an account.

use poem::Request;
use poem_openapi::OpenApi;

use crate::account::session::{self, Opening};
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, Valid, device};
use crate::api::schema::{LogIn, LogInResponse};

/// Restoring accounts.
#[derive(Default)]
pub(crate) struct RestoreApi;

codes!(RestoreCodes: InvalidCredentials, AccountBanned, AccountNotDeleted, TooManyRequests);

#[OpenApi(tag = "Tag::Access")]
impl RestoreApi {
    /// Restore account
    ///
    /// Undoes the deletion of an account before its deadline, and starts a session. Everything is
    /// restored except the earlier sessions. After the deadline, the reply is the same as for an
    /// account that never existed.
    #[oai(path = "/restore", method = "post", operation_id = "restore")]
    async fn restore(
        &self,
        context: &ApiContext,
        request: &Request,
        Valid(body): Valid<LogIn>,
    ) -> ApiResult<LogInResponse, RestoreCodes> {
        let logged_in =
            session::open(context, body.into(), device(request), Opening::Restore).await?;
        Ok(LogInResponse::ok(&context.public_url, logged_in))
    }
}
