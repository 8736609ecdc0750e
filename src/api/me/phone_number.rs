//! `/me/phone-number`: the phone number of the user.

use poem::Request;
use poem_openapi::{Object, OpenApi};

use crate::account;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CurrentUser, Valid, device};
use crate::api::schema::{Accepted, NoContent, Updated};
use crate::value::{PhoneCode, PhoneNumber};

/// Operations on the user's phone number.
#[derive(Default)]
pub(crate) struct PhoneNumberApi;

/// A phone number to verify.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct SetPhoneNumber {
    /// The phone number in E.164 format.
    phone_number: PhoneNumber,
}

/// The proof that a phone number belongs to the user.
#[derive(Object)]
struct VerifyPhoneNumber {
    /// The code of six digits that was sent last.
    code: PhoneCode,
}

codes!(SetCodes: ReauthenticationRequired, EmailNotVerified, TooManyRequests);
codes!(VerifyCodes: WrongCode, CodeExpired);
codes!(DeleteCodes: ReauthenticationRequired);

#[OpenApi(tag = "Tag::PhoneNumber")]
impl PhoneNumberApi {
    /// Set the phone number
    ///
    /// Sends a code of six digits to the number. The code works for ten minutes. The phone number
    /// of the user does not change before the code is verified. The session must have proved the
    /// password recently, and the user needs a verified email address. A number that the service
    /// sends no SMS to has the error `country_not_served` or `unserved_phone_number`.
    #[oai(path = "/me/phone-number", method = "put", operation_id = "setPhoneNumber")]
    async fn set(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        request: &Request,
        Valid(body): Valid<SetPhoneNumber>,
    ) -> ApiResult<Accepted, SetCodes> {
        account::phone::set(context, *me, body.phone_number, &device(request)).await?;
        Ok(Accepted::Sent)
    }

    /// Verify the phone number
    ///
    /// Verifies the phone number that the code was sent to, and sets it. Another user who had the
    /// number loses it. After five wrong codes, no code works, and the number has to be set again.
    #[oai(
        path = "/me/phone-number/verification",
        method = "post",
        operation_id = "verifyPhoneNumber"
    )]
    async fn verify(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        Valid(body): Valid<VerifyPhoneNumber>,
    ) -> ApiResult<Updated, VerifyCodes> {
        let profile = account::phone::verify(context, *me, body.code).await?;
        Ok(Updated::ok(context, &profile))
    }

    /// Remove the phone number
    ///
    /// Removes the phone number of the user. A code that was sent before stops working. The
    /// session must have proved the password recently.
    #[oai(path = "/me/phone-number", method = "delete", operation_id = "deletePhoneNumber")]
    async fn delete(
        &self,
        context: &ApiContext,
        me: CurrentUser,
    ) -> ApiResult<NoContent, DeleteCodes> {
        account::phone::delete(context, *me).await?;
        Ok(NoContent::Done)
    }
}
