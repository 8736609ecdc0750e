//! Problems: the bodies of error replies (RFC 9457).

use std::marker::PhantomData;

use poem::error::ResponseError;
use poem::http::StatusCode;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{Example, Type as _};
use poem_openapi::{ApiResponse, Object};

use crate::account::AccountError;
use crate::api::contract::problem_catalogue::ProblemCode;
use crate::api::schema::timestamp::Timestamp;

/// The media type of problems.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// The maximum number of errors in one problem.
pub(crate) const MAX_ERRORS: usize = 100;

/// The maximum number of bytes of a JSON Pointer in an error.
pub(crate) const MAX_POINTER: usize = 1024;

/// The seconds after which a client may ask a busy service again.
const RETRY_AFTER_SECONDS: u64 = 5;

/// The id of a request in examples.
pub(crate) const EXAMPLE_REQUEST: &str = "019ab000-8a40-7c3e-9a51-0f6b2d8c4e17";

/// The reason why a request failed (RFC 9457).
#[derive(Clone, Debug, Object)]
#[oai(rename = "Problem", rename_all = "camelCase", skip_serializing_if_is_none, example)]
pub(crate) struct ProblemBody {
    /// A reference to the explanation of the code.
    #[oai(rename = "type", validator(max_length = 128, pattern = "^/docs/problems#[a-z_]+$"))]
    pub(crate) kind: String,
    /// The meaning of the code, in a few words that never change.
    #[oai(validator(max_length = 64, pattern = "^.+$"))]
    pub(crate) title: String,
    /// The HTTP status of the reply.
    #[oai(validator(minimum(value = "400"), maximum(value = "599")))]
    pub(crate) status: i32,
    /// The code of the problem, for programs.
    pub(crate) code: ProblemCode,
    /// The explanation of the problem, and the advice on what to do.
    #[oai(validator(max_length = 1024, pattern = "^.+$"))]
    pub(crate) detail: String,
    /// The id of the request, which the service's log contains as well.
    #[oai(validator(max_length = 36, pattern = "^[0-9a-f-]{36}$"))]
    pub(crate) request_id: String,
    /// The deadline for restoring the account. Only `account_deleted` has it.
    pub(crate) restorable_until: Option<Timestamp>,
    /// All errors in the body, in its order. Only `validation_failed` has them.
    #[oai(validator(max_items = 100))]
    pub(crate) errors: Option<Vec<FieldError>>,
}

impl Example for ProblemBody {
    fn example() -> Self {
        Problem::example(ProblemCode::ValidationFailed).body(EXAMPLE_REQUEST.to_owned())
    }
}

/// An error at one place of the body.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub(crate) struct FieldError {
    /// The place of the error, as a JSON Pointer (RFC 6901) into the body.
    #[oai(validator(max_length = 1024, pattern = "^(/[^/]*)*$"))]
    pub(crate) pointer: String,
    /// The code of the error, for programs.
    #[oai(validator(max_length = 64, pattern = "^[a-z_]+$"))]
    pub(crate) code: String,
    /// The text of the error, for people.
    #[oai(validator(max_length = 512, pattern = "^.+$"))]
    pub(crate) message: String,
}

impl FieldError {
    /// An error at `pointer`. If the pointer is longer than the document allows, the error is at
    /// the nearest parent whose pointer is short enough.
    pub(crate) fn new(pointer: &str, code: &str, message: impl Into<String>) -> Self {
        let mut pointer = pointer;
        while pointer.len() > MAX_POINTER {
            pointer = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        Self { pointer: pointer.to_owned(), code: code.to_owned(), message: message.into() }
    }
}

/// A problem before it is sent as a reply.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.code.entry().title)]
pub(crate) struct Problem {
    pub(crate) code: ProblemCode,
    pub(crate) errors: Vec<FieldError>,
    /// The deadline for restoring a deleted account.
    restorable_until: Option<Timestamp>,
    /// The cause of the problem. It is written to the log, and never sent.
    source: Option<AccountError>,
}

impl Problem {
    pub(crate) fn validation(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::from(ProblemCode::ValidationFailed) }
    }

    /// A bug in the program. The log says `what` it is, and the reply does not.
    pub(crate) fn fault(what: String) -> Self {
        AccountError::Internal(what.into()).into()
    }

    /// The cause of the problem, if a use case or the authentication has refused the request.
    pub(crate) fn cause(&self) -> Option<&AccountError> {
        self.source.as_ref()
    }

    /// An example of a problem with `code`, for the document.
    pub(crate) fn example(code: ProblemCode) -> Self {
        let errors = match code {
            ProblemCode::ValidationFailed => {
                vec![FieldError::new("/name", "required", "is required")]
            }
            _ => Vec::new(),
        };
        let restorable_until = (code == ProblemCode::AccountDeleted).then(Timestamp::example);
        Self { errors, restorable_until, ..Self::from(code) }
    }

    /// The seconds after which the client may send the request again, if that can help.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match (&self.source, self.code) {
            (Some(AccountError::TooMany { retry_after }), _) => {
                Some(retry_after.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX))
            }
            (_, ProblemCode::ServiceUnavailable) => Some(RETRY_AFTER_SECONDS),
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

