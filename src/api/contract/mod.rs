//! The contract as the OpenAPI document says it: deriving the document, checking requests
//! against it, and the problems that errors are. No operation lives here.

pub(crate) mod document;
pub(crate) mod paths;
pub(crate) mod problem;
pub(crate) mod problem_catalogue;
mod reference;
pub(crate) mod tag;
pub(crate) mod validator;

pub(crate) use problem::{ApiResult, Codes, Problem, codes};
pub(crate) use problem_catalogue::ProblemCode;
pub(crate) use tag::Tag;
