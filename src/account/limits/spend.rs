//! Counting requests.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::rate_limit;
use sea_orm::DbErr;

use super::window::{WINDOW, Window};
use super::{Budget, Limit, Limits, Quota, Quotas};
use crate::account::{AccountError, Context, Work, security_log};
use crate::store;

/// A request that was counted.
#[derive(Clone, Debug, Default)]
pub(in crate::account) struct Spent {
    at: DateTime<Utc>,
    /// Sorted, as every unit of work locks them.
    keys: Vec<Vec<u8>>,
    quotas: Quotas,
}

impl Context {
    /// Counts a request in all of these budgets. If one of them is used up, the request is
    /// refused, and counts in none. What was counted is durable when this returns.
    ///
    /// # Errors
    /// [`AccountError::TooMany`].
    pub(in crate::account) async fn spend(
        &self,
        quotas: &Quotas,
        budgets: Vec<Budget>,
    ) -> Result<Spent, AccountError> {
        let spent = self.try_spend(quotas, budgets).await?;
        spent.map_err(|refusal| self.refuse(&refusal, quotas))
    }

    /// Counts a request as [`Context::spend`] does. A refusal is not reported yet, because the
    /// request may still be allowed in another way.
    pub(in crate::account) async fn try_spend(
        &self,
        quotas: &Quotas,
        mut budgets: Vec<Budget>,
    ) -> Result<Result<Spent, Refusal>, AccountError> {
        let Some(limits) = self.policy.limits else { return Ok(Ok(Spent::default())) };
        budgets.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        budgets.dedup_by(|one, other| one.key == other.key);
        let keys: Vec<Vec<u8>> = budgets.iter().map(|budget| budget.key.clone()).collect();
        // Read first, without a transaction: a flood of refused requests writes nothing.
        let now = self.clock.now();
        let counted = Counted::read(self.store.reader(), &keys, now).await?;
        if let Some(refusal) = counted.refusal(&budgets, &limits, now) {
            return Ok(Err(refusal));
        }
        let reported = quotas.clone();
        self.write(async move |work| {
            let counted = match work.count(&keys, &budgets, &limits).await? {
                Ok(counted) => counted,
                Err(refusal) => return Ok(Err(refusal)),
            };
            reported.report(counted.quotas(&budgets, &limits, work.now));
            Ok(Ok(Spent { at: work.now, keys, quotas: reported }))
        })
        .await
    }

    /// Reports a refusal, counts it, and notes which limit has caused it.
    pub(in crate::account) fn refuse(&self, refusal: &Refusal, quotas: &Quotas) -> AccountError {
        let Refusal { limit, until, quotas: refused, .. } = refusal;
        quotas.report(refused.iter().copied());
        self.metrics.limited(limit.name());
        security_log::because(limit.name());
        let retry_after = (*until - self.clock.now()).to_std().unwrap_or_default();
        AccountError::TooMany { retry_after }
    }
}

impl Work {
    /// Counts something that no request waits for. Returns `false`, and counts nothing, if the
    /// budget is used up.
    pub(in crate::account) async fn try_spend(&self, budget: Budget) -> Result<bool, DbErr> {
        let Some(limits) = self.policy.limits else { return Ok(true) };
        let keys = [budget.key.clone()];
        Ok(self.count(&keys, &[budget], &limits).await?.is_ok())
    }

    /// Counts a request in all of these budgets, whose keys are sorted, unless one of them is used
    /// up.
    async fn count(
        &self,
        keys: &[Vec<u8>],
        budgets: &[Budget],
        limits: &Limits,
    ) -> Result<Result<Counted, Refusal>, DbErr> {
        store::rate_limits::lock(self, keys).await?;
        let mut counted = Counted::read(self, keys, self.now).await?;
        if let Some(refusal) = counted.refusal(budgets, limits, self.now) {
            return Ok(Err(refusal));
        }
        counted.add(budgets, limits, self.now);
        store::rate_limits::set(self, counted.rows(self.now)).await?;
        Ok(Ok(counted))
    }
}

