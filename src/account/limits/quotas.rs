//! The quotas of one client, for the reply.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Limit;

/// The remaining requests that one limit allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The limit.
    pub limit: Limit,
    /// How many requests it allows within an hour.
    pub max: u32,
    /// How many of them are left.
    pub left: u32,
    /// The time until more of them are left.
    pub more_after: Duration,
}

/// The quotas of the limits that applied to one request. A use case writes them, and the
/// reply shows them, even if the use case failed. Clones share the same quotas.
#[derive(Clone, Debug, Default)]
pub struct Quotas(Arc<Mutex<Vec<Quota>>>);

impl Quotas {
    /// The quotas of the request, in the order in which they applied.
    #[must_use]
    pub fn get(&self) -> Vec<Quota> {
        self.lock().clone()
    }

    /// Reports quotas. A limit that applied to several accounts is shown once, with the least
    /// that is left, so that the reply does not reveal their number.
    pub(super) fn report(&self, quotas: impl IntoIterator<Item = Quota>) {
        let mut reported = self.lock();
        for quota in quotas {
            match reported.iter_mut().find(|one| one.limit == quota.limit) {
                Some(one) if one.left <= quota.left => {}
                Some(one) => *one = quota,
                None => reported.push(quota),
            }
        }
    }

    /// Corrects the quotas after a request was taken back.
    pub(super) fn give_back(&self) {
        for quota in self.lock().iter_mut() {
            quota.left = (quota.left + 1).min(quota.max);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Quota>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
