//! The context of operations.

use std::ops::Deref;

use crate::account::Context;
use crate::value::PublicUrl;

/// The context of the use cases, and what replies need beside it.
pub(crate) struct ApiContext {
    pub(crate) context: Context,
    /// The URL at which callers reach the service.
    pub(crate) public_url: PublicUrl,
}

impl Deref for ApiContext {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.context
    }
}
