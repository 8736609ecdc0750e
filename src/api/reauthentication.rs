//! `/me/reauthentication`: proving that it is still the same person.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::auth::CurrentUser;
use super::body::Valid;
use super::problem::{Answer, codes};
use super::{NoContent, Tag};
use crate::account::{self, Context};
use crate::value::password::Password;
use crate::value::text_value::TextValue as _;

/// Proving the password.
#[derive(Default)]
pub(crate) struct ReauthenticationApi;

/// The proof.
#[derive(Object)]
#[oai(example)]
struct Reauthenticate {
    /// The password that the user has now.
    password: Password,
}

codes!(ReauthenticateCodes: WrongPassword, TooManyRequests);

#[OpenApi(tag = "Tag::Password")]
impl ReauthenticationApi {
    /// Prove the password
    ///
    /// What could take an account over (to add, remove and choose email addresses,
    /// to set and remove the phone number) asks for a session that has proved the
    /// password lately: within 15 minutes, unless the service is configured
    /// otherwise. Logging in proves it, and so does this.
    #[oai(path = "/me/reauthentication", method = "post", operation_id = "reauthenticate")]
    async fn reauthenticate(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        Valid(body): Valid<Reauthenticate>,
    ) -> Answer<NoContent, ReauthenticateCodes> {
        account::password::reauthenticate(&context, *me, body.password).await?;
        Ok(NoContent::Done)
    }
}

#[expect(clippy::expect_used, reason = "the value is constant; a test prints the document")]
impl Example for Reauthenticate {
    fn example() -> Self {
        Self { password: Password::parse("correct horse battery staple").expect("a password") }
    }
}
