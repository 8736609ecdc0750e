//! `/signup`: the creation of a user.

use poem::Request;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::account::{self, Registration};
use crate::api::contract::{ApiResult, Refusal, Tag, codes};
use crate::api::extract::{ApiContext, Valid, device};
use crate::api::schema::Representation;
use crate::value::{Email, Locale, Name, NewPassword, Timezone};

/// Signing up.
#[derive(Default)]
pub(crate) struct SignUpApi;

/// The data of a new user.
#[derive(Object)]
struct SignUp {
    /// The email address, which becomes the default one. Its case is kept, but two addresses that
    /// differ in case only are the same.
    email: Email,
    /// The password. It has 8 to 256 characters of any kind. It is none of the most common or
    /// breached passwords, and does not consist mostly of the name of the service or of the name or
    /// address of the user.
    password: NewPassword,
    /// The display name. It has 1 to 256 characters after trimming, at least one of them visible.
    name: Name,
    /// The language and region of the user, as a BCP 47 tag.
    locale: Option<Locale>,
    /// The time zone of the user, as an IANA name.
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
        /// The entity tag of the user's current representation.
        #[oai(header = "ETag")]
        String,
        /// The path of the user's profile. Reading it needs a token.
        #[oai(header = "Location")]
        String,
    ),
}

codes!(SignUpCodes: EmailTaken, TooManyRequests);

#[OpenApi(tag = "Tag::Access")]
impl SignUpApi {
    /// Sign up
    ///
    /// Creates a `pending` user, who can log in immediately. A token that verifies the address is
    /// mailed to the address. Until one user verifies an address, others can sign up with it, too.
    #[oai(path = "/signup", method = "post", operation_id = "signUp")]
    async fn sign_up(
        &self,
        context: &ApiContext,
        request: &Request,
        Valid(body): Valid<SignUp>,
    ) -> ApiResult<SignedUp, SignUpCodes> {
        let signed_up = account::sign_up(context, body.into(), device(request)).await;
        let profile = signed_up.map_err(Refusal::at("/password"))?;
        let user = Representation::of(&context.public_url, &profile);
        let tag = user.tag.clone();
        Ok(SignedUp::Created(user, tag, "/me".to_owned()))
    }
}
