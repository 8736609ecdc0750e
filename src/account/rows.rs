//! The rows of new users and of new claims to an address.

use entity::user::Status;
use entity::{email, user};
use uuid::Uuid;

use super::work::Work;
use crate::value::{Email, Locale, Name, Timezone};

/// A new user.
pub(super) fn new_user(
    work: &Work,
    status: Status,
    name: Name,
    locale: Option<Locale>,
    timezone: Option<Timezone>,
) -> user::Model {
    user::Model {
        id: work.id(),
        status,
        name,
        bio: None,
        avatar_url: None,
        avatar_file: None,
        phone_number: None,
        locale,
        timezone,
        created_at: work.now,
        updated_at: work.now,
    }
}

/// A new claim of a user to an address, which is not verified.
pub(super) fn new_claim(
    work: &Work,
    user_id: Uuid,
    email: Email,
    is_default: bool,
) -> email::Model {
    email::Model {
        id: work.id(),
        user_id,
        normalized: email.normalized(),
        email,
        verified_at: None,
        logged_in_at: None,
        is_default,
        erasure_notice_at: None,
        created_at: work.now,
        updated_at: work.now,
    }
}
