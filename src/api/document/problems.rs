//! The problems that an operation can answer, as responses of the document.

use std::collections::BTreeMap;

use poem_openapi::types::ToJSON as _;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};

use super::headers;
use crate::api::code::Code;
use crate::api::problem::{EXAMPLE_REQUEST, MEDIA_TYPE, Problem};

/// The problems that any operation can answer.
const ALWAYS: [Code; 1] = [Code::UnknownParameter];
/// Those of an operation that needs a token.
const WITH_TOKEN: [Code; 2] = [Code::MissingToken, Code::InvalidToken];
/// Those of an operation that takes a body.
const WITH_BODY: [Code; 4] =
    [Code::BadRequest, Code::RequestTimeout, Code::PayloadTooLarge, Code::UnsupportedMediaType];
/// Those of an operation whose body is JSON.
const WITH_JSON: [Code; 2] = [Code::MalformedJson, Code::ValidationFailed];
/// Those of an operation with a parameter in its path.
const WITH_PATH: [Code; 1] = [Code::NotFound];
/// Those of an operation with a parameter in the query.
const WITH_QUERY: [Code; 1] = [Code::InvalidParameter];
/// Those of an operation with a parameter in a header.
const WITH_HEADER: [Code; 1] = [Code::BadRequest];

/// One response a status, which lists its codes: those that the operation
/// answers by itself (they stand under their names, see
/// [`crate::api::problem::Refused`]), and those of its kind.
pub(super) fn merge_problems(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let own = |code: &Code| responses.remove(code.entry().name).is_some();
    let mut codes: Vec<Code> = Code::ALL.into_iter().filter(own).collect();
    codes.extend(ALWAYS);
    if operation.security.is_some() {
        codes.extend(WITH_TOKEN);
    }
    if let Some(RefOr::T(body)) = &operation.request_body {
        codes.extend(WITH_BODY);
        if body.content.contains_key("application/json") {
            codes.extend(WITH_JSON);
        }
    }
    if has_parameter(operation, &ParameterIn::Path) {
        codes.extend(WITH_PATH);
    }
    if has_parameter(operation, &ParameterIn::Query) {
        codes.extend(WITH_QUERY);
    }
    if has_parameter(operation, &ParameterIn::Header) {
        codes.extend(WITH_HEADER);
    }
    let mut statuses: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL.into_iter().filter(|code| codes.contains(code)) {
        statuses.entry(code.entry().status.as_u16()).or_default().push(code);
    }
    for (status, codes) in statuses {
        let response = problem_response(&codes);
        operation.responses.responses.insert(status.to_string(), RefOr::T(response));
    }
}

fn has_parameter(operation: &Operation, place: &ParameterIn) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == *place,
        RefOr::Ref(_) => false,
    })
}

fn problem_response(codes: &[Code]) -> utoipa::openapi::Response {
    let lines: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.entry().name, code.entry().detail))
        .collect();
    let mut content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    for code in codes {
        let body = Problem::example(*code).body(EXAMPLE_REQUEST.to_owned());
        let example = ExampleBuilder::new().summary(code.entry().title).value(body.to_json());
        content = content.examples_from_iter([(code.entry().name, RefOr::T(example.build()))]);
    }
    let mut response =
        ResponseBuilder::new().description(lines.join("\n\n")).content(MEDIA_TYPE, content.build());
    if codes.iter().any(|code| code.entry().status == 401) {
        response = response.header("WWW-Authenticate", headers::authenticate());
    }
    if codes.iter().any(|code| matches!(code.entry().status.as_u16(), 429 | 503)) {
        response = response.header("Retry-After", headers::retry_after());
    }
    response.build()
}
