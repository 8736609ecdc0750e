//! `/email-verifications`: verifying email addresses, and refusing to.

use poem_openapi::{Object, OpenApi};

use crate::account::emails;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CurrentUser, Valid};
use crate::api::schema::NoContent;
use crate::value::OneTimeToken;

/// Verifying email addresses.
#[derive(Default)]
pub(crate) struct EmailVerificationsApi;

/// The proof that the sender receives the mails to an address.
#[derive(Object)]
struct VerifyEmail {
    /// The token that was mailed to the address.
    token: OneTimeToken,
}

codes!(VerifyCodes: InvalidOneTimeToken, EmailTaken);
codes!(RefuseCodes: InvalidOneTimeToken);

#[OpenApi(tag = "Tag::Emails")]
impl EmailVerificationsApi {
    /// Verify an email address
    ///
    /// Verifies the address that the token was mailed to. The user must be the one who has added
    /// the address: the token of another user is invalid, and keeps working for that user. From
    /// then on the address belongs to the user alone, and a `pending` user is `active`. The token
    /// works once.
    #[oai(path = "/email-verifications", method = "post", operation_id = "verifyEmail")]
    async fn verify(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        Valid(body): Valid<VerifyEmail>,
    ) -> ApiResult<NoContent, VerifyCodes> {
        emails::verify(context, *me, body.token).await?;
        Ok(NoContent::Done)
    }

    /// Refuse an email address
    ///
    /// Removes an address that is not verified from the account that the token was mailed for. It
    /// is for people who get a verification mail that they did not request. It needs no account.
    #[oai(
        path = "/email-verifications/refusals",
        method = "post",
        operation_id = "refuseEmailVerification"
    )]
    async fn refuse(
        &self,
        context: &ApiContext,
        Valid(body): Valid<VerifyEmail>,
    ) -> ApiResult<NoContent, RefuseCodes> {
        emails::refuse(context, body.token).await?;
        Ok(NoContent::Done)
    }
}
