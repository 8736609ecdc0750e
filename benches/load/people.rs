//! The users in the database. Everything about a user is derived from their index, so that
//! the load generator knows every token.

use chrono::{DateTime, Utc};
use current_user::random::Random;
use current_user::value::{TextValue as _, Token};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The password of all users.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// The purpose of bytes that are derived from an index.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// The token that opens the user's session.
    Token,
    /// A token that opens no session.
    Stranger,
    /// The ID of the user.
    User,
    /// The ID of their email address.
    Email,
    /// The ID of their session.
    Session,
}

/// Bytes derived from an index.
struct Derived(Purpose, u64);

impl Random for Derived {
    fn fill(&self, bytes: &mut [u8]) {
        let Self(purpose, index) = self;
        for (block, chunk) in bytes.chunks_mut(32).enumerate() {
            let digest = Sha256::digest(format!("{purpose:?} {index} {block}"));
            for (byte, derived) in chunk.iter_mut().zip(digest) {
                *byte = derived;
            }
        }
    }
}

/// The token of a user.
pub(crate) fn token(index: u64) -> Token {
    derived_token(Purpose::Token, index)
}

/// The tokens of users, as text.
pub(crate) fn tokens(indices: impl IntoIterator<Item = u64>) -> Vec<String> {
    indices.into_iter().map(|index| token(index).as_str().to_owned()).collect()
}

/// Tokens that are well-formed and open no session.
pub(crate) fn strangers(count: u64) -> Vec<String> {
    let token = |index| derived_token(Purpose::Stranger, index);
    (0..count).map(|index| token(index).as_str().to_owned()).collect()
}

fn derived_token(purpose: Purpose, index: u64) -> Token {
    let random: &dyn Random = &Derived(purpose, index);
    Token::new(random.bytes())
}

/// The email address of a user.
pub(crate) fn email(index: u64) -> String {
    format!("user-{index}@example.com")
}

/// An ID that was created at `at`.
pub(crate) fn id(purpose: Purpose, index: u64, at: DateTime<Utc>) -> Uuid {
    let random: &dyn Random = &Derived(purpose, index);
    random.uuid(at)
}
