//! The site: the name of the service, and the pages that show it in one frame.

use std::time::Duration;

use bytes::Bytes;
use minijinja::{Environment, Value, context};
use poem::{Route, get};
use serde::Serialize;
use serde_json::json;
use url::Url;

use super::account::SESSION;
use super::asset::Asset;
use super::brand::Brand;
use super::error::PageError;
use crate::api::contract::problem_catalogue::ProblemCode;

/// Pages load style sheets and images of this service, and no scripts.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// The style sheet of these pages.
const STYLE: &[u8] = include_bytes!("../../pages/site.css");

/// The icon, for browsers that ask for it without having read a page.
const ICON: &[u8] = include_bytes!("../../pages/favicon.ico");

/// The frame, into which a template of a page is put as its `content`.
const FRAME: &str = include_str!("../../pages/frame.html");

/// A template by the name of its file in `src/pages`.
macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("../../pages/", $name))
    };
}

/// The facts about the service that the pages show.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The branding.
    pub brand: Brand,
    /// The URL of the service, without a slash at its end.
    pub url: String,
    /// How long the deletion of an account can be undone.
    pub deletion_grace: Duration,
    /// Whether there are pages for developers.
    pub docs: bool,
    /// The user of a demo, whose password everybody may know.
    pub demo: Option<DemoUser>,
}

/// The user of a demo.
#[derive(Clone, Debug, Serialize)]
pub struct DemoUser {
    /// The email address.
    pub email: &'static str,
    /// The password.
    pub password: &'static str,
}

impl Site {
    /// The routes of the pages that are there without pages for developers.
    pub(super) fn routes(&self, route: Route) -> Result<Route, PageError> {
        let style = self.brand.style(STYLE);
        Ok(self
            .brand
            .route(route)
            .at("/docs/problems", get(self.problems()?))
            .at("/site.css", get(Asset::new("text/css; charset=utf-8", style)))
            .at("/favicon.ico", get(Asset::new("image/x-icon", Bytes::from_static(ICON)))))
    }

    pub(super) fn front(&self) -> Result<Asset, PageError> {
        Ok(page(self.render(template!("front.html"), &self.brand.name, context! {})?))
    }

    /// The account page, which has a policy of its own and no frame.
    pub(super) fn account(&self, own: Value) -> Result<String, PageError> {
        let page = include_str!("../../account_page/index.html");
        render(page, context! { ..context! { session => SESSION }, ..own, ..self.common() })
    }

    pub(super) fn not_found(&self) -> Result<Bytes, PageError> {
        self.render(
            template!("not_found.html"),
            &format!("Not found – {}", self.brand.name),
            context! {},
        )
    }

    pub(super) fn clients(&self) -> Result<Asset, PageError> {
        let title = format!("Generate a client – {}", self.brand.name);
        Ok(page(self.render(template!("clients.html"), &title, context! { clients => true })?))
    }

    fn problems(&self) -> Result<Asset, PageError> {
        let problem = |code: &ProblemCode| {
            let entry = code.entry();
            context! {
                name => entry.name,
                status => entry.status.as_u16(),
                title => entry.title,
                detail => with_code(entry.detail),
            }
        };
        let problems: Vec<Value> = ProblemCode::ALL.iter().map(problem).collect();
        let title = format!("Problems – {}", self.brand.name);
        Ok(page(self.render(template!("problems.html"), &title, context! { problems })?))
    }

    /// The page of Swagger UI, which has a policy of its own.
    pub(super) fn explorer(&self) -> Result<Bytes, PageError> {
        // `<` is written as an escape, so that nothing in the settings ends their element.
        let settings = json!({ "demo": self.demo }).to_string().replace('<', "\\u003c");
        let settings = Value::from_safe_string(settings);
        let title = format!("{} API", self.brand.name);
        self.render(template!("explorer.html"), &title, context! { settings, explorer => true })
    }

    fn render(&self, page: &str, title: &str, own: Value) -> Result<Bytes, PageError> {
        let common = self.common();
        let all = context! { ..context! { title }, ..own, ..common };
        let content = Value::from_safe_string(render(page, all.clone())?);
        Ok(render(FRAME, context! { content, ..all })?.into())
    }

    /// The variables of every template.
    fn common(&self) -> Value {
        let Self { brand, url, deletion_grace, docs, demo } = self;
        let demo = demo.as_ref().map(|user| {
            let DemoUser { email, password } = *user;
            context! { email, password }
        });
        let (home, logo) = (brand.home.as_ref().map(Url::as_str), brand.logo_path());
        let grace = deletion_grace.as_secs();
        context! { name => &brand.name, home, logo, url, grace, docs, demo }
    }
}

/// Renders a template. minijinja escapes HTML by the extension of the name.
fn render(template: &str, variables: Value) -> Result<String, PageError> {
    Ok(Environment::new().render_named_str("page.html", template, variables)?)
}

/// A text as HTML, in which words in backticks are code.
fn with_code(text: &str) -> Value {
    let parts = text.split('`').enumerate().map(|(index, part)| {
        let part = part.replace('&', "&amp;").replace('<', "&lt;");
        if index % 2 == 1 { format!("<code>{part}</code>") } else { part }
    });
    Value::from_safe_string(parts.collect())
}

fn page(html: Bytes) -> Asset {
    Asset::new("text/html; charset=utf-8", html).with_policy(POLICY)
}
