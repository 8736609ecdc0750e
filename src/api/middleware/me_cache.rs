//! Answers `GET /me` from memory.
//!
//! An entry is the reply that the operation would send, so a client can't tell the two apart. It
//! is kept under the hash of its token until a session of the user expires. It is used only while
//! [`Freshness`](crate::store::Freshness) knows of no change of the user since the moment before
//! the user was read. All other requests pass through.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use poem::http::header::{CACHE_CONTROL, ETAG};
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode};
use poem::{Endpoint, IntoResponse as _, Request, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::headers::set_defaults;
use crate::account::profile::Reading;
use crate::account::{Context, CurrentSession};
use crate::api::extract::ApiContext;
use crate::api::extract::auth;
use crate::api::extract::conditional::IfNoneMatch;
use crate::api::schema::replies::{Me, NO_CACHING};
use crate::api::schema::user::Representation;
use crate::store::Moment;
use crate::value::TokenHash;

/// The path of the operation.
const PATH: &str = "/me";
/// The bytes that an entry takes besides its body, as measured (see docs/performance.md).
const OVERHEAD: u64 = 672;
/// The bytes that a typical entry takes.
const TYPICAL: u64 = 1024;

/// Answers `GET /me` from memory, and every other request from `routes`.
pub(crate) struct MeCache<E> {
    routes: E,
    context: Arc<ApiContext>,
    /// `None`: turned off.
    entries: Option<Entries>,
    /// The headers of the operation's replies. Its first reply sets them.
    headers: OnceLock<ReplyHeaders>,
}

/// The reply to one token.
struct Entry {
    session: CurrentSession,
    /// The moment before the user was read.
    read_at: Moment,
    valid_until: DateTime<Utc>,
    /// Whether a use of the session was noted after the user was read.
    touched: AtomicBool,
    tag: HeaderValue,
    body: Bytes,
}

/// Entries by the hash of their token.
type Entries = Cache<TokenHash, Arc<Entry>, ByBytes>;

/// The place of a reply.
struct Place<'a> {
    entries: &'a Entries,
    key: TokenHash,
    /// Whether the token of the request is in the cookie.
    by_cookie: bool,
}

/// Weighs entries by the bytes that they take.
#[derive(Clone)]
struct ByBytes;

impl Weighter<TokenHash, Arc<Entry>> for ByBytes {
    fn weight(&self, _: &TokenHash, entry: &Arc<Entry>) -> u64 {
        OVERHEAD + entry.body.len() as u64
    }
}

/// The headers of the operation's replies. They are the same for all users, except for the
/// entity tag.
struct ReplyHeaders {
    ok: HeaderMap,
    not_modified: HeaderMap,
}

impl ReplyHeaders {
    fn of(user: &Representation) -> Self {
        let headers = |reply: Me| {
            let mut headers = std::mem::take(reply.into_response().headers_mut());
            set_defaults(&mut headers);
            headers
        };
        let not_modified = headers(Me::not_modified(user, false));
        Self { ok: headers(Me::ok(user.clone(), false)), not_modified }
    }

    fn reply(&self, entry: &Entry, if_none_match: &IfNoneMatch) -> Response {
        let has = entry.tag.to_str().is_ok_and(|tag| if_none_match.has(tag));
        let (mut response, headers) = if has {
            (StatusCode::NOT_MODIFIED.into_response(), &self.not_modified)
        } else {
            (entry.body.clone().into_response(), &self.ok)
        };
        *response.headers_mut() = headers.clone();
        response.headers_mut().insert(ETAG, entry.tag.clone());
        response
    }
}

/// The place where the operation leaves its result for the cache.
#[derive(Clone, Default)]
struct Slot(Arc<OnceLock<(Representation, CurrentSession, DateTime<Utc>)>>);

/// Leaves the result of `GET /me` for the cache, if `request` came through the cache.
pub(crate) fn keep(request: &Request, user: &Representation, reading: &Reading) {
    if let Some(Slot(slot)) = request.data() {
        // It is empty: only one operation sets it, once per request.
        let _ = slot.set((user.clone(), reading.session, reading.valid_until));
    }
}

