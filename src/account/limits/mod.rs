//! Limits: how often something may be requested within an hour. A request is counted before
//! the work that the limit protects, whatever comes of it, and in the same way whether or
//! not there is an account.

mod budget;
mod catalogue;
mod delete_expired;
mod quotas;
mod spend;
mod window;

pub(super) use budget::Budget;
pub use catalogue::{Limit, Limits};
pub use delete_expired::delete_expired;
pub use quotas::{Quota, Quotas};
pub(super) use spend::{Refusal, Spent};
pub use window::WINDOW;
