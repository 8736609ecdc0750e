//! Pages for people: the front page, Swagger UI, the document, the list of problems, the account
//! page. No operation of the document lives here.

use std::sync::Arc;

use poem::Route;

use crate::account::Context;
use crate::api::contract::Document;

mod accept;
pub(crate) mod account;
mod asset;
mod brand;
mod document;
mod error;
mod explorer;
mod front;
pub(crate) mod not_found;
mod site;

pub(crate) use accept::accepts;
pub use brand::{Brand, Logo};
pub use error::PageError;
pub(crate) use front::Front;
pub use site::DemoUser;
pub(crate) use site::Site;

/// The routes of all pages. Swagger UI is one of them only if the site has pages for developers.
///
/// # Errors
/// When a page can't be made. This is a bug in the program, which a test finds first.
pub(crate) fn routes(
    route: Route,
    document: &Arc<Document>,
    site: &Site,
    context: &Context,
) -> Result<Route, PageError> {
    let route = account::routes(document::routes(route, document), site, context)?;
    let route = site.routes(route)?;
    if site.docs { explorer::routes(route, site) } else { Ok(route) }
}
