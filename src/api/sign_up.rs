//! `/signup`: becoming a user.

use std::sync::Arc;

use poem::Request;
use poem::web::Data;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use super::body::Valid;
use super::device::device;
use super::problem::{Answer, codes};
use super::user::Representation;
use crate::account::{self, Context, Registration};
use crate::value::email::Email;
use crate::value::locale::Locale;
use crate::value::name::Name;
use crate::value::password::NewPassword;
use crate::value::text_value::TextValue as _;
use crate::value::timezone::Timezone;

/// Signing up.
#[derive(Default)]
pub(crate) struct SignUpApi;

/// What it takes to become a user.
#[derive(Object)]
#[oai(example)]
struct SignUp {
    /// Becomes the default email address. Case is kept, but does not tell two
    /// addresses apart.
    email: Email,
    /// 8 to 256 characters of any kind, but none of the most common passwords.
    password: NewPassword,
    /// The display name: 1 to 256 characters after trimming.
    name: Name,
    /// The language and region to read in, as a BCP 47 tag.
    locale: Option<Locale>,
    /// The time zone to live in, as an IANA name.
    timezone: Option<Timezone>,
}

impl From<SignUp> for Registration {
    fn from(body: SignUp) -> Self {
        let SignUp { email, password, name, locale, timezone } = body;
        Self { email, password, name, locale, timezone }
    }
}

#[derive(ApiResponse)]
enum SignedUp {
    /// The new user. Log in to get a token.
    #[oai(status = 201)]
    Created(
        Representation,
        /// Stands for exactly this representation.
        #[oai(header = "ETag")]
        String,
        /// Where the user is found once logged in.
        #[oai(header = "Location")]
        String,
    ),
}

codes!(SignUpCodes: EmailTaken);

#[OpenApi(tag = "Tag::Access")]
impl SignUpApi {
    /// Sign up
    ///
    /// Creates a `pending` user, who can log in at once.
    #[oai(path = "/signup", method = "post", operation_id = "signUp")]
    async fn sign_up(
        &self,
        context: Data<&Arc<Context>>,
        request: &Request,
        Valid(body): Valid<SignUp>,
    ) -> Answer<SignedUp, SignUpCodes> {
        let profile = account::sign_up(&context, body.into(), device(request)).await?;
        let user = Representation::of(&context.public_url, &profile);
        let tag = user.tag.clone();
        Ok(SignedUp::Created(user, tag, "/me".to_owned()))
    }
}

#[expect(clippy::expect_used, reason = "the values are constant; a test prints the document")]
impl Example for SignUp {
    fn example() -> Self {
        Self {
            email: Email::parse("ada@example.com").expect("an address"),
            password: NewPassword::parse("correct horse battery staple").expect("a password"),
            name: Name::parse("Ada Lovelace").expect("a name"),
            locale: Locale::parse("en-GB").ok(),
            timezone: Timezone::parse("Europe/London").ok(),
        }
    }
}
