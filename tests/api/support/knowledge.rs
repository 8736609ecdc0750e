//! What somebody has been told of their account, and so what they must be shown
//! from then on.

use std::time::{Duration, Instant};

use super::client::Reply;
use super::dice::Dice;

/// Something that was acknowledged.
#[derive(Clone, Copy, Debug)]
struct Acknowledged {
    /// `None`: nobody knows which.
    node: Option<usize>,
    at: Instant,
}

#[derive(Debug)]
struct Session {
    token: String,
    /// What others end it by.
    id: Option<String>,
    begun: Acknowledged,
    /// Requests that were sent to end it, and may have.
    endings: usize,
    ended: Option<Acknowledged>,
}

/// What a reply shows of the account.
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

/// What was certain when a question was asked.
#[derive(Debug)]
pub(super) struct Before {
    has_ended: bool,
    version: u64,
    living: Vec<usize>,
    dead: usize,
}

/// All that is known of an account. Sessions are known by number.
#[derive(Debug)]
pub(super) struct Knowledge {
    /// When what was acknowledged by one node shows on others at the latest.
    pub(super) lease: Duration,
    sessions: Vec<Session>,
    versions: Vec<(u64, Acknowledged)>,
    logins_under_way: usize,
    /// Requests that end sessions which nobody knows of yet.
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

    /// Whether what is asked at `node` from now on must show it.
    fn shows(&self, what: Acknowledged, node: usize) -> bool {
        what.node == Some(node) || what.at.elapsed() >= self.lease
    }

    /// The sessions that have not ended for certain.
    fn living(&self) -> Vec<usize> {
        (0..self.sessions.len()).filter(|&one| self.sessions[one].ended.is_none()).collect()
    }

    /// How many sessions may live, and one of them; sometimes one that does not.
    pub(super) fn pick(&self, dice: &mut Dice) -> (usize, usize) {
        let living = self.living();
        let any = dice.roll(self.sessions.len());
        let picked = living.get(dice.roll(living.len().max(1))).filter(|_| dice.roll(12) > 0);
        (living.len(), picked.copied().unwrap_or(any))
    }

    pub(super) fn token(&self, session: usize) -> String {
        self.sessions[session].token.clone()
    }

    pub(super) fn name(&mut self, session: usize, id: &str) {
        self.sessions[session].id = Some(id.to_owned());
    }

    pub(super) fn before(&self, node: usize, session: usize) -> Before {
        let shows = |what: &Acknowledged| self.shows(*what, node);
        let has_ended = |session: &Session| session.ended.as_ref().is_some_and(shows);
        let shown = self.versions.iter().rev().find(|(_, acknowledged)| shows(acknowledged));
        let living = self.living().into_iter();
        Before {
            has_ended: has_ended(&self.sessions[session]),
            version: shown.map_or(0, |(version, _)| *version),
            living: living.filter(|&one| shows(&self.sessions[one].begun)).collect(),
            dead: self.sessions.iter().filter(|one| has_ended(one)).count(),
        }
    }

    /// Checks what was shown to a question that was asked after `before`.
    pub(super) fn check(&self, before: Before, shown: Shown) {
        let Shown { version, active_sessions } = shown;
        assert!(version >= before.version, "{version} is older than {}", before.version);
        self.check_count(&before, active_sessions);
    }

    pub(super) fn check_count(&self, before: &Before, count: usize) {
        assert!(!before.has_ended, "the session has ended");
        let for_certain = |session: &&usize| self.sessions[**session].endings == 0;
        let least = before.living.iter().filter(for_certain).count();
        let most = self.sessions.len() + self.logins_under_way - before.dead;
        assert!((least..=most).contains(&count), "{count} sessions, not {least} to {most}");
    }

    /// Checks that a session was refused because somebody may have ended it.
    pub(super) fn check_refused(&self, session: usize, reply: Reply) {
        reply.expect_problem(401, "invalid_token");
        assert!(self.sessions[session].endings > 0, "nobody has ended the session");
    }

    pub(super) fn patched(&mut self, node: usize, version: u64) {
        self.versions.push((version, Self::acknowledge(node)));
    }

    pub(super) fn logging_in(&mut self) -> Sweeps {
        self.logins_under_way += 1;
        self.sweeps
    }

    /// The new session, if there is one: another password may have come between.
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
        // What was acknowledged first holds first.
        self.sessions[session].ended.get_or_insert(Self::acknowledge(node));
    }

    /// A living session to be ended by its id.
    pub(super) fn ending_any(&mut self, dice: usize) -> Option<(usize, String)> {
        let living = self.living();
        let session = *living.get(dice % living.len().max(1))?;
        let id = self.sessions[session].id.clone()?;
        self.ending(session);
        Some((session, id))
    }

    /// Checks that a session is not there because somebody else may have ended it.
    pub(super) fn check_gone(&self, session: usize) {
        assert!(self.sessions[session].endings > 1, "nobody else has ended the session");
    }

    /// All sessions but one are about to be ended. Returns them.
    pub(super) fn ending_others(&mut self, session: usize) -> Vec<usize> {
        self.sweeps.begun += 1;
        let others: Vec<usize> = (0..self.sessions.len()).filter(|&one| one != session).collect();
        others.iter().for_each(|&other| self.ending(other));
        others
    }

    /// They were ended by this node, or by none.
    pub(super) fn ended_others(&mut self, others: &[usize], node: Option<usize>) {
        self.sweeps.ended += 1;
        for (&other, node) in others.iter().zip(node.into_iter().cycle()) {
            self.ended(other, node);
        }
    }

    /// The sessions that may or may not have ended.
    pub(super) fn uncertain(&self) -> Vec<usize> {
        self.living().into_iter().filter(|&one| self.sessions[one].endings > 0).collect()
    }

    /// Whether a session of those lives.
    pub(super) fn learn(&mut self, session: usize, lives: bool) {
        let session = &mut self.sessions[session];
        if lives {
            session.endings = 0;
        } else {
            session.ended = Some(Acknowledged { node: None, at: Instant::now() });
        }
    }

    /// The sessions that live, and a few that don't.
    pub(super) fn recent(&self) -> Vec<usize> {
        let has_ended = |&one: &usize| self.sessions[one].ended.is_some();
        let dead = (0..self.sessions.len()).rev().filter(has_ended).take(3);
        self.living().into_iter().chain(dead).collect()
    }

    /// Compares what every recent session shows, while nothing is under way, with
    /// what it has to.
    pub(super) fn compare(&self, shown: &[(usize, Option<Shown>)]) -> Result<(), String> {
        let version = self.versions.last().map_or(0, |(version, _)| *version);
        let right = Shown { version, active_sessions: self.living().len() };
        for (session, shown) in shown {
            let right = self.sessions[*session].ended.is_none().then_some(right);
            if *shown != right {
                return Err(format!("session {session} shows {shown:?}, not {right:?}"));
            }
        }
        Ok(())
    }
}
