//! The schemas of an export.

use bytes::Bytes;
use data_encoding::BASE64;
use entity::known_client::MarkKind;
use entity::one_time_token::Purpose;
use entity::{avatar, known_client, one_time_token, outbox, phone_verification, user};
use poem_openapi::Object;
use poem_openapi::types::ToJSON as _;
use uuid::Uuid;

use crate::api::schema::{
    Choice, Event, Session, Shown, Timestamp, UserEmail, UserStatus, avatar_url,
};
use crate::store::personal_data::{PersonalData, Row};
use crate::value::{
    AvatarFile, AvatarUrl, Bio, Email, Locale, Name, PhoneNumber, PublicUrl, TextValue as _,
    Timezone,
};

mod examples;

/// All data about a user, with one property for each kind of record.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", example)]
pub(super) struct Export {
    /// The time at which the export started.
    exported_at: Timestamp,
    /// The stored profile.
    user: ExportedUser,
    /// The password, without its hash.
    password: ExportedPassword,
    /// The email addresses of the user.
    emails: Vec<UserEmail>,
    /// The recent attempts to verify a phone number.
    phone_verifications: Vec<ExportedPhoneVerification>,
    /// The sessions of the user, including those that expired recently.
    sessions: Vec<Session>,
    /// The clients from which the account was opened.
    #[oai(validator(max_items = 100))]
    known_clients: Vec<ExportedKnownClient>,
    /// The mailed tokens that have not been used.
    #[oai(validator(max_items = 1000000))]
    one_time_tokens: Vec<ExportedToken>,
    /// The messages that wait in the outbox.
    #[oai(validator(max_items = 1000000))]
    messages: Vec<ExportedMessage>,
    /// The uploaded avatars that are not deleted yet.
    #[oai(validator(max_items = 1000000))]
    avatars: Vec<ExportedAvatar>,
    /// The events of the account, oldest first.
    #[oai(validator(max_items = 1000000))]
    events: Vec<Event>,
}

/// The profile of the user as it is stored.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct ExportedUser {
    /// The id of the user.
    id: Uuid,
    /// The status of the account.
    status: UserStatus,
    /// The display name of the user.
    name: Shown<Name>,
    /// The user's description of themselves. It is absent when the user has none.
    bio: Option<Shown<Bio>>,
    /// The URL of the user's avatar. It is absent when the user has none.
    avatar_url: Option<Shown<AvatarUrl>>,
    /// The verified phone number of the user. It is absent when the user has none.
    phone_number: Option<Shown<PhoneNumber>>,
    /// The language and region of the user, as a BCP 47 tag.
    locale: Option<Shown<Locale>>,
    /// The time zone of the user, as an IANA name.
    timezone: Option<Shown<Timezone>>,
    /// The time at which the user was created.
    created_at: Timestamp,
    /// The time at which the profile last changed.
    updated_at: Timestamp,
}

/// The password of the user. Only its hash (argon2id) is stored, and it is not exported.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", example)]
struct ExportedPassword {
    /// The time at which the password was last set.
    updated_at: Timestamp,
}

/// An attempt to verify a phone number.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct ExportedPhoneVerification {
    /// The id of the attempt.
    id: Uuid,
    /// The phone number to verify.
    phone_number: Shown<PhoneNumber>,
    /// The number of wrong codes that may still be sent.
    #[oai(validator(minimum(value = "0"), maximum(value = "5")))]
    tries_left: i32,
    /// The time at which the code was requested.
    created_at: Timestamp,
    /// The time at which the code expires. It is absent before the code is sent.
    expires_at: Option<Timestamp>,
}

/// A client from which the account was opened. Only a keyed hash of its device cookie or its network
/// is stored, and it is not exported.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", example)]
struct ExportedKnownClient {
    /// The id of the client.
    id: Uuid,
    /// The mark by which the client is recognised: its device cookie or its network.
    kind: Choice<MarkKind>,
    /// The time at which the account was last opened from the client.
    last_used_at: Timestamp,
}

/// A mailed token. Only its hash (SHA-256) is stored, and it is not exported.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", example)]
struct ExportedToken {
    /// The id of the token.
    id: Uuid,
    /// The purpose of the token.
    purpose: Choice<Purpose>,
    /// The address that the token was mailed to.
    email: Shown<Email>,
    /// The time at which the token was requested.
    issued_at: Timestamp,
    /// The time at which the token expires.
    expires_at: Timestamp,
}

