//! What the words mean: parsing, rules, use cases and their transactions.
//! Knows no HTTP.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::random::Random;
use crate::service::{ImageResizer, ObjectStorage, PasswordHasher};
use crate::store::Store;

pub mod administration;
mod afterwards;
mod avatar;
pub mod avatar_file;
pub mod avatar_url;
pub mod bio;
pub mod choice;
mod deletion;
pub mod delivery;
pub mod email;
pub mod emails;
mod erasure;
mod error;
pub mod export;
pub mod history;
mod limit;
pub mod locale;
mod log_in;
pub mod name;
pub mod password;
mod password_change;
mod password_reset;
mod phone;
pub mod phone_code;
pub mod phone_number;
mod post;
pub mod profile;
pub mod public_url;
mod reauthentication;
pub mod session;
mod sign_up;
pub mod status;
pub mod timestamp;
pub mod timezone;
pub mod token;
pub mod value;

pub use afterwards::Afterwards;
pub use avatar::{
    collect_avatars, delete_avatar, keep_collecting_avatars, put_avatar, read_avatar,
};
pub use deletion::delete;
pub use erasure::{Receipt, erase_due, keep_erasing, receipt, receipt_path};
pub use error::AccountError;
pub use log_in::{Credentials, LoggedIn, log_in, restore};
pub use password_change::change_password;
pub use password_reset::{request_password_reset, reset_password};
pub use phone::{delete_phone_number, set_phone_number, verify_phone_number};
pub use public_url::PublicUrl;
pub use reauthentication::reauthenticate;
pub use sign_up::{Registration, sign_up};

/// What every use case works with.
#[derive(Clone)]
pub struct Context {
    /// Where accounts are kept.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids, tokens and salts come from.
    pub random: Arc<dyn Random>,
    /// Hashes and checks passwords.
    pub hasher: PasswordHasher,
    /// Writes what no request waits for.
    pub afterwards: Afterwards,
    /// What is counted.
    pub metrics: Metrics,
    /// How long sessions live.
    pub sessions: session::Lifetimes,
    /// How long a session may do what could take an account over, after it has proved
    /// the password.
    pub reauthentication_window: Duration,
    /// How long who has deleted their account can come back.
    pub deletion_grace: Duration,
    /// How long it is remembered what happened to an account.
    pub event_retention: Duration,
    /// Where callers find the service.
    pub public_url: PublicUrl,
    /// Stores avatars.
    pub files: ObjectStorage,
    /// Turns uploaded images into avatars.
    pub image_resizer: ImageResizer,
    /// Told when there are files to delete.
    pub discarded: Arc<Notify>,
}
