//! The output of a command: a table for people, or JSON for programs.

use entity::{email, session};
use poem_openapi::types::ToJSON;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{table, text};
use crate::account::administration::Page;
use crate::api::schema::session::Session;
use crate::api::schema::user::User;
use crate::api::schema::user_email::UserEmail;
use crate::store::Profile;
use crate::value::PublicUrl;

/// The output of a command.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The text for standard output: whole lines, or nothing.
    pub output: String,
    /// A remark for standard error.
    pub note: Option<String>,
}

impl Report {
    fn of(output: String) -> Self {
        Self { output, note: None }
    }

    fn nothing(note: &str) -> Self {
        Self { output: String::new(), note: Some(note.to_owned()) }
    }
}

/// The form of the output.
#[derive(Clone, Copy)]
pub(super) enum Form<'a> {
    /// JSON, as in the OpenAPI document. URLs of uploaded avatars begin with the public
    /// URL.
    Json(&'a PublicUrl),
    /// A table, as wide as the terminal, if standard output is one.
    Table(Option<u16>),
}

impl Form<'_> {
    pub(super) fn page(self, page: &Page) -> Report {
        let Page { profiles, next } = page;
        match self {
            Self::Json(public_url) => {
                let results: Vec<Value> =
                    profiles.iter().map(|profile| user(public_url, profile)).collect();
                let mut page = json!({ "results": results });
                if let (Some(page), Some(next)) = (page.as_object_mut(), next) {
                    page.insert("next".to_owned(), next.to_string().into());
                }
                Report::of(print(&page))
            }
            Self::Table(_) if profiles.is_empty() => Report::nothing("no users"),
            Self::Table(width) => Report {
                output: table::users(profiles, width),
                note: next
                    .map(|next| format!("there are more users; continue with --after {next}")),
            },
        }
    }

    pub(super) fn user(self, profile: &Profile, emails: Vec<email::Model>) -> Report {
        Report::of(match self {
            Self::Json(public_url) => {
                let mut shown = user(public_url, profile);
                if let Some(shown) = shown.as_object_mut() {
                    let emails = emails.into_iter().map(|email| value(&UserEmail::from(email)));
                    shown.insert("emails".to_owned(), emails.collect());
                }
                print(&shown)
            }
            Self::Table(width) => table::user(profile, &emails, width),
        })
    }

    /// The user after a change. `what` says what has changed.
    pub(super) fn outcome(self, profile: &Profile, what: &str) -> Report {
        Report::of(match self {
            Self::Json(public_url) => print(&user(public_url, profile)),
            Self::Table(_) => format!("{} {what}\n", text::name(profile)),
        })
    }

    pub(super) fn sessions(self, sessions: Vec<session::Model>) -> Report {
        match self {
            Self::Json(_) => Report::of(print(&sessions.into_iter().map(session).collect())),
            Self::Table(_) if sessions.is_empty() => Report::nothing("no sessions"),
            Self::Table(width) => Report::of(table::sessions(&sessions, width)),
        }
    }
}

fn user(public_url: &PublicUrl, profile: &Profile) -> Value {
    value(&User::of(public_url, profile))
}

fn session(session: session::Model) -> Value {
    let mut shown = value(&Session::new(session, Uuid::nil()));
    if let Some(shown) = shown.as_object_mut() {
        // A command has no session, so no session is the current one.
        shown.remove("current");
    }
    shown
}

fn value(value: &impl ToJSON) -> Value {
    value.to_json().unwrap_or_default()
}

fn print(value: &Value) -> String {
    format!("{}\n", text::printable_json(&format!("{value:#}")))
}
