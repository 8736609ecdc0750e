//! The background jobs of an application under test, which run when a test says so.

use current_user::account;

use super::TestApp;

impl TestApp {
    /// Waits until all session activity that was noted so far is written.
    pub(crate) async fn write_session_activity(&self) {
        self.context.activity.settle().await;
    }

    /// Erases the accounts whose erasure is due.
    pub(crate) async fn erase(&self) {
        account::leaving::erase_due(&self.context).await.unwrap();
    }

    /// Tells and erases the users who have verified no address for a long time.
    pub(crate) async fn expire_unverified(&self) {
        account::leaving::expire_unverified(&self.context).await.unwrap();
        self.erase().await;
    }

    /// Deletes the events whose retention has ended.
    pub(crate) async fn delete_old_events(&self) {
        account::events::delete_old_events(&self.context).await.unwrap();
    }

    /// Deletes the requests that limits do not count any more.
    pub(crate) async fn delete_expired_requests(&self) {
        account::limits::delete_expired(&self.context).await.unwrap();
    }

    /// Deletes the files of avatars that are no longer used.
    pub(crate) async fn delete_unused_avatars(&self) -> Result<(), account::AccountError> {
        account::avatar::collect(&self.context).await
    }
}
