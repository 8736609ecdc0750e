//! Somebody of whom there is something in every table.

use current_user::store::personal_data::PersonalData;
use current_user::value::{Email, TextValue as _};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::json;

use super::client::{Client, PASSWORD};
use super::pictures::plain_png;
use super::test_app::TestApp;

const NUMBERS: [(&str, &str); 2] = [("lovelace", "+442071838750"), ("grace", "+14155552671")];

/// Somebody of whom there is something in every table.
pub(crate) struct Leaver {
    name: &'static str,
    pub(crate) client: Client,
    id: String,
}

impl Leaver {
    pub(crate) async fn new(app: &TestApp) -> Self {
        Self::named(app, "lovelace").await
    }

    pub(crate) async fn named(app: &TestApp, name: &'static str) -> Self {
        let email = Self::address(name);
        let body = json!({ "email": email, "password": PASSWORD, "name": format!("Mx {name}") });
        app.anonymous.post("/signup", body).await.expect(201);
        app.verify(&email).await;
        let client = app.log_in(&email).await;
        let mut leaver = Self { name, client, id: String::new() };
        let profile = json!({ "bio": leaver.bio(), "locale": "en-GB" });
        let user = leaver.client.patch("/me", profile).await.expect(200).json();
        leaver.id = user["id"].as_str().unwrap().to_owned();
        leaver.client.upload(&plain_png(8, 8)).await.expect(200);
        let number = leaver.number();
        let body = json!({ "phoneNumber": number });
        leaver.client.put("/me/phone-number", body).await.expect(202);
        let code = json!({ "code": app.code_sent_to(number).await });
        leaver.client.post("/me/phone-number/verification", code).await.expect(200);
        // A token that was mailed, and messages that wait: one that knows of her, and one
        // that does not.
        let second = json!({ "email": leaver.second_email() });
        leaver.client.post("/me/emails", second.clone()).await.expect(201);
        app.deliver().await;
        let third = json!({ "email": format!("third.{email}") });
        leaver.client.post("/me/emails", third).await.expect(201);
        app.anonymous.post("/password-resets", json!({ "email": email })).await.expect(202);
        leaver
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

    /// What is to be found of her nowhere once she is erased.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let name = format!("Mx {}", self.name);
        vec![name, self.email(), self.second_email(), self.bio(), self.number().to_owned()]
    }

    /// How many rows of a table are hers.
    pub(crate) async fn rows(
        &self,
        app: &TestApp,
        other: &DatabaseConnection,
        table: PersonalData,
    ) -> usize {
        let id = match app.database.is_sqlite() {
            true => format!("x'{}'", self.id.replace('-', "")),
            false => format!("'{}'", self.id),
        };
        let column = if table == PersonalData::User { "id" } else { "user_id" };
        let mut hers = format!("{column} = {id}");
        if table == PersonalData::Messages {
            let email = Email::parse(&self.email()).unwrap();
            let nobodys = format!("user_id IS NULL AND normalized = '{}'", email.normalized());
            hers = format!("{hers} OR ({nobodys})");
        }
        app.rows_of(other, table.table(), &hers).await
    }
}

impl TestApp {
    /// How many rows of a table there are for which something holds.
    pub(crate) async fn rows_of(
        &self,
        other: &DatabaseConnection,
        table: &str,
        condition: &str,
    ) -> usize {
        let sql = format!("SELECT count(*) FROM {table} WHERE {condition}");
        let statement = Statement::from_string(other.get_database_backend(), sql);
        let row = other.query_one_raw(statement).await.unwrap().unwrap();
        let count: i64 = row.try_get_by_index(0).unwrap();
        count.try_into().unwrap()
    }
}
