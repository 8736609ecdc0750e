//! The login throttle: how often passwords may be tried. Each try is counted before it is
//! hashed. A right password takes its try back, unless another account was tried first.

use entity::known_client::MarkKind;
use uuid::Uuid;

use super::current::Device;
use super::known_client::KnownClient;
use super::refusals;
use crate::account::limits::{Budget, Limit, Refusal, Spent};
use crate::account::{AccountError, Context};
use crate::service::{Lane, Turn};
use crate::value::Email;

/// The permission to try a password.
pub(super) struct Attempt {
    pub(super) spent: Spent,
    pub(super) turn: Turn,
    /// The accounts whose passwords may be tried.
    pub(super) user_ids: Vec<Uuid>,
    /// Why the passwords of other accounts may not be tried.
    pub(super) refusal: Option<Refusal>,
}

/// Counts a try to log in with an address, to which these accounts belong. `known` is the client
/// from which one of them was opened before. If there is no account, it counts for the address,
/// so that the reply does not reveal it.
///
/// Where the budgets of some accounts are used up, only the passwords of the others are tried. So
/// guesses at one account that claims an address keep nobody out of another one.
///
/// # Errors
/// [`AccountError::TooMany`].
pub(super) async fn attempt(
    context: &Context,
    email: &Email,
    user_ids: Vec<Uuid>,
    known: Option<KnownClient>,
    device: &Device,
) -> Result<Attempt, AccountError> {
    let address = email.normalized();
    let mut tries: Vec<Try> = user_ids
        .into_iter()
        .map(|user_id| Try {
            user_id: Some(user_id),
            budgets: match known.as_ref().filter(|client| client.user_id == user_id) {
                Some(client) => known_client_budgets(context, client, device),
                None => stranger_budgets(context, user_id.as_bytes(), device),
            },
        })
        .collect();
    if tries.is_empty() {
        let budgets = stranger_budgets(context, address.as_bytes(), device);
        tries.push(Try { user_id: None, budgets });
    }
    let mut refused: Option<Refusal> = None;
    loop {
        let budgets = tries.iter().flat_map(|one| one.budgets.iter().cloned()).collect();
        let refusal = match context.try_spend(&device.quotas, budgets).await? {
            Ok(spent) => {
                let user_ids: Vec<Uuid> = tries.into_iter().filter_map(|one| one.user_id).collect();
                let is_known = known.is_some_and(|client| user_ids.contains(&client.user_id));
                let lane = if is_known { Lane::KnownClient } else { Lane::LogIn };
                let turn = Turn::new(lane, device.network());
                return Ok(Attempt { spent, turn, user_ids, refusal: refused });
            }
            Err(refusal) => refusal,
        };
        let is_free = |one: &Try| one.budgets.iter().all(|budget| !refusal.is_of(budget));
        if !tries.iter().any(is_free) {
            let account = tries.first().and_then(|one| one.user_id);
            refusals::remember(context, &address, account, device, &refusal);
            return Err(refusals::refuse(context, &refusal, device).await);
        }
        // This leaves fewer of them, because a refusal is of one of their budgets.
        tries.retain(is_free);
        refused.get_or_insert(refusal);
    }
}

/// A password that may be tried.
struct Try {
    /// `None` stands for an address without an account.
    user_id: Option<Uuid>,
    budgets: Vec<Budget>,
}

/// The budgets of a client from which the account was never opened. `account` is the id of the
/// account, or an address without one.
fn stranger_budgets(context: &Context, account: &[u8], device: &Device) -> Vec<Budget> {
    vec![
        context.budget(Limit::LoginClientAccount, &[&device.network(), account]),
        context.budget(Limit::LoginAccount, &[account]),
        context.client_budget(Limit::LoginClient, device),
    ]
}

/// The budgets of a client from which the account was opened before. If only its network is known,
/// the budgets belong to the same limits as those of strangers. Otherwise the names of the limits
/// in a reply would tell others in the network that the account was opened from it.
fn known_client_budgets(context: &Context, client: &KnownClient, device: &Device) -> Vec<Budget> {
    match client.kind {
        MarkKind::Device => vec![client.budget(context, Limit::LoginKnownClient)],
        MarkKind::Network => vec![
            client.budget(context, Limit::LoginClientAccount),
            context.client_budget(Limit::LoginClient, device),
        ],
    }
}
