//! `/dev/messages`: what would have been sent, for whoever tries the service out.
//! Only there under `serve --demo`.

use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::problem::Answer;
use crate::api::schema::timestamp::Timestamp;
use crate::message::{Kept, Sender};

/// What only a demo has.
#[derive(Default)]
pub(crate) struct DevApi;

/// A message that was not sent anywhere.
#[derive(Debug, Object)]
#[oai(rename = "DevMessage", rename_all = "camelCase", example)]
struct DevMessage {
    /// ID of the message.
    id: Uuid,
    /// When it would have been sent.
    at: Timestamp,
    /// The email address or the phone number that it is for.
    #[oai(validator(max_length = 320, pattern = "^.+$"))]
    to: String,
    /// What it is about.
    #[oai(validator(max_length = 1024, pattern = "^.+$"))]
    subject: String,
    /// All of it: tokens start with `cu1_`, codes have six digits.
    #[oai(validator(max_length = 16384, pattern = r"^[\s\S]+$"))]
    text: String,
}

impl From<Kept> for DevMessage {
    fn from(kept: Kept) -> Self {
        let Kept { id, at, to, subject, text } = kept;
        Self { id, at: at.into(), to, subject, text }
    }
}

impl Example for DevMessage {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_b000_8a43_7a52_9f0d_41c2_7e88_b0a4),
            at: Timestamp::example(),
            to: "ada@example.com".to_owned(),
            subject: "Confirm your email address".to_owned(),
            text: "Hello Ada".to_owned(),
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
    /// Read the messages
    ///
    /// Returns the mails and text messages that would have been sent: to anybody, with
    /// tokens and codes in them. Only a demo has this.
    #[oai(path = "/dev/messages", method = "get", operation_id = "listDevMessages")]
    async fn list(&self, sender: Data<&Sender>) -> Answer<Messages> {
        Ok(Messages::Ok(Json(sender.kept().into_iter().map(Into::into).collect())))
    }
}
