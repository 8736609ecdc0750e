//! The page of the problem catalogue.

use std::fmt::Write as _;

use poem::{Request, Response, Route, get, handler};

use super::asset::text;
use crate::api::contract::problem_catalogue::ProblemCode;

/// The route of the page.
pub(super) fn route(route: Route) -> Route {
    route.at("/docs/problems", get(problems))
}

/// The page to which the `type` of a problem leads.
#[handler]
fn problems(request: &Request) -> poem::Result<Response> {
    let mut page = String::from(concat!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">",
        "<meta name=\"viewport\" content=\"width=device-width\">",
        "<title>Problems</title><h1>Problems</h1>",
        "<p>The meaning of each <code>code</code> of a problem (RFC 9457).</p><dl>",
    ));
    for code in ProblemCode::ALL {
        let entry = code.entry();
        let (name, status, title) = (entry.name, entry.status.as_u16(), entry.title);
        let detail = entry.detail.replace('<', "&lt;");
        // Writing to a String can't fail.
        let _ = write!(
            page,
            "<dt id=\"{name}\"><code>{name}</code> ({status}): {title}</dt><dd>{detail}</dd>"
        );
    }
    page.push_str("</dl></html>");
    text(request, "text/html; charset=utf-8", &page)
}
