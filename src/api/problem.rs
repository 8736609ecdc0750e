//! Problems: every reply that is not what was asked for (RFC 9457).

use std::marker::PhantomData;

use poem::error::ResponseError;
use poem::http::StatusCode;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{Example, Type as _};
use poem_openapi::{ApiResponse, Object};

use super::code::Code;
use crate::account::AccountError;
use crate::api::schema::timestamp::Timestamp;

/// The media type of problems.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Most errors in one problem.
pub(crate) const MAX_ERRORS: usize = 100;

/// Most bytes of a JSON Pointer in an error.
pub(crate) const MAX_POINTER: usize = 1024;

/// Seconds after which a busy service may be asked again.
const RETRY_AFTER_SECONDS: u64 = 5;

/// The id of a request in examples.
pub(crate) const EXAMPLE_REQUEST: &str = "019ab000-8a40-7c3e-9a51-0f6b2d8c4e17";

/// Why a request was not done (RFC 9457).
#[derive(Clone, Debug, Object)]
#[oai(rename = "Problem", rename_all = "camelCase", skip_serializing_if_is_none, example)]
pub(crate) struct ProblemBody {
    /// Where the code is explained.
    #[oai(rename = "type", validator(max_length = 128, pattern = "^/docs/problems#[a-z_]+$"))]
    pub(crate) kind: String,
    /// What the code means, in a few words that never change.
    #[oai(validator(max_length = 64, pattern = "^.+$"))]
    pub(crate) title: String,
    /// The status of the reply.
    #[oai(validator(minimum(value = "400"), maximum(value = "599")))]
    pub(crate) status: i32,
    /// What went wrong, for programs.
    pub(crate) code: Code,
    /// What went wrong this time, and what to do about it.
    #[oai(validator(max_length = 1024, pattern = "^.+$"))]
    pub(crate) detail: String,
    /// Names this request in the service's log.
    #[oai(validator(max_length = 36, pattern = "^[0-9a-f-]{36}$"))]
    pub(crate) request_id: String,
    /// Of an `account_deleted`: until when the account can be restored.
    pub(crate) restorable_until: Option<Timestamp>,
    /// Everything that is wrong with the body, in its order.
    #[oai(validator(max_items = 100))]
    pub(crate) errors: Option<Vec<FieldError>>,
}

impl Example for ProblemBody {
    fn example() -> Self {
        Problem::example(Code::ValidationFailed).body(EXAMPLE_REQUEST.to_owned())
    }
}

/// One thing that is wrong with the body.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub(crate) struct FieldError {
    /// Where: a JSON Pointer (RFC 6901) into the body.
    #[oai(validator(max_length = 1024, pattern = "^(/[^/]*)*$"))]
    pub(crate) pointer: String,
    /// What, for programs.
    #[oai(validator(max_length = 64, pattern = "^[a-z_]+$"))]
    pub(crate) code: String,
    /// What, for people.
    #[oai(validator(max_length = 512, pattern = "^.+$"))]
    pub(crate) message: String,
}

impl FieldError {
    /// An error at `pointer`. A pointer longer than anything that the document
    /// knows is cut down to where it leaves the known.
    pub(crate) fn new(pointer: &str, code: &str, message: impl Into<String>) -> Self {
        let mut pointer = pointer;
        while pointer.len() > MAX_POINTER {
            pointer = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        Self { pointer: pointer.to_owned(), code: code.to_owned(), message: message.into() }
    }
}

/// A problem on its way to becoming a reply.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) errors: Vec<FieldError>,
    /// Until when a deleted account can be restored.
    restorable_until: Option<Timestamp>,
    /// What went wrong inside. For the log, never for the reply.
    source: Option<AccountError>,
}

