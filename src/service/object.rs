//! An object that is read in pieces.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, stream};
use object_store::path::Path;
use object_store::{Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _};

/// The number of bytes that are read at once. Most avatars have fewer.
const PIECE: u64 = 32 * 1024;

/// An object of a storage.
#[derive(Debug)]
pub struct Object {
    store: Arc<dyn ObjectStore>,
    path: Path,
    size: u64,
    first: Bytes,
}

impl Object {
    pub(super) async fn open(store: Arc<dyn ObjectStore>, path: Path) -> Result<Self, Error> {
        let range = Some(GetRange::Bounded(0..PIECE));
        let found = store.get_opts(&path, GetOptions { range, ..GetOptions::default() }).await?;
        let size = found.meta.size;
        let first = found.bytes().await?;
        Ok(Self { store, path, size, first })
    }

    /// The number of bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes in pieces. A piece is read when it is asked for, so a client that does not read
    /// keeps no more than one in memory, and no file open.
    pub fn pieces(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        let Self { store, path, size, first } = self;
        stream::try_unfold((0, Some(first)), move |(start, read)| {
            let (store, path) = (Arc::clone(&store), path.clone());
            async move {
                let piece = match read {
                    Some(first) => first,
                    None if start < size => {
                        store.get_range(&path, start..size.min(start + PIECE)).await?
                    }
                    None => return Ok(None),
                };
                let next = start + piece.len() as u64;
                Ok(Some((piece, (next, None))))
            }
        })
    }
}
