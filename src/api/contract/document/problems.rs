//! The problems that an operation can reply with, as responses of the document.

use std::collections::BTreeMap;

use poem_openapi::types::ToJSON as _;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Components, ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::headers;
use crate::api::contract::problem::{EXAMPLE_REQUEST, MEDIA_TYPE, Problem};
use crate::api::contract::problem_catalogue::ProblemCode;
use crate::api::extract::auth::COOKIE_SCHEME;

/// The problems of any operation.
const ALWAYS: [ProblemCode; 2] = [ProblemCode::BadRequest, ProblemCode::UnknownParameter];
/// The problems of an operation that needs a token.
const WITH_TOKEN: [ProblemCode; 2] = [ProblemCode::MissingToken, ProblemCode::InvalidToken];
/// The problems of an operation that changes something and accepts a cookie.
const WITH_COOKIE: [ProblemCode; 1] = [ProblemCode::CrossSiteRequest];
/// The problems of an operation that accepts a body.
const WITH_BODY: [ProblemCode; 4] = [
    ProblemCode::RequestTimeout,
    ProblemCode::PayloadTooLarge,
    ProblemCode::UnsupportedMediaType,
    ProblemCode::UnsupportedContentEncoding,
];
/// The problems of an operation whose body is JSON.
const WITH_JSON: [ProblemCode; 2] = [ProblemCode::MalformedJson, ProblemCode::ValidationFailed];
/// The problems of an operation with a parameter in its path.
const WITH_PATH: [ProblemCode; 1] = [ProblemCode::NotFound];
/// The problems of an operation with a parameter in the query.
const WITH_QUERY: [ProblemCode; 1] = [ProblemCode::InvalidParameter];
/// The names of some responses with several codes. Other names consist of those of the codes.
const NAMES: [(&[ProblemCode], &str); 5] = [
    (&WITH_TOKEN, "Unauthorized"),
    (&ALWAYS, "UnreadableRequest"),
    (
        &[ProblemCode::BadRequest, ProblemCode::UnknownParameter, ProblemCode::InvalidParameter],
        "InvalidQuery",
    ),
    (
        &[ProblemCode::BadRequest, ProblemCode::UnknownParameter, ProblemCode::MalformedJson],
        "MalformedRequest",
    ),
    (
        &[ProblemCode::UnsupportedMediaType, ProblemCode::UnsupportedContentEncoding],
        "UnsupportedMediaType",
    ),
];

const ACCEPT_ENCODING: &str = "Accept-Encoding";

/// Gives an operation one response per status of its problems, which lists the codes with this
/// status. These are the codes of the operation itself, whose responses have the names of the codes
/// until now (see [`crate::api::contract::problem::Refusal`]), and the codes of its kind. Each
/// response is a component.
pub(super) fn merge_problems(
    operation: &mut Operation,
    is_safe: bool,
    components: &mut Components,
) {
    let codes = codes_of(operation, is_safe);
    let mut statuses: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
    for code in ProblemCode::ALL.iter().filter(|code| codes.contains(code)) {
        let entry = code.entry();
        statuses.entry(entry.status.as_u16()).or_default().push(*code);
        components.examples.entry(entry.name.to_owned()).or_insert_with(|| example(*code).into());
    }
    if codes.contains(&ProblemCode::UnsupportedContentEncoding) {
        // Only one response has it, but that one is shared by many operations.
        let header = || headers::accept_encoding().into();
        components.headers.entry(ACCEPT_ENCODING.to_owned()).or_insert_with(header);
    }
    for (status, codes) in statuses {
        let name = component_name(&codes);
        let reference = Ref::from_response_name(&name);
        operation.responses.responses.insert(status.to_string(), reference.into());
        components.responses.entry(name).or_insert_with(|| response(&codes).into());
    }
}

/// Removes the codes from the operation. Returns them together with the codes of its kind.
fn codes_of(operation: &mut Operation, is_safe: bool) -> Vec<ProblemCode> {
    let responses = &mut operation.responses.responses;
    let own = |code: &&ProblemCode| responses.remove(code.entry().name).is_some();
    let mut codes: Vec<ProblemCode> = ProblemCode::ALL.iter().filter(own).copied().collect();
    codes.extend(ALWAYS);
    if operation.security.is_some() {
        codes.extend(WITH_TOKEN);
        if !is_safe && accepts_cookie(operation) {
            codes.extend(WITH_COOKIE);
        }
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
    codes
}

fn accepts_cookie(operation: &Operation) -> bool {
    let cookie = SecurityRequirement::new(COOKIE_SCHEME, Vec::<String>::new());
    operation.security.iter().flatten().any(|accepted| *accepted == cookie)
}

fn has_parameter(operation: &Operation, place: &ParameterIn) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == *place,
        RefOr::Ref(_) => false,
    })
}

/// The name of the response with these codes: `NotFound`, `DefaultEmailOrLastEmail`.
fn component_name(codes: &[ProblemCode]) -> String {
    match NAMES.iter().find(|(set, _)| *set == codes) {
        Some((_, name)) => (*name).to_owned(),
        None => codes.iter().map(|code| code.entry().component).collect::<Vec<_>>().join("Or"),
    }
}

/// The response with these codes, which share a status.
fn response(codes: &[ProblemCode]) -> Response {
    // The example of each problem says what to do about it.
    let titles =
        codes.iter().map(|code| format!("{} (`{}`).", code.entry().title, code.entry().name));
    let description = titles.collect::<Vec<_>>().join(" ");
    let examples = codes.iter().map(|code| {
        let name = code.entry().name;
        (name, RefOr::<Example>::Ref(Ref::new(format!("#/components/examples/{name}"))))
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples)
        .build();
    let mut response = ResponseBuilder::new().description(description).content(MEDIA_TYPE, content);
    if codes.iter().any(|code| code.entry().status == 401) {
        response = response.header("WWW-Authenticate", headers::authenticate());
    }
    if codes.contains(&ProblemCode::UnsupportedContentEncoding) {
        let shared = format!("#/components/headers/{ACCEPT_ENCODING}");
        response = response.header_ref(ACCEPT_ENCODING, Ref::new(shared));
    }
    if codes.iter().any(|code| matches!(code.entry().status.as_u16(), 429 | 503)) {
        response = response.header("Retry-After", headers::retry_after());
    }
    if codes.iter().any(|code| LIMITED.contains(code)) {
        for (name, header) in headers::rate_limits() {
            response = response.header(name, header);
        }
    }
    response.build()
}

/// The problems of requests with a rate limit.
const LIMITED: [ProblemCode; 3] =
    [ProblemCode::InvalidCredentials, ProblemCode::WrongPassword, ProblemCode::TooManyRequests];

/// An example of a problem with this code.
fn example(code: ProblemCode) -> ExampleBuilder {
    let body = Problem::example(code).body(EXAMPLE_REQUEST.to_owned());
    ExampleBuilder::new().summary(code.entry().title).value(body.to_json())
}
