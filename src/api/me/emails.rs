//! `/me/emails` and `/me/default-email`: the email addresses of the user.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use crate::account::emails;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CurrentUser, Valid, device};
use crate::api::schema::{Accepted, Json, NoContent, Updated, UserEmail};
use crate::value::Email;

/// Operations on the user's email addresses.
#[derive(Default)]
pub(crate) struct EmailsApi;

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
codes!(SetDefaultCodes: NotFound, EmailNotVerified, ReauthenticationRequired);

#[OpenApi(tag = "Tag::Emails")]
impl EmailsApi {
    /// List email addresses
    ///
    /// Returns the user's email addresses, oldest first.
    #[oai(path = "/me/emails", method = "get", operation_id = "listEmails")]
    async fn list(&self, context: &ApiContext, me: CurrentUser) -> ApiResult<Emails> {
        let emails = emails::list(context, *me).await?;
        Ok(Emails::Ok(Json(emails.into_iter().map(Into::into).collect())))
    }

    /// Add an email address
    ///
    /// Adds an address, and mails a token to it. The token verifies the address. Several users may
    /// add the same address. The user who verifies it keeps it, and the others lose it. The maximum
    /// is 20 addresses per user. The session must have proved the password recently.
    #[oai(path = "/me/emails", method = "post", operation_id = "addEmail")]
    async fn add(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        request: &Request,
        Valid(body): Valid<AddEmail>,
    ) -> ApiResult<Added, AddCodes> {
        let email = emails::add(context, *me, body.email, device(request)).await?;
        Ok(Added::Created(Json(email.into())))
    }

    /// Remove an email address
    ///
    /// Removes one of the user's addresses. The default address and the last address can't be
    /// removed. The session must have proved the password recently.
    #[oai(path = "/me/emails/:emailId", method = "delete", operation_id = "deleteEmail")]
    async fn delete(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        /// The id of the address.
        #[oai(name = "emailId")]
        email_id: Path<Uuid>,
    ) -> ApiResult<NoContent, DeleteCodes> {
        emails::delete(context, *me, email_id.0).await?;
        Ok(NoContent::Done)
    }

    /// Send a verification mail
    ///
    /// Mails another token that verifies the address. The token works for 24 hours. Earlier tokens
    /// keep working. The mail names the time and the browser of this request.
    #[oai(
        path = "/me/emails/:emailId/verification",
        method = "post",
        operation_id = "sendEmailVerification"
    )]
    async fn send_verification(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        /// The id of the address.
        #[oai(name = "emailId")]
        email_id: Path<Uuid>,
        request: &Request,
    ) -> ApiResult<Accepted, SendCodes> {
        emails::send_verification(context, *me, email_id.0, device(request)).await?;
        Ok(Accepted::Sent)
    }

    /// Set the default email address
    ///
    /// Makes a verified address the default. The service writes to it from then on. The previous
    /// default address gets a notice, with a token that undoes the change. The session must have
    /// proved the password recently.
    #[oai(path = "/me/default-email", method = "put", operation_id = "setDefaultEmail")]
    async fn set_default(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        Valid(body): Valid<SetDefaultEmail>,
    ) -> ApiResult<Updated, SetDefaultCodes> {
        let profile = emails::set_default(context, *me, body.email_id).await?;
        Ok(Updated::ok(context, &profile))
    }
}
