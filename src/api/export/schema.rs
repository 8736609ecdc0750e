//! What an export looks like.

use bytes::Bytes;
use data_encoding::BASE64;
use entity::one_time_token::Purpose;
use entity::{avatar, one_time_token, outbox, phone_verification, user};
use poem_openapi::Object;
use poem_openapi::types::{Example, ToJSON as _};
use uuid::Uuid;

use crate::account::PublicUrl;
use crate::account::avatar_file::AvatarFile;
use crate::account::avatar_url::AvatarUrl;
use crate::account::bio::Bio;
use crate::account::choice::Choice;
use crate::account::email::Email;
use crate::account::locale::Locale;
use crate::account::name::Name;
use crate::account::phone_number::NewPhoneNumber;
use crate::account::status::UserStatus;
use crate::account::timestamp::Timestamp;
use crate::account::timezone::Timezone;
use crate::account::value::Stored;
use crate::api::avatar as avatars;
use crate::api::emails::UserEmail;
use crate::api::events::Event;
use crate::api::sessions::Session;
use crate::store::holdings::{Holding, Row};

/// Everything that is held about a user: a property for each kind of thing.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", example)]
pub(super) struct Export {
    /// When the export began.
    exported_at: Timestamp,
    /// The profile, as it is stored.
    user: ExportedUser,
    /// That there is a password.
    password: ExportedPassword,
    /// Email addresses.
    emails: Vec<UserEmail>,
    /// Phone numbers that were to be proved lately.
    phone_verifications: Vec<ExportedPhoneVerification>,
    /// Sessions, those that have expired lately too.
    sessions: Vec<Session>,
    /// Tokens that were mailed, and not used.
    #[oai(validator(max_items = 1000000))]
    one_time_tokens: Vec<ExportedToken>,
    /// Messages that wait to be sent.
    #[oai(validator(max_items = 1000000))]
    messages: Vec<ExportedMessage>,
    /// Pictures that were uploaded, until they are deleted.
    #[oai(validator(max_items = 1000000))]
    avatars: Vec<ExportedAvatar>,
    /// What happened to the account, oldest first.
    #[oai(validator(max_items = 1000000))]
    events: Vec<Event>,
}

/// The profile, as it is stored.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct ExportedUser {
    /// ID of the user.
    id: Uuid,
    /// The status of the user.
    status: UserStatus,
    /// The display name.
    name: Stored<Name>,
    /// The user's description of themselves.
    bio: Option<Stored<Bio>>,
    /// URL of the profile picture.
    avatar_url: Option<Stored<AvatarUrl>>,
    /// The verified phone number.
    phone_number: Option<Stored<NewPhoneNumber>>,
    /// Language and region.
    locale: Option<Stored<Locale>>,
    /// Time zone.
    timezone: Option<Stored<Timezone>>,
    /// When the user was created.
    created_at: Timestamp,
    /// When the profile last changed.
    updated_at: Timestamp,
}

/// That there is a password. Only a hash of it is stored (argon2id).
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", example)]
struct ExportedPassword {
    /// When it was last set.
    updated_at: Timestamp,
}

/// A phone number that was to be proved.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct ExportedPhoneVerification {
    /// ID of the attempt.
    id: Uuid,
    /// The number.
    phone_number: Stored<NewPhoneNumber>,
    /// How many more wrong codes are taken.
    #[oai(validator(minimum(value = "0"), maximum(value = "5")))]
    tries_left: i32,
    /// When a code was asked for.
    created_at: Timestamp,
    /// When the code stops working, if it was sent.
    expires_at: Option<Timestamp>,
}

/// A token that was mailed. Only a hash of it is stored (SHA-256).
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", example)]
struct ExportedToken {
    /// ID of the token.
    id: Uuid,
    /// What it is good for.
    purpose: Choice<Purpose>,
    /// The address that it was mailed to.
    email: Stored<Email>,
    /// When it was asked for.
    issued_at: Timestamp,
    /// When it stops working.
    expires_at: Timestamp,
}

/// A message that waits to be sent.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct ExportedMessage {
    /// ID of the message.
    id: Uuid,
    /// What it says.
    kind: Choice<outbox::MessageKind>,
    /// The address or the number that it goes to.
    #[oai(validator(max_length = 320, pattern = "^.+$"))]
    recipient: String,
    /// The address, number or thing that it is about.
    #[oai(validator(max_length = 320, pattern = "^.+$"))]
    subject: Option<String>,
    /// When what it tells happened.
    created_at: Timestamp,
    /// When it is sent next.
    due_at: Timestamp,
    /// How often that was tried.
    #[oai(validator(minimum(value = "0"), maximum(value = "2147483647")))]
    attempts: i32,
}

/// A picture that was uploaded.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct ExportedAvatar {
    /// Where it is found.
    #[oai(validator(max_length = 2048, pattern = "^https?://.+$"))]
    url: String,
    /// When it was uploaded.
    created_at: Timestamp,
    /// When it is to be deleted; absent for the one that is shown.
    delete_at: Option<Timestamp>,
    /// Its media type.
    #[oai(validator(max_length = 32, pattern = "^image/[a-z]+$"))]
    media_type: Option<String>,
    /// The picture itself, in base64; absent if it is not there any more.
    #[oai(validator(max_length = 8388608, pattern = "^[A-Za-z0-9+/]*=*$"))]
    content: Option<String>,
}

