//! The problem catalogue: one row per problem code.

use poem::http::StatusCode;
use poem_openapi::Enum;

/// Makes [`ProblemCode`] and its entries from the rows of the catalogue. A row consists of a
/// comment for readers of the code, the variant, its name on the wire, its status, a title that
/// never changes, and the detail (what happened, then what to do).
macro_rules! catalogue {
    ($($(#[$comment:meta])+ $code:ident $name:literal $status:ident $title:literal $detail:literal;)+) => {
        /// The code of a problem, for programs. Codes are stable, and new ones may be added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
        pub(crate) enum ProblemCode {
            $($(#[$comment])+ #[oai(rename = $name)] $code,)+
        }

        impl ProblemCode {
            /// Every code, in the order of statuses.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$code,)+];

            /// The entry of the code in the catalogue.
            #[must_use]
            pub(crate) const fn entry(self) -> Entry {
                match self {
                    $(Self::$code => Entry {
                        name: $name,
                        component: stringify!($code),
                        status: StatusCode::$status,
                        title: $title,
                        detail: $detail,
                    },)+
                }
            }
        }
    };
}

catalogue! {
    /// The request is not readable HTTP.
    BadRequest "bad_request" BAD_REQUEST "Bad request"
    "The request can't be read. Check its syntax. HTTP/1.1 needs one `Host` header.";

    /// The operation has no query parameter of this name.
    UnknownParameter "unknown_parameter" BAD_REQUEST "Unknown parameter"
    "The query has a parameter that this operation does not know. Remove it.";

    /// A query parameter has a value that the operation does not accept.
    InvalidParameter "invalid_parameter" BAD_REQUEST "Invalid parameter"
    "A query parameter has a value that this operation does not accept. Send a value that the document allows.";

    /// The body is not JSON.
    MalformedJson "malformed_json" BAD_REQUEST "Malformed JSON"
    "The body is not JSON in UTF-8. Send a JSON object.";

    /// The request carries no token.
    MissingToken "missing_token" UNAUTHORIZED "Token missing"
    "The request has no token. Log in, and send the token as `Authorization: Bearer <token>`.";

    /// The token opens no session.
    InvalidToken "invalid_token" UNAUTHORIZED "Token invalid"
    "The token is malformed, or its session has expired or was ended. Log in again.";

    /// The email address or the password is wrong.
    InvalidCredentials "invalid_credentials" UNAUTHORIZED "Credentials invalid"
    "No account has this email address and this password. Check both, or reset the password.";

    /// A page of another origin may have sent the request.
    CrossSiteRequest "cross_site_request" FORBIDDEN "Cross-site request"
    "A session cookie counts only in requests from pages of this service. Elsewhere, send the token in `Authorization`.";

    /// A logged-in user sent a wrong password.
    WrongPassword "wrong_password" FORBIDDEN "Password wrong"
    "The password is not the user's current password. Check it, and try again.";

    /// The session has not proved the password recently.
    ReauthenticationRequired "reauthentication_required" FORBIDDEN "Reauthentication required"
    "The session has not proved the password recently. Send the password to `POST /me/reauthentication`, then try again.";

    /// An administrator has banned the account.
    AccountBanned "account_banned" FORBIDDEN "Account banned"
    "An administrator has banned this account. Ask the operator of the service.";

    /// The account is deleted and waits for its erasure.
    AccountDeleted "account_deleted" FORBIDDEN "Account deleted"
    "This account was deleted. Restore it with `POST /restore` before `restorableUntil`.";

    /// The path leads to nothing that the client may see.
    NotFound "not_found" NOT_FOUND "Not found"
    "Nothing exists at this path, or it belongs to another user. Check the path and its ids.";

    /// The path exists, but does not support the method.
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED "Method not allowed"
    "This path does not support this method. Use one that the header `Allow` lists.";

    /// The body did not arrive in time.
    RequestTimeout "request_timeout" REQUEST_TIMEOUT "Request timeout"
    "The body did not arrive in time. Send the request again.";

    /// There is no deletion to undo.
    AccountNotDeleted "account_not_deleted" CONFLICT "Account not deleted"
    "This account is not deleted, so there is nothing to restore. Log in instead.";

    /// Another account has the address.
    EmailTaken "email_taken" CONFLICT "Email address taken"
    "An account has verified this email address. Log in instead, or use another address.";

    /// The address is verified already.
    EmailVerified "email_verified" CONFLICT "Email address verified"
    "The email address is verified already. There is nothing left to do.";

    /// The address has to be verified first.
    EmailNotVerified "email_not_verified" CONFLICT "Email address not verified"
    "This needs a verified email address. Verify it with the token that was mailed to it, then try again.";

    /// The default address can't be removed.
    DefaultEmail "default_email" CONFLICT "Default email address"
    "The default email address can't be removed. Make another address the default first.";

    /// The last address can't be removed.
    LastEmail "last_email" CONFLICT "Last email address"
    "The last email address can't be removed. Add another address first.";

    /// The user has the maximum number of addresses.
    TooManyEmails "too_many_emails" CONFLICT "Too many email addresses"
    "The user has 20 email addresses, which is the maximum. Remove one first.";

    /// The recovery token may be the last way back of the owner of the account.
    RecoveryTokenProtected "recovery_token_protected" CONFLICT "Recovery token protected"
    "The token was mailed to an address that was the default one before. It can't be revoked, because it may be the owner's last way back. It expires by itself.";

    /// The profile has changed since the client read it.
    PreconditionFailed "precondition_failed" PRECONDITION_FAILED "Precondition failed"
    "No entity tag in `If-Match` is that of the current profile. Get the profile again, then decide whether to repeat the change.";

    /// The body has too many bytes.
    PayloadTooLarge "payload_too_large" PAYLOAD_TOO_LARGE "Body too large"
    "The body is larger than the maximum: 128 KiB of JSON, or 5 MiB of an image. Send a smaller one.";

    /// The body has a media type that the operation does not accept.
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE "Media type unsupported"
    "The operation does not accept this `Content-Type`. Send JSON as `application/json`, and an image as `application/octet-stream` or as its own media type.";

    /// The body is compressed, or has another coding.
    UnsupportedContentEncoding "unsupported_content_encoding" UNSUPPORTED_MEDIA_TYPE "Content encoding unsupported"
    "The service does not decode bodies with a `Content-Encoding`. Send the body as it is, without this header.";

    /// The body is JSON, but does not fit its schema.
    ValidationFailed "validation_failed" UNPROCESSABLE_ENTITY "Validation failed"
    "The body does not fit its schema, and nothing was stored. Correct each place that `errors` lists.";

    /// The body is not an image that the service accepts.
    InvalidImage "invalid_image" UNPROCESSABLE_ENTITY "Image invalid"
    "The body is not a complete image, and nothing was stored. Send a still image in PNG, JPEG or WebP with at most 8192 pixels a side (a progressive JPEG: at most 28 million pixels).";

    /// The mailed token is unknown, used, expired or revoked.
    InvalidOneTimeToken "invalid_one_time_token" UNPROCESSABLE_ENTITY "One-time token invalid"
    "The token was used, has expired or was revoked, or is for another account. Log in to that account, or request another token.";

    /// The code is not the one that was sent.
    WrongCode "wrong_code" UNPROCESSABLE_ENTITY "Code wrong"
    "The code is not the one that was sent last. Check it. After five wrong codes, set the phone number again.";

    /// No code can be verified.
    CodeExpired "code_expired" UNPROCESSABLE_ENTITY "Code expired"
    "No code can be verified: none was sent, or the last one has expired, was used or was tried too often. Set the phone number again.";

    /// A rate limit is exceeded.
    TooManyRequests "too_many_requests" TOO_MANY_REQUESTS "Too many requests"
    "The request was sent too often. Try again after `Retry-After` seconds.";

    /// The service failed.
    InternalError "internal_error" INTERNAL_SERVER_ERROR "Internal error"
    "The service failed. Tell its operator the `requestId`: the log has the reason.";

    /// The service has too much to do right now.
    ServiceUnavailable "service_unavailable" SERVICE_UNAVAILABLE "Service unavailable"
    "The service can't do this right now. Try again after `Retry-After` seconds.";
}

/// An entry of the catalogue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// The code's name on the wire.
    pub(crate) name: &'static str,
    /// The code's name among the components of the document.
    pub(crate) component: &'static str,
    /// The HTTP status of replies with the code.
    pub(crate) status: StatusCode,
    /// A few words that never change.
    pub(crate) title: &'static str,
    /// The explanation of the problem, and the advice on what to do.
    pub(crate) detail: &'static str,
}

#[cfg(test)]
mod tests {
    use poem_openapi::types::{ToJSON, Type};

    use super::*;

    #[test]
    fn the_catalogue_lists_every_code_under_its_name() {
        for code in ProblemCode::ALL {
            assert_eq!(code.to_json(), Some(code.entry().name.into()));
        }
        let mut registry = poem_openapi::registry::Registry::new();
        ProblemCode::register(&mut registry);
        let schema = registry.schemas.values().next().unwrap();
        assert_eq!(schema.enum_items.len(), ProblemCode::ALL.len());
    }

    #[test]
    fn the_catalogue_is_in_the_order_of_statuses() {
        let statuses = ProblemCode::ALL.iter().map(|code| code.entry().status);
        assert!(statuses.is_sorted());
    }
}
