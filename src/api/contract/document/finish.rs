//! Completes the document with everything that poem-openapi cannot express.

use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Contact, Info, LicenseBuilder, OpenApi, RefOr, Response, ServerBuilder};

use super::components::{responses, share_repeated};
use super::examples::{Examples, add_examples, add_reply_example};
use super::headers;
use super::links::add_links;
use super::problems::merge_problems;
use super::walk::with_safety;

/// The description of the API.
const DESCRIPTION: &str = "\
The `/me` that every product with accounts needs.

Sign up, log in, authorize with the token, then try the operations on `/me`. \
Every error is an `application/problem+json` (RFC 9457) with a stable `code`. \
[The list of codes](/docs/problems) says what each one means and what to do.";

/// Adds the parts that are missing, and makes components of those that repeat.
pub(super) fn finish(document: &mut OpenApi, examples: &Examples) {
    finish_info(&mut document.info);
    let public = ExtensionsBuilder::new().add("x-internal", false).build();
    document.servers = Some(vec![ServerBuilder::new().url("/").extensions(Some(public)).build()]);

    let components = document.components.get_or_insert_default();
    for (is_safe, operation) in with_safety(&mut document.paths) {
        merge_problems(operation, is_safe, components);
        add_rate_limits(operation);
        add_links(operation);
        add_examples(operation, examples);
        add_reply_example(operation);
        // An empty list says explicitly that an operation needs no token.
        operation.security.get_or_insert_default();
    }
    responses(&mut document.paths, &mut components.responses).for_each(finish_headers);
    share_repeated(document);
}

fn finish_info(info: &mut Info) {
    info.description = Some(DESCRIPTION.to_owned());
    let mut contact = Contact::new();
    contact.name = Some("The maintainers of current-user".to_owned());
    info.contact = Some(contact);
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0");
    info.license = Some(license.url(Some("https://opensource.org/license/mit")).build());
}

/// Adds the headers that say what is left of the rate limits to the success of an operation that
/// has any.
fn add_rate_limits(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    if !responses.contains_key("429") {
        return;
    }
    for response in responses.values_mut() {
        if let RefOr::T(response) = response {
            let limits = headers::rate_limits();
            let limits = limits.map(|(name, header)| (name.to_owned(), RefOr::T(header)));
            response.headers.extend(limits);
        }
    }
}

/// Completes the headers that the operation sends, and adds those of every reply.
fn finish_headers(response: &mut Response) {
    response.headers = std::mem::take(&mut response.headers)
        .into_iter()
        .map(|(name, header)| match (headers::sent(&name), header) {
            (Some((name, schema)), RefOr::T(mut header)) => {
                header.schema = Some(schema.into());
                (name.to_owned(), RefOr::T(header))
            }
            (_, header) => (name, header),
        })
        .chain([
            ("X-Request-Id".to_owned(), RefOr::T(headers::request_id())),
            ("Access-Control-Allow-Origin".to_owned(), RefOr::T(headers::allow_origin())),
        ])
        .collect();
}
