//! The requests that the commands under `users` refuse.

use super::Administrator;
use crate::support::{TestDatabase, apply, every_database, program};

#[apply(every_database)]
async fn a_schema_that_is_not_up_to_date_is_left_as_it_is(database: TestDatabase) {
    let administrator = Administrator::of(&database);
    let migrate = |action: &str| {
        let mut command = program();
        command.arg("migrate").args(action.split(' ')).args(["--database-url", &administrator.0]);
        let output = command.output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    migrate("up");
    migrate("down --yes");
    let before = migrate("status");
    let line = administrator.fails(&["list"]);
    assert!(line.contains("; run `current-user migrate up` or `current-user serve`"), "{line}");
    assert!(before.contains("pending") && migrate("status") == before, "{before}");
}

#[test]
fn a_database_that_is_not_there_is_not_made() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("typo.db");
    let administrator = Administrator(format!("sqlite://{}", path.display()));
    let line = administrator.fails(&["list"]);
    assert!(line.starts_with("there is no database sqlite://"), "{line}");
    assert!(!path.exists());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let cases: [(&[&str], &str); 7] = [
        (&["show", "ada"], "must be the id or an email address of a user"),
        (&["show"], "<USER>"),
        (&["list", "--status", "happy"], "must be one of pending, active, deleted"),
        (&["list", "--limit", "0"], "--limit"),
        (&["invite", "ada@example.com", "--locale", "xx"], "must be a BCP 47 language tag"),
        (&["invite", "ada@example.com", "--name", " "], "at least 1 character"),
        (&["sessions", "ada@example.com", "--end-all", "--end", "1"], "--end"),
    ];
    for (arguments, expected) in cases {
        let output = program().arg("users").args(arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?} was accepted");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.starts_with("error: ") && text.contains(expected), "{arguments:?}: {text}");
    }
}

#[test]
fn help_explains_every_command_flag_and_argument() {
    for command in ["list", "show", "invite", "ban", "unban", "delete", "sessions"] {
        let output = program().args(["users", command, "--help"]).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = help.lines().map(str::trim).collect();
        for (line, next) in lines.iter().zip(lines.iter().skip(1)) {
            if line.starts_with(['-', '<']) {
                // The explanation is on the same line after two spaces, or on the next line.
                let explained = line.contains("  ") || next.starts_with(char::is_alphanumeric);
                assert!(explained || next.starts_with('`'), "{command}: {line}");
            }
        }
        for flag in ["--json", "--database-url", "--session-idle-timeout"] {
            assert!(lines.iter().any(|line| line.starts_with(flag)), "{command}: {flag}");
        }
    }
}
