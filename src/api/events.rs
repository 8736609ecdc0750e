//! `/me/events`: the events of the account.

use std::sync::Arc;

use entity::event::{EventType, Model};
use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::auth::CurrentUser;
use super::problem::ApiResult;
use crate::account::{Context, events};
use crate::api::schema::choice::Choice;
use crate::api::schema::timestamp::Timestamp;

/// The events of the user's account.
#[derive(Default)]
pub(crate) struct EventsApi;

/// The number of events on a page, if the client asks for none.
fn default_limit() -> u8 {
    20
}

/// A security-relevant event of the account.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
pub(crate) struct Event {
    /// The id of the event. Ids sort by the time at which events happened.
    id: Uuid,
    /// The type of the event. New types may be added.
    #[oai(rename = "type")]
    kind: Choice<EventType>,
    /// The time at which the event happened.
    created_at: Timestamp,
    /// The email address or phone number that the event is about.
    #[oai(validator(max_length = 320, pattern = "^.+$"))]
    subject: Option<String>,
    /// The IP address (v4 or v6) of the client, or of the proxy before the service. For an event
    /// that a session caused, it is the address that logged in.
    #[oai(validator(min_length = 2, max_length = 45, pattern = "^[0-9a-fA-F.:]+$"))]
    ip_address: Option<String>,
    /// The `User-Agent` of the client that caused the event.
    #[oai(validator(max_length = 512, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$"))]
    user_agent: Option<String>,
}

impl From<Model> for Event {
    fn from(event: Model) -> Self {
        let Model { id, user_id: _, kind, subject, ip_address, user_agent, created_at } = event;
        let (kind, created_at) = (kind.into(), created_at.into());
        Self { id, kind, created_at, subject, ip_address, user_agent }
    }
}

impl Example for Event {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_b000_8a44_7b0e_a3d1_5c8f_20e6_94d7),
            kind: EventType::LoggedIn.into(),
            created_at: Timestamp::example(),
            subject: None,
            ip_address: Some("203.0.113.7".to_owned()),
            user_agent: Some("Mozilla/5.0".to_owned()),
        }
    }
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
        context: Data<&Arc<Context>>,
        me: CurrentUser,
        /// The maximum number of events on the page.
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<u8>,
        /// The `nextPageToken` of the previous page. Without it, the first page is returned.
        #[oai(name = "pageToken")]
        page_token: Query<Option<Uuid>>,
    ) -> ApiResult<Events> {
        let page = events::list(&context, *me, page_token.0, limit.0.into()).await?;
        let results = page.events.into_iter().map(Event::from).collect();
        Ok(Events::Ok(Json(EventPage { results, next_page_token: page.next })))
    }
}
