//! `serve --demo`: a throw-away database with a demo user.

use tempfile::TempDir;

use crate::account::session::{self, Credentials, Device};
use crate::account::{self, Context, Registration};
use crate::service::ObjectStorageUrl;
use crate::store::DatabaseUrl;
use crate::value::{Email, Name, NewPassword, TextValue as _};

const EMAIL: &str = "demo@example.com";
const PASSWORD: &str = "correct horse battery staple";
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
        let email = Email::parse(EMAIL).map_err(DemoError::new)?;
        let password = NewPassword::parse(PASSWORD).map_err(DemoError::new)?;
        let credentials = Credentials { email: email.clone(), password: password.clone().into() };
        let name = Name::parse(NAME).map_err(DemoError::new)?;
        let registration = Registration { email, password, name, locale: None, timezone: None };

        let signed_up = account::sign_up(context, registration, Device::default()).await;
        signed_up.map_err(DemoError::new)?;
        let logged_in = session::log_in(context, credentials, Device::default()).await;
        let token = logged_in.map_err(DemoError::new)?.token;
        Ok(format!(
            "\n            deleted when the server stops\
             \nEmail:      {EMAIL}\nPassword:   {PASSWORD}\nToken:      {}",
            token.as_str()
        ))
    }
}
