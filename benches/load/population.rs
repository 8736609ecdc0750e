//! Databases full of users.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use current_user::clock::{Clock as _, SystemClock};
use current_user::random::SystemRandom;
use current_user::service::{Lane, PasswordHasher, Turn};
use current_user::value::{NewPassword, TextValue as _};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, TransactionTrait as _};

use super::options::Options;
use super::{Failure, Outcome, people, process, rows};

/// The number of users that requests are about, in a database of any size.
pub(crate) const HOT: u64 = 1_000;

/// The number of users whose rows one statement inserts. SQLite takes 32,766 values at
/// once.
const BATCH: u64 = 500;
/// The number of users whose rows one transaction inserts.
const TRANSACTION: usize = 50_000;

/// A database with users. Each has a password, an address and a session.
#[derive(Clone, Debug)]
pub(crate) struct Population {
    file: PathBuf,
    /// The number of users.
    pub(crate) users: u64,
}

/// All databases that are measured.
pub(crate) struct Populations {
    pub(crate) thousand: Population,
    /// As large as the first, for a second server that writes.
    pub(crate) thousand_again: Population,
    pub(crate) ten_thousand: Population,
    pub(crate) million: Option<Population>,
    /// The one with a million users, or with a hundred thousand if that is left out.
    pub(crate) largest: Population,
}

/// Fills all databases.
pub(crate) async fn fill_all(options: &Options, directory: &Path) -> Outcome<Populations> {
    let password = NewPassword::parse(people::PASSWORD)?;
    let hasher = PasswordHasher::new(1, Duration::from_secs(30))?;
    let turn = Turn::new(Lane::Other, 0);
    let hash = hasher.hash(password, &SystemRandom, turn).await?;
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
    /// The URL for `--database-url`.
    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.file.display())
    }

    /// The indices of `count` users, spread evenly over all.
    pub(crate) fn spread(&self, count: u64) -> impl Iterator<Item = u64> {
        let users = self.users;
        (0..count).map(move |nth| nth * users / count)
    }

    /// The tokens of the users that requests are about.
    pub(crate) fn hot_tokens(&self) -> Vec<String> {
        people::tokens(self.spread(HOT))
    }

    /// The addresses of as many other users.
    pub(crate) fn cold_emails(&self) -> Vec<String> {
        self.spread(HOT).map(|index| people::email(index + 1)).collect()
    }

    async fn fill(&self, hash: &str) -> Outcome<()> {
        // The program itself makes the schema that it needs.
        let mut migrate = process::program();
        migrate.args(["migrate", "up", "--database-url", &self.url()]).stdout(Stdio::null());
        if !migrate.status()?.success() {
            return Err("the schema could not be created".into());
        }

        let database = open(&self.file).await?;
        let now = SystemClock.now();
        let indices: Vec<u64> = (0..self.users).collect();
        for (nth, users) in indices.chunks(TRANSACTION).enumerate() {
            let txn = database.begin().await?;
            for batch in users.chunks(BATCH as usize) {
                rows::insert(&txn, batch, hash, now).await?;
            }
            txn.commit().await?;
            if self.users > 100_000 {
                eprintln!("       … {} users", nth * TRANSACTION + users.len());
            }
        }
        Ok(database.close().await?)
    }
}

/// Opens a database for filling. It does not have to survive a crash.
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
            // 512 MiB hold the indices of a million random tokens.
            .pragma("cache_size", "-524288")
    });
    Ok(Database::connect(options).await?)
}
