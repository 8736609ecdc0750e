//! The tests have produced every (operation, status) pair of the document.
//!
//! This test runs after the tests in `tests/api`, which note the pairs that they saw: cargo
//! runs test programs in the order of their names.

use std::collections::BTreeSet;
use std::path::Path;

use current_user::api::Document;

#[test]
fn every_status_of_every_operation_was_seen() {
    let document: serde_json::Value = serde_json::from_str(&Document::new().unwrap().json).unwrap();
    let mut promised = BTreeSet::new();
    for path in document["paths"].as_object().unwrap().values() {
        for operation in path.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            for status in operation["responses"].as_object().unwrap().keys() {
                promised.insert(format!("{id} {status}"));
            }
        }
    }
    let notes = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replies");
    let notes = std::fs::read_to_string(notes).unwrap_or_default();
    let seen: BTreeSet<String> = notes.lines().map(str::to_owned).collect();
    let missing: Vec<&String> = promised.difference(&seen).collect();
    assert!(
        missing.is_empty(),
        "no test produced these pairs of the document (run all tests with: cargo test): {missing:#?}"
    );
    eprintln!("the tests have seen all {} (operation, status) pairs", promised.len());
}
