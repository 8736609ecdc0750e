//! `/email-verifications`: verifying email addresses.

use poem_openapi::{Object, OpenApi};

use crate::account::emails;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, Valid};
use crate::api::schema::NoContent;
use crate::value::OneTimeToken;

/// Verifying email addresses.
#[derive(Default)]
pub(crate) struct EmailVerificationsApi;

/// The proof that an email address belongs to the user.
#[derive(Object)]
struct VerifyEmail {
    /// The token that was mailed to the address.
    token: OneTimeToken,
}

codes!(VerifyCodes: InvalidOneTimeToken, EmailTaken);

#[OpenApi(tag = "Tag::Emails")]
impl EmailVerificationsApi {
    /// Verify an email address
    ///
    /// Verifies the address that the token was mailed to. From then on the address belongs to the
    /// user alone, and a `pending` user is `active`. The token works once.
    #[oai(path = "/email-verifications", method = "post", operation_id = "verifyEmail")]
    async fn verify(
        &self,
        context: &ApiContext,
        Valid(body): Valid<VerifyEmail>,
    ) -> ApiResult<NoContent, VerifyCodes> {
        emails::verify(context, body.token).await?;
        Ok(NoContent::Done)
    }
}
