//! The tags of the document.

use poem_openapi::Tags;

/// The groups in which Swagger UI shows the operations.
#[derive(Tags)]
pub(crate) enum Tag {
    /// Read, change and delete the user to whom the token was issued.
    #[oai(rename = "Current user")]
    CurrentUser,
    /// Sign up, log in, log out, and restore a deleted account.
    Access,
    /// List and end the sessions of the current user.
    Sessions,
    /// Change and reset the password, and re-authenticate with it.
    Password,
    /// List, add, verify and remove the email addresses of the current user.
    Emails,
    /// Set, verify and remove the phone number of the current user.
    #[oai(rename = "Phone number")]
    PhoneNumber,
    /// Export personal data, and follow the erasure of a deleted account.
    Leaving,
    /// Operations that only a demo has.
    Demo,
    /// Liveness and readiness, for the operator of the service.
    Health,
}
