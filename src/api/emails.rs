//! `/me/emails`, `/me/default-email` and `/email-verifications`: where the user can be
//! reached.

use std::sync::Arc;

use entity::email::Model;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::auth::CurrentUser;
use super::body::Valid;
use super::me::Updated;
use super::problem::{Answer, codes};
use super::{Accepted, NoContent, Tag};
use crate::account::{Context, emails};
use crate::api::schema::timestamp::Timestamp;
use crate::value::email::Email;
use crate::value::text_value::{Stored, TextValue as _};
use crate::value::token::OneTimeToken;

/// Operations on the user's email addresses.
#[derive(Default)]
pub(crate) struct EmailsApi;

/// An email address of the user.
#[derive(Debug, Object)]
#[oai(rename = "UserEmail", rename_all = "camelCase", example)]
pub(crate) struct UserEmail {
    /// ID of the address.
    id: Uuid,
    /// The address, as typed.
    email: Stored<Email>,
    /// Whether the user has proved that it is theirs.
    verified: bool,
    /// Whether it is the one that the service writes to.
    default: bool,
    /// When it was added.
    created_at: Timestamp,
    /// When it was last verified, or became or ceased to be the default.
    updated_at: Timestamp,
}

impl From<Model> for UserEmail {
    fn from(email: Model) -> Self {
        Self {
            id: email.id,
            email: Stored::new(email.email),
            verified: email.verified_at.is_some(),
            default: email.is_default,
            created_at: email.created_at.into(),
            updated_at: email.updated_at.into(),
        }
    }
}

const EXAMPLE_ID: Uuid = Uuid::from_u128(0x019a_b000_8a42_7d11_8c5e_2b7a_4f90_6d21);

impl Example for UserEmail {
    fn example() -> Self {
        Self {
            id: EXAMPLE_ID,
            email: Stored::new("ada@example.com".to_owned()),
            verified: true,
            default: true,
            created_at: Timestamp::example(),
            updated_at: Timestamp::example(),
        }
    }
}

#[derive(ApiResponse)]
enum Emails {
    /// The user's email addresses, oldest first.
    #[oai(status = 200)]
    Ok(Json<Vec<UserEmail>>),
}

/// An address to add.
#[derive(Object)]
#[oai(example)]
struct AddEmail {
    /// The address. Case is kept, but does not tell two addresses apart.
    email: Email,
}

#[derive(ApiResponse)]
enum Added {
    /// The new address, not verified yet. A token that verifies it is on its way.
    #[oai(status = 201)]
    Created(Json<UserEmail>),
}

/// What proves an address.
#[derive(Object)]
#[oai(example)]
struct VerifyEmail {
    /// The token that was mailed to the address.
    token: OneTimeToken,
}

/// Which address to prefer.
#[derive(Object)]
#[oai(rename_all = "camelCase", example)]
struct SetDefaultEmail {
    /// ID of a verified address of the user.
    email_id: Uuid,
}

codes!(AddCodes: EmailTaken, TooManyEmails, ReauthenticationRequired, TooManyRequests);
codes!(DeleteCodes: DefaultEmail, LastEmail, ReauthenticationRequired);
codes!(SendCodes: EmailVerified, TooManyRequests);
codes!(VerifyCodes: InvalidOneTimeToken, EmailTaken);
codes!(SetDefaultCodes: NotFound, EmailNotVerified, ReauthenticationRequired);

#[OpenApi(tag = "Tag::Emails")]
impl EmailsApi {
    /// List email addresses
    ///
    /// Returns the user's email addresses, oldest first.
    #[oai(path = "/me/emails", method = "get", operation_id = "listEmails")]
    async fn list(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> Answer<Emails> {
        let emails = emails::list(&context, *me).await?;
        Ok(Emails::Ok(Json(emails.into_iter().map(Into::into).collect())))
    }

    /// Add an email address
    ///
    /// Adds an address, and mails a token to it that verifies it. Several users may
    /// claim an address; it belongs to the one who verifies it, and the others lose
    /// it. A user has at most 20. Needs a session that has proved the password
    /// lately.
    #[oai(path = "/me/emails", method = "post", operation_id = "addEmail")]
    async fn add(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        Valid(body): Valid<AddEmail>,
    ) -> Answer<Added, AddCodes> {
        let email = emails::add(&context, *me, body.email).await?;
        Ok(Added::Created(Json(email.into())))
    }

    /// Remove an email address
    ///
    /// Removes one of the user's addresses, but not the default one, nor the last.
    /// Needs a session that has proved the password lately.
    #[oai(path = "/me/emails/:emailId", method = "delete", operation_id = "deleteEmail")]
    async fn delete(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        /// ID of the address.
        #[oai(name = "emailId")]
        email_id: Path<Uuid>,
    ) -> Answer<NoContent, DeleteCodes> {
        emails::delete(&context, *me, email_id.0).await?;
        Ok(NoContent::Done)
    }

    /// Send a verification mail
    ///
    /// Mails another token that verifies the address, and works for 24 hours. Those
    /// mailed before work as well.
    #[oai(
        path = "/me/emails/:emailId/verification",
        method = "post",
        operation_id = "sendEmailVerification"
    )]
    async fn send_verification(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        /// ID of the address.
        #[oai(name = "emailId")]
        email_id: Path<Uuid>,
    ) -> Answer<Accepted, SendCodes> {
        emails::send_verification(&context, *me, email_id.0).await?;
        Ok(Accepted::Sent)
    }

    /// Verify an email address
    ///
    /// Uses up a token that was mailed: the address belongs to the user from then on.
    /// A `pending` user becomes `active`.
    #[oai(path = "/email-verifications", method = "post", operation_id = "verifyEmail")]
    async fn verify(
        &self,
        context: Data<&Arc<Context>>,
        Valid(body): Valid<VerifyEmail>,
    ) -> Answer<NoContent, VerifyCodes> {
        emails::verify(&context, body.token).await?;
        Ok(NoContent::Done)
    }

    /// Set the default email address
    ///
    /// Makes a verified address the default: the service writes to it from then on.
    /// The one that was the default is told, with a way back. Needs a session that
    /// has proved the password lately.
    #[oai(path = "/me/default-email", method = "put", operation_id = "setDefaultEmail")]
    async fn set_default(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        Valid(body): Valid<SetDefaultEmail>,
    ) -> Answer<Updated, SetDefaultCodes> {
        let profile = emails::set_default(&context, *me, body.email_id).await?;
        Ok(Updated::ok(&context, &profile))
    }
}

#[expect(clippy::expect_used, reason = "the value is constant; a test prints the document")]
impl Example for AddEmail {
    fn example() -> Self {
        Self { email: Email::parse("ada@example.org").expect("an address") }
    }
}

impl Example for VerifyEmail {
    fn example() -> Self {
        Self { token: OneTimeToken::example() }
    }
}

impl Example for SetDefaultEmail {
    fn example() -> Self {
        Self { email_id: EXAMPLE_ID }
    }
}
