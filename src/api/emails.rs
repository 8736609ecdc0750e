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
use super::problem::{ApiResult, codes};
use super::{Accepted, NoContent, Tag};
use crate::account::{Context, emails};
use crate::api::schema::timestamp::Timestamp;
use crate::value::{Email, OneTimeToken, Stored};

/// Operations on the user's email addresses.
#[derive(Default)]
pub(crate) struct EmailsApi;

/// An email address of the user.
#[derive(Debug, Object)]
#[oai(rename = "UserEmail", rename_all = "camelCase", example)]
pub(crate) struct UserEmail {
    /// The id of the address.
    id: Uuid,
    /// The address as the user typed it.
    email: Stored<Email>,
    /// Whether the user has proved that the address is theirs.
    verified: bool,
    /// Whether the address is the default one, which the service writes to.
    default: bool,
    /// The time at which the address was added.
    created_at: Timestamp,
    /// The time at which the address was last verified, or became or ceased to be the default.
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

/// An email address to add.
#[derive(Object)]
struct AddEmail {
    /// The address. Its case is kept, but two addresses that differ in case only are the same.
    email: Email,
}

#[derive(ApiResponse)]
enum Added {
    /// The new address, which is not verified yet. A mail with a token is on its way to it.
    #[oai(status = 201)]
    Created(Json<UserEmail>),
}

/// The proof that an email address belongs to the user.
#[derive(Object)]
struct VerifyEmail {
    /// The token that was mailed to the address.
    token: OneTimeToken,
}

/// The choice of a default email address.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct SetDefaultEmail {
    /// The id of one of the user's verified addresses.
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
    async fn list(&self, context: Data<&Arc<Context>>, me: CurrentUser) -> ApiResult<Emails> {
        let emails = emails::list(&context, *me).await?;
        Ok(Emails::Ok(Json(emails.into_iter().map(Into::into).collect())))
    }

    /// Add an email address
    ///
    /// Adds an address, and mails a token to it that verifies it. Several users may add the same
    /// address. The user who verifies it keeps it, and the others lose it. The maximum is 20
    /// addresses per user. The session must have proved the password recently.
    #[oai(path = "/me/emails", method = "post", operation_id = "addEmail")]
    async fn add(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        Valid(body): Valid<AddEmail>,
    ) -> ApiResult<Added, AddCodes> {
        let email = emails::add(&context, *me, body.email).await?;
        Ok(Added::Created(Json(email.into())))
    }

    /// Remove an email address
    ///
    /// Removes one of the user's addresses. The default address and the last address can't be
    /// removed. The session must have proved the password recently.
    #[oai(path = "/me/emails/:emailId", method = "delete", operation_id = "deleteEmail")]
    async fn delete(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        /// The id of the address.
        #[oai(name = "emailId")]
        email_id: Path<Uuid>,
    ) -> ApiResult<NoContent, DeleteCodes> {
        emails::delete(&context, *me, email_id.0).await?;
        Ok(NoContent::Done)
    }

    /// Send a verification mail
    ///
    /// Mails another token that verifies the address. It works for 24 hours. Earlier tokens keep
    /// working.
    #[oai(
        path = "/me/emails/:emailId/verification",
        method = "post",
        operation_id = "sendEmailVerification"
    )]
    async fn send_verification(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        /// The id of the address.
        #[oai(name = "emailId")]
        email_id: Path<Uuid>,
    ) -> ApiResult<Accepted, SendCodes> {
        emails::send_verification(&context, *me, email_id.0).await?;
        Ok(Accepted::Sent)
    }

    /// Verify an email address
    ///
    /// Verifies the address that the token was mailed to. From then on the address belongs to the
    /// user alone, and a `pending` user is `active`. The token works once.
    #[oai(path = "/email-verifications", method = "post", operation_id = "verifyEmail")]
    async fn verify(
        &self,
        context: Data<&Arc<Context>>,
        Valid(body): Valid<VerifyEmail>,
    ) -> ApiResult<NoContent, VerifyCodes> {
        emails::verify(&context, body.token).await?;
        Ok(NoContent::Done)
    }

    /// Set the default email address
    ///
    /// Makes a verified address the default. The service writes to it from then on. The previous
    /// default address gets a notice, with a token that undoes the change. The session must have
    /// proved the password recently.
    #[oai(path = "/me/default-email", method = "put", operation_id = "setDefaultEmail")]
    async fn set_default(
        &self,
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        Valid(body): Valid<SetDefaultEmail>,
    ) -> ApiResult<Updated, SetDefaultCodes> {
        let profile = emails::set_default(&context, *me, body.email_id).await?;
        Ok(Updated::ok(&context, &profile))
    }
}
