//! The rows of generated users.

use chrono::{DateTime, TimeDelta, Utc};
use current_user::value::TextValue;
use entity::password::PasswordHash;
use entity::user::Status;
use entity::{email, password, session, user};
use sea_orm::{ConnectionTrait, EntityTrait as _, IntoActiveModel as _};

use super::Outcome;
use super::people::{self, Purpose};

/// Inserts the rows of the users with these indices.
pub(crate) async fn insert(
    txn: &impl ConnectionTrait,
    indices: &[u64],
    hash: &str,
    now: DateTime<Utc>,
) -> Outcome<()> {
    let people: Vec<_> = indices.iter().map(|index| person(*index, hash, now)).collect();
    let users = people.iter().map(|person| person.user.clone().into_active_model());
    user::Entity::insert_many(users).exec_without_returning(txn).await?;
    let emails = people.iter().map(|person| person.email.clone().into_active_model());
    email::Entity::insert_many(emails).exec_without_returning(txn).await?;
    let passwords = people.iter().map(|person| person.password.clone().into_active_model());
    password::Entity::insert_many(passwords).exec_without_returning(txn).await?;
    let sessions = people.iter().map(|person| person.session.clone().into_active_model());
    session::Entity::insert_many(sessions).exec_without_returning(txn).await?;
    Ok(())
}

/// The rows of one user.
struct Person {
    user: user::Model,
    email: email::Model,
    password: password::Model,
    session: session::Model,
}

fn person(index: u64, hash: &str, now: DateTime<Utc>) -> Person {
    // A user signed up every ten seconds.
    let created_at = now - TimeDelta::days(120) + TimeDelta::seconds(10 * index.cast_signed());
    let created_at = created_at.min(now);
    let user_id = people::id(Purpose::User, index, created_at);
    let address = people::email(index);
    Person {
        user: user::Model {
            id: user_id,
            status: Status::Active,
            name: parsed(&format!("User {index}")),
            bio: Some(parsed("Writes the first program, and then the second.")),
            avatar_url: Some(parsed(&format!("https://images.example.com/{index}.png"))),
            avatar_file: None,
            phone_number: None,
            locale: Some(parsed("en-GB")),
            timezone: Some(parsed("Europe/London")),
            created_at,
            updated_at: created_at,
        },
        email: email::Model {
            id: people::id(Purpose::Email, index, created_at),
            user_id,
            email: parsed(&address),
            normalized: address,
            verified_at: Some(created_at),
            logged_in_at: None,
            is_default: true,
            erasure_notice_at: None,
            created_at,
            updated_at: created_at,
        },
        password: password::Model {
            user_id,
            hash: PasswordHash(hash.to_owned()),
            updated_at: created_at,
        },
        session: session::Model {
            id: people::id(Purpose::Session, index, created_at),
            user_id,
            token_hash: people::token(index).hash().into(),
            created_at,
            authenticated_at: created_at,
            // In the future: the use of a session is written every five minutes, and that
            // write would fall into some rounds and not into others.
            last_used_at: now + TimeDelta::hours(1),
            expires_at: now + TimeDelta::days(30),
            user_agent: Some("load/1".to_owned()),
            ip_address: Some("127.0.0.1".to_owned()),
        },
    }
}

/// A value that is known to be valid.
#[expect(clippy::expect_used, reason = "the values are made here")]
fn parsed<T: TextValue>(text: &str) -> T {
    T::parse(text).expect("a valid value")
}
