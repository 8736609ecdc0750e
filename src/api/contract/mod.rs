//! The contract with clients: the OpenAPI document, the validation of requests by it, and the
//! problem catalogue. No operation lives here.

pub(crate) mod document;
pub(crate) mod paths;
pub(crate) mod problem;
pub(crate) mod problem_catalogue;
mod reference;
pub(crate) mod tag;
pub(crate) mod validator;

pub(crate) use document::Document;
pub(crate) use problem::{ApiResult, Codes, FieldError, MEDIA_TYPE, Problem, Refusal, codes};
pub(crate) use problem_catalogue::ProblemCode;
pub(crate) use tag::Tag;
