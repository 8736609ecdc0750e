//! The name of the file of an uploaded avatar.

use super::token::base32;

/// The number of random bytes: 160 bits, so that the name of an avatar can't be guessed.
const SECRET: usize = 20;

/// A random name that no other avatar ever has: 32 characters of lower-case base32, and an
/// ending that says the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvatarFile {
    name: String,
    format: AvatarFormat,
}

/// The formats in which uploaded avatars are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AvatarFormat {
    /// For opaque avatars.
    Jpeg,
    /// For avatars with transparency.
    Png,
}

impl AvatarFormat {
    const ALL: [Self; 2] = [Self::Jpeg, Self::Png];

    const fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => ".jpg",
            Self::Png => ".png",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

impl AvatarFile {
    /// The name with these random bytes.
    pub fn new(format: AvatarFormat, secret: [u8; SECRET]) -> Self {
        Self { name: format!("{}{}", base32().encode(&secret), format.ending()), format }
    }

    /// Parses a name. Returns `None` for any other text, so that it is never used as a
    /// path.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        AvatarFormat::ALL.into_iter().find_map(|format| {
            let secret = text.strip_suffix(format.ending())?;
            let secret = base32().decode(secret.as_bytes()).ok()?;
            (secret.len() == SECRET).then(|| Self { name: text.to_owned(), format })
        })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The format in which the avatar is served.
    #[must_use]
    pub fn format(&self) -> AvatarFormat {
        self.format
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back() {
        for format in AvatarFormat::ALL {
            let file = AvatarFile::new(format, [7; SECRET]);
            assert_eq!(file.as_str().len(), 36);
            assert_eq!(AvatarFile::parse(file.as_str()), Some(file));
        }
    }

    #[test]
    fn nothing_else_is_a_name() {
        let name = "a".repeat(32);
        let cases = [
            (name.clone(), "no ending"),
            (format!("{name}.gif"), "another ending"),
            (format!("{name}.JPG"), "another case"),
            (format!("{name}a.jpg"), "too long"),
            (format!("{}.jpg", &name[1..]), "too short"),
            (format!("../{}.jpg", &name[3..]), "leads elsewhere"),
            (format!("{name}.jpg/"), "a folder"),
            (String::new(), "empty"),
        ];
        for (text, why) in cases {
            assert_eq!(AvatarFile::parse(&text), None, "{why}");
        }
    }
}
