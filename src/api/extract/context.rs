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
        let context = request.data::<Arc<ApiContext>>();
        Ok(context.ok_or(Problem::from(ProblemCode::InternalError))?)
    }
}
