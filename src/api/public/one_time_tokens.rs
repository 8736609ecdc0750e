//! `/one-time-tokens/check`: whether the link in a mail still works.

use entity::one_time_token::Purpose;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use crate::account::one_time_token::{Mailed, look_at};
use crate::api::contract::{ApiResult, Tag};
use crate::api::extract::{ApiContext, Valid};
use crate::api::schema::{Choice, Json, Shown, Timestamp};
use crate::value::{Email, OneTimeToken};

/// Checking mailed tokens.
#[derive(Default)]
pub(crate) struct OneTimeTokensApi;

/// A mailed token.
#[derive(Object)]
struct CheckOneTimeToken {
    /// The token that was mailed to the user.
    token: OneTimeToken,
}

/// Whether a one-time token works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum OneTimeTokenStatus {
    /// It works once.
    Usable,
    /// Its time is over.
    Expired,
    /// It was used or revoked, or never existed.
    Unknown,
}

/// What is known about a one-time token.
#[derive(Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct CheckedOneTimeToken {
    /// Whether the token works: `usable`, `expired`, or `unknown` if it was used or revoked, or
    /// never existed.
    status: OneTimeTokenStatus,
    /// The purpose of the token. It is absent if the status is `unknown`.
    purpose: Option<Choice<Purpose>>,
    /// The address that the token was mailed to. It is absent unless the status is `usable`.
    email: Option<Shown<Email>>,
    /// The time at which the token stops working, or has stopped. It is absent if the status is
    /// `unknown`.
    expires_at: Option<Timestamp>,
}

impl From<Option<Mailed>> for CheckedOneTimeToken {
    fn from(mailed: Option<Mailed>) -> Self {
        let Some(Mailed { purpose, email, expires_at, is_usable }) = mailed else {
            let status = OneTimeTokenStatus::Unknown;
            return Self { status, purpose: None, email: None, expires_at: None };
        };
        Self {
            status: match is_usable {
                true => OneTimeTokenStatus::Usable,
                false => OneTimeTokenStatus::Expired,
            },
            purpose: Some(purpose.into()),
            email: email.map(Shown),
            expires_at: Some(expires_at.into()),
        }
    }
}

impl Example for CheckedOneTimeToken {
    fn example() -> Self {
        Self {
            status: OneTimeTokenStatus::Usable,
            purpose: Some(Purpose::VerifyEmail.into()),
            email: Some(Shown::example()),
            expires_at: Some(Timestamp::example()),
        }
    }
}

#[derive(ApiResponse)]
enum Checked {
    /// What is known about the token.
    #[oai(status = 200)]
    Ok(Json<CheckedOneTimeToken>),
}

#[OpenApi(tag = "Tag::Access")]
impl OneTimeTokensApi {
    /// Check a one-time token
    ///
    /// Says whether a mailed token works, and does not use it. So a page can tell at once that a
    /// link was used or has expired.
    #[oai(path = "/one-time-tokens/check", method = "post", operation_id = "checkOneTimeToken")]
    async fn check(
        &self,
        context: &ApiContext,
        Valid(body): Valid<CheckOneTimeToken>,
    ) -> ApiResult<Checked> {
        let checked = look_at(context, &body.token).await?;
        Ok(Checked::Ok(Json(checked.into())))
    }
}
