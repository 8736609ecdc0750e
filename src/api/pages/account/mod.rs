//! `/account`: the account page, which is for people. It uses the same operations as any other
//! client.
//!
//! The page is made for each request: it is in the language of its reader, and contains the user if
//! there is a session. So it shows the profile without another request.

use std::collections::BTreeMap;

use bytes::Bytes;
use data_encoding::BASE64;
use include_dir::{Dir, include_dir};
use minijinja::{Value, context};
use poem::{Route, get};
use sha2::{Digest as _, Sha256};

use super::asset::{Asset, Assets, file_type};
use super::error::PageError;
use super::site::Site;
use crate::account::Context;
use crate::language;

mod bundle;
mod choices;
mod page;
mod reader;
mod texts;

use bundle::bundle;
pub(super) use page::SESSION;
use page::{Page, Template};
use texts::Texts;

/// The path of the page.
pub const PATH: &str = "/account";

/// The files of the page, compiled into the program.
static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/account_page");

/// The page loads its own files, uploaded avatars, and images that are not uploaded yet (`blob:`).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; \
    frame-ancestors 'none'";

/// The page and its files.
pub(super) fn routes(route: Route, site: &Site, context: &Context) -> Result<Route, PageError> {
    let mut assets = Assets(BTreeMap::new());
    let mut add = |name: String, bytes: Bytes| {
        let asset = Asset::new(file_type(&name), bytes).with_policy(POLICY);
        assets.0.insert(name, asset);
    };
    add("icon.svg".to_owned(), Bytes::from_static(file("icon.svg")?));
    add("choices.json".to_owned(), choices::of(&context.policy.sms_countries).into());
    let of_others = FILES.get_dir("vendor").into_iter().flat_map(Dir::files);
    for file in of_others {
        let name = file.path().file_name().unwrap_or_default().to_string_lossy();
        add(name.into_owned(), Bytes::from_static(file.contents()));
    }
    let style = site.brand.style(file("account.css")?);
    let style = String::from_utf8_lossy(&style);
    let script = bundle("main.js", |name| FILES.get_file(name)?.contents_utf8())?;
    let mut templates = BTreeMap::new();
    for tag in language::tags() {
        let texts = Texts::of(tag)?;
        let script = [texts.script(), script.clone()].concat();
        let script = Asset::new(file_type(".js"), script.into()).with_policy(POLICY).immutable();
        let name = format!("{tag}-{}.js", script.version());
        let path = format!("{PATH}/{name}");
        assets.0.insert(name, script);
        let html = site.account(context! {
            language => tag,
            t => texts.for_template(),
            style => Value::from_safe_string(style.to_string()),
            script => path,
        })?;
        templates.insert(tag, Template::new(&html)?);
    }
    Ok(route
        .at(PATH, get(Page { templates, policy: policy_of(&style) }))
        .at(format!("{PATH}/:file"), get(assets)))
}

/// The policy of the page, whose style sheet stands in it: a browser needs no other request before it
/// shows something.
fn policy_of(style: &str) -> String {
    let hash = BASE64.encode(&Sha256::digest(style));
    POLICY.replace("style-src 'self'", &format!("style-src 'self' 'sha256-{hash}'"))
}

/// A file of the page.
fn file(name: &str) -> Result<&'static [u8], PageError> {
    let found = FILES.get_file(name).map(include_dir::File::contents);
    found.ok_or_else(|| PageError::File(name.to_owned(), "it is missing".to_owned()))
}
