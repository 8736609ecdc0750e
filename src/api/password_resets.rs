//! `/password-resets`: getting back in without the password.

use std::sync::Arc;

use poem::Request;
use poem::web::Data;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::body::Valid;
use super::device::device;
use super::problem::{Answer, codes};
use super::{Accepted, NoContent, Tag};
use crate::account::{self, Context};
use crate::value::email::Email;
use crate::value::password::NewPassword;
use crate::value::text_value::TextValue as _;
use crate::value::token::OneTimeToken;

/// Resetting a password.
#[derive(Default)]
pub(crate) struct PasswordResetsApi;

/// Who wants to get back in.
#[derive(Object)]
#[oai(example)]
struct RequestPasswordReset {
    /// An email address of the user.
    email: Email,
}

/// The proof, and what to set.
#[derive(Object)]
#[oai(rename_all = "camelCase", example)]
struct ResetPassword {
    /// The token that was mailed.
    token: OneTimeToken,
    /// The password that the user wants to have: 8 to 256 characters of any kind,
    /// but none of the most common passwords.
    new_password: NewPassword,
}

codes!(ResetPasswordCodes: InvalidOneTimeToken, EmailTaken);

#[OpenApi(tag = "Tag::Password")]
impl PasswordResetsApi {
    /// Ask for a password reset
    ///
    /// Mails a token that sets a new password, and works for an hour, if the address
    /// has an account. The answer, and how long it takes, are the same if it has
    /// none.
    #[oai(path = "/password-resets", method = "post", operation_id = "requestPasswordReset")]
    async fn request(
        &self,
        context: Data<&Arc<Context>>,
        Valid(body): Valid<RequestPasswordReset>,
    ) -> Answer<Accepted> {
        account::password::request_reset(&context, body.email).await?;
        Ok(Accepted::Sent)
    }

    /// Reset password
    ///
    /// Sets a new password for a token that was mailed, and ends all sessions of the
    /// user. The token works once. It proves the address that it was mailed to as
    /// well, so that who was invited is `active` from then on. The token of a notice
    /// ("was it you?") also makes the address that the notice went to the default
    /// again, removes those that were added since, and undoes a deletion.
    #[oai(path = "/password-resets/confirm", method = "post", operation_id = "resetPassword")]
    async fn reset(
        &self,
        context: Data<&Arc<Context>>,
        request: &Request,
        Valid(body): Valid<ResetPassword>,
    ) -> Answer<NoContent, ResetPasswordCodes> {
        let ResetPassword { token, new_password } = body;
        account::password::reset(&context, token, new_password, device(request)).await?;
        Ok(NoContent::Done)
    }
}

#[expect(clippy::expect_used, reason = "the value is constant; a test prints the document")]
impl Example for RequestPasswordReset {
    fn example() -> Self {
        Self { email: Email::parse("ada@example.com").expect("an address") }
    }
}

#[expect(clippy::expect_used, reason = "the value is constant; a test prints the document")]
impl Example for ResetPassword {
    fn example() -> Self {
        Self {
            token: OneTimeToken::example(),
            new_password: NewPassword::parse("incorrect donkey battery").expect("a password"),
        }
    }
}
