//! Pages for people: Swagger UI, the document, the list of problems, the account page. They
//! are not in the document.

use poem::Route;

pub(crate) mod account;
mod asset;
mod document;
mod problems;
pub(crate) mod root;
mod swagger_ui;

/// The routes of all pages.
pub(crate) fn routes(route: Route) -> Route {
    let route = swagger_ui::routes(problems::route(document::routes(route)));
    account::routes(route)
}
