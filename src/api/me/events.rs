//! `/me/events`: the events of the account.

use poem_openapi::param::Query;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use crate::account::events;
use crate::api::contract::{ApiResult, Tag};
use crate::api::extract::{ApiContext, CurrentUser};
use crate::api::schema::{Event, Json};

/// The events of the user's account.
#[derive(Default)]
pub(crate) struct EventsApi;

/// The number of events on a page, if the request has no `limit`.
fn default_limit() -> u8 {
    20
}

/// A page of events.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct EventPage {
    /// The events on the page, newest first.
    results: Vec<Event>,
    /// The `pageToken` of the next page. It is absent on the last page.
    next_page_token: Option<Uuid>,
}

impl Example for EventPage {
    fn example() -> Self {
        let event = Event::example();
        Self { next_page_token: Some(event.id), results: vec![event] }
    }
}

#[derive(ApiResponse)]
enum Events {
    /// A page of events, newest first.
    #[oai(status = 200)]
    Ok(Json<EventPage>),
}

#[OpenApi(tag = "Tag::CurrentUser")]
impl EventsApi {
    /// List events
    ///
    /// Returns the security-relevant events of the account, newest first: logins and failed logins
    /// (at most 20 an hour), and changes of the password, the email addresses, the phone number
    /// and the sessions. The operator decides how long events are kept.
    #[oai(path = "/me/events", method = "get", operation_id = "listEvents")]
    async fn list(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        /// The maximum number of events on the page.
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<u8>,
        /// The `nextPageToken` of the previous page. Without it, the first page is returned.
        #[oai(name = "pageToken")]
        page_token: Query<Option<Uuid>>,
    ) -> ApiResult<Events> {
        let page = events::list(context, *me, page_token.0, limit.0.into()).await?;
        let results = page.events.into_iter().map(Event::from).collect();
        Ok(Events::Ok(Json(EventPage { results, next_page_token: page.next })))
    }
}
