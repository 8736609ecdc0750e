//! What every operation shares, and poem-openapi cannot say.

use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{Contact, Info, LicenseBuilder, OpenApi, RefOr, ServerBuilder};

use super::headers;
use super::links::add_links;
use super::problems::merge_problems;

/// What the document says of itself.
const DESCRIPTION: &str = "\
The `/me` that every product with accounts needs.

Sign up, log in, authorize with the token, and try the operations on `/me`. \
Everything that goes wrong is an `application/problem+json` (RFC 9457) with a stable `code`; \
[all codes](/docs/problems) and what to do about them.";

/// Adds what is missing.
pub(super) fn finish(document: &mut OpenApi) {
    finish_info(&mut document.info);
    let public = ExtensionsBuilder::new().add("x-internal", false).build();
    document.servers = Some(vec![ServerBuilder::new().url("/").extensions(Some(public)).build()]);
    for path in document.paths.paths.values_mut() {
        for operation in operations(path) {
            merge_problems(operation);
            finish_headers(operation);
            add_links(operation);
            // Nothing at all would leave readers in doubt.
            operation.security.get_or_insert_default();
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

/// The headers that a reply has of its operation, and those that any may have.
fn finish_headers(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
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
}
