//! Two nodes on one database: a write through one node shows on the other one after the
//! lease, or immediately on SQLite.

use std::time::Duration;

use sea_orm::ConnectionTrait as _;
use serde_json::json;

use crate::support::{Nodes, PASSWORD, Reply, apply, every_database};

const ROUNDS: usize = 10;

/// The time from each write to the first request that the other node answers correctly.
struct Delays(Vec<Duration>);

impl Delays {
    fn print(mut self, what: &str, nodes: &Nodes) {
        self.0.sort_unstable();
        let millis = |delay: Duration| delay.as_secs_f64() * 1e3;
        let (median, most) = (millis(self.0[self.0.len() / 2]), millis(self.0[self.0.len() - 1]));
        let database = nodes.database.name();
        eprintln!(
            "{what} shows on {database} after {median:.1} ms (median) and {most:.1} ms (maximum)"
        );
    }
}

#[apply(every_database)]
async fn a_patch_through_one_node_shows_on_the_other(nodes: Nodes) {
    let [at_a, at_b] = nodes.user("ada@example.com").await;
    let mut delays = Delays(Vec::new());
    for number in 0..ROUNDS {
        nodes.warm(&at_b).await;
        let bio = number.to_string();
        at_a.patch("/me", json!({ "bio": bio })).await.expect(200);
        let is_right = |reply: &Reply| reply.json()["bio"] == bio;
        delays.0.push(at_b.right_within(nodes.lease(), is_right).await.1);
    }
    delays.print("a patch", &nodes);
}

#[apply(every_database)]
async fn a_session_that_logs_out_of_one_node_has_ended_on_the_other(nodes: Nodes) {
    let [_, stays] = nodes.user("ada@example.com").await;
    let (mut of_the_session, mut of_the_user) = (Delays(Vec::new()), Delays(Vec::new()));
    for _ in 0..ROUNDS {
        let [at_a, at_b] = nodes.log_in("ada@example.com").await;
        nodes.warm(&at_b).await;
        // The other node may show the login a lease later.
        let has_two = |reply: &Reply| reply.json()["activeSessions"] == 2;
        stays.right_within(nodes.lease(), has_two).await;
        nodes.warm(&stays).await;
        at_a.log_out().await.expect(204);
        let (refused, delay) = at_b.right_within(nodes.lease(), |reply| reply.status == 401).await;
        refused.expect_problem(401, "invalid_token");
        of_the_session.0.push(delay);
        let is_right = |reply: &Reply| reply.json()["activeSessions"] == 1;
        of_the_user.0.push(stays.right_within(nodes.lease(), is_right).await.1);
    }
    of_the_session.print("a logout", &nodes);
    of_the_user.print("the number of sessions", &nodes);
}

#[apply(every_database)]
async fn a_token_that_a_session_had_before_is_refused_on_both(nodes: Nodes) {
    let [mut at_a, mut at_b] = nodes.user("ada@example.com").await;
    let mut delays = Delays(Vec::new());
    for _ in 0..ROUNDS {
        nodes.warm(&at_b).await;
        let reply = at_a.reauthenticate(PASSWORD).await.expect(200);
        let refused = at_b.right_within(nodes.lease(), |reply| reply.status == 401).await;
        delays.0.push(refused.1);
        at_a.get("/me").await.expect_problem(401, "invalid_token");
        (at_a, at_b) = (at_a.with_token_of(&reply), at_b.with_token_of(&reply));
        at_b.get("/me").await.expect(200);
    }
    delays.print("a re-authentication", &nodes);
}

#[apply(every_database)]
async fn somebody_whom_another_program_bans_is_banned_on_both(nodes: Nodes) {
    let clients = nodes.user("ada@example.com").await;
    let mut delays = Delays(Vec::new());
    for _ in 0..ROUNDS {
        for client in &clients {
            nodes.warm(client).await;
        }
        let ban = "UPDATE users SET status = 'banned'";
        nodes.other.execute_unprepared(ban).await.unwrap();
        for client in &clients {
            let refused = client.right_within(nodes.lease(), |reply| reply.status == 401).await;
            delays.0.push(refused.1);
        }
        let pardon = "UPDATE users SET status = 'active'";
        nodes.other.execute_unprepared(pardon).await.unwrap();
        for client in &clients {
            client.right_within(nodes.lease(), |reply| reply.status == 200).await;
        }
    }
    delays.print("a ban", &nodes);
}

#[apply(every_database)]
async fn an_account_that_is_deleted_through_one_node_is_closed_on_the_other(nodes: Nodes) {
    let mut delays = Delays(Vec::new());
    for number in 0..ROUNDS {
        let [at_a, at_b] = nodes.user(&format!("{number}@example.com")).await;
        nodes.warm(&at_b).await;
        at_a.delete("/me").await.expect(202);
        let refused = at_b.right_within(nodes.lease(), |reply| reply.status == 401).await;
        delays.0.push(refused.1);
    }
    delays.print("a deletion", &nodes);
}
