//! The facts that the replies so far tell about an account. Later replies must not show
//! an older state.

use std::time::{Duration, Instant};

use crate::support::reply::Reply;
use crate::support::seeded_random::SeededRandom;

/// The moment at which a node acknowledged a write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Acknowledged {
    /// `None` if the node is not known.
    pub(super) node: Option<usize>,
    pub(super) at: Instant,
}

#[derive(Debug)]
pub(super) struct Session {
    token: String,
    id: Option<String>,
    pub(super) begun: Acknowledged,
    /// The number of requests that may have ended the session.
    pub(super) endings: usize,
    pub(super) ended: Option<Acknowledged>,
}

/// The part of a profile that the test checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) version: u64,
    pub(super) active_sessions: usize,
}

impl Shown {
    pub(super) fn by(reply: &Reply) -> Self {
        let me = reply.json();
        let version = me["bio"].as_str().map_or(0, |bio| bio.parse().unwrap());
        let active_sessions = me["activeSessions"].as_u64().unwrap();
        Self { version, active_sessions: active_sessions.try_into().unwrap() }
    }
}

/// Everything that the replies so far say about an account. Sessions are numbered.
#[derive(Debug)]
pub(super) struct Knowledge {
    /// The time after which a write through one node shows on every other node.
    pub(super) lease: Duration,
    pub(super) sessions: Vec<Session>,
    pub(super) versions: Vec<(u64, Acknowledged)>,
    pub(super) logins_under_way: usize,
    /// The requests that end all other sessions, including sessions not known yet.
    sweeps: Sweeps,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sweeps {
    begun: usize,
    ended: usize,
}

impl Knowledge {
    pub(super) fn new(lease: Duration) -> Self {
        let (sessions, versions) = (Vec::new(), Vec::new());
        Self { lease, sessions, versions, logins_under_way: 0, sweeps: Sweeps::default() }
    }

    fn acknowledge(node: usize) -> Acknowledged {
        Acknowledged { node: Some(node), at: Instant::now() }
    }

    /// Whether every later request to `node` must show it.
    pub(super) fn shows(&self, write: Acknowledged, node: usize) -> bool {
        write.node == Some(node) || write.at.elapsed() >= self.lease
    }

    /// The sessions that may be alive.
    pub(super) fn living(&self) -> Vec<usize> {
        (0..self.sessions.len()).filter(|&one| self.sessions[one].ended.is_none()).collect()
    }

    /// The number of sessions that may be alive, and a random session. The session is
    /// usually one that may be alive, and sometimes any session.
    pub(super) fn pick(&self, random: &mut SeededRandom) -> (usize, usize) {
        let living = self.living();
        let any = random.below(self.sessions.len());
        let picked = living.get(random.below(living.len().max(1))).filter(|_| random.below(12) > 0);
        (living.len(), picked.copied().unwrap_or(any))
    }

    pub(super) fn token(&self, session: usize) -> String {
        self.sessions[session].token.clone()
    }

    pub(super) fn name(&mut self, session: usize, id: &str) {
        self.sessions[session].id = Some(id.to_owned());
    }

    pub(super) fn patched(&mut self, node: usize, version: u64) {
        self.versions.push((version, Self::acknowledge(node)));
    }

    pub(super) fn logging_in(&mut self) -> Sweeps {
        self.logins_under_way += 1;
        self.sweeps
    }

    /// The new session. `None` if the password was changed in the meantime.
    pub(super) fn logged_in(&mut self, since: Sweeps, node: usize, reply: &Reply) -> Option<usize> {
        self.logins_under_way -= 1;
        let was_swept = self.sweeps.begun > since.ended;
        if reply.status != 200 {
            assert!(was_swept && reply.status == 401, "{}", reply.text);
            return None;
        }
        let token = reply.json()["token"].as_str().unwrap().to_owned();
        let begun = Self::acknowledge(node);
        let endings = usize::from(was_swept);
        self.sessions.push(Session { token, id: None, begun, endings, ended: None });
        Some(self.sessions.len() - 1)
    }

    pub(super) fn ending(&mut self, session: usize) {
        self.sessions[session].endings += 1;
    }

    pub(super) fn ended(&mut self, session: usize, node: usize) {
        // The first acknowledgement counts.
        self.sessions[session].ended.get_or_insert(Self::acknowledge(node));
    }

    /// Notes a request that will end a session. `number` chooses the session. Returns the
    /// session and its id.
    pub(super) fn ending_any(&mut self, number: usize) -> Option<(usize, String)> {
        let living = self.living();
        let session = *living.get(number % living.len().max(1))?;
        let id = self.sessions[session].id.clone()?;
        self.ending(session);
        Some((session, id))
    }

    /// Notes a request that will end all sessions but one. Returns the others.
    pub(super) fn ending_others(&mut self, session: usize) -> Vec<usize> {
        self.sweeps.begun += 1;
        let others: Vec<usize> = (0..self.sessions.len()).filter(|&one| one != session).collect();
        others.iter().for_each(|&other| self.ending(other));
        others
    }

    /// Notes that a node ended these sessions. `None` if the request was refused.
    pub(super) fn ended_others(&mut self, others: &[usize], node: Option<usize>) {
        self.sweeps.ended += 1;
        for (&other, node) in others.iter().zip(node.into_iter().cycle()) {
            self.ended(other, node);
        }
    }

    /// The sessions that may be alive, and may have ended.
    pub(super) fn uncertain(&self) -> Vec<usize> {
        self.living().into_iter().filter(|&one| self.sessions[one].endings > 0).collect()
    }

    /// Notes whether one of these sessions is alive.
    pub(super) fn learn(&mut self, session: usize, lives: bool) {
        let session = &mut self.sessions[session];
        if lives {
            session.endings = 0;
        } else {
            session.ended = Some(Acknowledged { node: None, at: Instant::now() });
        }
    }

    /// The sessions that are alive, and the last three that have ended.
    pub(super) fn recent(&self) -> Vec<usize> {
        let has_ended = |&one: &usize| self.sessions[one].ended.is_some();
        let dead = (0..self.sessions.len()).rev().filter(has_ended).take(3);
        self.living().into_iter().chain(dead).collect()
    }
}
