//! People who do everything at once through several sessions and nodes, and what
//! they have been told so far: nothing that they are shown afterwards is older.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use current_user::clock::FixedClock;
use reqwest::Method;
use reqwest::header::IF_NONE_MATCH;
use serde_json::json;
use tokio::sync::{Mutex as AsyncMutex, RwLock};

use super::client::{Client, PASSWORD, Reply};
use super::dice::Dice;
use super::knowledge::{Knowledge, Shown};

/// Somebody with an account. Their `bio` is the number of the patch that set it.
pub(crate) struct Person {
    email: String,
    /// Somebody without a token, at each node.
    nodes: Vec<Client>,
    /// The clock of the nodes, if it can be moved.
    clock: Option<Arc<FixedClock>>,
    /// Locked for reading while something of theirs is under way.
    under_way: RwLock<()>,
    /// The number of the last patch. One at a time, so that they have an order.
    patches: AsyncMutex<u64>,
    knowledge: Mutex<Knowledge>,
}

/// A profile that was read before, and its entity tag.
type Remembered = Option<(String, Shown)>;

impl Person {
    /// Signs up and logs in. What one of the `nodes` says shows on the others
    /// `lease` later at the latest.
    pub(crate) async fn new(
        email: String,
        nodes: Vec<Client>,
        lease: Duration,
        clock: Option<Arc<FixedClock>>,
    ) -> Self {
        nodes[0].sign_up(&email).await;
        let (under_way, patches) = (RwLock::new(()), AsyncMutex::new(0));
        let knowledge = Mutex::new(Knowledge::new(lease));
        let person = Self { email, nodes, clock, under_way, patches, knowledge };
        person.log_in(0, 0).await;
        person
    }

    fn know(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge.lock().unwrap()
    }

    fn client(&self, node: usize, session: usize) -> Client {
        self.nodes[node].with_token(&self.know().token(session))
    }

    /// Does `count` things, one after the other.
    pub(crate) async fn act(&self, mut dice: Dice, count: usize) {
        let mut remembered = None;
        for _ in 0..count {
            let node = dice.roll(self.nodes.len());
            let chance = dice.roll(1000);
            if chance < 5 {
                self.settle().await;
                continue;
            }
            let _under_way = self.under_way.read().await;
            let (living, session) = self.know().pick(&mut dice);
            match chance {
                _ if living < 2 => self.log_in(node, session).await,
                5..15 if living < 8 => self.log_in(node, session).await,
                15..20 => self.log_out(node, session).await,
                20..30 => self.end(node, session, dice.roll(100)).await,
                30..33 => self.end_others(node, session, Method::DELETE, "/me/sessions").await,
                33..34 => self.end_others(node, session, Method::PUT, "/me/password").await,
                40..70 => self.list(node, session).await,
                70..200 => self.patch(node, session).await,
                _ => self.read(node, session, dice.roll(2) == 0, &mut remembered).await,
            }
        }
    }

