//! What every operation shares, and poem-openapi cannot say.

use std::collections::BTreeMap;

use poem_openapi::types::ToJSON as _;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{
    Contact, ContentBuilder, Info, LicenseBuilder, ObjectBuilder, OpenApi, Ref, RefOr,
    ResponseBuilder, Server, Type,
};

use crate::api::code::Code;
use crate::api::problem::{EXAMPLE_REQUEST, MEDIA_TYPE, Problem};

/// What the document says of itself.
const DESCRIPTION: &str = "\
The `/me` that every product with accounts needs.

Sign up, log in, authorize with the token, and try the operations on `/me`. \
Everything that goes wrong is an `application/problem+json` (RFC 9457) with a stable `code`; \
[all codes](/docs/problems) and what to do about them.";

/// The problems that any operation can answer.
const ALWAYS: [Code; 1] = [Code::InternalError];
/// Those of an operation that needs a token.
const WITH_TOKEN: [Code; 2] = [Code::MissingToken, Code::InvalidToken];
/// Those of an operation that takes a body.
const WITH_BODY: [Code; 5] = [
    Code::BadRequest,
    Code::MalformedJson,
    Code::PayloadTooLarge,
    Code::UnsupportedMediaType,
    Code::ValidationFailed,
];
/// Those of an operation with a parameter in its path.
const WITH_PATH: [Code; 1] = [Code::NotFound];

/// Adds what is missing.
pub(super) fn finish(document: &mut OpenApi) {
    finish_info(&mut document.info);
    document.servers = Some(vec![Server::new("/")]);
    for path in document.paths.paths.values_mut() {
        for operation in operations(path) {
            merge_problems(operation);
            add_headers(operation);
        }
    }
}

fn finish_info(info: &mut Info) {
    info.description = Some(DESCRIPTION.to_owned());
    let mut contact = Contact::new();
    contact.name = Some("The maintainers of current-user".to_owned());
    info.contact = Some(contact);
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0");
    info.license = Some(license.url(Some("https://opensource.org/license/mit")).build());
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = path;
    [get, put, post, patch, delete].into_iter().flatten()
}

/// One response a status, which lists its codes: those that the operation
/// answers by itself (they stand under their names, see
/// [`crate::api::problem::Refused`]), and those of its kind.
fn merge_problems(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let mut codes: Vec<Code> = ALWAYS.to_vec();
    codes
        .extend(Code::ALL.into_iter().filter(|code| responses.remove(code.entry().name).is_some()));
    if operation.security.is_some() {
        codes.extend(WITH_TOKEN);
    }
    if operation.request_body.is_some() {
        codes.extend(WITH_BODY);
    }
    if has_path_parameter(operation) {
        codes.extend(WITH_PATH);
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

fn has_path_parameter(operation: &Operation) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Path,
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
        response =
            response.header("WWW-Authenticate", header("How to authenticate (RFC 6750).", 256));
    }
    if codes.iter().any(|code| code.entry().status == 503) {
        response = response.header("Retry-After", header("Seconds after which to try again.", 10));
    }
    response.build()
}

/// Every reply names its request.
fn add_headers(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            let name = header("Names this request in the service's log.", 36);
            response.headers.insert("X-Request-Id".to_owned(), RefOr::T(name));
        }
    }
}

fn header(description: &str, max_length: usize) -> Header {
    let schema = ObjectBuilder::new().schema_type(Type::String).max_length(Some(max_length));
    HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
}
