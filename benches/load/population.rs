//! Databases full of users.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use current_user::clock::{Clock as _, SystemClock};
use current_user::random::SystemRandom;
use current_user::service::PasswordHasher;
use current_user::value::password::NewPassword;
use current_user::value::text_value::TextValue as _;
use entity::password::PasswordHash;
use entity::user::Status;
use entity::{email, password, session, user};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, EntityTrait as _, IntoActiveModel as _,
    TransactionTrait as _,
};

use super::options::Options;
use super::people::{self, Purpose};
use super::{Failure, Outcome, process};

/// How many users are asked about: so many in a database of any size.
pub(crate) const HOT: u64 = 1_000;

/// Users whose rows one statement inserts. SQLite takes 32,766 values at once.
const BATCH: u64 = 500;
/// Users whose rows one transaction inserts.
const TRANSACTION: usize = 50_000;

/// A database with users, each with a password, an address and a living session.
#[derive(Clone, Debug)]
pub(crate) struct Population {
    file: PathBuf,
    /// How many.
    pub(crate) users: u64,
}

/// All databases that are measured.
pub(crate) struct Populations {
    pub(crate) thousand: Population,
    /// Like the first, for a second server that writes.
    pub(crate) thousand_again: Population,
    pub(crate) ten_thousand: Population,
    pub(crate) million: Option<Population>,
    /// The million, or a hundred thousand where that is left out.
    pub(crate) largest: Population,
}

/// Fills all databases.
pub(crate) async fn fill_all(options: &Options, directory: &Path) -> Outcome<Populations> {
    let password = NewPassword::parse(people::PASSWORD)?;
    let hasher = PasswordHasher::new(1, Duration::from_secs(30))?;
    let hash = hasher.hash(password, &SystemRandom).await?;
    let fill = async |name: &str, users| {
        let started = Instant::now();
        let population = Population { file: directory.join(name), users };
        population.fill(&hash).await?;
        let took = started.elapsed().as_secs_f64();
        options.progress(&format!("filled a database with {users} users in {took:.1} s"));
        Ok::<_, Failure>(population)
    };
    let thousand = fill("1k.db", HOT).await?;
    let thousand_again = fill("1k-again.db", HOT).await?;
    let ten_thousand = fill("10k.db", 10_000).await?;
    let (million, largest) = if options.skip_million {
        (None, fill("100k.db", 100_000).await?)
    } else {
        let million = fill("1m.db", 1_000_000).await?;
        (Some(million.clone()), million)
    };
    Ok(Populations { thousand, thousand_again, ten_thousand, million, largest })
}

impl Population {
    /// As `--database-url` takes it.
    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.file.display())
    }

    /// `count` users, spread evenly over all.
    pub(crate) fn spread(&self, count: u64) -> impl Iterator<Item = u64> {
        let users = self.users;
        (0..count).map(move |nth| nth * users / count)
    }

    /// The tokens of the users who are asked about.
    pub(crate) fn hot_tokens(&self) -> Vec<String> {
        people::tokens(self.spread(HOT))
    }

    /// As many users, none of whom is asked about.
    pub(crate) fn cold_emails(&self) -> Vec<String> {
        self.spread(HOT).map(|index| people::email(index + 1)).collect()
    }

    async fn fill(&self, hash: &str) -> Outcome<()> {
        // The program knows best which schema it wants.
        let mut migrate = process::program();
        migrate.args(["migrate", "up", "--database-url", &self.url()]).stdout(Stdio::null());
        if !migrate.status()?.success() {
            return Err("the schema could not be made".into());
        }

        let database = open(&self.file).await?;
        let now = SystemClock.now();
        let indices: Vec<u64> = (0..self.users).collect();
        for (nth, users) in indices.chunks(TRANSACTION).enumerate() {
            let txn = database.begin().await?;
            for batch in users.chunks(BATCH as usize) {
                insert(&txn, batch, hash, now).await?;
            }
            txn.commit().await?;
            if self.users > 100_000 {
                eprintln!("       … {} users", nth * TRANSACTION + users.len());
            }
        }
        Ok(database.close().await?)
    }
}

/// Opens a database that nobody would miss: nothing of it has to survive a crash.
async fn open(file: &Path) -> Outcome<DatabaseConnection> {
    let file = file.to_owned();
    let mut options = ConnectOptions::new("sqlite://");
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(move |sqlite: SqliteConnectOptions| {
        sqlite
            .filename(&file)
            .foreign_keys(false)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            // The indices of a million random tokens, at once: 512 MiB.
            .pragma("cache_size", "-524288")
    });
    Ok(Database::connect(options).await?)
}

async fn insert(
    txn: &impl sea_orm::ConnectionTrait,
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
    // One signed up every ten seconds.
    let created_at = now - TimeDelta::days(120) + TimeDelta::seconds(10 * index.cast_signed());
    let created_at = created_at.min(now);
    let user_id = people::id(Purpose::User, index, created_at);
    let address = people::email(index);
    Person {
        user: user::Model {
            id: user_id,
            status: Status::Active,
            name: format!("User {index}"),
            bio: Some("Writes the first program, and then the second.".to_owned()),
            avatar_url: Some(format!("https://images.example.com/{index}.png")),
            avatar_file: None,
            phone_number: None,
            locale: Some("en-GB".to_owned()),
            timezone: Some("Europe/London".to_owned()),
            created_at,
            updated_at: created_at,
        },
        email: email::Model {
            id: people::id(Purpose::Email, index, created_at),
            user_id,
            email: address.clone(),
            normalized: address,
            verified_at: Some(created_at),
            is_default: true,
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
            // Noted ahead: a session's use is written once in five minutes, and that
            // write would fall into some rounds and not into others.
            last_used_at: now + TimeDelta::hours(1),
            expires_at: now + TimeDelta::days(30),
            user_agent: Some("load/1".to_owned()),
            ip_address: Some("127.0.0.1".to_owned()),
        },
    }
}
