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
use current_user::account::outbox::Delivery;
use current_user::account::{self, Context, Policy};
use current_user::api::{Settings, receipt_path};
use current_user::clock::FixedClock;
use current_user::metrics::Metrics;
use current_user::server::http;
use current_user::service::{ObjectStorage, ObjectStorageUrl};
use current_user::store::{Options, Store};
use current_user::value::PublicUrl;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::client::Client;
use super::database::TestDatabase;
use super::inbox::Inbox;
use super::random::CountingRandom;
pub(crate) use setup::Setup;

/// The time at which every test begins: 2026-11-23T08:22:29.280991Z.
const START: DateTime<Utc> = DateTime::from_timestamp_micros(1_795_422_149_280_991).unwrap();

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
        let avatars = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let public_url = PublicUrl::from(address);
        let avatar_url = ObjectStorageUrl::Folder(avatars.path().to_owned());
        let settings = account::Settings {
            policy: Policy { deletion_grace, ..Policy::default() },
            avatar_storage: ObjectStorage::open(&avatar_url).unwrap(),
            metrics: metrics.clone(),
            hashers,
            hashing_timeout: hashing_patience,
            resizing_timeout: patience,
        };
        let (shared_clock, shared_random) = (Arc::clone(&clock) as _, Arc::clone(&random) as _);
        let context = Context::new(store.clone(), shared_clock, shared_random, settings).unwrap();
        let inbox = Inbox::start().await;
        let receipts = public_url.join(&receipt_path(""));
        let sender = match demo {
            true => Inbox::demo_sender(receipts),
            false => inbox.sender(receipts, send_timeout),
        };
        let delivery = Delivery::new(context.clone(), sender.clone(), send_timeout);
        let demo = demo.then_some(sender);
        let settings = Settings { public_url, cors_origins, body_timeout, cache_bytes, demo };
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
            context,
        }
    }
}
