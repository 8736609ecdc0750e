//! Two nodes of the service on one database, each a process of its own.

use std::time::{Duration, Instant};

use reqwest::Method;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, TransactionTrait as _};

use super::client::Client;
use super::database::{TestDatabase, every_database_url};
use super::server::{Server, program};

/// Two nodes.
pub(crate) struct Nodes {
    /// Somebody without a token, at each node.
    pub(crate) a: Client,
    pub(crate) b: Client,
    pub(crate) database: TestDatabase,
    /// A connection of somebody else.
    pub(crate) other: DatabaseConnection,
    _processes: [Server; 2],
}

/// Two nodes on a fresh database, of every kind.
pub(crate) async fn two_nodes() -> Vec<Nodes> {
    let mut nodes = Vec::new();
    for database in every_database_url().await {
        nodes.push(Nodes::start(database).await);
    }
    nodes
}

impl Nodes {
    async fn start(database: TestDatabase) -> Self {
        let url = database.connection_string();
        let start = |_| {
            let mut command = program();
            command.args(["serve", "--log", "off", "--database-url", &url]);
            Server::spawn(command)
        };
        let processes = [(), ()].map(start);
        let [a, b] = processes.each_ref().map(Server::client);
        let other = database.connect().await;
        Self { a, b, database, other, _processes: processes }
    }

    /// When a write through one node shows on the other at the latest.
    pub(crate) fn lease(&self) -> Duration {
        self.database.lease()
    }

    /// The same session at both nodes: that of `email`, who logs in through the first.
    pub(crate) async fn log_in(&self, email: &str) -> [Client; 2] {
        let at_a = self.a.log_in(email).await;
        let at_b = self.b.with_token(at_a.token());
        [at_a, at_b]
    }

    /// The same, of somebody new.
    pub(crate) async fn user(&self, email: &str) -> [Client; 2] {
        self.a.sign_up(email).await;
        self.log_in(email).await
    }

    /// Reads until memory answers: it does even while nobody can read the tables.
    pub(crate) async fn warm(&self, client: &Client) {
        let since = Instant::now();
        loop {
            client.get("/me").await.expect(200);
            if self.answers_from_memory(client).await {
                return;
            }
            assert!(since.elapsed() < Duration::from_secs(20), "still not from memory");
        }
    }

    /// On SQLite nobody can keep others from reading: there, the node is just
    /// asked once more, which is enough.
    async fn answers_from_memory(&self, client: &Client) -> bool {
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
