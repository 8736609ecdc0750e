//! Leaving, and coming back within the grace period.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::erasure;
use entity::event::Kind as Event;
use entity::outbox::MessageKind;
use entity::user::{self, Status};
use uuid::{Builder, Uuid};

use super::history::History;
use super::post::Post;
use super::profile::{Demand, check};
use super::session::{self, CurrentSession};
use super::status::earned;
use super::{AccountError, Context};
use crate::random::Random;
use crate::store::{self, Transaction};

/// Deletes the user: from now on they are logged out everywhere and can only come back,
/// until they are erased. Returns the id of the receipt.
///
/// # Errors
/// [`AccountError::Outdated`], [`AccountError::SessionEnded`].
pub async fn delete(
    context: &Context,
    current: CurrentSession,
    demand: Option<Demand>,
) -> Result<Uuid, AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let closing = Closing::new(&context.random, now, context.deletion_grace);
    let history = History::new(&context.random, now);
    context
        .store
        .write(move |txn| {
            Box::pin(async move {
                let profile = session::lock(txn, current, &alive).await?;
                check(demand, &profile)?;
                history.by(txn, current, Event::AccountDeleted, None).await?;
                closing.close(txn, profile.user).await
            })
        })
        .await
}

/// How an account is closed at one moment.
#[derive(Clone)]
pub(super) struct Closing {
    post: Post,
    receipt_id: Uuid,
    now: DateTime<Utc>,
    grace: Duration,
}

impl Closing {
    pub(super) fn new(random: &Arc<dyn Random>, now: DateTime<Utc>, grace: Duration) -> Self {
        // Whoever knows it may see the receipt: nothing in it can be guessed.
        let receipt_id = Builder::from_random_bytes(random.bytes()).into_uuid();
        Self { post: Post::new(random, now), receipt_id, now, grace }
    }

    /// Marks a locked user as deleted, ends their sessions, has them erased when the
    /// grace period ends, and tells them. Returns the id of the receipt.
    pub(super) async fn close(
        &self,
        txn: &Transaction,
        mut user: user::Model,
    ) -> Result<Uuid, AccountError> {
        let (now, user_id) = (self.now, user.id);
        user.status = Status::Deleted;
        user.updated_at = now.max(user.updated_at);
        store::users::update(txn, user).await?;
        store::sessions::delete_all(txn, user_id, None).await?;

        let erase_at = now + self.grace;
        let erasure = erasure::Model {
            id: self.receipt_id,
            user_id: Some(user_id),
            requested_at: now,
            erase_at,
            due_at: erase_at,
            attempts: 0,
            erased_at: None,
            erased: None,
        };
        store::erasures::insert(txn, erasure).await?;
        let receipt = self.receipt_id.to_string();
        self.post.notify(txn, user_id, MessageKind::AccountDeleted, Some(&receipt), now).await?;
        Ok(self.receipt_id)
    }
}

/// Until when a deleted user can come back. `None`: they can't any more.
pub(super) async fn restorable_until(
    txn: &Transaction,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, AccountError> {
    let erasure = store::erasures::find_of(txn.read().await?, user_id).await?;
    let until = erasure.filter(|erasure| erasure.attempts == 0).map(|erasure| erasure.erase_at);
    Ok(until.filter(|until| now < *until))
}

/// Opens the account of a locked user who is deleted again, and tells them. `false`: it
/// is too late. Their sessions stay ended.
pub(super) async fn undo(
    txn: &Transaction,
    post: &Post,
    mut user: user::Model,
    now: DateTime<Utc>,
) -> Result<bool, AccountError> {
    let user_id = user.id;
    let in_time = restorable_until(txn, user_id, now).await?.is_some();
    if !in_time || !store::erasures::call_off(txn, user_id).await? {
        return Ok(false);
    }
    user.status = earned(txn, user_id).await?;
    user.updated_at = now.max(user.updated_at);
    store::users::update(txn, user).await?;
    post.notify(txn, user_id, MessageKind::AccountRestored, None, now).await?;
    Ok(true)
}
