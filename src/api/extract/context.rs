//! The context of operations.

use std::ops::Deref;
use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody};

use crate::account::Context;
use crate::api::contract::{Problem, ProblemCode};
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

impl<'a> FromRequest<'a> for &'a ApiContext {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(data::<Arc<ApiContext>>(request)?)
    }
}

/// The data of this type that the application gives to every request. Its absence is a bug in the
/// program.
pub(crate) fn data<T: Send + Sync + 'static>(request: &Request) -> Result<&T, Problem> {
    request.data().ok_or(ProblemCode::InternalError.into())
}
