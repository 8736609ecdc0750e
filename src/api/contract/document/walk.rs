//! Iterates over the document.

use utoipa::openapi::path::Operation;
use utoipa::openapi::{PathItem, Paths};

/// The operations of all paths.
pub(super) fn operations(paths: &mut Paths) -> impl Iterator<Item = &mut Operation> {
    paths.paths.values_mut().flat_map(|path| {
        let PathItem { get, put, post, patch, delete, .. } = path;
        [get, put, post, patch, delete].into_iter().flatten()
    })
}
