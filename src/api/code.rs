//! The catalogue of problem codes: the one list of what can go wrong.

use poem::http::StatusCode;
use poem_openapi::Enum;

/// What went wrong, for programs. Codes are stable; new ones may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[oai(rename = "ProblemCode", rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "they are named as on the wire")]
pub(crate) enum Code {
    /// The request is not HTTP that can be read.
    BadRequest,
    /// A query parameter that means nothing here.
    UnknownParameter,
    /// A query parameter with a value that means nothing here.
    InvalidParameter,
    /// The body is not JSON.
    MalformedJson,
    /// No token.
    MissingToken,
    /// A token that opens nothing.
    InvalidToken,
    /// Wrong email address or password.
    InvalidCredentials,
    /// Wrong password of a logged-in user.
    WrongPassword,
    /// The session did not prove the password lately.
    ReauthenticationRequired,
    /// Locked by an administrator.
    AccountBanned,
    /// Waits for its erasure.
    AccountDeleted,
    /// There is no deletion to undo.
    AccountNotDeleted,
    /// Nothing there.
    NotFound,
    /// Something is there, but not for this method.
    MethodNotAllowed,
    /// The body did not come in time.
    RequestTimeout,
    /// Someone has the address.
    EmailTaken,
    /// Nothing left to verify.
    EmailVerified,
    /// Has to be verified first.
    EmailNotVerified,
    /// Can't be removed while it is the default.
    DefaultEmail,
    /// Can't be removed while there is no other.
    LastEmail,
    /// As many as there may be.
    TooManyEmails,
    /// The user is not what the request takes them for.
    PreconditionFailed,
    /// Too many bytes.
    PayloadTooLarge,
    /// By its own account not what is taken here.
    UnsupportedMediaType,
    /// JSON, but not as the document asks for.
    ValidationFailed,
    /// No picture, or none that can be shown.
    InvalidImage,
    /// A mailed token that works no more, or never did.
    InvalidOneTimeToken,
    /// Not the code that was sent.
    WrongCode,
    /// No code that could be checked.
    CodeExpired,
    /// Too often.
    TooManyRequests,
    /// A fault of the service.
    InternalError,
    /// Too much to do right now.
    ServiceUnavailable,
}

impl Code {
    /// Every code, in the order of statuses.
    pub(crate) const ALL: [Self; 32] = [
        Self::BadRequest,
        Self::UnknownParameter,
        Self::InvalidParameter,
        Self::MalformedJson,
        Self::MissingToken,
        Self::InvalidToken,
        Self::InvalidCredentials,
        Self::WrongPassword,
        Self::ReauthenticationRequired,
        Self::AccountBanned,
        Self::AccountDeleted,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::AccountNotDeleted,
        Self::EmailTaken,
        Self::EmailVerified,
        Self::EmailNotVerified,
        Self::DefaultEmail,
        Self::LastEmail,
        Self::TooManyEmails,
        Self::PreconditionFailed,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::ValidationFailed,
        Self::InvalidImage,
        Self::InvalidOneTimeToken,
        Self::WrongCode,
        Self::CodeExpired,
        Self::TooManyRequests,
        Self::InternalError,
        Self::ServiceUnavailable,
    ];

