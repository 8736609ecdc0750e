//! `/me/password`: changing one's password.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::auth::CurrentUser;
use super::body::Valid;
use super::problem::{Answer, codes};
use super::{NoContent, Tag};
use crate::account::{self, Context};
use crate::value::password::{NewPassword, Password};
use crate::value::text_value::TextValue as _;

/// Operations on the user's password.
#[derive(Default)]
pub(crate) struct PasswordApi;

/// The old password and the new one.
#[derive(Object)]
#[oai(rename_all = "camelCase", example)]
struct ChangePassword {
    /// The password that the user has now.
    current_password: Password,
    /// The password that the user wants to have: 8 to 256 characters of any
    /// kind, but none of the most common passwords.
    new_password: NewPassword,
}

codes!(ChangePasswordCodes: WrongPassword, TooManyRequests);

#[OpenApi(tag = "Tag::Password")]
impl PasswordApi {
    /// Change password
    ///
    /// Replaces the user's password and ends all their other sessions.
    #[oai(path = "/me/password", method = "put", operation_id = "changePassword")]
    async fn change(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        Valid(body): Valid<ChangePassword>,
    ) -> Answer<NoContent, ChangePasswordCodes> {
        let ChangePassword { current_password, new_password } = body;
        account::password::change(&context, *me, current_password, new_password).await?;
        Ok(NoContent::Done)
    }
}

#[expect(clippy::expect_used, reason = "the values are constant; a test prints the document")]
impl Example for ChangePassword {
    fn example() -> Self {
        Self {
            current_password: Password::parse("correct horse battery staple").expect("a password"),
            new_password: NewPassword::parse("incorrect donkey battery").expect("a password"),
        }
    }
}
