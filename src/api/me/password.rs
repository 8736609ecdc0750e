//! `/me/password`: changing the password.

use poem::Request;
use poem_openapi::{Object, OpenApi};

use crate::account;
use crate::api::contract::{ApiResult, Refusal, Tag, codes};
use crate::api::extract::{ApiContext, CurrentUser, Valid, device};
use crate::api::schema::NoContent;
use crate::value::{NewPassword, Password};

/// Operations on the user's password.
#[derive(Default)]
pub(crate) struct PasswordApi;

/// The current password and the new one.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct ChangePassword {
    /// The current password of the user.
    current_password: Password,
    /// The new password of the user. It has 8 to 256 characters of any kind. It is none of the
    /// most common or breached passwords, and does not consist mostly of the name of the service or
    /// of the name or addresses of the user.
    new_password: NewPassword,
}

codes!(ChangePasswordCodes: WrongPassword, TooManyRequests);

#[OpenApi(tag = "Tag::Password")]
impl PasswordApi {
    /// Change password
    ///
    /// Replaces the user's password and ends all other sessions of the user.
    #[oai(path = "/me/password", method = "put", operation_id = "changePassword")]
    async fn change(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        request: &Request,
        Valid(body): Valid<ChangePassword>,
    ) -> ApiResult<NoContent, ChangePasswordCodes> {
        let ChangePassword { current_password, new_password } = body;
        let device = device(request);
        let changed =
            account::password::change(context, *me, current_password, new_password, &device);
        changed.await.map_err(Refusal::at("/newPassword"))?;
        Ok(NoContent::Done)
    }
}
