//! One-time tokens.

use current_user::random::{Random, SystemRandom};
use current_user::value::{OneTimeToken, TextValue as _};

/// A new token as it stands in a mail, and its hash as the database stores it.
pub(crate) fn new_one_time_token() -> (String, [u8; 32]) {
    let random: &dyn Random = &SystemRandom;
    let token = OneTimeToken::new(random.bytes());
    (token.as_str().to_owned(), token.hash())
}

/// A valid token that was never mailed.
pub(crate) fn unknown_one_time_token() -> String {
    OneTimeToken::example().as_str().to_owned()
}
