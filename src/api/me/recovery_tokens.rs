//! `/me/recovery-tokens`: the mailed tokens that recover the account.

use entity::outbox::MessageKind;
use poem_openapi::param::Path;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use crate::account::password;
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::{ApiContext, CurrentUser};
use crate::api::schema::{Choice, Json, NoContent, Shown, Timestamp};
use crate::value::Email;

/// Operations on recovery tokens.
#[derive(Default)]
pub(crate) struct RecoveryTokensApi;

/// A token that was mailed in a notice and recovers the account. Its secret is in the mail only.
#[derive(Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct RecoveryToken {
    /// The id of the notice.
    id: Uuid,
    /// The address that the notice was mailed to.
    email: Shown<Email>,
    /// The kind of the notice. It is absent for notices of earlier versions of the service.
    reason: Option<Choice<MessageKind>>,
    /// The time of the change that the notice is about.
    created_at: Timestamp,
    /// The time at which the token expires.
    expires_at: Timestamp,
    /// Whether the token can be revoked.
    revocable: bool,
}

impl From<password::RecoveryToken> for RecoveryToken {
    fn from(token: password::RecoveryToken) -> Self {
        Self {
            id: token.id,
            email: Shown(token.email),
            reason: token.reason.map(Choice::from),
            created_at: token.issued_at.into(),
            expires_at: token.expires_at.into(),
            revocable: token.revocable,
        }
    }
}

impl Example for RecoveryToken {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_b000_8a46_7a25_9f3d_41c7_62b8_e09d),
            email: Shown::example(),
            reason: Some(MessageKind::EmailAdded.into()),
            created_at: Timestamp::example(),
            expires_at: Timestamp::example(),
            revocable: true,
        }
    }
}

#[derive(ApiResponse)]
enum RecoveryTokens {
    /// The recovery tokens that work, newest first.
    #[oai(status = 200)]
    Ok(Json<Vec<RecoveryToken>>),
}

codes!(RevokeCodes: NotFound, RecoveryTokenProtected, ReauthenticationRequired);
codes!(RevokeAllCodes: ReauthenticationRequired);

#[OpenApi(tag = "Tag::Password")]
impl RecoveryTokensApi {
    /// List recovery tokens
    ///
    /// Returns the mailed tokens that recover the account and still work, newest first.
    #[oai(path = "/me/recovery-tokens", method = "get", operation_id = "listRecoveryTokens")]
    async fn list(&self, context: &ApiContext, me: CurrentUser) -> ApiResult<RecoveryTokens> {
        let tokens = password::list_recovery_tokens(context, *me).await?;
        Ok(RecoveryTokens::Ok(Json(tokens.into_iter().map(Into::into).collect())))
    }

    /// Revoke a recovery token
    ///
    /// Revokes the token of a notice. It must have been mailed to the default address, or to a
    /// verified address that was added later than that one. The session must have proved the
    /// password since the notice. The address that got the notice is told.
    #[oai(
        path = "/me/recovery-tokens/:recoveryTokenId",
        method = "delete",
        operation_id = "revokeRecoveryToken"
    )]
    async fn revoke(
        &self,
        context: &ApiContext,
        me: CurrentUser,
        /// The id of the recovery token.
        #[oai(name = "recoveryTokenId")]
        recovery_token_id: Path<Uuid>,
    ) -> ApiResult<NoContent, RevokeCodes> {
        password::revoke_recovery_tokens(context, *me, Some(recovery_token_id.0)).await?;
        Ok(NoContent::Done)
    }

    /// Revoke all recovery tokens
    ///
    /// Revokes every recovery token that can be revoked. The session must have proved the password
    /// since the last of their notices.
    #[oai(path = "/me/recovery-tokens", method = "delete", operation_id = "revokeRecoveryTokens")]
    async fn revoke_all(
        &self,
        context: &ApiContext,
        me: CurrentUser,
    ) -> ApiResult<NoContent, RevokeAllCodes> {
        password::revoke_recovery_tokens(context, *me, None).await?;
        Ok(NoContent::Done)
    }
}
