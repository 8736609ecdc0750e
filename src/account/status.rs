//! Where an account stands, as the document shows it.

pub use entity::user::Status;
use poem_openapi::registry::MetaSchema;
use sea_orm::{ActiveEnum, DbErr, Iterable};
use uuid::Uuid;

use super::value::{TextValue, ValueError, openapi_text};
use crate::store::{self, Transaction};

/// Whether an account with this status is one that its owner may use.
pub(super) fn may_act(status: Status) -> bool {
    match status {
        Status::Pending | Status::Active | Status::Invited => true,
        Status::Deleted | Status::Banned => false,
    }
}

/// What a user has got to, were they neither deleted nor banned.
pub(super) async fn earned(txn: &Transaction, user_id: Uuid) -> Result<Status, DbErr> {
    let emails = store::emails::list(txn.read().await?, user_id).await?;
    let password = store::passwords::find(txn.read().await?, user_id).await?;
    Ok(match (emails.iter().any(|email| email.verified_at.is_some()), password) {
        (true, _) => Status::Active,
        (false, None) => Status::Invited,
        (false, Some(_)) => Status::Pending,
    })
}

/// The `status` of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserStatus(String);

impl From<Status> for UserStatus {
    fn from(status: Status) -> Self {
        Self(status.to_value())
    }
}

impl TextValue for UserStatus {
    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: Status::iter().map(|status| status.to_value().into()).collect(),
            default: Some(Status::Pending.to_value().into()),
            example: Some(Status::Active.to_value().into()),
            ..MetaSchema::new("string")
        }
    }

    fn parse(text: &str) -> Result<Self, ValueError> {
        Status::try_from_value(&text.to_owned())
            .map(Self::from)
            .map_err(|_| ValueError::new("invalid_status", "must be one of the statuses"))
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

openapi_text!(UserStatus);
