//! Text values, such as email addresses and tokens: a text is parsed once, and from then on
//! its type proves that it is valid. The rules for accounts are in the service's `account`.
//!
//! Each value has its form, its schema and its parser here. None of them does I/O.

pub mod accent_color;
pub mod avatar_file;
pub mod avatar_url;
pub mod bio;
pub mod context_words;
pub mod country;
pub mod device_id;
pub mod email;
pub mod locale;
pub mod loopback;
pub mod name;
pub mod network;
pub mod password;
pub mod phone_code;
pub mod phone_number;
pub mod public_url;
pub mod text_value;
pub mod timezone;
pub mod token;

pub use accent_color::AccentColor;
pub use avatar_file::{AvatarFile, AvatarFormat};
pub use avatar_url::AvatarUrl;
pub use bio::Bio;
pub use context_words::ContextWords;
pub use country::{CallingCode, Countries, Country, calling_codes};
pub use device_id::DeviceId;
pub use email::Email;
pub use locale::Locale;
pub use loopback::is_loopback;
pub use name::Name;
pub use network::Network;
pub use password::{NewPassword, Password};
pub use phone_code::PhoneCode;
pub use phone_number::PhoneNumber;
pub use public_url::PublicUrl;
pub use text_value::{TextValue, ValueError};
pub use timezone::Timezone;
pub use token::{OneTimeToken, Token, TokenHash};
