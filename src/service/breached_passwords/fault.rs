//! What can be wrong with the file of breached passwords.

/// Why the file can't be used, and what to do. The message continues `--breached-passwords FILE`.
#[derive(Debug, thiserror::Error)]
pub enum ListFault {
    /// The file can't be read.
    #[error("can't be read: {0}; check the path, and that the service may read the file")]
    Unreadable(#[from] std::io::Error),
    /// The path is that of a folder or of a device.
    #[error(
        "is not a file; let the Pwned Passwords downloader write a single file, without `-s false`"
    )]
    NoFile,
    /// A line is not a hash and a count.
    #[error(
        "has no line like `{example}` at byte {0}; let the Pwned Passwords downloader write SHA-1 \
         hashes into a new file, without `-n`",
        example = "0000000A0E3B9F25FF41DE4B5AC238C2D545C7A8:15"
    )]
    Malformed(u64),
    /// The lines are not in the order of their hashes.
    #[error(
        "is not in the order of its hashes at byte {0}; let the Pwned Passwords downloader write a \
         new file, or sort this one with `LC_ALL=C sort`"
    )]
    Unsorted(u64),
    /// The list does not reach from the first hashes to the last ones.
    #[error(
        "does not reach from hashes that begin with 00 to hashes that begin with FF, so it is not \
         complete; let the Pwned Passwords downloader write the file again"
    )]
    Incomplete,
}
