//! Answers `GET /me` from memory.
//!
//! What is kept is what the operation read, and how it is sent is up to the
//! operation too, so that nobody can tell the two apart. It is kept under the hash
//! of the token that opened it, until a session of the user expires, and shown only
//! while [`Changes`] knows of no change of the user since before it was read.
//! Whatever else is asked passes through.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use moka::sync::Cache as Entries;
use poem::http::Method;
use poem::{Endpoint, IntoResponse as _, Request, Response};

use super::auth;
use super::conditional::IfNoneMatch;
use super::me;
use super::user::Representation;
use crate::account::Context;
use crate::account::profile::Reading;
use crate::account::session::{CurrentSession, touch_due};
use crate::account::token::TokenHash;
use crate::metrics::Metrics;
use crate::store::Moment;

/// Bytes that an entry takes besides its text, measured (see docs/performance.md).
const OVERHEAD: usize = 512;

/// Answers `GET /me` from memory, and everything else from `routes`.
pub(crate) struct Cache<E> {
    routes: E,
    context: Arc<Context>,
    metrics: Metrics,
    /// `None`: turned off.
    entries: Option<Entries<TokenHash, Arc<Entry>>>,
}

/// A user, as one token shows them.
struct Entry {
    offer: Offer,
    /// The moment before it was read.
    read_at: Moment,
    /// Whether it was noted that the session was used since it was read.
    touched: AtomicBool,
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

impl<E: Endpoint> Cache<E> {
    /// A cache of at most `bytes`; none at all for 0.
    pub(crate) fn new(routes: E, context: Arc<Context>, bytes: u64) -> Self {
        let entries = (bytes > 0).then(|| {
            Entries::builder()
                .max_capacity(bytes)
                .weigher(|_, entry: &Arc<Entry>| {
                    u32::try_from(entry.offer.user.len() + OVERHEAD).unwrap_or(u32::MAX)
                })
                .build()
        });
        let metrics = context.metrics.clone();
        Self { routes, context, metrics, entries }
    }

    /// What is kept under `key`, if it still stands.
    fn find(
        &self,
        entries: &Entries<TokenHash, Arc<Entry>>,
        key: &TokenHash,
    ) -> Option<Arc<Entry>> {
        let entry = entries.get(key)?;
        let Offer { session, valid_until, .. } = entry.offer;
        let stands = self.context.store.changes().none_since(entry.read_at, session.user_id);
        let now = self.context.clock.now();
        if !stands || valid_until <= now {
            return None;
        }
        // Of many requests, one notes it.
        if touch_due(session.used_at) <= now && !entry.touched.swap(true, Ordering::Relaxed) {
            let noted = self.context.touches.note(session, now);
            entry.touched.store(noted, Ordering::Relaxed);
        }
        Some(entry)
    }

    /// Answers from memory, or asks the operation and keeps what it read.
    async fn get_me(
        &self,
        entries: &Entries<TokenHash, Arc<Entry>>,
        key: TokenHash,
        mut request: Request,
    ) -> poem::Result<Response> {
        let Some(read_at) = self.context.store.changes().now() else {
            self.metrics.cache_bypasses.inc();
            return Ok(self.routes.call(request).await?.into_response());
        };
        if let Some(entry) = self.find(entries, &key) {
            self.metrics.cache_hits.inc();
            let if_none_match = IfNoneMatch::of(&request)?;
            return Ok(me::reply(entry.offer.user.clone(), &if_none_match).into_response());
        }
        self.metrics.cache_misses.inc();
        let tray = Tray::default();
        request.set_data(tray.clone());
        let response = self.routes.call(request).await?.into_response();
        match tray.0.get().cloned() {
            Some(offer) => {
                let touched = AtomicBool::new(false);
                entries.insert(key, Arc::new(Entry { offer, read_at, touched }));
            }
            // The token opens nothing any more.
            None => entries.invalidate(&key),
        }
        Ok(response)
    }
}

impl<E: Endpoint> Endpoint for Cache<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let is_get_me = request.method() == Method::GET
            && request.uri().path() == me::PATH
            && request.uri().query().is_none();
        match (&self.entries, is_get_me.then(|| auth::token(&request))) {
            (Some(entries), Some(Ok(token))) => self.get_me(entries, token.hash(), request).await,
            _ => Ok(self.routes.call(request).await?.into_response()),
        }
    }
}
