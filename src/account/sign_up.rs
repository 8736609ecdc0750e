//! Signing up.

use entity::event::EventType;
use entity::user::Status;

use super::limits::{Budget, Limit, Quotas};
use super::rows::{new_claim, new_user};
use super::session::Device;
use super::{AccountError, Context};
use crate::service::{Lane, Turn};
use crate::store::{self, Profile};
use crate::value::{Email, Locale, Name, NewPassword, Timezone};

/// The data of a new user.
#[derive(Clone)]
pub struct Registration {
    /// The default email address. It is not verified yet.
    pub email: Email,
    /// The password.
    pub password: NewPassword,
    /// The display name.
    pub name: Name,
    /// The language and region that the user reads in.
    pub locale: Option<Locale>,
    /// The time zone of the user.
    pub timezone: Option<Timezone>,
}

/// Creates a `pending` user, and mails them a token that verifies the address. Several
/// users may claim an address until one of them verifies it.
///
/// # Errors
/// [`AccountError::EmailTaken`], [`AccountError::PasswordRefused`], [`AccountError::TooMany`],
/// [`AccountError::Busy`].
pub async fn sign_up(
    context: &Context,
    registration: Registration,
    device: Device,
) -> Result<Profile, AccountError> {
    let Registration { email, password, name, locale, timezone } = registration;
    // Count before looking the address up: a reply reveals whether it is taken.
    let budgets = address_budgets(context, &device);
    context.spend(&device.quotas, budgets).await?;
    context.password_rules.check(&password, &name, [&email]).await?;
    let sends_mail = may_mail(context, &email).await?;
    let cause = context.cause(&device);
    let turn = Turn::new(Lane::Other, device.network());
    let hash = context.hasher.hash(password, &*context.random, turn).await?;
    context
        .write(async move |mut work| {
            work.caused_by(cause);
            // Another user may verify the address at the same time. Their verification then
            // ends this claim.
            if store::emails::is_owned(&work, &email.normalized()).await? {
                return Err(AccountError::EmailTaken);
            }
            let user = new_user(&work, Status::Pending, name, locale, timezone);
            let email = new_claim(&work, user.id, email, true);
            store::users::insert(&work, user.clone()).await?;
            store::emails::insert(&work, email.clone()).await?;
            store::passwords::set(&work, user.id, hash, work.now).await?;
            work.record_from(device.clone(), user.id, EventType::SignedUp, None).await?;
            if sends_mail {
                work.send_verification(user.id, &email.email, &device).await?;
            }
            Ok(Profile { user, default_email: Some(email.email), active_sessions: 0 })
        })
        .await
}

/// Whether a mailbox may get another mail because a user signs up with its address. If not,
/// nobody is kept out: the user can log in and request the mail, which has budgets of its own.
async fn may_mail(context: &Context, email: &Email) -> Result<bool, AccountError> {
    let budget = context.mailbox_budget(Limit::SignUpAddress, email);
    match context.spend(&Quotas::default(), vec![budget]).await {
        Ok(_) => Ok(true),
        Err(AccountError::TooMany { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The budgets of claiming an address, by signing up with it or by adding it to an account.
pub(super) fn address_budgets(context: &Context, device: &Device) -> Vec<Budget> {
    vec![context.client_budget(Limit::AddressClient, device), context.budget(Limit::Address, &[])]
}
