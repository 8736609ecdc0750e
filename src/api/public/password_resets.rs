//! `/password-resets`: a new password for a user who has forgotten the old one.

use poem::Request;
use poem_openapi::{Object, OpenApi};

use crate::account;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, Valid, device};
use crate::api::schema::{Accepted, NoContent};
use crate::value::{Email, NewPassword, OneTimeToken};

/// Resetting a password.
#[derive(Default)]
pub(crate) struct PasswordResetsApi;

/// The request for a mail that resets the password.
#[derive(Object)]
struct RequestPasswordReset {
    /// One of the user's email addresses.
    email: Email,
}

/// The mailed token and the new password.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct ResetPassword {
    /// The token that was mailed to the user.
    token: OneTimeToken,
    /// The new password of the user. It has 8 to 256 characters of any kind, and is none of the
    /// most common passwords.
    new_password: NewPassword,
}

codes!(ResetPasswordCodes: InvalidOneTimeToken, EmailTaken);

#[OpenApi(tag = "Tag::Password")]
impl PasswordResetsApi {
    /// Request a password reset
    ///
    /// Mails a token that sets a new password, if the address belongs to an account. The token
    /// works for an hour. If no account has the address, the same reply comes after the same time.
    #[oai(path = "/password-resets", method = "post", operation_id = "requestPasswordReset")]
    async fn request(
        &self,
        context: &ApiContext,
        Valid(body): Valid<RequestPasswordReset>,
    ) -> ApiResult<Accepted> {
        account::password::request_reset(context, body.email).await?;
        Ok(Accepted::Sent)
    }

    /// Reset password
    ///
    /// Sets a new password with a mailed token, and ends all sessions of the user. The token works
    /// once. It also verifies the address that it was mailed to, so that an `invited` user becomes
    /// `active`. The token of a security notice does more: it makes the address that got the
    /// notice the default again, removes the addresses that were added later, and undoes a
    /// deletion.
    #[oai(path = "/password-resets/confirm", method = "post", operation_id = "resetPassword")]
    async fn reset(
        &self,
        context: &ApiContext,
        request: &Request,
        Valid(body): Valid<ResetPassword>,
    ) -> ApiResult<NoContent, ResetPasswordCodes> {
        let ResetPassword { token, new_password } = body;
        account::password::reset(context, token, new_password, device(request)).await?;
        Ok(NoContent::Done)
    }
}
