//! `/dev/messages`: the messages that a demo keeps instead of sending them. Only `serve --demo`
//! has this operation.

use poem::web::Data;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use crate::api::contract::{ApiResult, Tag};
use crate::api::schema::{Json, Timestamp};
use crate::message::{Kept, Sender};

/// Operations that only a demo has.
#[derive(Default)]
pub(crate) struct DevApi;

/// A message that the demo kept instead of sending it.
#[derive(Debug, Object)]
#[oai(rename = "DevMessage", rename_all = "camelCase", example)]
struct DevMessage {
    /// The id of the message.
    id: Uuid,
    /// The time at which the message would have been sent.
    at: Timestamp,
    /// The email address or phone number of the recipient.
    #[oai(validator(max_length = 320, pattern = "^.+$"))]
    to: String,
    /// The subject of the message.
    #[oai(validator(max_length = 1024, pattern = "^.+$"))]
    subject: String,
    /// The token or the code in the text. It is absent when there is none.
    #[oai(
        skip_serializing_if_is_none,
        validator(max_length = 64, pattern = "^(cu1_[a-z2-7]+|[0-9]{6})$")
    )]
    token: Option<String>,
    /// The whole text.
    #[oai(validator(max_length = 16384, pattern = r"^[\s\S]+$"))]
    text: String,
}

impl From<Kept> for DevMessage {
    fn from(kept: Kept) -> Self {
        let Kept { id, at, to, subject, secret, text } = kept;
        Self { id, at: at.into(), to, subject, token: secret, text }
    }
}

impl Example for DevMessage {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_b000_8a43_7a52_9f0d_41c2_7e88_b0a4),
            at: Timestamp::example(),
            to: "ada@example.com".to_owned(),
            subject: "Confirm your email address".to_owned(),
            token: Some("123456".to_owned()),
            text: "123456 is your code".to_owned(),
        }
    }
}

#[derive(ApiResponse)]
enum Messages {
    /// The last hundred messages, newest first.
    #[oai(status = 200)]
    Ok(Json<Vec<DevMessage>>),
}

#[OpenApi(tag = "Tag::Demo")]
impl DevApi {
    /// List messages
    ///
    /// Returns the mails and text messages that the demo kept instead of sending them, with the
    /// tokens and codes in them. Everybody can read them. Only a demo has this operation.
    #[oai(path = "/dev/messages", method = "get", operation_id = "listDevMessages")]
    async fn list(&self, sender: Data<&Sender>) -> ApiResult<Messages> {
        Ok(Messages::Ok(Json(sender.kept().into_iter().map(Into::into).collect())))
    }
}
