//! The `users` commands: their flags, how they run, and their output. The rules are in
//! [`crate::account::administration`].

mod args;
mod confirm;
mod error;
mod report;
mod run;
mod table;
mod text;

pub use args::{CommonArgs, Target, UsersAction};
pub use error::UsersError;
pub use report::Report;
pub use run::run;