/// Whether there is no more than one row of it.
pub(super) fn is_one(holding: Holding) -> bool {
    matches!(holding, Holding::User | Holding::Password)
}

/// A row as the document shows it. `session_id` is the session that asks.
pub(super) fn json(
    row: Row,
    picture: Option<Bytes>,
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
        Row::OneTimeTokens(row) => token(row).to_json_string(),
        Row::Messages(row) => message(row).to_json_string(),
        Row::Avatars(row) => avatar(row, picture, public_url).to_json_string(),
        Row::Events(row) => Event::from(row).to_json_string(),
    }
}

fn user(row: user::Model, public_url: &PublicUrl) -> ExportedUser {
    let uploaded = row.avatar_file.map(|file| avatars::url(public_url, &file));
    ExportedUser {
        id: row.id,
        status: row.status.into(),
        name: Stored::new(row.name),
        bio: row.bio.map(Stored::new),
        avatar_url: uploaded.or(row.avatar_url).map(Stored::new),
        phone_number: row.phone_number.map(Stored::new),
        locale: row.locale.map(Stored::new),
        timezone: row.timezone.map(Stored::new),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}

fn phone_verification(row: phone_verification::Model) -> ExportedPhoneVerification {
    ExportedPhoneVerification {
        id: row.id,
        phone_number: Stored::new(row.phone_number),
        tries_left: row.tries_left,
        created_at: row.created_at.into(),
        expires_at: row.expires_at.map(Timestamp::from),
    }
}

fn token(row: one_time_token::Model) -> ExportedToken {
    ExportedToken {
        id: row.id,
        purpose: row.purpose.into(),
        email: Stored::new(row.email),
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
        created_at: row.created_at.into(),
        due_at: row.due_at.into(),
        attempts: row.attempts,
    }
}

fn avatar(row: avatar::Model, picture: Option<Bytes>, public_url: &PublicUrl) -> ExportedAvatar {
    let media_type = AvatarFile::parse(&row.file).map(|file| file.format().media_type().to_owned());
    ExportedAvatar {
        url: avatars::url(public_url, &row.file),
        created_at: row.created_at.into(),
        delete_at: row.delete_at.map(Timestamp::from),
        media_type,
        content: picture.map(|bytes| BASE64.encode(&bytes)),
    }
}

const EXAMPLE_ID: Uuid = Uuid::from_u128(0x019a_b000_8a45_7e13_b6a0_93d2_1c7f_58e4);

impl Example for Export {
    fn example() -> Self {
        Self {
            exported_at: Timestamp::example(),
            user: Example::example(),
            password: Example::example(),
            emails: vec![Example::example()],
            phone_verifications: vec![Example::example()],
            sessions: vec![Example::example()],
            one_time_tokens: vec![Example::example()],
            messages: vec![Example::example()],
            avatars: vec![Example::example()],
            events: vec![Example::example()],
        }
    }
}

impl Example for ExportedUser {
    fn example() -> Self {
        Self {
            id: EXAMPLE_ID,
            status: entity::user::Status::Active.into(),
            name: Stored::new("Ada Lovelace".to_owned()),
            bio: Some(Stored::new("First programmer.".to_owned())),
            avatar_url: None,
            phone_number: None,
            locale: Some(Stored::new("en-GB".to_owned())),
            timezone: Some(Stored::new("Europe/London".to_owned())),
            created_at: Timestamp::example(),
            updated_at: Timestamp::example(),
        }
    }
}

impl Example for ExportedPassword {
    fn example() -> Self {
        Self { updated_at: Timestamp::example() }
    }
}

impl Example for ExportedPhoneVerification {
    fn example() -> Self {
        Self {
            id: EXAMPLE_ID,
            phone_number: Stored::new("+442071838750".to_owned()),
            tries_left: 5,
            created_at: Timestamp::example(),
            expires_at: Some(Timestamp::example()),
        }
    }
}

impl Example for ExportedToken {
    fn example() -> Self {
        Self {
            id: EXAMPLE_ID,
            purpose: Purpose::VerifyEmail.into(),
            email: Stored::new("ada@example.com".to_owned()),
            issued_at: Timestamp::example(),
            expires_at: Timestamp::example(),
        }
    }
}

impl Example for ExportedMessage {
    fn example() -> Self {
        Self {
            id: EXAMPLE_ID,
            kind: outbox::MessageKind::EmailAdded.into(),
            recipient: "ada@example.com".to_owned(),
            subject: Some("ada@example.org".to_owned()),
            created_at: Timestamp::example(),
            due_at: Timestamp::example(),
            attempts: 0,
        }
    }
}

impl Example for ExportedAvatar {
    fn example() -> Self {
        Self {
            url: "https://accounts.example.com/avatars/4abq7ynujvxkrzmb4dzm2q6ctljkv3xe.png"
                .to_owned(),
            created_at: Timestamp::example(),
            delete_at: None,
            media_type: Some("image/png".to_owned()),
            content: Some("iVBORw0KGgo=".to_owned()),
        }
    }
}