    async fn read(&self, node: usize, session: usize, ask_for_new: bool, last: &mut Remembered) {
        let (client, before) = (self.client(node, session), self.know().before(node, session));
        let mut request = client.request(Method::GET, "/me");
        if let Some((tag, _)) = last.as_ref().filter(|_| ask_for_new) {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let reply = Reply::to(request).await;
        match (reply.status.as_u16(), last.as_ref()) {
            (200, _) => {
                let shown = Shown::by(&reply);
                self.know().check(before, shown);
                *last = Some((reply.header("etag").to_owned(), shown));
            }
            (304, Some((_, shown))) => self.know().check(before, *shown),
            _ => self.know().check_refused(session, reply),
        }
    }

    /// Looks right after something was acknowledged.
    async fn look(&self, node: usize, session: usize) {
        self.read(node, session, false, &mut None).await;
    }

    async fn list(&self, node: usize, session: usize) {
        let (client, before) = (self.client(node, session), self.know().before(node, session));
        let reply = client.get("/me/sessions").await;
        if reply.status == 200 {
            let count = reply.json().as_array().unwrap().len();
            self.know().check_count(&before, count);
        } else {
            self.know().check_refused(session, reply);
        }
    }

    async fn patch(&self, node: usize, session: usize) {
        let mut number = self.patches.lock().await;
        *number += 1;
        let client = self.client(node, session);
        let reply = client.patch("/me", json!({ "bio": number.to_string() })).await;
        if reply.status == 200 {
            assert_eq!(Shown::by(&reply).version, *number);
            self.know().patched(node, *number);
            self.look(node, session).await;
        } else {
            self.know().check_refused(session, reply);
        }
    }

    async fn log_in(&self, node: usize, another: usize) {
        let login = self.know().logging_in();
        let body = json!({ "email": self.email, "password": PASSWORD });
        let reply = self.nodes[node].post("/login", body).await;
        let Some(session) = self.know().logged_in(login, node, &reply) else { return };
        // The token works at once, on every node.
        for node in 0..self.nodes.len() {
            let reply = self.client(node, session).get("/me/sessions").await;
            if reply.status != 200 {
                self.know().check_refused(session, reply);
                continue;
            }
            let list = reply.json();
            let own = list.as_array().unwrap().iter().find(|one| one["current"] == true).unwrap();
            self.know().name(session, own["id"].as_str().unwrap());
        }
        self.look(node, another).await;
    }

    async fn log_out(&self, node: usize, session: usize) {
        let client = self.client(node, session);
        self.know().ending(session);
        let reply = Reply::to(client.request(Method::POST, "/logout")).await;
        match reply.status.as_u16() {
            204 => self.know().ended(session, node),
            _ => return self.know().check_refused(session, reply),
        }
        self.look(node, session).await;
    }

    /// Ends a session through another, or perhaps through itself.
    async fn end(&self, node: usize, session: usize, which: usize) {
        let client = self.client(node, session);
        let Some((which, id)) = self.know().ending_any(which) else { return };
        let reply = client.delete(&format!("/me/sessions/{id}")).await;
        match reply.status.as_u16() {
            204 => self.know().ended(which, node),
            404 => self.know().check_gone(which),
            _ => return self.know().check_refused(session, reply),
        }
        self.look(node, which).await;
        self.look(node, session).await;
    }

    /// Ends all sessions but this one: that is asked for, or comes with another
    /// password, which is the same here.
    async fn end_others(&self, node: usize, session: usize, method: Method, path: &str) {
        let request = self.client(node, session).request(method.clone(), path);
        let passwords = json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD });
        let sweep = self.know().ending_others(session);
        let request = if method == Method::PUT { request.json(&passwords) } else { request };
        let reply = Reply::to(request).await;
        let status = reply.status.as_u16();
        self.know().ended_others(&sweep, (status == 204).then_some(node));
        match status {
            204 => {
                for other in sweep {
                    self.look(node, other).await;
                }
                self.look(node, session).await;
            }
            // Of two changes at once, one proved a password that is no more.
            403 if method == Method::PUT => {}
            _ => self.know().check_refused(session, reply),
        }
    }

    /// Waits until nothing is under way, and compares all that is shown with all
    /// that is known: then both are exact.
    pub(crate) async fn settle(&self) {
        let _nothing = self.under_way.write().await;
        if let Some(clock) = &self.clock {
            // From now on, uses are written again.
            clock.advance(Duration::from_secs(301));
        }
        // A list is always read from the database.
        let uncertain = self.know().uncertain();
        for session in uncertain {
            let reply = self.client(0, session).get("/me/sessions").await;
            self.know().learn(session, reply.status == 200);
        }
        let since = Instant::now();
        for node in 0..self.nodes.len() {
            loop {
                let asked = since.elapsed();
                let shown = self.everything_shown(node).await;
                let compared = self.know().compare(&shown);
                let Err(why) = compared else { break };
                assert!(asked < self.know().lease, "{why}, on node {node}, {asked:?} later");
            }
        }
    }

    /// What every session shows. `None`: it has ended.
    async fn everything_shown(&self, node: usize) -> Vec<(usize, Option<Shown>)> {
        let mut shown = Vec::new();
        let recent = self.know().recent();
        for session in recent {
            let reply = self.client(node, session).get("/me").await;
            let is_alive = reply.status == 200;
            shown.push((session, is_alive.then(|| Shown::by(&reply))));
        }
        shown
    }
}
