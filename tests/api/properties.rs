//! After any sequence of actions, `activeSessions` is the number of sessions.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Handle;

use crate::support::{Client, Setup, TestApp, TestDatabase, apply, every_database};

const LIFETIME: u64 = 30 * 24 * 60;
const IDLE: u64 = 7 * 24 * 60;
const TOUCH: u64 = 5;

/// An action. Indexes are taken modulo the number of sessions so far.
#[derive(Clone, Debug)]
enum Event {
    LogIn,
    LogOut(usize),
    Revoke {
        by: usize,
        which: usize,
    },
    RevokeOthers(usize),
    /// The clock advances by some minutes.
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

/// A session as the model expects it.
struct Session {
    client: Client,
    id: String,
    created: u64,
    used: u64,
    ended: bool,
}

/// The expected state, and the application to compare with it.
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

    /// Notes that a session sends a request. Returns whether the request is accepted.
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
                // The use of a session is written after the reply, and before days pass.
                self.app.write_session_activity().await;
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
                let reply = self.sessions[by].client.log_out().await;
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

    /// Checks that every session that is alive sees the expected number of sessions.
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

#[apply(every_database)]
async fn active_sessions_is_the_length_of_the_list_after_any_sequence(database: TestDatabase) {
    let runtime = Handle::current();
    let run = move || {
        let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
        let sequence = proptest::collection::vec(event(), 1..14);
        TestRunner::new(config).run(&sequence, |events| {
            runtime.block_on(async {
                let app = TestApp::start(database.another().await, Setup::default()).await;
                app.sign_up("ada@example.com").await;
                let mut model = Model { app: &app, now: 0, sessions: Vec::new() };
                for event in events {
                    model.happens(event).await;
                    model.holds().await;
                }
            });
            Ok(())
        })
    };
    // proptest is not asynchronous: it needs a thread that may block.
    if let Err(error) = tokio::task::spawn_blocking(run).await.unwrap() {
        panic!("{error}");
    }
}
