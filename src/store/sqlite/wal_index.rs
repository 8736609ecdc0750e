//! Notices what other programs write to the SQLite file: another server, the
//! command line, the `sqlite3` shell.
//!
//! In WAL mode all programs share a small file of memory, the WAL-index. Its
//! header (sqlite.org/walformat.html, 2.1) has a counter that every commit moves
//! on, so one read of a few bytes tells whether anything was committed. Whether
//! it was committed by somebody else, `PRAGMA data_version` tells on the
//! connection through which all writes of this program go.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};
use tokio::sync::Notify;

use crate::store::effect::Effects;
use crate::store::freshness::ForeignChanges;

/// Where in the header `iChange` and `mxFrame` are: the counter of commits, and
/// the last of their frames. Native byte order, four bytes each.
const CHANGE: std::ops::Range<usize> = 8..12;
const FRAME: std::ops::Range<usize> = 16..20;
/// Bytes of the header up to where `mxFrame` ends.
const HEADER: usize = 20;

/// The WAL-index of the database.
pub(super) struct WalIndex {
    /// Never closed: closing any descriptor of a file releases all locks that the
    /// process holds on it (fcntl(2)), those of SQLite too.
    file: ManuallyDrop<File>,
    /// The state of the header up to which all commits by others were noted.
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

    /// Changes with every commit. A header that is read while it is written
    /// differs from both its old and its new state.
    fn state(&self) -> Option<u64> {
        let mut header = [0; HEADER];
        self.file.read_exact_at(&mut header, 0).ok()?;
        let word = |range| {
            Some(u32::from_ne_bytes(header.get::<std::ops::Range<_>>(range)?.try_into().ok()?))
        };
        Some(u64::from(word(CHANGE)?) << 32 | u64::from(word(FRAME)?))
    }

    /// Resolves when something was committed that nobody has noted yet.
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

/// Tells commits of this program from those of others.
pub(super) struct Auditor {
    index: Arc<WalIndex>,
    effects: Arc<Effects>,
    /// What `PRAGMA data_version` said last.
    version: Option<i64>,
}

impl Auditor {
    pub(super) fn new(index: Arc<WalIndex>, effects: Arc<Effects>) -> Self {
        Self { index, effects, version: None }
    }

    /// Notes what others have committed. To be called after every own commit, once
    /// whom it changed is noted. `writer` is the only connection that writes.
    pub(super) async fn audit(&mut self, writer: &DatabaseConnection) -> Result<(), DbErr> {
        // In this order: a commit between the two is one that is not noted yet.
        let state = self.index.state();
        let version = data_version(writer).await?;
        if self.version != Some(version) {
            self.effects.freshness.all_changed();
            self.version = Some(version);
        }
        self.index.noted.store(state.unwrap_or(u64::MAX), Ordering::SeqCst);
        Ok(())
    }

    /// For another connection, or after a fault: what was said last means nothing any
    /// more.
    pub(super) fn forget(&mut self) {
        self.version = None;
        self.effects.freshness.all_changed();
    }
}

/// Differs from last time if another connection has committed.
async fn data_version(writer: &DatabaseConnection) -> Result<i64, DbErr> {
    let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA data_version");
    let row = writer.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}
