//! `serve --demo`: a throw-away database with somebody in it.

use tempfile::TempDir;

use crate::account::session::{self, Credentials, Device};
use crate::account::{self, Context, Registration};
use crate::server::ServeError;
use crate::service::ObjectStorageUrl;
use crate::store::DatabaseUrl;
use crate::value::email::Email;
use crate::value::name::Name;
use crate::value::password::NewPassword;
use crate::value::text_value::{TextValue as _, ValueError};

const EMAIL: &str = "demo@example.com";
const PASSWORD: &str = "correct horse battery staple";
const NAME: &str = "Demo User";

/// A database that is gone when this is dropped.
pub(crate) struct Demo(TempDir);

impl Demo {
    pub(crate) fn new() -> Result<Self, ServeError> {
        let directory = tempfile::Builder::new().prefix("current-user-").tempdir();
        directory.map(Self).map_err(|error| ServeError::Demo(error.into()))
    }

    pub(crate) fn database_url(&self) -> DatabaseUrl {
        DatabaseUrl::Sqlite(self.0.path().join("demo.db").display().to_string())
    }

    pub(crate) fn avatar_store(&self) -> ObjectStorageUrl {
        ObjectStorageUrl::Folder(self.0.path().join("avatars"))
    }

    /// Signs the demo user up and in. Returns what to tell about it.
    pub(crate) async fn fill(&self, context: &Context) -> Result<String, ServeError> {
        let invalid = |error: ValueError| ServeError::Demo(error.into());
        let email = Email::parse(EMAIL).map_err(invalid)?;
        let password = NewPassword::parse(PASSWORD).map_err(invalid)?;
        let credentials = Credentials { email: email.clone(), password: password.clone().into() };
        let name = Name::parse(NAME).map_err(invalid)?;
        let registration = Registration { email, password, name, locale: None, timezone: None };

        let signed_up = account::sign_up(context, registration, Device::default()).await;
        signed_up.map_err(|error| ServeError::Demo(error.into()))?;
        let logged_in = session::log_in(context, credentials, Device::default()).await;
        let token = logged_in.map_err(|error| ServeError::Demo(error.into()))?.token;
        Ok(format!(
            "\n            gone when the server stops\
             \nEmail:      {EMAIL}\nPassword:   {PASSWORD}\nToken:      {}",
            token.as_str()
        ))
    }
}
