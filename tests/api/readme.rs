//! The README and `docs/`, as a reader uses them: the walk runs, the table of flags is
//! complete, and links lead somewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Server, program};

const README: &str = include_str!("../../README.md");

/// The shell blocks between the two marks, as one script.
fn walk() -> String {
    let (_, rest) = README
        .split_once("<!-- walk -->")
        .expect("the README has no mark at the beginning of the walk");
    let (walk, _) = rest
        .split_once("<!-- end of walk -->")
        .expect("the README has no mark at the end of the walk");
    let blocks = walk.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect()
}

#[test]
fn the_walk_runs_as_written() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped, because curl is not installed");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("walk.db");
    let server = Server::start(&format!("sqlite://{}", database.display()));
    let script = walk();
    assert!(script.matches("curl ").count() >= 8, "{script}");
    let script = script.replace("http://127.0.0.1:8080", server.base());
    let output = Command::new("bash").args(["-euo", "pipefail", "-c", &script]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for expected in ["\"name\":\"Ada Lovelace\"", "\"locale\":\"en-GB\"", "\"current\":true"] {
        assert!(text.contains(expected), "the output lacks {expected}: {text}");
    }
    assert!(text.trim_end().ends_with("401"), "the token must not work after the logout: {text}");
}

const CONFIGURATION: &str = include_str!("../../docs/configuration.md");

/// The first three cells of each row of the table of flags: flag, variable, default.
fn documented_flags() -> Vec<[&'static str; 3]> {
    let rows = CONFIGURATION.lines().filter(|line| line.starts_with("| `--"));
    let cells = |row: &'static str| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    };
    rows.map(cells).collect()
}

#[test]
fn the_configuration_page_lists_every_flag_with_its_variable_and_default() {
    let mut help = program();
    // The help shows the values of variables.
    help.env_remove("CURRENT_USER_SECRET_FILE");
    let help = help.args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    // Each flag begins a line. Its description may be wrapped anywhere.
    let flags: Vec<Vec<&str>> =
        help.split("\n      --").skip(1).map(|flag| flag.split_whitespace().collect()).collect();
    let documented = documented_flags();
    let names: BTreeSet<String> = flags.iter().map(|flag| format!("`--{}`", flag[0])).collect();
    let rows: BTreeSet<String> = documented.iter().map(|row| row[0].to_owned()).collect();
    assert_eq!(names, rows, "the flags of `serve --help`, and those of docs/configuration.md");

    for flag in flags {
        let (name, text) = (format!("`--{}`", flag[0]), flag.join(" "));
        let bracketed = |label: &str| {
            let (_, rest) = text.split_once(&format!("[{label}: "))?;
            rest.split_once(']').map(|(value, _)| format!("`{}`", value.trim_end_matches('=')))
        };
        let row = documented.iter().find(|row| row[0] == name).unwrap();
        assert_eq!(Some(row[1]), bracketed("env").as_deref(), "the variable of {name}");
        if let Some(default) = bracketed("default") {
            assert_eq!(row[2], default, "the default of {name}");
        }
    }
}

/// All pages of the documentation, by their paths.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.to_owned(), root.join("docs")];
    let entries = folders.iter().flat_map(|folder| folder.read_dir().unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    let pages = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The names by which links find the headings of a page.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let text = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    let mut count = 0;
    for (path, page) in pages() {
        let targets = page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        for target in targets.filter(|target| !target.starts_with("http")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { path.clone() } else { path.with_file_name(file) };
            assert!(file.exists(), "{} links to {target}, which does not exist", path.display());
            if !anchor.is_empty() {
                let page = std::fs::read_to_string(&file).unwrap();
                let has_anchor = anchors(&page).contains(anchor);
                assert!(has_anchor, "{} links to {target}: no such heading", path.display());
            }
            count += 1;
        }
    }
    assert!(count > 20, "only {count} links were found");
}

/// Flags that can hold secrets. Other users of a machine can read its command lines.
const SECRETS: [&str; 4] = ["--database-url", "--smtp-url", "--sms-url", "--sms-secret"];

#[test]
fn no_example_puts_a_secret_into_arguments() {
    let help = program().arg("--help").output().unwrap();
    let help = ("--help".into(), String::from_utf8(help.stdout).unwrap());
    let (_, examples) = help.1.split_once("Examples:").unwrap();
    let mut texts = vec![(help.0, examples.to_owned())];
    for (path, page) in pages() {
        // Every second part is a block of code.
        let blocks = page.split("```").skip(1).step_by(2).map(ToOwned::to_owned);
        texts.extend(blocks.map(|block| (path.clone(), block)));
    }
    assert!(texts.len() > 10, "only {} examples were found", texts.len());
    for (path, text) in texts {
        let words: Vec<&str> = text.split([' ', '\n', '=']).collect();
        for flag in SECRETS {
            assert!(!words.contains(&flag), "{} has {flag} in an example", path.display());
        }
    }
}
