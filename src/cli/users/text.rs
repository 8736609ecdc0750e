//! Texts for a terminal. Control characters are escaped, because a terminal obeys them.

use chrono::{DateTime, Utc};
use entity::StoredEnum as _;

use crate::store::Profile;
use crate::value::TextValue as _;
use crate::value::text_value::is_bidi_control;

fn is_forbidden(c: char) -> bool {
    c.is_control() || is_bidi_control(c)
}

/// Escapes every character of `text` that a terminal would obey.
pub(super) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        match is_forbidden(c) {
            true => printable.extend(c.escape_default()),
            false => printable.push(c),
        }
    }
    printable
}

/// Escapes the same characters in a JSON text, which keeps its meaning.
pub(super) fn printable_json(json: &str) -> String {
    let mut printable = String::with_capacity(json.len());
    for c in json.chars() {
        match is_forbidden(c) && c != '\n' {
            // All of these characters fit into four digits, and occur only inside strings.
            true => printable.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => printable.push(c),
        }
    }
    printable
}

/// The id, the name and the default address of a user.
pub(super) fn name(profile: &Profile) -> String {
    let Profile { user, default_email, .. } = profile;
    let name = printable(user.name.as_str());
    match default_email {
        Some(email) => format!("{} ({name}, {})", user.id, printable(email.as_str())),
        None => format!("{} ({name})", user.id),
    }
}

pub(super) fn status(profile: &Profile) -> String {
    profile.user.status.text()
}

/// A time in UTC, to the second.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

pub(super) fn sessions(count: usize) -> String {
    match count {
        0 => "no session".to_owned(),
        1 => "1 session".to_owned(),
        _ => format!("{count} sessions"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A newline, ESC and its C1 form, both of which clear the screen, DEL, and a
    /// right-to-left override.
    const HOSTILE: &str = "A\n\u{1b}[2J\u{9b}2J\u{7f}\u{202e}da";

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(printable(HOSTILE), r"A\n\u{1b}[2J\u{9b}2J\u{7f}\u{202e}da");
        assert_eq!(printable("Zoë 👩‍🚀"), "Zoë 👩‍🚀");
    }

    #[test]
    fn escaped_json_says_the_same() {
        let value = serde_json::json!({ "name": HOSTILE });
        let text = printable_json(&serde_json::to_string_pretty(&value).unwrap());
        assert_eq!(text, "{\n  \"name\": \"A\\n\\u001b[2J\\u009b2J\\u007f\\u202eda\"\n}",);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
