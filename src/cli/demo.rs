//! `serve --demo`: a throw-away database with a demo user.

use tempfile::TempDir;

use crate::account::session::{self, Credentials, Device, Opening};
use crate::account::{self, Context, Registration};
use crate::api::DemoUser;
use crate::service::ObjectStorageUrl;
use crate::store::DatabaseUrl;
use crate::value::{Email, Name, NewPassword, TextValue as _};

const NAME: &str = "Demo User";

/// The demo can't be set up.
#[derive(Debug, thiserror::Error)]
#[error("can't set up the demo: {0}")]
pub struct DemoError(Box<dyn std::error::Error + Send + Sync>);

impl DemoError {
    fn new(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }
}

/// A temporary folder for the database and the avatars. It is deleted when this is dropped.
pub(crate) struct Demo(TempDir);

impl Demo {
    /// The user of the demo.
    pub(crate) const USER: DemoUser =
        DemoUser { email: "demo@example.com", password: "correct horse battery staple" };

    pub(crate) fn new() -> Result<Self, DemoError> {
        let directory = tempfile::Builder::new().prefix("current-user-").tempdir();
        directory.map(Self).map_err(DemoError::new)
    }

    pub(crate) fn database_url(&self) -> DatabaseUrl {
        DatabaseUrl::Sqlite(self.0.path().join("demo.db").display().to_string())
    }

    pub(crate) fn avatar_store(&self) -> ObjectStorageUrl {
        ObjectStorageUrl::Folder(self.0.path().join("avatars"))
    }

    /// Signs up the demo user and logs them in. Returns the lines to announce.
    pub(crate) async fn fill(&self, context: &Context) -> Result<String, DemoError> {
        let DemoUser { email: address, password: text } = Self::USER;
        let email = Email::parse(address).map_err(DemoError::new)?;
        let password = NewPassword::parse(text).map_err(DemoError::new)?;
        let credentials = Credentials { email: email.clone(), password: password.clone().into() };
        let name = Name::parse(NAME).map_err(DemoError::new)?;
        let registration = Registration { email, password, name, locale: None, timezone: None };

        // The password of the demo is known to everybody.
        let password_rules = context.password_rules.without_breached();
        let context = &Context { password_rules, ..context.clone() };
        let signed_up = account::sign_up(context, registration, Device::default()).await;
        signed_up.map_err(DemoError::new)?;
        let logged_in =
            session::open(context, credentials, Device::default(), Opening::LogIn).await;
        let token = logged_in.map_err(DemoError::new)?.token;
        Ok(format!(
            "\n            deleted when the server stops\
             \nEmail:      {address}\nPassword:   {text}\nToken:      {}",
            token.as_str()
        ))
    }
}
