//! The examples of an export.

use entity::known_client::MarkKind;
use entity::one_time_token::Purpose;
use entity::{outbox, user};
use poem_openapi::types::Example;
use uuid::Uuid;

use super::{
    Export, ExportedAvatar, ExportedKnownClient, ExportedMessage, ExportedPassword,
    ExportedPhoneVerification, ExportedToken, ExportedUser, Shown, Timestamp,
};

const EXAMPLE_ID: Uuid = Uuid::from_u128(0x019a_b000_8a45_7e13_b6a0_93d2_1c7f_58e4);

impl Example for Export {
    fn example() -> Self {
        Self {
            exported_at: Timestamp::example(),
            user: Example::example(),
            password: Example::example(),
            emails: vec![Example::example()],
            phone_verifications: vec![],
            sessions: vec![Example::example()],
            known_clients: vec![Example::example()],
            one_time_tokens: vec![],
            messages: vec![],
            avatars: vec![Example::example()],
            events: vec![Example::example()],
        }
    }
}

impl Example for ExportedUser {
    fn example() -> Self {
        Self {
            id: EXAMPLE_ID,
            status: user::Status::Active.into(),
            name: Shown::example(),
            bio: Some(Shown::example()),
            avatar_url: None,
            phone_number: None,
            locale: Some(Shown::example()),
            timezone: Some(Shown::example()),
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
            phone_number: Shown::example(),
            tries_left: 5,
            created_at: Timestamp::example(),
            expires_at: Some(Timestamp::example()),
        }
    }
}

impl Example for ExportedKnownClient {
    fn example() -> Self {
        Self { id: EXAMPLE_ID, kind: MarkKind::Device.into(), last_used_at: Timestamp::example() }
    }
}

impl Example for ExportedToken {
    fn example() -> Self {
        Self {
            id: EXAMPLE_ID,
            purpose: Purpose::VerifyEmail.into(),
            email: Shown::example(),
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
            device: None,
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
