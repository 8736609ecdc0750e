//! `/password-resets`: a new password for a user who has forgotten the old one.

use poem::Request;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::account;
use crate::api::contract::{ApiResult, Refusal, Tag, codes};
use crate::api::extract::{ApiContext, Valid, device, set_device_cookie};
use crate::api::schema::Accepted;
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
    /// The new password of the user. It has 8 to 256 characters of any kind. It is none of the
    /// most common or breached passwords, and does not consist mostly of the name of the service or
    /// of the name or addresses of the user.
    new_password: NewPassword,
}

#[derive(ApiResponse)]
enum PasswordReset {
    /// The new password is set. There is no body.
    #[oai(status = 204)]
    Done(
        /// The cookies of the service, each in a header of this name. No script can read them. The
        /// device cookie opens nothing: a login that carries it has a rate limit of its own. The
        /// session cookie has the token of a session.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}

codes!(RequestPasswordResetCodes: TooManyRequests);
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
        request: &Request,
        Valid(body): Valid<RequestPasswordReset>,
    ) -> ApiResult<Accepted, RequestPasswordResetCodes> {
        account::password::request_reset(context, body.email, &device(request)).await?;
        Ok(Accepted::Sent)
    }

    /// Reset password
    ///
    /// Sets a new password with a mailed token, and ends all sessions of the user. The token works
    /// once. It also verifies the address that it was mailed to, so that an `invited` user becomes
    /// `active`. If no address was verified before, the account loses all other addresses and the
    /// phone number. Each verified address gets a notice. The token of a security notice does more: it makes the address that got the
    /// notice the default again, removes the addresses that were added later, and undoes a
    /// deletion.
    #[oai(path = "/password-resets/confirm", method = "post", operation_id = "resetPassword")]
    async fn reset(
        &self,
        context: &ApiContext,
        request: &Request,
        Valid(body): Valid<ResetPassword>,
    ) -> ApiResult<PasswordReset, ResetPasswordCodes> {
        let ResetPassword { token, new_password } = body;
        let reset = account::password::reset(context, token, new_password, device(request)).await;
        let device_id = reset.map_err(Refusal::at("/newPassword"))?;
        Ok(PasswordReset::Done(set_device_cookie(&context.public_url, &device_id)))
    }
}
