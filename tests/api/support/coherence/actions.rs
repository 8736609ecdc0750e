//! The actions of a concurrent user.

use reqwest::Method;
use reqwest::header::IF_NONE_MATCH;
use serde_json::json;

use super::knowledge::Shown;
use super::{ConcurrentUser, Remembered};
use crate::support::reply::Reply;
use crate::support::requests::PASSWORD;

impl ConcurrentUser {
    pub(super) async fn read(
        &self,
        node: usize,
        session: usize,
        ask_for_new: bool,
        last: &mut Remembered,
    ) {
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

    /// Reads the profile right after a write was acknowledged.
    async fn look(&self, node: usize, session: usize) {
        self.read(node, session, false, &mut None).await;
    }

    pub(super) async fn list(&self, node: usize, session: usize) {
        let (client, before) = (self.client(node, session), self.know().before(node, session));
        let reply = client.get("/me/sessions").await;
        if reply.status == 200 {
            let count = reply.json().as_array().unwrap().len();
            self.know().check_count(&before, count);
        } else {
            self.know().check_refused(session, reply);
        }
    }

    pub(super) async fn patch(&self, node: usize, session: usize) {
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

    pub(super) async fn log_in(&self, node: usize, another: usize) {
        let login = self.know().logging_in();
        let reply = self.nodes[node].try_log_in(&self.email, PASSWORD).await;
        let Some(session) = self.know().logged_in(login, node, &reply) else { return };
        // The token works on every node immediately.
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

    pub(super) async fn log_out(&self, node: usize, session: usize) {
        let client = self.client(node, session);
        self.know().ending(session);
        let reply = client.log_out().await;
        match reply.status.as_u16() {
            204 => self.know().ended(session, node),
            _ => return self.know().check_refused(session, reply),
        }
        self.look(node, session).await;
    }

    /// Ends a session with a request of any session, perhaps of the session itself.
    pub(super) async fn end(&self, node: usize, session: usize, which: usize) {
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

    /// Ends all sessions but this one, by `DELETE /me/sessions` or by a change of the
    /// password. The new password equals the old one.
    pub(super) async fn end_others(&self, node: usize, session: usize, method: Method, path: &str) {
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
            // Two changes ran at the same time, and this one is the second. The first one
            // replaced the password that this one proved.
            403 if method == Method::PUT => {}
            _ => self.know().check_refused(session, reply),
        }
    }
}
