//! Pages for people: Swagger UI, the document, the problem catalogue, the account page. No
//! operation of the document lives here.

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
