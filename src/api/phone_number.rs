//! `/me/phone-number`: the phone number of the user.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::auth::CurrentUser;
use super::body::Valid;
use super::me::Updated;
use super::problem::{Answer, codes};
use super::{Accepted, NoContent, Tag};
use crate::account::{self, Context};
use crate::value::phone_code::PhoneCode;
use crate::value::phone_number::NewPhoneNumber;
use crate::value::text_value::TextValue as _;

/// Operations on the user's phone number.
#[derive(Default)]
pub(crate) struct PhoneNumberApi;

/// A number to have.
#[derive(Object)]
#[oai(rename_all = "camelCase", example)]
struct SetPhoneNumber {
    /// The number in E.164.
    phone_number: NewPhoneNumber,
}

/// What proves a number.
#[derive(Object)]
#[oai(example)]
struct VerifyPhoneNumber {
    /// The code that was sent last.
    code: PhoneCode,
}

codes!(SetCodes: ReauthenticationRequired, TooManyRequests);
codes!(VerifyCodes: WrongCode, CodeExpired);
codes!(DeleteCodes: ReauthenticationRequired);

#[OpenApi(tag = "Tag::PhoneNumber")]
impl PhoneNumberApi {
    /// Set the phone number
    ///
    /// Sends a code of six digits to the number. It works for ten minutes. The user
    /// keeps the number they have until they send the code back. Needs a session that
    /// has proved the password lately.
    #[oai(path = "/me/phone-number", method = "put", operation_id = "setPhoneNumber")]
    async fn set(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        Valid(body): Valid<SetPhoneNumber>,
    ) -> Answer<Accepted, SetCodes> {
        account::phone::set(&context, *me, body.phone_number).await?;
        Ok(Accepted::Sent)
    }

    /// Verify the phone number
    ///
    /// Makes the number to which the code was sent the user's. Five wrong codes, and
    /// none is right any more. Who had the number before has it no longer.
    #[oai(
        path = "/me/phone-number/verification",
        method = "post",
        operation_id = "verifyPhoneNumber"
    )]
    async fn verify(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        Valid(body): Valid<VerifyPhoneNumber>,
    ) -> Answer<Updated, VerifyCodes> {
        let profile = account::phone::verify(&context, *me, body.code).await?;
        Ok(Updated::ok(&context, &profile))
    }

    /// Remove the phone number
    ///
    /// The user has no number from then on, and no code that was sent works. Needs a
    /// session that has proved the password lately.
    #[oai(path = "/me/phone-number", method = "delete", operation_id = "deletePhoneNumber")]
    async fn delete(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
    ) -> Answer<NoContent, DeleteCodes> {
        account::phone::delete(&context, *me).await?;
        Ok(NoContent::Done)
    }
}

#[expect(clippy::expect_used, reason = "the value is constant; a test prints the document")]
impl Example for SetPhoneNumber {
    fn example() -> Self {
        Self { phone_number: NewPhoneNumber::parse("+442071838750").expect("a number") }
    }
}

#[expect(clippy::expect_used, reason = "the value is constant; a test prints the document")]
impl Example for VerifyPhoneNumber {
    fn example() -> Self {
        Self { code: PhoneCode::parse("493027").expect("a code") }
    }
}
