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
pub mod limits;
pub mod one_time_token;
pub mod outbox;
pub mod password;
mod password_proof;
pub mod phone;
pub mod policy;
pub mod profile;
mod rate_limit;
mod rows;
pub mod security_log;
pub mod session;
mod sign_up;
mod status;
mod work;

pub use context::{Context, Settings};
pub use error::AccountError;
use password_proof::PasswordProof;
pub use policy::Policy;
use rate_limit::RateLimit;
pub use session::CurrentSession;
use sign_up::address_budgets;
pub use sign_up::{Registration, sign_up};
use status::may_act;
use work::Work;
