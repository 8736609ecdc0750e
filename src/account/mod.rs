//! Accounts: the rules, the use cases and their transactions, in a folder per resource and
//! a file per use case. HTTP is in [`crate::api`], queries are in [`crate::store`].
//!
//! A use case consists of steps inside one unit of work: lock, check, change, record,
//! notify.

pub mod administration;
pub mod avatar;
mod context;
pub mod emails;
mod error;
pub mod events;
pub mod leaving;
pub mod outbox;
pub mod password;
pub mod phone;
pub mod policy;
pub mod profile;
mod rate_limit;
mod rows;
pub mod session;
mod sign_up;
mod status;
mod work;

pub use context::{Context, Settings};
pub use error::AccountError;
pub use policy::Policy;
use rate_limit::RateLimit;
pub use session::CurrentSession;
pub use sign_up::{Registration, sign_up};
use status::may_act;
use work::Work;
