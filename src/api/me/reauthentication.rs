//! `/me/reauthentication`: the user proves the password again.

use poem_openapi::{Object, OpenApi};

use crate::account;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CurrentUser, Valid};
use crate::api::schema::NoContent;
use crate::value::Password;

/// Re-authentication.
#[derive(Default)]
pub(crate) struct ReauthenticationApi;

/// The password, as proof that the session is used by its user.
#[derive(Object)]
struct Reauthenticate {
    /// The current password of the user.
    password: Password,
}

codes!(ReauthenticateCodes: WrongPassword, TooManyRequests);

#[OpenApi(tag = "Tag::Password")]
impl ReauthenticationApi {
    /// Re-authenticate
    ///
    /// Proves the password again. Operations that could take an account over need a session that
    /// has proved the password recently, by default in the last 15 minutes. These operations add
    /// and remove email addresses, choose the default one, and set and remove the phone number. A
    /// login proves the password as well.
    #[oai(path = "/me/reauthentication", method = "post", operation_id = "reauthenticate")]
    async fn reauthenticate(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        Valid(body): Valid<Reauthenticate>,
    ) -> ApiResult<NoContent, ReauthenticateCodes> {
        account::password::reauthenticate(context, *me, body.password).await?;
        Ok(NoContent::Done)
    }
}
