//! The proof that somebody knows the password of a user.

use uuid::Uuid;

use super::{AccountError, Context, Work};
use crate::service::{HashError, Turn};
use crate::store;
use crate::value::Password;

/// The proof of a password, from its verification until the unit of work that it allows.
pub(super) struct PasswordProof {
    pub(super) user_id: Uuid,
    /// The hash that the password matched.
    hash: String,
    /// A hash with today's parameters, if that one has others.
    renewed: Option<String>,
}

impl PasswordProof {
    /// Verifies a password against the hash of a user. Returns `None` if it is wrong.
    ///
    /// # Errors
    /// [`AccountError::Busy`].
    pub(super) async fn verify(
        context: &Context,
        user_id: Uuid,
        password: Password,
        hash: Option<String>,
        turn: Turn,
    ) -> Result<Option<Self>, AccountError> {
        let matches = context.hasher.verify(password.clone(), hash.clone(), turn).await?;
        let Some(hash) = hash.filter(|_| matches) else { return Ok(None) };
        let renewed = match context.hasher.renew(password, &hash, turn).await {
            // The password is right, and the next login can renew the hash.
            Err(HashError::Busy) => None,
            renewed => renewed?,
        };
        Ok(Some(Self { user_id, hash, renewed }))
    }

    /// Whether the password is still that of the user, who is locked. If so, and its hash has
    /// other parameters than those of today, stores the renewed hash.
    pub(super) async fn confirm(&self, work: &Work) -> Result<bool, AccountError> {
        let current = store::passwords::find(work, self.user_id).await?;
        if current.as_ref() != Some(&self.hash) {
            // Another login may have renewed the hash, to the same new one.
            return Ok(current.is_some() && current == self.renewed);
        }
        if let Some(renewed) = &self.renewed {
            store::passwords::renew(work, self.user_id, renewed.clone()).await?;
        }
        Ok(true)
    }
}
