//! The rules for new passwords that need more than the password itself. Its length, and the most
//! common passwords, are in [`NewPassword`].

use std::sync::Arc;

use uuid::Uuid;

use crate::account::AccountError;
use crate::service::BreachedPasswords;
use crate::store::{self, Read};
use crate::value::{ContextWords, Email, Name, NewPassword, TextValue as _, ValueError};

/// The rules for new passwords.
#[derive(Clone, Debug)]
pub struct PasswordRules {
    service_name: Arc<str>,
    breached: Option<BreachedPasswords>,
}

impl PasswordRules {
    /// Rules that refuse the words of `service_name` and of the user, and what is in the list of
    /// breached passwords.
    #[must_use]
    pub fn new(service_name: &str, breached: Option<BreachedPasswords>) -> Self {
        Self { service_name: service_name.into(), breached }
    }

    /// The same rules without the list of breached passwords.
    #[must_use]
    pub fn without_breached(&self) -> Self {
        Self { breached: None, ..self.clone() }
    }

    /// Refuses a new password of a user with this name and these addresses.
    pub(in crate::account) async fn check<'a>(
        &'a self,
        password: &NewPassword,
        name: &'a Name,
        emails: impl IntoIterator<Item = &'a Email>,
    ) -> Result<(), AccountError> {
        let emails = emails.into_iter().map(Email::as_str);
        let words =
            ContextWords::of([&*self.service_name, name.as_str()].into_iter().chain(emails));
        words.check(password).map_err(AccountError::PasswordRefused)?;
        match &self.breached {
            Some(breached) if breached.contains(password).await? => {
                Err(AccountError::PasswordRefused(ValueError::new(
                    "password_breached",
                    "is in a public list of passwords that were stolen from other services; \
                     choose another one",
                )))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a new password of an existing user.
    pub(in crate::account) async fn check_for(
        &self,
        db: &impl Read,
        password: &NewPassword,
        user_id: Uuid,
    ) -> Result<(), AccountError> {
        // A user who has gone is noticed by the use case itself.
        let Some(user) = store::users::find(db, user_id).await? else { return Ok(()) };
        let emails = store::emails::list(db, user_id).await?;
        self.check(password, &user.name, emails.iter().map(|email| &email.email)).await
    }
}
