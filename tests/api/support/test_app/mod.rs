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
use current_user::account::password::PasswordRules;
use current_user::account::{self, Context, Policy};
use current_user::api::{Demo, DemoUser, Settings, receipt_path};
use current_user::clock::FixedClock;
use current_user::metrics::Metrics;
use current_user::server::http;
use current_user::service::{BreachedPasswords, ObjectStorage, ObjectStorageUrl, ServerSecret};
use current_user::store::{Options, Store};
use current_user::value::PublicUrl;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::client::Client;
use super::database::TestDatabase;
use super::inbox::Inbox;
use super::random::CountingRandom;
use super::requests::PASSWORD;
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
    /// Starts the application without limits, for a test that sends many requests.
    pub(crate) async fn without_limits(database: TestDatabase) -> Self {
        Self::start(database, Setup { limits: None, ..Setup::default() }).await
    }

    /// Starts the application on an empty database.
    pub(crate) async fn start(database: TestDatabase, setup: Setup) -> Self {
        let Setup {
            cors_origins,
            public_url,
            docs,
            brand,
            trusted_proxies,
            body_timeout,
            http,
            hashers,
            hashing_patience,
            patience,
            cache_bytes,
            observer,
            send_timeout,
            breached_passwords,
            demo,
            deletion_grace,
            unverified_retention,
            sms_countries,
            limits,
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
        let public_url = public_url.unwrap_or_else(|| PublicUrl::from(address));
        let avatar_url = ObjectStorageUrl::Folder(avatars.path().to_owned());
        let breached =
            breached_passwords.map(|path| BreachedPasswords::open(path, patience).unwrap());
        let settings = account::Settings {
            password_rules: PasswordRules::new("Example Accounts", breached),
            policy: Policy {
                deletion_grace,
                unverified_retention,
                sms_countries,
                limits,
                ..Policy::default()
            },
            secret: ServerSecret::new(&[7; 32]),
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
        let user = DemoUser { email: "demo@example.com", password: PASSWORD };
        let demo = demo.then_some(Demo { user, sender });
        let settings = Settings {
            public_url,
            brand,
            docs,
            cors_origins,
            trusted_proxies,
            body_timeout,
            cache_bytes,
            demo,
        };
        let app = current_user::api::app(context.clone(), settings);
        let http = http::Settings { metrics: metrics.clone(), ..http };
        let patience = Duration::ZERO;
        tokio::spawn(http::serve(listener, app.unwrap(), http, pending(), patience));
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
