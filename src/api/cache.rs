//! Answers `GET /me` from memory.
//!
//! What is kept is what the operation read and how it would send it, so that nobody
//! can tell the two apart. It is kept under the hash of the token that opened it,
//! until a session of the user expires, and shown only while
//! [`Freshness`](crate::store::Freshness) knows of no change of the user since before it
//! was read. Whatever else is asked passes through.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use poem::http::header::ETAG;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode};
use poem::{Endpoint, IntoResponse as _, Request, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache as Lru;

use super::auth;
use super::conditional::IfNoneMatch;
use super::headers::set_defaults;
use super::me::{self, Me};
use super::user::Representation;
use crate::account::Context;
use crate::account::profile::Reading;
use crate::account::session::CurrentSession;
use crate::store::Moment;
use crate::value::TokenHash;

/// Bytes that an entry takes besides its text, measured (see docs/performance.md).
const OVERHEAD: u64 = 672;
/// Bytes that most entries take.
const TYPICAL: u64 = 1024;

/// Answers `GET /me` from memory, and everything else from `routes`.
pub(crate) struct Cache<E> {
    routes: E,
    context: Arc<Context>,
    /// `None`: turned off.
    entries: Option<Entries>,
    /// As soon as the operation has replied once.
    frame: OnceLock<Frame>,
}

/// What one token is answered.
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

impl Entry {
    /// `None`, which is never, for a tag that is no value of a header.
    fn new(offer: Offer, read_at: Moment) -> Option<Self> {
        let Offer { user: Representation { json: body, tag }, session, valid_until } = offer;
        let tag = HeaderValue::try_from(tag).ok()?;
        Some(Self { session, read_at, valid_until, touched: AtomicBool::new(false), tag, body })
    }
}

/// Entries by the hash of their token.
type Entries = Lru<TokenHash, Arc<Entry>, Bytewise>;

/// Weighs entries by the bytes that they take.
#[derive(Clone)]
struct Bytewise;

impl Weighter<TokenHash, Arc<Entry>> for Bytewise {
    fn weight(&self, _: &TokenHash, entry: &Arc<Entry>) -> u64 {
        OVERHEAD + entry.body.len() as u64
    }
}

/// Headers of the operation's replies, which are the same for all users but for the
/// entity tag.
struct Frame {
    ok: HeaderMap,
    not_modified: HeaderMap,
}

impl Frame {
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

/// What the operation read, for the cache to keep.
#[derive(Clone, Debug)]
struct Offer {
    user: Representation,
    session: CurrentSession,
    valid_until: DateTime<Utc>,
}

/// Where the operation leaves what it read.
#[derive(Clone, Default)]
struct Tray(Arc<OnceLock<Offer>>);

/// Offers the cache, if `request` came through it, what `GET /me` read.
pub(crate) fn offer(request: &Request, user: &Representation, reading: &Reading) {
    if let Some(Tray(tray)) = request.data() {
        let (session, valid_until) = (reading.session, reading.valid_until);
        // Set once, by the only operation that reads.
        let _ = tray.set(Offer { user: user.clone(), session, valid_until });
    }
}

impl<E> Cache<E> {
    /// A cache of at most `bytes`; none at all for 0.
    pub(crate) fn new(routes: E, context: Arc<Context>, bytes: u64) -> Self {
        let users = usize::try_from(bytes / TYPICAL).unwrap_or(usize::MAX);
        let entries = (bytes > 0).then(|| Entries::with_weighter(users, bytes, Bytewise));
        Self { routes, context, entries, frame: OnceLock::new() }
    }

    /// What memory answers to a request, if it does. No need to wait for it.
    pub(crate) fn recall(&self, request: &Request) -> Option<Response> {
        let (entries, key) = self.place(request)?;
        // First, so that what is found then is at least as new.
        self.context.store.freshness().now()?;
        let entry = entries.get(&key).filter(|entry| self.stands(entry))?;
        let if_none_match = IfNoneMatch::of(request).ok()?;
        let reply = self.frame.get()?.reply(&entry, &if_none_match);
        self.context.metrics.cache_hits.inc();
        Some(reply)
    }

    /// Where what is answered to a request is kept, if it is.
    fn place(&self, request: &Request) -> Option<(&Entries, TokenHash)> {
        let entries = self.entries.as_ref()?;
        let is_get_me = request.method() == Method::GET
            && request.uri().path() == me::PATH
            && request.uri().query().is_none();
        let token = is_get_me.then(|| auth::token(request).ok()).flatten()?;
        Some((entries, token.hash()))
    }

    /// Whether an entry is what would be read now. Notes that its session is used.
    fn stands(&self, entry: &Entry) -> bool {
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
}

/// What memory does not answer: asks the operation, and keeps what it read.
impl<E: Endpoint> Endpoint for Cache<E> {
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
        let tray = Tray::default();
        request.set_data(tray.clone());
        let response = self.routes.call(request).await;
        match tray.0.get().cloned() {
            Some(offer) => {
                self.frame.get_or_init(|| Frame::of(&offer.user));
                if let Some(entry) = Entry::new(offer, read_at) {
                    entries.insert(key, Arc::new(entry));
                }
            }
            // The token opens nothing any more.
            None => drop(entries.remove(&key)),
        }
        Ok(response?.into_response())
    }
}
