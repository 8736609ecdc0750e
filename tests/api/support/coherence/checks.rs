//! Checks of the replies that a concurrent user gets.

use super::knowledge::{Acknowledged, Knowledge, Session, Shown};
use crate::support::reply::Reply;

/// What was certain when a request was sent.
#[derive(Debug)]
pub(super) struct Before {
    has_ended: bool,
    version: u64,
    living: Vec<usize>,
    dead: usize,
}

impl Knowledge {
    pub(super) fn before(&self, node: usize, session: usize) -> Before {
        let shows = |write: &Acknowledged| self.shows(*write, node);
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

    /// Checks a profile that was requested at the time of `before`.
    pub(super) fn check(&self, before: Before, shown: Shown) {
        let Shown { version, active_sessions } = shown;
        assert!(
            version >= before.version,
            "version {version} is older than version {}",
            before.version
        );
        self.check_count(&before, active_sessions);
    }

    /// Checks a number of sessions that was requested at the time of `before`.
    pub(super) fn check_count(&self, before: &Before, count: usize) {
        assert!(!before.has_ended, "a session that had ended was accepted");
        let for_certain = |session: &&usize| self.sessions[**session].endings == 0;
        let least = before.living.iter().filter(for_certain).count();
        let most = self.sessions.len() + self.logins_under_way - before.dead;
        assert!(
            (least..=most).contains(&count),
            "there are {count} sessions, but {least} to {most} are possible"
        );
    }

    /// Checks that a request was refused because the session may have ended.
    pub(super) fn check_refused(&self, session: usize, reply: Reply) {
        reply.expect_problem(401, "invalid_token");
        assert!(
            self.sessions[session].endings > 0,
            "the session was refused, but no request has ended it"
        );
    }

    /// Checks that a session was not found because another request may have ended it.
    pub(super) fn check_gone(&self, session: usize) {
        assert!(
            self.sessions[session].endings > 1,
            "the session was not found, but no other request has ended it"
        );
    }

    /// Compares the profiles that the recent sessions show with the only correct profile.
    /// No other request may be running.
    pub(super) fn compare(&self, shown: &[(usize, Option<Shown>)]) -> Result<(), String> {
        let version = self.versions.last().map_or(0, |(version, _)| *version);
        let expected = Shown { version, active_sessions: self.living().len() };
        for (session, shown) in shown {
            let expected = self.sessions[*session].ended.is_none().then_some(expected);
            if *shown != expected {
                return Err(format!("session {session} shows {shown:?} instead of {expected:?}"));
            }
        }
        Ok(())
    }
}