impl From<ProblemCode> for Problem {
    fn from(code: ProblemCode) -> Self {
        Self { code, errors: Vec::new(), restorable_until: None, source: None }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let code = match &error {
            AccountError::EmailTaken => ProblemCode::EmailTaken,
            AccountError::InvalidCredentials => ProblemCode::InvalidCredentials,
            AccountError::WrongPassword => ProblemCode::WrongPassword,
            AccountError::PasswordRefused(_) => ProblemCode::ValidationFailed,
            AccountError::ReauthenticationRequired => ProblemCode::ReauthenticationRequired,
            AccountError::EmailNotFound => ProblemCode::NotFound,
            AccountError::TooManyEmails => ProblemCode::TooManyEmails,
            AccountError::EmailVerified => ProblemCode::EmailVerified,
            AccountError::EmailNotVerified => ProblemCode::EmailNotVerified,
            AccountError::DefaultEmail => ProblemCode::DefaultEmail,
            AccountError::LastEmail => ProblemCode::LastEmail,
            AccountError::OneTimeTokenInvalid => ProblemCode::InvalidOneTimeToken,
            AccountError::RecoveryTokenNotFound => ProblemCode::NotFound,
            AccountError::RecoveryTokenProtected => ProblemCode::RecoveryTokenProtected,
            AccountError::CountryNotServed => ProblemCode::ValidationFailed,
            AccountError::WrongCode => ProblemCode::WrongCode,
            AccountError::CodeExpired => ProblemCode::CodeExpired,
            AccountError::TooMany { .. } => ProblemCode::TooManyRequests,
            AccountError::Banned => ProblemCode::AccountBanned,
            AccountError::Deleted { .. } => ProblemCode::AccountDeleted,
            AccountError::NotDeleted => ProblemCode::AccountNotDeleted,
            AccountError::ErasureNotFound => ProblemCode::NotFound,
            AccountError::SessionEnded => ProblemCode::InvalidToken,
            AccountError::SessionNotFound => ProblemCode::NotFound,
            AccountError::Outdated => ProblemCode::PreconditionFailed,
            AccountError::InvalidImage => ProblemCode::InvalidImage,
            AccountError::Busy => ProblemCode::ServiceUnavailable,
            AccountError::Internal(_) => ProblemCode::InternalError,
        };
        let restorable_until = match &error {
            AccountError::Deleted { restorable_until } => Some((*restorable_until).into()),
            _ => None,
        };
        let errors = match &error {
            AccountError::PasswordRefused(rule) => {
                vec![FieldError::new("", rule.code, rule.message.as_str())]
            }
            // Only the operator's settings decide this, so the validator can't find it.
            AccountError::CountryNotServed => vec![FieldError::new(
                "/phoneNumber",
                "country_not_served",
                "must be a number of a country to which this service sends SMS",
            )],
            _ => Vec::new(),
        };
        Self { source: Some(error), restorable_until, errors, ..Self::from(code) }
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.code.entry().status
    }
}

/// The codes that an operation itself can reply with. The document adds those of every operation
/// of its kind, such as a missing token or a malformed body.
pub(crate) trait Codes: Send + Sync + 'static {
    const CODES: &'static [ProblemCode];
}

/// The reply of an operation: `T`, or a problem with one of the codes `C`.
pub(crate) type ApiResult<T, C = ()> = Result<T, Refusal<C>>;

/// The codes of an operation that can fail only because of the state of the service.
impl Codes for () {
    const CODES: &'static [ProblemCode] =
        &[ProblemCode::InternalError, ProblemCode::ServiceUnavailable];
}

/// A problem whose type lists the codes that it may have.
#[derive(Debug)]
pub(crate) struct Refusal<C>(Problem, PhantomData<C>);

impl<C: Codes> Refusal<C> {
    /// The refusal because of an error. An error in the body is at `pointer`.
    pub(crate) fn at(pointer: &'static str) -> impl FnOnce(AccountError) -> Self {
        move |error| {
            let mut problem = Problem::from(error);
            for error in &mut problem.errors {
                *error = FieldError::new(pointer, &error.code, error.message.as_str());
            }
            Self(problem, PhantomData)
        }
    }
}

impl<C: Codes> From<AccountError> for Refusal<C> {
    fn from(error: AccountError) -> Self {
        Self(error.into(), PhantomData)
    }
}

impl<C: Codes> From<ProblemCode> for Refusal<C> {
    fn from(code: ProblemCode) -> Self {
        Self(code.into(), PhantomData)
    }
}

impl<C: Codes> From<Refusal<C>> for poem::Error {
    fn from(Refusal(problem, _): Refusal<C>) -> Self {
        problem.into()
    }
}

impl<C: Codes> ApiResponse for Refusal<C> {
    /// One response per code, with the name of the code in place of its status. Several codes can
    /// have the same status, so [`crate::api::contract::document`] merges these responses.
    fn meta() -> MetaResponses {
        let response = |code: &ProblemCode| MetaResponse {
            description: "",
            status: None,
            status_range: Some(code.entry().name.to_owned()),
            // Without a reference to it, poem-openapi would drop the schema.
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

/// Lists the codes that an operation itself can reply with. Those about the state of the service
/// are added.
macro_rules! codes {
    ($name:ident: $($code:ident),+) => {
        #[derive(Debug)]
        pub(crate) struct $name;

        impl $crate::api::contract::problem::Codes for $name {
            const CODES: &'static [$crate::api::contract::problem_catalogue::ProblemCode] = &[
                $($crate::api::contract::problem_catalogue::ProblemCode::$code,)+
                $crate::api::contract::problem_catalogue::ProblemCode::InternalError,
                $crate::api::contract::problem_catalogue::ProblemCode::ServiceUnavailable,
            ];
        }
    };
}
pub(crate) use codes;
