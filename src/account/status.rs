//! The rules for the status of an account. The use cases change the status.

use entity::user::Status;

/// Whether the owner of an account with this status may use it.
pub(super) fn may_act(status: Status) -> bool {
    match status {
        Status::Pending | Status::Active | Status::Invited => true,
        Status::Deleted | Status::Banned => false,
    }
}

/// The status of a user who is neither banned nor deleted.
pub(super) fn earned(has_verified_email: bool, has_password: bool) -> Status {
    match (has_verified_email, has_password) {
        (true, _) => Status::Active,
        (false, false) => Status::Invited,
        (false, true) => Status::Pending,
    }
}
