//! The application under test: on a free port, with a clock that stands still.

mod jobs;
mod messages;
mod setup;
mod users;

use std::future::pending;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use current_user::account::delivery::Delivery;
use current_user::account::session::Lifetimes;
use current_user::account::{Afterwards, Context, Painter, PasswordHasher};
use current_user::api::Settings;
use current_user::clock::FixedClock;
use current_user::files::{Files, FilesUrl};
use current_user::http;
use current_user::metrics::Metrics;
use current_user::store::{Options, Store};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::client::Client;
use super::database::TestDatabase;
use super::inbox::Inbox;
use super::random::CountingRandom;
pub(crate) use setup::Setup;

/// The time at which every test begins: 2026-11-23T08:22:29.280991Z.
const START: DateTime<Utc> = DateTime::from_timestamp_micros(1_795_422_149_280_991).unwrap();

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The application under test.
pub(crate) struct TestApp {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) random: Arc<CountingRandom>,
    pub(crate) store: Store,
    pub(crate) metrics: Metrics,
    /// A client without a token.
    pub(crate) anonymous: Client,
    /// Sends the messages in the outbox when a test says so.
    pub(crate) delivery: Delivery,
    /// Receives the messages.
    pub(crate) inbox: Inbox,
    pub(crate) database: TestDatabase,
    /// The folder of the avatars. A file is deleted only when a test says so.
    pub(crate) avatars: TempDir,
    session_activity: Afterwards,
    context: Context,
}

impl TestApp {
    /// Starts the application on an empty database.
    pub(crate) async fn start(database: TestDatabase, setup: Setup) -> Self {
        let Setup {
            cors_origins,
            body_timeout,
            hashers,
            hashing_patience,
            patience,
            cache_bytes,
            observer,
            send_timeout,
            demo,
            deletion_grace,
        } = setup;
        let batch = NonZero::new(128).unwrap();
        let metrics = Metrics::default();
        let options = Options { patience, batch, metrics: metrics.clone(), observer };
        let store = Store::connect(&database.url, options).await.unwrap();
        store.migrate_up().await.unwrap();
        let clock = Arc::new(FixedClock::new(START));
        let random = Arc::new(CountingRandom::default());
        let sessions = Lifetimes { absolute: 30 * DAY, idle: 7 * DAY };
        let session_activity = Afterwards::start(store.clone(), sessions);
        let avatars = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let context = Context {
            store: store.clone(),
            afterwards: session_activity.clone(),
            metrics: metrics.clone(),
            clock: Arc::clone(&clock) as _,
            random: Arc::clone(&random) as _,
            hasher: PasswordHasher::new(hashers, hashing_patience).unwrap(),
            sessions,
            reauthentication_window: 15 * MINUTE,
            deletion_grace,
            event_retention: 365 * DAY,
            public_url: address.into(),
            files: Files::open(&FilesUrl::Folder(avatars.path().to_owned())).unwrap(),
            painter: Painter::new(patience),
            discarded: Arc::default(),
        };
        let inbox = Inbox::start().await;
        let sender = if demo { Inbox::demo_sender() } else { inbox.sender(send_timeout) };
        let delivery = Delivery::new(context.clone(), sender.clone(), send_timeout);
        let demo = demo.then_some(sender);
        let settings = Settings { cors_origins, body_timeout, cache_bytes, demo };
        let app = current_user::api::app(context.clone(), settings);
        tokio::spawn(http::serve(listener, app.unwrap(), pending(), Duration::ZERO));
        let anonymous = Client::new(format!("http://{address}"));
        Self {
            clock,
            random,
            store,
            metrics,
            anonymous,
            delivery,
            inbox,
            database,
            avatars,
            session_activity,
            context,
        }
    }
}
