//! The hash of a code, as it is stored.

use uuid::Uuid;

use crate::service::ServerSecret;
use crate::value::{PhoneCode, TextValue as _};

/// The keyed hash of a code that is stored in the row `id`. All million codes are quickly tried,
/// so without the key, a copy of the database would reveal the code.
pub(in crate::account) fn code_hash(secret: &ServerSecret, id: Uuid, code: &PhoneCode) -> Vec<u8> {
    secret.mac("phone-code", &[id.as_bytes(), code.as_str().as_bytes()]).to_vec()
}
