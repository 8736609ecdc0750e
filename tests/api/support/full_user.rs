//! A user with rows in every table of personal data.

use current_user::value::{Email, TextValue as _};
use serde_json::json;

use super::client::Client;
use super::images::plain_png;
use super::personal_data::PersonalTable;
use super::requests::PASSWORD;
use super::test_app::TestApp;

const NUMBERS: [(&str, &str); 2] = [("lovelace", "+442071838750"), ("grace", "+14155552671")];

/// A user with rows in every table of personal data.
pub(crate) struct FullUser {
    name: &'static str,
    pub(crate) client: Client,
    id: String,
}

impl FullUser {
    pub(crate) async fn new(app: &TestApp) -> Self {
        Self::named(app, "lovelace").await
    }

    pub(crate) async fn named(app: &TestApp, name: &'static str) -> Self {
        let email = Self::address(name);
        let body = json!({ "email": email, "password": PASSWORD, "name": format!("Mx {name}") });
        app.anonymous.post("/signup", body).await.expect(201);
        app.verify(&email).await;
        let client = app.log_in(&email).await;
        let mut user = Self { name, client, id: String::new() };
        let profile = json!({ "bio": user.bio(), "locale": "en-GB" });
        let me = user.client.patch("/me", profile).await.expect(200).json();
        user.id = me["id"].as_str().unwrap().to_owned();
        user.client.upload(&plain_png(8, 8)).await.expect(200);
        let number = user.number();
        user.client.set_phone_number(number).await.expect(202);
        let code = app.code_sent_to(number).await;
        user.client.verify_phone_number(&code).await.expect(200);
        // A token that was mailed, and two messages that wait in the outbox: one refers to
        // the user, and the other one only to the address.
        user.client.add_email(&user.second_email()).await.expect(201);
        app.deliver().await;
        user.client.add_email(&format!("third.{email}")).await.expect(201);
        app.anonymous.request_password_reset(&email).await.expect(202);
        user
    }

    fn address(name: &str) -> String {
        format!("{name}@example.com")
    }

    pub(crate) fn email(&self) -> String {
        Self::address(self.name)
    }

    fn second_email(&self) -> String {
        format!("second.{}", self.email())
    }

    pub(crate) fn bio(&self) -> String {
        format!("The biography of {}", self.name)
    }

    fn number(&self) -> &'static str {
        NUMBERS.iter().find(|(name, _)| *name == self.name).unwrap().1
    }

    /// The texts that must be found nowhere after the erasure.
    pub(crate) fn personal_texts(&self) -> Vec<String> {
        let name = format!("Mx {}", self.name);
        vec![name, self.email(), self.second_email(), self.bio(), self.number().to_owned()]
    }

    /// The number of the user's rows in a table.
    pub(crate) async fn rows(&self, app: &TestApp, table: PersonalTable) -> usize {
        let id = match app.database.is_sqlite() {
            true => format!("x'{}'", self.id.replace('-', "")),
            false => format!("'{}'", self.id),
        };
        let mut condition = format!("{} = {id}", table.owner());
        if table.name == "messages" {
            let email = Email::parse(&self.email()).unwrap();
            let by_address = format!("user_id IS NULL AND normalized = '{}'", email.normalized());
            condition = format!("{condition} OR ({by_address})");
        }
        app.database.count(table.table, &condition).await
    }
}
