//! Answers `GET /me` from memory.
//!
//! An entry is what the operation read, and how it would send it, so that nobody can tell the
//! two apart. It is kept under the hash of its token until a session of the user expires, and is
//! used only while [`Freshness`](crate::store::Freshness) knows of no change of the user since
//! before it was read. All other requests pass through.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use poem::http::header::ETAG;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode};
use poem::{Endpoint, IntoResponse as _, Request, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::headers::set_defaults;
use crate::account::Context;
use crate::account::profile::Reading;
use crate::account::session::CurrentSession;
use crate::api::extract::auth;
use crate::api::extract::conditional::IfNoneMatch;
use crate::api::schema::replies::Me;
use crate::api::schema::user::Representation;
use crate::store::Moment;
use crate::value::TokenHash;

/// The path of the operation.
const PATH: &str = "/me";
/// The bytes that an entry takes besides its text, measured (see docs/performance.md).
const OVERHEAD: u64 = 672;
/// The bytes that a typical entry takes.
const TYPICAL: u64 = 1024;

/// Answers `GET /me` from memory, and every other request from `routes`.
pub(crate) struct MeCache<E> {
    routes: E,
    context: Arc<Context>,
    /// `None`: turned off.
    entries: Option<Entries>,
    /// The headers of the operation's replies, once it has replied.
    headers: OnceLock<ReplyHeaders>,
}

/// The reply to one token.
struct Entry {
    session: CurrentSession,
    /// The moment before the user was read.
    read_at: Moment,
    valid_until: DateTime<Utc>,
    /// Whether it was noted that the session was used since.
    touched: AtomicBool,
    tag: HeaderValue,
    body: Bytes,
}

/// Entries by the hash of their token.
type Entries = Cache<TokenHash, Arc<Entry>, ByBytes>;

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
        let not_modified = headers(Me::not_modified(user));
        Self { ok: headers(Me::ok(user.clone())), not_modified }
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

/// Where the operation leaves what it read, for the cache to keep.
#[derive(Clone, Default)]
struct Slot(Arc<OnceLock<(Representation, CurrentSession, DateTime<Utc>)>>);

/// Lets the cache, if `request` came through it, keep what `GET /me` read.
pub(crate) fn keep(request: &Request, user: &Representation, reading: &Reading) {
    if let Some(Slot(slot)) = request.data() {
        // Set once, by the only operation that reads.
        let _ = slot.set((user.clone(), reading.session, reading.valid_until));
    }
}

impl<E> MeCache<E> {
    /// A cache of at most `bytes`. 0 turns it off.
    pub(crate) fn new(routes: E, context: Arc<Context>, bytes: u64) -> Self {
        let users = usize::try_from(bytes / TYPICAL).unwrap_or(usize::MAX);
        let entries = (bytes > 0).then(|| Entries::with_weighter(users, bytes, ByBytes));
        Self { routes, context, entries, headers: OnceLock::new() }
    }

    /// The reply from memory, if there is one. It takes no waiting.
    pub(crate) fn recall(&self, request: &Request) -> Option<Response> {
        let (entries, key) = self.place(request)?;
        // First, so that an entry that is found then is at least as new.
        self.context.store.freshness().now()?;
        let entry = entries.get(&key).filter(|entry| self.is_valid(entry))?;
        let if_none_match = IfNoneMatch::of(request).ok()?;
        let reply = self.headers.get()?.reply(&entry, &if_none_match);
        self.context.metrics.cache_hits.inc();
        Some(reply)
    }

    /// Where the reply to a request is kept, if it may be.
    fn place(&self, request: &Request) -> Option<(&Entries, TokenHash)> {
        let entries = self.entries.as_ref()?;
        let is_get_me = request.method() == Method::GET
            && request.uri().path() == PATH
            && request.uri().query().is_none();
        let token = is_get_me.then(|| auth::token(request).ok()).flatten()?;
        Some((entries, token.hash()))
    }

    /// Whether an entry is what would be read now. Notes that its session is used.
    fn is_valid(&self, entry: &Entry) -> bool {
        let Context { store, clock, activity, .. } = &*self.context;
        let now = clock.now();
        if entry.valid_until <= now
            || !store.freshness().is_fresh(entry.read_at, entry.session.user_id)
        {
            return false;
        }
        // Of many requests, one notes it.
        if entry.session.touch_due() <= now && !entry.touched.swap(true, Ordering::Relaxed) {
            entry.touched.store(activity.note_use(entry.session, now), Ordering::Relaxed);
        }
        true
    }

    /// Keeps what the operation read, or forgets the token that opens nothing any more.
    fn settle(&self, entries: &Entries, key: TokenHash, read_at: Moment, Slot(slot): &Slot) {
        let Some((user, session, valid_until)) = slot.get() else {
            drop(entries.remove(&key));
            return;
        };
        self.headers.get_or_init(|| ReplyHeaders::of(user));
        // An entity tag is always a header value.
        if let Ok(tag) = HeaderValue::try_from(&user.tag) {
            let (session, valid_until, body) = (*session, *valid_until, user.json.clone());
            let touched = AtomicBool::new(false);
            let entry = Entry { session, read_at, valid_until, touched, tag, body };
            entries.insert(key, Arc::new(entry));
        }
    }
}

/// What memory does not answer: the operation replies, and the cache keeps what it read.
impl<E: Endpoint> Endpoint for MeCache<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let Some((entries, key)) = self.place(&request) else {
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
