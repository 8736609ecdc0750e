//! Iterates over the document.

use utoipa::openapi::path::Operation;
use utoipa::openapi::{PathItem, Paths};

/// The operations of all paths.
pub(super) fn operations(paths: &mut Paths) -> impl Iterator<Item = &mut Operation> {
    with_safety(paths).map(|(_, operation)| operation)
}

/// The operations of all paths, each with whether its method is safe: it changes nothing (RFC 9110,
/// 9.2.1).
pub(super) fn with_safety(paths: &mut Paths) -> impl Iterator<Item = (bool, &mut Operation)> {
    paths.paths.values_mut().flat_map(|path| {
        let PathItem { get, put, post, patch, delete, .. } = path;
        let unsafe_ones = [put, post, patch, delete].into_iter().flatten();
        let safe_ones = get.iter_mut().map(|operation| (true, operation));
        safe_ones.chain(unsafe_ones.map(|operation| (false, operation)))
    })
}