/// A message that waits in the outbox.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct ExportedMessage {
    /// The id of the message.
    id: Uuid,
    /// The kind of message.
    kind: Choice<outbox::MessageKind>,
    /// The email address or phone number of the recipient.
    #[oai(validator(max_length = 320, pattern = "^.+$"))]
    recipient: String,
    /// The address, phone number or other thing that the message is about.
    #[oai(validator(max_length = 320, pattern = "^.+$"))]
    subject: Option<String>,
    /// The browser and the system that the message was requested with.
    #[oai(validator(max_length = 64, pattern = "^.+$"))]
    device: Option<String>,
    /// The time of the event that the message is about.
    created_at: Timestamp,
    /// The time of the next attempt to send the message.
    due_at: Timestamp,
    /// The number of attempts to send the message.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    attempts: i32,
}

/// An uploaded avatar.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct ExportedAvatar {
    /// The URL of the avatar.
    #[oai(validator(max_length = 2048, pattern = "^https?://.+$"))]
    url: String,
    /// The time at which the avatar was uploaded.
    created_at: Timestamp,
    /// The time at which the avatar will be deleted. It is absent for the current avatar.
    delete_at: Option<Timestamp>,
    /// The media type of the image.
    #[oai(validator(max_length = 32, pattern = "^image/[a-z]+$"))]
    media_type: Option<String>,
    /// The image in base64. It is absent when the image does not exist any more.
    #[oai(validator(max_length = 8388608, pattern = "^[A-Za-z0-9+/]*=*$"))]
    content: Option<String>,
}

/// Whether a user has at most one row in the table. It is then exported as an object, not a list.
pub(super) fn is_one(data: PersonalData) -> bool {
    matches!(data, PersonalData::User | PersonalData::Password)
}

/// A row as the document shows it. `session_id` is the session of the request.
pub(super) fn json(
    row: Row,
    image: Option<Bytes>,
    public_url: &PublicUrl,
    session_id: Uuid,
) -> String {
    match row {
        Row::User(row) => user(row, public_url).to_json_string(),
        Row::Password(row) => {
            ExportedPassword { updated_at: row.updated_at.into() }.to_json_string()
        }
        Row::Emails(row) => UserEmail::from(row).to_json_string(),
        Row::PhoneVerifications(row) => phone_verification(row).to_json_string(),
        Row::Sessions(row) => Session::new(row, session_id).to_json_string(),
        Row::KnownClients(row) => known_client(row).to_json_string(),
        Row::OneTimeTokens(row) => token(row).to_json_string(),
        Row::Messages(row) => message(row).to_json_string(),
        Row::Avatars(row) => avatar(row, image, public_url).to_json_string(),
        Row::Events(row) => Event::from(row).to_json_string(),
    }
}

fn user(row: user::Model, public_url: &PublicUrl) -> ExportedUser {
    // Names every column, so that none can be forgotten.
    let user::Model {
        id,
        status,
        name,
        bio,
        avatar_url: linked,
        avatar_file,
        phone_number,
        locale,
        timezone,
        created_at,
        updated_at,
    } = row;
    let uploaded = avatar_file.map(|file| avatar_url(public_url, &file));
    ExportedUser {
        id,
        status: status.into(),
        name: Shown(name),
        bio: bio.map(Shown),
        avatar_url: uploaded.or(linked).map(Shown),
        phone_number: phone_number.map(Shown),
        locale: locale.map(Shown),
        timezone: timezone.map(Shown),
        created_at: created_at.into(),
        updated_at: updated_at.into(),
    }
}

fn phone_verification(row: phone_verification::Model) -> ExportedPhoneVerification {
    ExportedPhoneVerification {
        id: row.id,
        phone_number: Shown(row.phone_number),
        tries_left: row.tries_left,
        created_at: row.created_at.into(),
        expires_at: row.expires_at.map(Timestamp::from),
    }
}

fn known_client(row: known_client::Model) -> ExportedKnownClient {
    ExportedKnownClient { id: row.id, kind: row.kind.into(), last_used_at: row.last_used_at.into() }
}

fn token(row: one_time_token::Model) -> ExportedToken {
    ExportedToken {
        id: row.id,
        purpose: row.purpose.into(),
        email: Shown(row.email),
        issued_at: row.issued_at.into(),
        expires_at: row.expires_at.into(),
    }
}

fn message(row: outbox::Model) -> ExportedMessage {
    ExportedMessage {
        id: row.id,
        kind: row.kind.into(),
        recipient: row.recipient,
        subject: row.subject,
        device: row.device,
        created_at: row.created_at.into(),
        due_at: row.due_at.into(),
        attempts: row.attempts,
    }
}

fn avatar(row: avatar::Model, image: Option<Bytes>, public_url: &PublicUrl) -> ExportedAvatar {
    let media_type = AvatarFile::parse(&row.file).map(|file| file.format().media_type().to_owned());
    ExportedAvatar {
        url: avatar_url(public_url, &row.file).as_str().to_owned(),
        created_at: row.created_at.into(),
        delete_at: row.delete_at.map(Timestamp::from),
        media_type,
        content: image.map(|bytes| BASE64.encode(&bytes)),
    }
}
