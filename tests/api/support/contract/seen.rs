//! The (operation, status) pairs that the tests saw, for `tests/coverage.rs`.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};

/// The file with the pairs. Another test program reads it after this one has ended.
fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("replies")
}

/// Notes that an operation replied with this status.
pub(super) fn note(id: &str, status: &str) {
    static SEEN: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);
    let pair = format!("{id} {status}\n");
    let mut seen = SEEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if seen.is_empty() {
        // This is the first reply of the run. The pairs of an earlier run do not count.
        std::fs::write(file(), "").unwrap();
    }
    if seen.insert(pair.clone()) {
        let mut file = OpenOptions::new().append(true).open(file()).unwrap();
        file.write_all(pair.as_bytes()).unwrap();
    }
}
