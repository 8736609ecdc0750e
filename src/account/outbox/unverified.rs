//! Composing the notices to an address that its user has not verified. Anybody can sign up with
//! the address of another person, so these notices have no token and say nothing that the user
//! wrote.

use entity::outbox;
use entity::user::Status;

use super::compose::{Composed, anonymous, find_active, mail, meant_erasure, minute};
use crate::account::Work;
use crate::account::leaving::erase_at;
use crate::account::limits::{Budget, Limit};
use crate::message::Details;
use crate::service::ServerSecret;
use crate::store;
use crate::value::{Email, TextValue as _};

/// Composes the notice that an account is erased because its user has verified no
/// address.
pub(super) async fn account(work: &Work, row: &outbox::Model) -> Composed {
    let user = find_active(work, row.user_id).await?;
    let Some(user) = user.filter(|user| user.status == Status::Pending) else { return Ok(None) };
    let emails = store::emails::list(work, user.id).await?;
    if !emails.iter().any(|email| email.normalized == row.normalized) {
        return Ok(None);
    }
    let erase_at = erase_at(&user, row.created_at, work.policy.unverified_retention);
    let variables = [("erase_at", minute(erase_at))].into();
    Ok(Some(anonymous(mail(row, user, Details { variables, ..Details::default() }))))
}

/// Composes the notice of a deletion to an unverified address, unless the account was restored in
/// the meantime.
pub(super) async fn account_deleted(
    work: &Work,
    secret: &ServerSecret,
    row: &outbox::Model,
) -> Composed {
    let Some(erasure) = meant_erasure(work, row).await? else { return Ok(None) };
    let until = (erasure.erase_at > work.now).then(|| minute(erasure.erase_at));
    let variables = [("restorable_until", until.unwrap_or_default())];
    notice(work, secret, row, variables).await
}

/// Composes a notice to an address that its user has not verified. A mailbox gets few of them,
/// because anybody can sign up with the address of another person.
pub(super) async fn notice<const N: usize>(
    work: &Work,
    secret: &ServerSecret,
    row: &outbox::Model,
    variables: [(&'static str, String); N],
) -> Composed {
    let Some(user_id) = row.user_id else { return Ok(None) };
    let user = store::users::find(work, user_id).await?;
    let (Some(user), Ok(email)) = (user, Email::parse(&row.recipient)) else { return Ok(None) };
    let emails = store::emails::list(work, user.id).await?;
    if !emails.iter().any(|email| email.normalized == row.normalized) {
        return Ok(None);
    }
    // Only the first attempt counts.
    let budget = Budget::new(secret, Limit::UnverifiedNotice, &[email.mailbox().as_bytes()]);
    if row.attempts == 1 && !work.try_spend(budget).await? {
        return Ok(None);
    }
    let details = Details { variables: variables.into(), ..Details::default() };
    Ok(Some(anonymous(mail(row, user, details))))
}
