//! The limit of open files and sockets that the system sets for the process.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The number of descriptors that are kept for the database, files, mail and the log.
pub const RESERVED: u64 = 128;

/// The limit of descriptors. `None` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Descriptors {
    /// The limit that is in force. The process may raise it.
    soft: Option<u64>,
    /// The limit up to which it may.
    hard: Option<u64>,
}

impl Descriptors {
    /// The limit that is needed for this many connections, or the closest that is allowed.
    fn raised_for(self, connections: usize) -> Self {
        let needed = connections as u64 + RESERVED;
        let soft =
            self.soft.map(|soft| soft.max(self.hard.map_or(needed, |hard| hard.min(needed))));
        Self { soft, ..self }
    }

    /// How many of these connections fit.
    fn fit(self, connections: usize) -> usize {
        let free = self.soft.map_or(u64::MAX, |soft| soft.saturating_sub(RESERVED));
        connections.min(usize::try_from(free).unwrap_or(usize::MAX)).max(1)
    }
}

/// Raises the limit of descriptors of this process, if that is needed for `connections` and
/// allowed. Returns how many connections fit, and leaves room for everything else.
#[must_use]
pub fn make_room(connections: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let now = Descriptors { soft: current, hard: maximum };
    let raised = now.raised_for(connections);
    if raised != now {
        let limit = Rlimit { current: raised.soft, maximum };
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, "can't raise the limit of open files");
            return now.fit(connections);
        }
    }
    raised.fit(connections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_as_far_as_needed_and_allowed() {
        let cases = [
            ((Some(1024), Some(524_288)), 8192, Some(8320), 8192),
            ((Some(1024), None), 8192, Some(8320), 8192),
            ((Some(1024), Some(4096)), 8192, Some(4096), 3968),
            ((Some(65_536), Some(65_536)), 8192, Some(65_536), 8192),
            ((None, None), 8192, None, 8192),
            ((Some(64), Some(64)), 8192, Some(64), 1),
        ];
        for ((soft, hard), connections, raised, fit) in cases {
            let limit = Descriptors { soft, hard }.raised_for(connections);
            assert_eq!(limit.soft, raised, "{soft:?} {hard:?}");
            assert_eq!(limit.fit(connections), fit, "{soft:?} {hard:?}");
        }
    }
}
