//! Whatever happens to sessions, `activeSessions` is how many there are.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::{Client, TestApp, on_every_database};

const LIFETIME: u64 = 30 * 24 * 60;
const IDLE: u64 = 7 * 24 * 60;
const TOUCH: u64 = 5;

/// Something that can happen. Indexes are taken modulo the sessions so far.
#[derive(Clone, Debug)]
enum Event {
    LogIn,
    LogOut(usize),
    Revoke {
        by: usize,
        which: usize,
    },
    RevokeOthers(usize),
    /// Minutes pass.
    Wait(u64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => Just(Event::LogIn),
        1 => any::<usize>().prop_map(Event::LogOut),
        2 => any::<(usize, usize)>().prop_map(|(by, which)| Event::Revoke { by, which }),
        1 => any::<usize>().prop_map(Event::RevokeOthers),
        3 => prop_oneof![1..2 * TOUCH, IDLE - 2..IDLE + 2, 1..LIFETIME / 3].prop_map(Event::Wait),
    ]
}

/// A session as it should be.
struct Session {
    client: Client,
    id: String,
    created: u64,
    used: u64,
    ended: bool,
}

/// What should be true, beside what is.
struct Model<'a> {
    app: &'a TestApp,
    now: u64,
    sessions: Vec<Session>,
}

impl Model<'_> {
    fn is_alive(&self, index: usize) -> bool {
        let Session { created, used, ended, .. } = self.sessions[index];
        !ended && self.now < created + LIFETIME && self.now < used + IDLE
    }

    /// A session takes part in a request: does it get through?
    fn uses(&mut self, index: usize) -> bool {
        let alive = self.is_alive(index);
        let session = &mut self.sessions[index];
        if alive && self.now - session.used >= TOUCH {
            session.used = self.now;
        }
        alive
    }

    async fn happens(&mut self, event: Event) {
        let count = self.sessions.len();
        match event {
            Event::Wait(minutes) => {
                // A use is written after the reply: days don't pass before it is.
                self.app.activity.settle().await;
                self.now += minutes;
                self.app.clock.advance(Duration::from_secs(minutes * 60));
            }
            Event::LogIn => {
                let client = self.app.log_in("ada@example.com").await;
                let list = client.get("/me/sessions").await.expect(200).json();
                let mut own = list.as_array().unwrap().iter().filter(|one| one["current"] == true);
                let id = own.next().unwrap()["id"].as_str().unwrap().to_owned();
                let (created, used) = (self.now, self.now);
                self.sessions.push(Session { client, id, created, used, ended: false });
            }
            _ if count == 0 => {}
            Event::LogOut(by) => {
                let by = by % count;
                let expected = if self.uses(by) { 204 } else { 401 };
                let reply = self.sessions[by].client.post("/logout", serde_json::json!({})).await;
                assert_eq!(reply.status, expected);
                self.sessions[by].ended = true;
            }
            Event::Revoke { by, which } => {
                let (by, which) = (by % count, which % count);
                let expected = match (self.uses(by), self.is_alive(which)) {
                    (false, _) => 401,
                    (true, false) => 404,
                    (true, true) => 204,
                };
                let path = format!("/me/sessions/{}", self.sessions[which].id);
                assert_eq!(self.sessions[by].client.delete(&path).await.status, expected);
                self.sessions[which].ended |= expected == 204;
            }
            Event::RevokeOthers(by) => {
                let by = by % count;
                let alive = self.uses(by);
                let reply = self.sessions[by].client.delete("/me/sessions").await;
                assert_eq!(reply.status, if alive { 204 } else { 401 });
                for (index, session) in self.sessions.iter_mut().enumerate() {
                    session.ended |= alive && index != by;
                }
            }
        }
    }

    /// Everybody who is alive sees as many sessions as there are.
    async fn holds(&mut self) {
        for index in 0..self.sessions.len() {
            let alive = self.uses(index);
            let me = self.sessions[index].client.get("/me").await;
            let list = self.sessions[index].client.get("/me/sessions").await;
            if !alive {
                assert_eq!((me.status.as_u16(), list.status.as_u16()), (401, 401));
                continue;
            }
            let expected = (0..self.sessions.len()).filter(|index| self.is_alive(*index)).count();
            assert_eq!(me.expect(200).json()["activeSessions"], expected);
            assert_eq!(list.expect(200).json().as_array().unwrap().len(), expected);
        }
    }
}

#[test]
fn active_sessions_is_the_length_of_the_list_after_any_sequence() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    let sequence = proptest::collection::vec(event(), 1..14);
    let result = TestRunner::new(config).run(&sequence, |events| {
        runtime.block_on(async {
            for app in on_every_database().await {
                app.sign_up("ada@example.com").await;
                let mut model = Model { app: &app, now: 0, sessions: Vec::new() };
                for event in events.clone() {
                    model.happens(event).await;
                    model.holds().await;
                }
            }
        });
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
