//! Two nodes of the service on one database. Each one is a separate process.

use std::time::{Duration, Instant};

use reqwest::Method;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, TransactionTrait as _};

use super::client::Client;
use super::database::TestDatabase;
use super::server::{Server, program};

/// Two nodes.
pub(crate) struct Nodes {
    /// A client of the first node, without a token.
    pub(crate) a: Client,
    /// A client of the second node, without a token.
    pub(crate) b: Client,
    pub(crate) database: TestDatabase,
    /// A connection of another program.
    pub(crate) other: DatabaseConnection,
    pub(crate) processes: [Server; 2],
}

impl Nodes {
    pub(super) async fn start(database: TestDatabase) -> Self {
        let url = database.connection_string();
        let start = |_| {
            let mut command = program();
            command.args(["serve", "--log", "off", "--database-url", &url]);
            Server::spawn(command)
        };
        let processes = [(), ()].map(start);
        let [a, b] = processes.each_ref().map(Server::client);
        let other = database.connect().await;
        Self { a, b, database, other, processes }
    }

    /// The time after which a write through one node shows on the other one.
    pub(crate) fn lease(&self) -> Duration {
        self.database.lease()
    }

    /// Logs in through the first node. Returns the session as a client of each node.
    pub(crate) async fn log_in(&self, email: &str) -> [Client; 2] {
        let at_a = self.a.log_in(email).await;
        let at_b = self.b.with_token(at_a.token());
        [at_a, at_b]
    }

    /// Signs up and logs in through the first node. Returns the same as [`Self::log_in`].
    pub(crate) async fn user(&self, email: &str) -> [Client; 2] {
        self.a.sign_up(email).await;
        self.log_in(email).await
    }

    /// Reads the profile until the cache of the node answers.
    pub(crate) async fn warm(&self, client: &Client) {
        let since = Instant::now();
        loop {
            client.get("/me").await.expect(200);
            if self.answers_from_cache(client).await {
                return;
            }
            assert!(since.elapsed() < Duration::from_secs(20), "the cache does not answer");
        }
    }

    /// Whether the cache answers. On PostgreSQL the table of users is locked during the
    /// request, so only the cache can answer. SQLite has no such lock. There, one more
    /// successful read is enough.
    async fn answers_from_cache(&self, client: &Client) -> bool {
        let lock = self.other.begin().await.unwrap();
        if !self.database.is_sqlite() {
            lock.execute_unprepared("LOCK TABLE users").await.unwrap();
        }
        let request = client.request(Method::GET, "/me").timeout(Duration::from_millis(250));
        let reply = request.send().await;
        lock.rollback().await.unwrap();
        reply.is_ok_and(|reply| reply.status() == 200)
    }
}