    /// Its name on the wire, the status it comes with, a title that never
    /// changes, and what to do about it.
    #[must_use]
    pub(crate) const fn entry(self) -> Entry {
        let (name, status, title, detail) = match self {
            Self::BadRequest => (
                "bad_request",
                StatusCode::BAD_REQUEST,
                "Bad request",
                "The request can't be read. Check its syntax.",
            ),
            Self::UnknownParameter => (
                "unknown_parameter",
                StatusCode::BAD_REQUEST,
                "Unknown parameter",
                "The query has a parameter that this operation does not know. Leave it out.",
            ),
            Self::InvalidParameter => (
                "invalid_parameter",
                StatusCode::BAD_REQUEST,
                "Invalid parameter",
                "A parameter in the query has a value that this operation does not take. The document says which it takes.",
            ),
            Self::MalformedJson => (
                "malformed_json",
                StatusCode::BAD_REQUEST,
                "Malformed JSON",
                "The body is not JSON in UTF-8. Send a JSON object.",
            ),
            Self::MissingToken => (
                "missing_token",
                StatusCode::UNAUTHORIZED,
                "Token missing",
                "Log in, and send the token as `Authorization: Bearer <token>`.",
            ),
            Self::InvalidToken => (
                "invalid_token",
                StatusCode::UNAUTHORIZED,
                "Token invalid",
                "The token is malformed, or its session expired or was ended. Log in again.",
            ),
            Self::InvalidCredentials => (
                "invalid_credentials",
                StatusCode::UNAUTHORIZED,
                "Credentials invalid",
                "No account has this email address and this password.",
            ),
            Self::WrongPassword => (
                "wrong_password",
                StatusCode::FORBIDDEN,
                "Password wrong",
                "The current password is not this one.",
            ),
            Self::ReauthenticationRequired => (
                "reauthentication_required",
                StatusCode::FORBIDDEN,
                "Reauthentication required",
                "The session has not proved the password lately. Send it to `POST /me/reauthentication`, then try again.",
            ),
            Self::AccountBanned => (
                "account_banned",
                StatusCode::FORBIDDEN,
                "Account banned",
                "An administrator has locked this account.",
            ),
            Self::AccountDeleted => (
                "account_deleted",
                StatusCode::FORBIDDEN,
                "Account deleted",
                "This account was deleted. Until `restorableUntil` it can be restored with `POST /restore`.",
            ),
            Self::AccountNotDeleted => (
                "account_not_deleted",
                StatusCode::CONFLICT,
                "Account not deleted",
                "This account is not deleted: there is nothing to restore. Log in instead.",
            ),
            Self::NotFound => (
                "not_found",
                StatusCode::NOT_FOUND,
                "Not found",
                "There is nothing at this address, or it is not yours.",
            ),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "Method not allowed",
                "This address does not take this method. `Allow` lists those it takes.",
            ),
            Self::RequestTimeout => (
                "request_timeout",
                StatusCode::REQUEST_TIMEOUT,
                "Request timeout",
                "The body did not arrive in time. Send it again.",
            ),
            Self::PreconditionFailed => (
                "precondition_failed",
                StatusCode::PRECONDITION_FAILED,
                "Precondition failed",
                "`If-Match` names none of the current entity tags. Get the user again, and decide anew.",
            ),
            Self::EmailTaken => (
                "email_taken",
                StatusCode::CONFLICT,
                "Email address taken",
                "An account has this email address already. Log in instead.",
            ),
            Self::EmailVerified => (
                "email_verified",
                StatusCode::CONFLICT,
                "Email address verified",
                "The email address is verified already: there is nothing left to do.",
            ),
            Self::EmailNotVerified => (
                "email_not_verified",
                StatusCode::CONFLICT,
                "Email address not verified",
                "Only a verified email address can be the default. Verify it with the token that was mailed to it.",
            ),
            Self::DefaultEmail => (
                "default_email",
                StatusCode::CONFLICT,
                "Default email address",
                "The default email address can't be removed. Make another one the default first.",
            ),
            Self::LastEmail => (
                "last_email",
                StatusCode::CONFLICT,
                "Last email address",
                "The last email address can't be removed. Add another one first.",
            ),
            Self::TooManyEmails => (
                "too_many_emails",
                StatusCode::CONFLICT,
                "Too many email addresses",
                "A user has at most 20 email addresses. Remove one first.",
            ),
            Self::PayloadTooLarge => (
                "payload_too_large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "Body too large",
                "The body is larger than 128 KiB, or, as an image, than 5 MiB. Send less.",
            ),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Media type unsupported",
                "Send JSON as `Content-Type: application/json`, an image as `application/octet-stream` or what it is.",
            ),
            Self::ValidationFailed => (
                "validation_failed",
                StatusCode::UNPROCESSABLE_ENTITY,
                "Validation failed",
                "The body is JSON, but not as the document asks for; `errors` says where. Nothing was stored.",
            ),
            Self::InvalidOneTimeToken => (
                "invalid_one_time_token",
                StatusCode::UNPROCESSABLE_ENTITY,
                "One-time token invalid",
                "The token was used, has expired or was revoked. Ask for another one.",
            ),
            Self::WrongCode => (
                "wrong_code",
                StatusCode::UNPROCESSABLE_ENTITY,
                "Code wrong",
                "The code is not the one that was sent last. Of five wrong ones none is right any more.",
            ),
            Self::CodeExpired => (
                "code_expired",
                StatusCode::UNPROCESSABLE_ENTITY,
                "Code expired",
                "There is no code to check: none was sent, or it has expired, was used or was tried too often. Set the phone number again.",
            ),
            Self::TooManyRequests => (
                "too_many_requests",
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests",
                "That was asked for too often. Try again after `Retry-After` seconds.",
            ),
            Self::InvalidImage => (
                "invalid_image",
                StatusCode::UNPROCESSABLE_ENTITY,
                "Image invalid",
                "The body is not a whole, still image in PNG, JPEG or WebP of at most 8192 pixels a side (as a progressive JPEG, 28 million in all). Send another one. Nothing was stored.",
            ),
            Self::InternalError => (
                "internal_error",
                StatusCode::INTERNAL_SERVER_ERROR,
                "Internal error",
                "The service failed. Its log tells why, under this `requestId`.",
            ),
            Self::ServiceUnavailable => (
                "service_unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "Service unavailable",
                "The service can't do this right now. Try again after `Retry-After` seconds.",
            ),
        };
        Entry { name, status, title, detail }
    }
}

/// What the catalogue says of a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// On the wire.
    pub(crate) name: &'static str,
    /// The status that it comes with.
    pub(crate) status: StatusCode,
    /// A few words that never change.
    pub(crate) title: &'static str,
    /// What happened, and what to do.
    pub(crate) detail: &'static str,
}

#[cfg(test)]
mod tests {
    use poem_openapi::types::{ToJSON, Type};

    use super::*;

    #[test]
    fn the_catalogue_lists_every_code_under_its_name() {
        for code in Code::ALL {
            assert_eq!(code.to_json(), Some(code.entry().name.into()));
        }
        let mut registry = poem_openapi::registry::Registry::new();
        Code::register(&mut registry);
        let schema = registry.schemas.values().next().unwrap();
        assert_eq!(schema.enum_items.len(), Code::ALL.len());
    }
}
