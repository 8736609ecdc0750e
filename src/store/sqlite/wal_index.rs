//! Detects changes that other processes make to the SQLite file: another node, the command
//! line, the `sqlite3` shell.
//!
//! In WAL mode, all processes share a small memory-mapped file, the WAL-index. Its header
//! (sqlite.org/walformat.html, 2.1) has a counter that every commit increments. So one read of
//! a few bytes shows whether anything was committed. `PRAGMA data_version` then shows whether
//! another process committed it. This statement runs on the one connection that writes for
//! this process.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};
use tokio::sync::Notify;

use crate::store::effect::Effects;
use crate::store::freshness::ForeignChanges;

/// The positions of `iChange` and `mxFrame` in the header: the counter of commits, and the
/// number of the last frame. Each has four bytes in native byte order.
const CHANGE: std::ops::Range<usize> = 8..12;
const FRAME: std::ops::Range<usize> = 16..20;
/// The number of bytes of the header up to the end of `mxFrame`.
const HEADER: usize = 20;

/// The WAL-index of the database.
pub(super) struct WalIndex {
    /// Never closed: when a process closes any descriptor of a file, it loses all its locks on
    /// that file (fcntl(2)), including those of SQLite.
    file: ManuallyDrop<File>,
    /// The state of the header up to which the commits of other processes are noted.
    noted: AtomicU64,
    unnoted: Notify,
}

impl WalIndex {
    /// The WAL-index of the database at `path`, which must be open.
    pub(super) fn open(path: &str) -> std::io::Result<Arc<Self>> {
        let file = ManuallyDrop::new(File::open(format!("{path}-shm"))?);
        let noted = AtomicU64::new(u64::MAX);
        Ok(Arc::new(Self { file, noted, unnoted: Notify::new() }))
    }

    /// The state of the header. It changes with every commit. A header that is read while it
    /// is written differs from both its old and its new state.
    fn state(&self) -> Option<u64> {
        let mut header = [0; HEADER];
        self.file.read_exact_at(&mut header, 0).ok()?;
        let word = |range| {
            Some(u32::from_ne_bytes(header.get::<std::ops::Range<_>>(range)?.try_into().ok()?))
        };
        Some(u64::from(word(CHANGE)?) << 32 | u64::from(word(FRAME)?))
    }

    /// Resolves when there is a commit that is not noted yet.
    pub(super) async fn unnoted(&self) {
        self.unnoted.notified().await;
    }
}

impl ForeignChanges for Arc<WalIndex> {
    fn are_known(&self) -> bool {
        let are_known = self.state() == Some(self.noted.load(Ordering::SeqCst));
        if !are_known {
            self.unnoted.notify_one();
        }
        are_known
    }
}

/// Distinguishes the commits of this process from those of other processes.
pub(super) struct Auditor {
    index: Arc<WalIndex>,
    effects: Arc<Effects>,
    /// The last result of `PRAGMA data_version`.
    version: Option<i64>,
}

impl Auditor {
    pub(super) fn new(index: Arc<WalIndex>, effects: Arc<Effects>) -> Self {
        Self { index, effects, version: None }
    }

    /// Notes the commits of other processes. Must be called after every commit of this
    /// process, once the changes of that commit are noted. `writer` is the only connection of
    /// this process that writes.
    pub(super) async fn audit(&mut self, writer: &DatabaseConnection) -> Result<(), DbErr> {
        // The state is read first: if another process commits between the two reads, the state
        // is older than its commit, so the commit counts as not noted yet.
        let state = self.index.state();
        let version = data_version(writer).await?;
        if self.version != Some(version) {
            self.effects.freshness.all_changed();
            self.version = Some(version);
        }
        self.index.noted.store(state.unwrap_or(u64::MAX), Ordering::SeqCst);
        Ok(())
    }

    /// Discards the last result, after a fault or when the connection was replaced. The result
    /// can't be compared with later ones.
    pub(super) fn forget(&mut self) {
        self.version = None;
        self.effects.freshness.all_changed();
    }
}

/// A number that differs from the last one if another connection has committed.
async fn data_version(writer: &DatabaseConnection) -> Result<i64, DbErr> {
    let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA data_version");
    let row = writer.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}
