//! `docs/asvs.md` has every requirement of OWASP ASVS 5.0, levels 1 and 2, in its chapters, and
//! each test that it names exists. `docs/security.md` classifies every table.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::read_to_string;
use std::path::Path;

/// The sections of the standard. The digits are the levels of the requirements: the first digit of
/// `1.5` is the level of requirement 1.5.1.
const SECTIONS: [(&str, &str); 56] = [
    ("1.1", "22"),
    ("1.2", "111112222"),
    ("1.3", "11222222222"),
    ("1.4", "222"),
    ("1.5", "12"),
    ("2.1", "122"),
    ("2.2", "112"),
    ("2.3", "1222"),
    ("2.4", "2"),
    ("3.2", "11"),
    ("3.3", "1222"),
    ("3.4", "112222"),
    ("3.5", "11122"),
    ("3.7", "22"),
    ("4.1", "122"),
    ("4.2", "2"),
    ("4.3", "22"),
    ("4.4", "1222"),
    ("6.1", "122"),
    ("6.2", "111111112222"),
    ("6.3", "1122"),
    ("6.4", "1122"),
    ("6.5", "22222"),
    ("6.6", "222"),
    ("6.8", "2222"),
    ("7.1", "222"),
    ("7.2", "1111"),
    ("7.3", "22"),
    ("7.4", "11222"),
    ("7.5", "22"),
    ("7.6", "22"),
    ("8.1", "12"),
    ("8.2", "112"),
    ("8.3", "1"),
    ("8.4", "2"),
    ("11.1", "22"),
    ("11.2", "222"),
    ("11.3", "112"),
    ("11.4", "1222"),
    ("11.5", "2"),
    ("11.6", "2"),
    ("13.1", "2"),
    ("13.2", "22222"),
    ("13.3", "22"),
    ("13.4", "12222"),
    ("14.1", "22"),
    ("14.2", "1222"),
    ("14.3", "122"),
    ("15.1", "122"),
    ("15.2", "122"),
    ("15.3", "1222222"),
    ("16.1", "2"),
    ("16.2", "22222"),
    ("16.3", "2222"),
    ("16.4", "222"),
    ("16.5", "222"),
];

/// What the last column may begin with, unless it names a test.
const REASONS: [&str; 5] =
    ["By design: ", "Does not apply: ", "Documented: ", "No: ", "Operator: "];

/// A row of the page.
struct Row {
    number: String,
    level: String,
    shown_by: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rows() -> Vec<Row> {
    let page = read_to_string(root().join("docs/asvs.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows.map(|row| row.split(" | ").map(str::to_owned).collect::<Vec<_>>());
    let cells = cells.filter_map(|cells| <[String; 4]>::try_from(cells).ok());
    let rows = cells.map(|[number, level, _, shown_by]| Row { number, level, shown_by });
    rows.filter(|row| row.number.starts_with(|first: char| first.is_ascii_digit())).collect()
}

/// The texts in backquotes that begin with the path of a file with tests: `FILE: TEST` or `FILE`.
fn named(shown_by: &str) -> Vec<&str> {
    let quoted = shown_by.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.starts_with("tests/") || text.starts_with("src/")).collect()
}

/// Whether `source`, a file with this name, has a test with this name.
fn has_test(file: &str, source: &str, name: &str) -> bool {
    if !file.ends_with(".rs") {
        return source.contains(&format!("\"{name}\""));
    }
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let signature = format!("fn {name}(");
    let attributes = ["#[test]", "#[tokio::test", "#[apply("];
    lines.windows(2).any(|pair| match pair {
        [attribute, line] => {
            line.contains(&signature) && attributes.iter().any(|one| attribute.starts_with(one))
        }
        _ => false,
    })
}

#[test]
fn every_requirement_is_there_once() {
    let expected = SECTIONS.into_iter().flat_map(|(section, levels)| {
        (1..).zip(levels.chars()).map(move |(number, level)| format!("{section}.{number} {level}"))
    });
    let found: Vec<String> =
        rows().into_iter().map(|row| format!("{} {}", row.number, row.level)).collect();
    assert_eq!(found, expected.collect::<Vec<_>>());
}

#[test]
fn every_test_that_is_named_exists() {
    let mut tests = 0;
    for Row { number, shown_by, .. } in rows() {
        let named = named(&shown_by);
        let has_reason = REASONS.iter().any(|reason| shown_by.starts_with(reason));
        assert!(
            has_reason || shown_by.starts_with('`') && !named.is_empty(),
            "{number} names neither a test nor a reason: {shown_by}"
        );
        for text in named {
            let (file, name) = text.split_once(": ").unwrap_or((text, ""));
            let source = read_to_string(root().join(file));
            let source = source.unwrap_or_else(|error| panic!("{number}: {file}: {error}"));
            let exists = name.is_empty() || has_test(file, &source, name);
            assert!(exists, "{number}: there is no test {name:?} in {file}");
            tests += 1;
        }
    }
    assert!(tests > 100, "the page names only {tests} tests");
}

#[test]
fn every_table_is_classified() {
    let security = read_to_string(root().join("docs/security.md")).unwrap();
    let mut tables = 0;
    for entry in root().join("entity/src").read_dir().unwrap() {
        let source = read_to_string(entry.unwrap().path()).unwrap();
        let names =
            source.split("table_name = \"").skip(1).filter_map(|rest| rest.split('"').next());
        for name in names {
            assert!(security.contains(&format!("`{name}`")), "docs/security.md has no {name}");
            tables += 1;
        }
    }
    assert!(tables > 10, "only {tables} tables were found");
}
