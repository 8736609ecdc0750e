//! The table of changes on PostgreSQL: a node misses no change of other programs, however their
//! transactions commit, and although they notify nobody.

use current_user::store::LEASE;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, TransactionTrait as _};
use serde_json::json;

use crate::support::{Client, Nodes, SeededRandom, apply, postgres_only};

const USERS: usize = 6;
const STEPS: usize = 80;

/// A user at a node, with a transaction of another program that changes them.
struct Victim {
    client: Client,
    email: String,
    committed: usize,
    running: Option<(DatabaseTransaction, usize)>,
}

impl Victim {
    /// Begins a transaction, or commits the one that runs.
    async fn act(&mut self, step: usize, nodes: &Nodes) {
        match self.running.take() {
            None => {
                let transaction = nodes.other.begin().await.unwrap();
                let change = format!(
                    "UPDATE users SET bio = '{step}' WHERE id IN
                    (SELECT user_id FROM emails WHERE email = '{}')",
                    self.email
                );
                transaction.execute_unprepared(&change).await.unwrap();
                self.running = Some((transaction, step));
            }
            Some((transaction, written)) => {
                transaction.commit().await.unwrap();
                self.committed = written;
                let committed = written.to_string();
                self.client.right_within(LEASE, |reply| reply.json()["bio"] == committed).await;
            }
        }
    }
}

#[apply(postgres_only)]
async fn transactions_that_commit_late_and_in_any_order_are_never_skipped(nodes: Nodes) {
    let mut victims = Vec::new();
    for number in 0..USERS {
        let email = format!("{number}@example.com");
        let [_, client] = nodes.user(&email).await;
        client.patch("/me", json!({ "bio": "0" })).await.expect(200);
        victims.push(Victim { client, email, committed: 0, running: None });
    }
    nodes.warm(&victims[0].client).await;
    let mut random = SeededRandom::new();
    for step in 1..=STEPS {
        victims[random.below(USERS)].act(step, &nodes).await;
        for victim in &victims {
            let shown = victim.client.get("/me").await.expect(200).json()["bio"].clone();
            assert_eq!(shown, victim.committed.to_string(), "nothing shows before it is committed");
        }
    }
}

#[apply(postgres_only)]
async fn a_node_that_was_frozen_shows_what_was_committed_meanwhile(nodes: Nodes) {
    let [_, at_b] = nodes.user("ada@example.com").await;
    let frozen = &nodes.processes[1];
    for number in 0..5 {
        nodes.warm(&at_b).await;
        frozen.signal("STOP");
        let change = format!("UPDATE users SET bio = '{number}'");
        nodes.other.execute_unprepared(&change).await.unwrap();
        // The lease ends while the node is frozen.
        nodes.other.execute_unprepared("SELECT pg_sleep(1)").await.unwrap();
        frozen.signal("CONT");
        assert_eq!(at_b.get("/me").await.expect(200).json()["bio"], number.to_string());
    }
}

#[apply(postgres_only)]
async fn a_change_of_many_users_at_once_is_not_missed(nodes: Nodes) {
    let [_, at_b] = nodes.user("ada@example.com").await;
    nodes.warm(&at_b).await;
    // More than one read names.
    let many = "
        INSERT INTO changes (user_id) SELECT gen_random_uuid() FROM generate_series(1, 20000);
        UPDATE users SET bio = 'changed'";
    nodes.other.execute_unprepared(many).await.unwrap();
    at_b.right_within(LEASE, |reply| reply.json()["bio"] == "changed").await;
}