impl<E> MeCache<E> {
    /// A cache of at most `bytes`. 0 turns it off.
    pub(crate) fn new(routes: E, context: Arc<ApiContext>, bytes: u64) -> Self {
        let users = usize::try_from(bytes / TYPICAL).unwrap_or(usize::MAX);
        let entries = (bytes > 0).then(|| Entries::with_weighter(users, bytes, ByBytes));
        Self { routes, context, entries, headers: OnceLock::new() }
    }

    /// The reply from memory, if there is one. This never waits.
    pub(crate) fn recall(&self, request: &Request) -> Option<Response> {
        let Place { entries, key, by_cookie } = self.place(request)?;
        // Before the lookup, so that the entry is compared with all changes until now.
        self.context.store.freshness().now()?;
        let entry = entries.get(&key).filter(|entry| self.is_valid(entry))?;
        let if_none_match = IfNoneMatch::of(request).ok()?;
        let mut reply = self.headers.get()?.reply(&entry, &if_none_match);
        if by_cookie {
            reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(NO_CACHING));
        }
        self.context.metrics.cache_hits.inc();
        Some(reply)
    }

    /// The place of the reply to a request, if it may be cached.
    fn place(&self, request: &Request) -> Option<Place<'_>> {
        let entries = self.entries.as_ref()?;
        let is_get_me = request.method() == Method::GET
            && request.uri().path() == PATH
            && request.uri().query().is_none();
        let credential = is_get_me
            .then(|| auth::credential(request, &self.context.public_url).ok())
            .flatten()?;
        Some(Place { entries, key: credential.token.hash(), by_cookie: credential.is_in_cookie() })
    }

    /// Whether the operation would read the same now. Notes the use of the session.
    fn is_valid(&self, entry: &Entry) -> bool {
        let Context { store, clock, activity, .. } = &**self.context;
        let now = clock.now();
        if entry.valid_until <= now
            || !store.freshness().is_fresh(entry.read_at, entry.session.user_id)
        {
            return false;
        }
        // Of many requests at the same time, only one notes the use.
        if entry.session.touch_due() <= now && !entry.touched.swap(true, Ordering::Relaxed) {
            entry.touched.store(activity.note_use(entry.session, now), Ordering::Relaxed);
        }
        true
    }

    /// Caches the result of the operation. If there is none, the token opens no session any more,
    /// and its entry is removed.
    fn settle(&self, entries: &Entries, key: TokenHash, read_at: Moment, Slot(slot): &Slot) {
        let Some((user, session, valid_until)) = slot.get() else {
            drop(entries.remove(&key));
            return;
        };
        self.headers.get_or_init(|| ReplyHeaders::of(user));
        // This always succeeds: every entity tag is a valid value of a header.
        if let Ok(tag) = HeaderValue::try_from(&user.tag) {
            let (session, valid_until, body) = (*session, *valid_until, user.json.clone());
            let touched = AtomicBool::new(false);
            let entry = Entry { session, read_at, valid_until, touched, tag, body };
            entries.insert(key, Arc::new(entry));
        }
    }
}

/// Answers the requests for which there is no reply in memory. The operation replies, and the cache
/// keeps its result.
impl<E: Endpoint> Endpoint for MeCache<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let Some(Place { entries, key, .. }) = self.place(&request) else {
            return Ok(self.routes.call(request).await?.into_response());
        };
        let Some(read_at) = self.context.store.freshness().now() else {
            self.context.metrics.cache_bypasses.inc();
            return Ok(self.routes.call(request).await?.into_response());
        };
        self.context.metrics.cache_misses.inc();
        let slot = Slot::default();
        request.set_data(slot.clone());
        let response = self.routes.call(request).await;
        self.settle(entries, key, read_at, &slot);
        Ok(response?.into_response())
    }
}
