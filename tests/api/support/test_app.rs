//! The application on a random port, with a clock that stands still.

use std::future::pending;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use current_user::account::outbox::Delivery;
use current_user::account::session::SessionActivity;
use current_user::account::{self, Context, Policy};
use current_user::api::{AllowedOrigin, Settings, receipt_path};
use current_user::clock::FixedClock;
use current_user::metrics::Metrics;
use current_user::server::http;
use current_user::service::{ObjectStorage, ObjectStorageUrl};
use current_user::store::{Observer, Options, Store};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::client::Client;
use super::database::TestDatabase;
use super::inbox::Inbox;
use super::mail::Mail;
use super::random::CountingRandom;

/// When every test begins: 2026-11-23T08:22:29.280991Z.
const START: DateTime<Utc> = DateTime::from_timestamp_micros(1_795_422_149_280_991).unwrap();

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How an application is set up.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// See [`Settings`].
    pub(crate) cors_origins: Vec<AllowedOrigin>,
    /// See [`Settings`].
    pub(crate) body_timeout: Duration,
    /// Passwords hashed at once.
    pub(crate) hashers: usize,
    /// How long a request waits for its turn to hash one.
    pub(crate) hashing_patience: Duration,
    /// How long a request waits for a connection.
    pub(crate) patience: Duration,
    /// Bytes that users are kept in for `GET /me`.
    pub(crate) cache_bytes: u64,
    /// See [`Options`].
    pub(crate) observer: Option<Observer>,
    /// How long sending a message may take.
    pub(crate) send_timeout: Duration,
    /// Whether everybody may read what would have been sent.
    pub(crate) demo: bool,
    /// How long who has deleted their account can come back.
    pub(crate) deletion_grace: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        let patience = Duration::from_secs(30);
        // All tests hold with and without the cache.
        let without_cache = std::env::var_os("CURRENT_USER_TEST_WITHOUT_CACHE").is_some();
        Self {
            cors_origins: Vec::new(),
            body_timeout: Duration::from_secs(10),
            hashers: 2,
            hashing_patience: patience,
            patience,
            cache_bytes: if without_cache { 0 } else { 1024 * 1024 },
            observer: None,
            send_timeout: Duration::from_secs(10),
            demo: false,
            deletion_grace: 30 * DAY,
        }
    }
}

/// The application under test.
pub(crate) struct TestApp {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) random: Arc<CountingRandom>,
    pub(crate) store: Store,
    pub(crate) activity: SessionActivity,
    pub(crate) metrics: Metrics,
    /// Somebody without a token.
    pub(crate) anonymous: Client,
    /// Sends what waits in the outbox, when told to.
    pub(crate) delivery: Delivery,
    /// Where it is sent to.
    pub(crate) inbox: Inbox,
    pub(crate) database: TestDatabase,
    /// Where pictures are kept. Nothing is deleted there by itself.
    pub(crate) avatars: TempDir,
    context: Context,
}

impl TestApp {
    pub(super) async fn start(database: TestDatabase, setup: Setup) -> Self {
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
        let policy = Policy { deletion_grace, ..Policy::default() };
        let avatars = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let avatar_url = ObjectStorageUrl::Folder(avatars.path().to_owned());
        let settings = account::Settings {
            policy,
            public_url: address.into(),
            avatar_storage: ObjectStorage::open(&avatar_url).unwrap(),
            metrics: metrics.clone(),
            hashers,
            hashing_timeout: hashing_patience,
            resizing_timeout: patience,
        };
        let (shared_clock, shared_random) = (Arc::clone(&clock) as _, Arc::clone(&random) as _);
        let context = Context::new(store.clone(), shared_clock, shared_random, settings).unwrap();
        let activity = context.activity.clone();
        let inbox = Inbox::start().await;
        let receipts = context.public_url.join(&receipt_path(""));
        let sender = match demo {
            true => Inbox::demo_sender(receipts),
            false => inbox.sender(receipts, send_timeout),
        };
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
            activity,
            metrics,
            anonymous,
            delivery,
            inbox,
            database,
            avatars,
            context,
        }
    }

    /// Signs `email` up.
    pub(crate) async fn sign_up(&self, email: &str) {
        self.anonymous.sign_up(email).await;
    }

    /// Logs `email` in.
    pub(crate) async fn log_in(&self, email: &str) -> Client {
        self.anonymous.log_in(email).await
    }

    /// Sends what is due.
    pub(crate) async fn deliver(&self) {
        self.delivery.deliver_due().await.unwrap();
    }

    /// The mails to an address so far, those that are due included.
    pub(crate) async fn mails_to(&self, email: &str) -> Vec<Mail> {
        self.deliver().await;
        self.inbox.mails_to(email)
    }

    /// The token in the last mail to an address.
    pub(crate) async fn token_mailed_to(&self, email: &str) -> String {
        let mails = self.mails_to(email).await;
        mails.last().unwrap_or_else(|| panic!("no mail to {email}")).token()
    }

    /// The code in the last text message to a number.
    pub(crate) async fn code_sent_to(&self, phone_number: &str) -> String {
        self.deliver().await;
        let texts = self.inbox.texts_to(phone_number);
        let text = texts.last().unwrap_or_else(|| panic!("no message to {phone_number}"));
        text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).unwrap().to_owned()
    }

    /// Verifies an address with the token that was mailed to it last.
    pub(crate) async fn verify(&self, email: &str) {
        let token = self.token_mailed_to(email).await;
        let body = json!({ "token": token });
        self.anonymous.post("/email-verifications", body).await.expect(204);
    }

    /// Somebody `active`, who has verified ada@example.com and logged in.
    pub(crate) async fn active_user(&self) -> Client {
        let ada = self.user().await;
        // So that what comes next is later.
        self.clock.advance(Duration::from_secs(1));
        self.verify("ada@example.com").await;
        ada
    }

    /// Erases who is to be erased.
    pub(crate) async fn erase(&self) {
        account::leaving::erase_due(&self.context).await.unwrap();
    }

    /// Forgets what happened too long ago.
    pub(crate) async fn forget_old_events(&self) {
        account::events::forget_old(&self.context).await.unwrap();
    }

    /// Deletes the pictures that are to be deleted.
    pub(crate) async fn collect(&self) -> Result<(), account::AccountError> {
        account::avatar::collect(&self.context).await
    }

    /// Reads until memory answers: a node that just started has to be in touch with
    /// others first.
    pub(crate) async fn warm(&self, client: &Client) {
        let hits = self.metrics.cache_hits.get();
        while self.metrics.cache_hits.get() == hits {
            client.get("/me").await.expect(200);
        }
    }

    /// Somebody who has signed up as ada@example.com and logged in.
    pub(crate) async fn user(&self) -> Client {
        self.sign_up("ada@example.com").await;
        self.log_in("ada@example.com").await
    }
}

/// Says on which database a test failed.
impl Drop for TestApp {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("an application on {} was in use", self.database.name());
        }
    }
}