impl Problem {
    pub(crate) fn validation(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::from(Code::ValidationFailed) }
    }

    /// A fault of the program. What it was goes to the log.
    pub(crate) fn fault(what: String) -> Self {
        AccountError::Internal(what.into()).into()
    }

    /// A problem with `code`, as the document shows it.
    pub(crate) fn example(code: Code) -> Self {
        let errors = match code {
            Code::ValidationFailed => vec![FieldError::new("/name", "required", "is required")],
            _ => Vec::new(),
        };
        let restorable_until = (code == Code::AccountDeleted).then(Timestamp::example);
        Self { errors, restorable_until, ..Self::from(code) }
    }

    /// After how many seconds the request may be sent again, if that helps.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match (&self.source, self.code) {
            (Some(AccountError::TooMany { retry_after }), _) => {
                Some(retry_after.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX))
            }
            (_, Code::ServiceUnavailable) => Some(RETRY_AFTER_SECONDS),
            _ => None,
        }
    }

    pub(crate) fn body(&self, request_id: String) -> ProblemBody {
        let entry = self.code.entry();
        ProblemBody {
            kind: format!("/docs/problems#{}", entry.name),
            title: entry.title.to_owned(),
            status: entry.status.as_u16().into(),
            code: self.code,
            detail: entry.detail.to_owned(),
            request_id,
            restorable_until: self.restorable_until.clone(),
            errors: (!self.errors.is_empty()).then(|| self.errors.clone()),
        }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self { code, errors: Vec::new(), restorable_until: None, source: None }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let code = match &error {
            AccountError::EmailTaken => Code::EmailTaken,
            AccountError::InvalidCredentials => Code::InvalidCredentials,
            AccountError::WrongPassword => Code::WrongPassword,
            AccountError::ReauthenticationRequired => Code::ReauthenticationRequired,
            AccountError::EmailNotFound => Code::NotFound,
            AccountError::TooManyEmails => Code::TooManyEmails,
            AccountError::EmailVerified => Code::EmailVerified,
            AccountError::EmailNotVerified => Code::EmailNotVerified,
            AccountError::DefaultEmail => Code::DefaultEmail,
            AccountError::LastEmail => Code::LastEmail,
            AccountError::OneTimeTokenInvalid => Code::InvalidOneTimeToken,
            AccountError::WrongCode => Code::WrongCode,
            AccountError::CodeExpired => Code::CodeExpired,
            AccountError::TooMany { .. } => Code::TooManyRequests,
            AccountError::Banned => Code::AccountBanned,
            AccountError::Deleted { .. } => Code::AccountDeleted,
            AccountError::NotDeleted => Code::AccountNotDeleted,
            AccountError::ErasureNotFound => Code::NotFound,
            AccountError::SessionEnded => Code::InvalidToken,
            AccountError::SessionNotFound => Code::NotFound,
            AccountError::Outdated => Code::PreconditionFailed,
            AccountError::InvalidImage => Code::InvalidImage,
            AccountError::Busy => Code::ServiceUnavailable,
            AccountError::Internal(_) => Code::InternalError,
        };
        let restorable_until = match &error {
            AccountError::Deleted { restorable_until } => Some((*restorable_until).into()),
            _ => None,
        };
        Self { source: Some(error), restorable_until, ..Self::from(code) }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.entry().title)
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.code.entry().status
    }
}

/// The codes that an operation can answer by itself. Those that any operation
/// of its kind can answer (no token, a bad body) are added by the document.
pub(crate) trait Codes: Send + Sync + 'static {
    const CODES: &'static [Code];
}

/// What an operation answers: `T`, or a problem with one of the codes `C`.
pub(crate) type Answer<T, C = ()> = Result<T, Refused<C>>;

/// An operation that only the state of the service can keep from its answer.
impl Codes for () {
    const CODES: &'static [Code] = &[Code::InternalError, Code::ServiceUnavailable];
}

/// A problem, with the codes that it may have in its type.
#[derive(Debug)]
pub(crate) struct Refused<C>(Problem, PhantomData<C>);

impl<C: Codes> From<AccountError> for Refused<C> {
    fn from(error: AccountError) -> Self {
        Self(error.into(), PhantomData)
    }
}

impl<C: Codes> From<Code> for Refused<C> {
    fn from(code: Code) -> Self {
        Self(code.into(), PhantomData)
    }
}

impl<C: Codes> From<Refused<C>> for poem::Error {
    fn from(Refused(problem, _): Refused<C>) -> Self {
        problem.into()
    }
}

impl<C: Codes> ApiResponse for Refused<C> {
    /// A response a code, under the code's name: several share a status, and
    /// only [`super::document`], which merges them, can say so.
    fn meta() -> MetaResponses {
        let response = |code: &Code| MetaResponse {
            description: "",
            status: None,
            status_range: Some(code.entry().name.to_owned()),
            // poem-openapi drops schemas that no operation refers to.
            content: vec![MetaMediaType {
                content_type: MEDIA_TYPE,
                schema: ProblemBody::schema_ref(),
            }],
            headers: vec![],
        };
        MetaResponses { responses: C::CODES.iter().map(response).collect() }
    }

    fn register(registry: &mut Registry) {
        ProblemBody::register(registry);
    }
}

/// Says which codes an operation can answer by itself, besides those that tell
/// of the state of the service.
macro_rules! codes {
    ($name:ident: $($code:ident),+) => {
        #[derive(Debug)]
        pub(crate) struct $name;

        impl $crate::api::problem::Codes for $name {
            const CODES: &'static [$crate::api::code::Code] = &[
                $($crate::api::code::Code::$code,)+
                $crate::api::code::Code::InternalError,
                $crate::api::code::Code::ServiceUnavailable,
            ];
        }
    };
}
pub(crate) use codes;
