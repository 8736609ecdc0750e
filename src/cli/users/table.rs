//! Tables of users and sessions, for people to read.

use std::os::fd::AsFd;

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};
use entity::{email, session};

use super::text::{printable, status, time};
use crate::store::Profile;
use crate::value::TextValue;

/// The space between columns.
const GAP: u16 = 2;
/// The maximum number of characters per line of a cell on a terminal, so that a long name
/// leaves room for the other columns. It is more than the length of an id, because an id
/// must stay in one piece to be copied.
const MOST: u16 = 48;

/// The width of the terminal. `None` means that `stream` is not a terminal, so lines may
/// have any length.
pub(super) fn width(stream: impl AsFd) -> Option<u16> {
    terminal_size::terminal_size_of(stream).map(|(width, _)| width.0)
}

/// Users, newest first.
pub(super) fn users(profiles: &[Profile], width: Option<u16>) -> String {
    let header = ["ID", "STATUS", "NAME", "EMAIL", "SESSIONS", "CREATED"];
    let rows = profiles.iter().map(|profile| {
        [
            profile.user.id.to_string(),
            status(profile),
            printable(profile.user.name.as_str()),
            or_none(profile.default_email.as_ref().map(TextValue::as_str)),
            profile.active_sessions.to_string(),
            time(profile.user.created_at),
        ]
    });
    lines_or_blocks(header, rows.collect(), width)
}

/// All properties of a user.
pub(super) fn user(profile: &Profile, emails: &[email::Model], width: Option<u16>) -> String {
    let Profile { user, active_sessions, .. } = profile;
    let mut properties = vec![
        ("ID", user.id.to_string()),
        ("STATUS", status(profile)),
        ("NAME", printable(user.name.as_str())),
        ("BIO", or_none(user.bio.as_ref().map(TextValue::as_str))),
        ("AVATAR", or_none(user.avatar_url.as_ref().map(TextValue::as_str))),
    ];
    properties.extend(emails.iter().map(|email| ("EMAIL", describe(email))));
    properties.extend([
        ("PHONE", or_none(user.phone_number.as_ref().map(TextValue::as_str))),
        ("LOCALE", or_none(user.locale.as_ref().map(TextValue::as_str))),
        ("TIME ZONE", or_none(user.timezone.as_ref().map(TextValue::as_str))),
        ("SESSIONS", active_sessions.to_string()),
        ("CREATED", time(user.created_at)),
        ("UPDATED", time(user.updated_at)),
    ]);
    block(properties, width)
}

fn describe(email: &email::Model) -> String {
    let default = if email.is_default { "default, " } else { "" };
    let verified = match email.verified_at {
        Some(at) => format!("verified {}", time(at)),
        None => "not verified".to_owned(),
    };
    format!("{} ({default}{verified})", printable(email.email.as_str()))
}

/// Sessions, newest first.
pub(super) fn sessions(sessions: &[session::Model], width: Option<u16>) -> String {
    let header = ["ID", "CREATED", "LAST USED", "EXPIRES", "IP ADDRESS", "USER AGENT"];
    let rows = sessions.iter().map(|session| {
        [
            session.id.to_string(),
            time(session.created_at),
            time(session.last_used_at),
            time(session.expires_at),
            or_none(session.ip_address.as_deref()),
            or_none(session.user_agent.as_deref()),
        ]
    });
    lines_or_blocks(header, rows.collect(), width)
}

fn or_none(text: Option<&str>) -> String {
    text.map_or_else(|| "-".to_owned(), printable)
}

/// One line per row. On a terminal that is too narrow for that, one block per row.
fn lines_or_blocks<const N: usize>(
    header: [&'static str; N],
    rows: Vec<[String; N]>,
    width: Option<u16>,
) -> String {
    let mut table = Table::new();
    table.set_header(header).add_rows(rows.clone());
    if let Some(width) = width {
        let widths = table.column_max_content_widths();
        if widths.iter().map(|&column| column.min(MOST) + GAP).sum::<u16>()
            > width.saturating_add(GAP)
        {
            let blocks =
                rows.into_iter().map(|row| block(header.into_iter().zip(row), Some(width)));
            return blocks.collect::<Vec<_>>().join("\n");
        }
        for column in table.column_iter_mut() {
            column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(MOST + GAP)));
        }
    }
    finish(table, width)
}

/// One line per property.
fn block(
    properties: impl IntoIterator<Item = (&'static str, String)>,
    width: Option<u16>,
) -> String {
    let mut table = Table::new();
    table.add_rows(properties.into_iter().map(|(name, value)| [name.to_owned(), value]));
    finish(table, width)
}

fn finish(mut table: Table, width: Option<u16>) -> String {
    table.load_style(NOTHING);
    if let Some(width) = width {
        // The gap after the last column is not printed.
        table
            .set_width(width.saturating_add(GAP))
            .set_content_arrangement(ContentArrangement::Dynamic);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    format!("{}\n", table.trim_fmt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<[String; 2]> {
        [["0199", "Ada"], ["0198", "Grace Brewster Murray Hopper"]]
            .map(|row| row.map(str::to_owned))
            .into()
    }

    #[test]
    fn what_goes_to_no_terminal_has_one_line_each() {
        let long = vec![["0199".to_owned(), "long ".repeat(100)]];
        assert_eq!(lines_or_blocks(["ID", "NAME"], long, None).lines().count(), 2);
    }

    #[test]
    fn a_terminal_that_is_wide_enough_shows_a_table() {
        let table = "\
ID    NAME
0199  Ada
0198  Grace Brewster Murray Hopper
";
        for width in [34, 80] {
            assert_eq!(lines_or_blocks(["ID", "NAME"], rows(), Some(width)), table, "{width}");
        }
    }

    #[test]
    fn a_narrow_terminal_shows_blocks() {
        let blocks = "\
ID    0199
NAME  Ada

ID    0198
NAME  Grace Brewster Murray
      Hopper
";
        assert_eq!(lines_or_blocks(["ID", "NAME"], rows(), Some(27)), blocks);
    }

    #[test]
    fn a_long_name_takes_lines_of_its_own_and_no_more_room() {
        let rows = vec![["0199".to_owned(), "word ".repeat(20)]];
        let table = lines_or_blocks(["ID", "NAME"], rows, Some(80));
        assert!(table.lines().all(|line| line.len() <= 6 + usize::from(MOST)), "{table}");
        assert_eq!(table.lines().count(), 4, "{table}");
    }
}
