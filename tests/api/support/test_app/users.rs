//! The users of an application under test.

use std::time::Duration;

use current_user::clock::Clock as _;
use current_user::value::{OneTimeToken, TextValue as _, Token};
use entity::{one_time_token, session};
use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use uuid::Uuid;

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

    /// Another user with a verified address.
    pub(crate) async fn another_active_user(&self, email: &str) -> Client {
        let user = self.sign_up_and_log_in(email).await;
        self.verify(email).await;
        user
    }

    /// Verifies an address with the last token that was mailed to it.
    pub(crate) async fn verify(&self, email: &str) {
        let mailed = self.token_mailed_to(email).await;
        let hash = OneTimeToken::parse(&mailed).unwrap().hash();
        let (token, now) = (<Token>::new([7; 32]), self.clock.now());
        let (token_hash, id) = (token.hash().to_vec(), Uuid::max());
        let user_id = self.store.write(async move |txn| {
            let row = one_time_token::Entity::find()
                .filter(one_time_token::Column::TokenHash.eq(hash.to_vec()))
                .one(txn.write(Uuid::nil()).await?)
                .await?;
            let user_id = row.expect("the token still works").user_id;
            let session = session::Model {
                id,
                user_id,
                token_hash,
                created_at: now,
                authenticated_at: now,
                last_used_at: now,
                expires_at: now + Duration::from_secs(60),
                user_agent: None,
                ip_address: None,
            };
            session::Entity::insert(session.into_active_model())
                .exec_without_returning(txn.write(user_id).await?)
                .await?;
            Ok::<_, sea_orm::DbErr>(user_id)
        });
        let user_id = user_id.await.unwrap();
        let reply = self.anonymous.with_token(token.as_str()).verify_email(&mailed).await;
        let end = self.store.write(async move |txn| {
            session::Entity::delete_by_id(id).exec(txn.write(user_id).await?).await
        });
        end.await.unwrap();
        reply.expect(204);
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
