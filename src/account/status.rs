//! The status of an account: what it permits, and what it is without a ban or a deletion.

use entity::user::Status;
use sea_orm::DbErr;
use uuid::Uuid;

use super::work::Work;
use crate::store;

/// Whether the owner of an account with this status may use it.
pub(super) fn may_act(status: Status) -> bool {
    match status {
        Status::Pending | Status::Active | Status::Invited => true,
        Status::Deleted | Status::Banned => false,
    }
}

/// The status that a user has without a ban or a deletion.
pub(super) async fn earned(work: &Work, user_id: Uuid) -> Result<Status, DbErr> {
    let emails = store::emails::list(work, user_id).await?;
    let password = store::passwords::find(work, user_id).await?;
    Ok(match (emails.iter().any(|email| email.verified_at.is_some()), password) {
        (true, _) => Status::Active,
        (false, None) => Status::Invited,
        (false, Some(_)) => Status::Pending,
    })
}