/// A refused request.
#[derive(Clone, Debug)]
pub(in crate::account) struct Refusal {
    /// The limit that refuses it for the longest time.
    pub(in crate::account) limit: Limit,
    /// Until when the limit refuses such requests.
    pub(in crate::account) until: DateTime<Utc>,
    /// The keys of all budgets that are used up.
    used_up: Vec<Vec<u8>>,
    /// The quotas of the client.
    pub(in crate::account) quotas: Vec<Quota>,
}

impl Refusal {
    /// Whether this budget is used up.
    pub(in crate::account) fn is_of(&self, budget: &Budget) -> bool {
        self.used_up.contains(&budget.key)
    }
}

impl Spent {
    /// Takes the request back, because it was one of those that don't count.
    pub(in crate::account) async fn give_back(&self, work: &Work) -> Result<(), DbErr> {
        if self.keys.is_empty() {
            return Ok(());
        }
        store::rate_limits::lock(work, &self.keys).await?;
        let mut counted = Counted::read(work, &self.keys, work.now).await?;
        counted.0.values_mut().for_each(|window| window.remove(self.at));
        store::rate_limits::set(work, counted.rows(work.now)).await?;
        self.quotas.give_back();
        Ok(())
    }
}

/// The requests that were counted under some keys.
struct Counted(BTreeMap<Vec<u8>, Window>);

impl Counted {
    async fn read(
        db: &impl store::Read,
        keys: &[Vec<u8>],
        now: DateTime<Utc>,
    ) -> Result<Self, DbErr> {
        let rows = store::rate_limits::find(db, keys).await?;
        let mut windows: BTreeMap<_, _> =
            keys.iter().map(|key| (key.clone(), Window::default())).collect();
        windows.extend(rows.into_iter().map(|row| (row.key, Window::decode(&row.times, now))));
        Ok(Self(windows))
    }

    fn windows<'a>(
        &'a self,
        budgets: &'a [Budget],
        limits: &'a Limits,
    ) -> impl Iterator<Item = (&'a Budget, &'a Window, u32)> {
        budgets
            .iter()
            .filter_map(|budget| Some((budget, self.0.get(&budget.key)?, limits.max(budget.limit))))
    }

    /// The refusal of another request, if a limit refuses it.
    fn refusal(&self, budgets: &[Budget], limits: &Limits, now: DateTime<Utc>) -> Option<Refusal> {
        let refused: Vec<(DateTime<Utc>, &Budget)> = self
            .windows(budgets, limits)
            .filter_map(|(budget, window, max)| Some((window.refused_until(max)?, budget)))
            .collect();
        let (until, first) = refused.iter().max_by_key(|(until, _)| *until)?;
        Some(Refusal {
            limit: first.limit,
            until: *until,
            used_up: refused.iter().map(|(_, budget)| budget.key.clone()).collect(),
            quotas: self.quotas(budgets, limits, now),
        })
    }

    fn add(&mut self, budgets: &[Budget], limits: &Limits, now: DateTime<Utc>) {
        for budget in budgets {
            if let Some(window) = self.0.get_mut(&budget.key) {
                window.add(now, limits.max(budget.limit));
            }
        }
    }

    fn rows(&self, now: DateTime<Utc>) -> Vec<rate_limit::Model> {
        let row = |(key, window): (&Vec<u8>, &Window)| rate_limit::Model {
            key: key.clone(),
            times: window.encode(),
            expires_at: window.expires_at(now),
        };
        self.0.iter().map(row).collect()
    }

    /// The quotas of the limits that count the requests of the client.
    fn quotas(&self, budgets: &[Budget], limits: &Limits, now: DateTime<Utc>) -> Vec<Quota> {
        let of_client = self.windows(budgets, limits);
        let of_client = of_client.filter(|(budget, ..)| budget.limit.is_of_client());
        let quota = |(budget, window, max): (&Budget, &Window, u32)| Quota {
            limit: budget.limit,
            max,
            left: max.saturating_sub(window.count()),
            more_after: match window.next_free() {
                Some(free) => (free - now).to_std().unwrap_or_default(),
                None => WINDOW,
            },
        };
        of_client.map(quota).collect()
    }
}
