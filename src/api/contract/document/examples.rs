//! Named examples of request bodies, for people who try an operation out, and the example of a
//! reply that is not that of its schema.

use std::collections::BTreeMap;

use poem_openapi::types::ToJSON as _;
use utoipa::openapi::RefOr;
use utoipa::openapi::example::Example;
use utoipa::openapi::path::Operation;

use crate::api::schema::user::User;

/// The examples of each operation, by `operationId`.
pub(super) type Examples = BTreeMap<String, BTreeMap<String, RefOr<Example>>>;

/// Reads the examples. An image has none: no document can show its bytes.
pub(super) fn read_examples() -> Result<Examples, yaml_serde::Error> {
    yaml_serde::from_str(include_str!("examples.yaml"))
}

/// Adds an example to the reply of a sign-up, because the one of a user is of a later time.
pub(super) fn add_reply_example(operation: &mut Operation) {
    if operation.operation_id.as_deref() == Some("signUp")
        && let Some(RefOr::T(created)) = operation.responses.responses.get_mut("201")
        && let Some(RefOr::T(content)) = created.content.get_mut("application/json")
    {
        content.example = Some(User::example_of_sign_up().to_json().unwrap_or_default());
    }
}

/// Adds the examples of `operation` to its JSON body.
pub(super) fn add_examples(operation: &mut Operation, examples: &Examples) {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let body = operation.request_body.as_mut();
    if let (Some(RefOr::T(body)), Some(examples)) = (body, examples.get(id))
        && let Some(RefOr::T(content)) = body.content.get_mut("application/json")
    {
        content.examples.clone_from(examples);
    }
}
