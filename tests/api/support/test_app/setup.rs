//! The settings of an application under test.

use std::path::PathBuf;
use std::time::Duration;

use current_user::account::limits::Limits;
use current_user::api::Brand;
use current_user::api::{AllowedOrigin, TrustedProxies};
use current_user::server::http;
use current_user::store::Observer;
use current_user::value::{Countries, Country, PublicUrl};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The settings of an application under test.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// The origins whose pages may call the application.
    pub(crate) cors_origins: Vec<AllowedOrigin>,
    /// The URL at which callers reach the application, if it is not that of its port.
    pub(crate) public_url: Option<PublicUrl>,
    /// Whether Swagger UI is served.
    pub(crate) docs: bool,
    /// The branding of the pages.
    pub(crate) brand: Brand,
    /// The reverse proxies that are trusted to name the client.
    pub(crate) trusted_proxies: TrustedProxies,
    /// The time in which the body of a request has to arrive.
    pub(crate) body_timeout: Duration,
    /// The settings of the HTTP server.
    pub(crate) http: http::Settings,
    /// The number of passwords that are hashed at the same time.
    pub(crate) hashers: usize,
    /// The maximum time that a request waits until its password is hashed.
    pub(crate) hashing_patience: Duration,
    /// The maximum time that a request waits for a database connection.
    pub(crate) patience: Duration,
    /// The memory of the cache of `GET /me`.
    pub(crate) cache_bytes: u64,
    /// Sees every statement that the application executes.
    pub(crate) observer: Option<Observer>,
    /// The time that sending one message may take.
    pub(crate) send_timeout: Duration,
    /// The list of breached passwords.
    pub(crate) breached_passwords: Option<PathBuf>,
    /// Whether the application keeps messages, and shows them to everybody.
    pub(crate) demo: bool,
    /// The time between a deletion and the erasure.
    pub(crate) deletion_grace: Duration,
    /// How long an account without a verified address is kept.
    pub(crate) unverified_retention: Duration,
    /// The countries to which SMS are sent.
    pub(crate) sms_countries: Countries,
    /// The limits, or `None` to turn all of them off.
    pub(crate) limits: Option<Limits>,
}

impl Default for Setup {
    fn default() -> Self {
        let patience = Duration::from_secs(30);
        // Every test passes with and without the cache.
        let without_cache = std::env::var_os("CURRENT_USER_TEST_WITHOUT_CACHE").is_some();
        Self {
            cors_origins: Vec::new(),
            public_url: None,
            docs: true,
            brand: Brand {
                name: "Example Accounts".to_owned(),
                logo: None,
                accent: None,
                home: None,
            },
            trusted_proxies: TrustedProxies::default(),
            body_timeout: Duration::from_secs(10),
            http: http::Settings::default(),
            hashers: 2,
            hashing_patience: patience,
            patience,
            cache_bytes: if without_cache { 0 } else { 1024 * 1024 },
            observer: None,
            send_timeout: Duration::from_secs(10),
            breached_passwords: None,
            demo: false,
            deletion_grace: 30 * DAY,
            unverified_retention: 30 * DAY,
            sms_countries: ["DE", "GB", "US"]
                .iter()
                .filter_map(|code| Country::parse(code))
                .collect(),
            limits: Some(Limits::default()),
        }
    }
}
