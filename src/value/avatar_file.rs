//! The name of the file that an uploaded picture is kept in.

use super::token::base32;

/// Bytes of randomness: 160 bits, so that nobody finds a picture by its name.
const SECRET: usize = 20;

/// A random name, which no other picture ever has: 32 characters of lower-case
/// base32, and an ending that says the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvatarFile {
    name: String,
    format: AvatarFormat,
}

/// What pictures are served as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AvatarFormat {
    /// For those that are opaque.
    Jpeg,
    /// For those with transparency.
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

    /// The name that `text` is, if it is one. No other text gets near a file.
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

    /// What the picture is served as.
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
