//! The users of an application under test.

use std::time::Duration;

use super::TestApp;
use crate::support::Client;

impl TestApp {
    pub(crate) async fn sign_up(&self, email: &str) {
        self.anonymous.sign_up(email).await;
    }

    pub(crate) async fn log_in(&self, email: &str) -> Client {
        self.anonymous.log_in(email).await
    }

    pub(crate) async fn log_in_with(&self, email: &str, password: &str) -> Client {
        self.anonymous.log_in_with(email, password).await
    }

    pub(crate) async fn sign_up_and_log_in(&self, email: &str) -> Client {
        self.anonymous.sign_up_and_log_in(email).await
    }

    /// A user who has signed up as ada@example.com and logged in.
    pub(crate) async fn user(&self) -> Client {
        self.sign_up_and_log_in("ada@example.com").await
    }

    /// The same user with a verified address. The status is `active`.
    pub(crate) async fn active_user(&self) -> Client {
        let ada = self.user().await;
        // Everything that the test does next has a later time.
        self.clock.advance(Duration::from_secs(1));
        self.verify("ada@example.com").await;
        ada
    }

    /// Verifies an address with the last token that was mailed to it.
    pub(crate) async fn verify(&self, email: &str) {
        let token = self.token_mailed_to(email).await;
        self.anonymous.verify_email(&token).await.expect(204);
    }

    /// Requests a password reset, and confirms it with the token from the mail.
    pub(crate) async fn reset_password(&self, email: &str, new_password: &str) {
        self.anonymous.request_password_reset(email).await.expect(202);
        let token = self.token_mailed_to(email).await;
        self.anonymous.confirm_password_reset(&token, new_password).await.expect(204);
    }

    /// Reads the profile until the cache answers. A node that has just started does not
    /// use its cache before it is in contact with the other nodes.
    pub(crate) async fn warm(&self, client: &Client) {
        let hits = self.metrics.cache_hits.get();
        while self.metrics.cache_hits.get() == hits {
            client.get("/me").await.expect(200);
        }
    }
}
