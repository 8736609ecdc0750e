//! The colour of the operator, in shades that can be read.

use std::fmt;
use std::str::FromStr;

/// The minimum contrast of text (WCAG 2.2, 1.4.3).
const CONTRAST: f64 = 4.5;

/// The surfaces behind text in light and in dark mode, as in `tokens.css`.
const LIGHT: Rgb = Rgb([0xff, 0xff, 0xff]);
const DARK: Rgb = Rgb([0x17, 0x1e, 0x1b]);
/// The darkest text, which stands on the accent colour in the dark.
const INK: Rgb = Rgb([0x06, 0x14, 0x11]);
const BLACK: Rgb = Rgb([0, 0, 0]);

/// How much of the accent colour a tinted surface has, in percent.
const TINT: u16 = 12;

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb([u8; 3]);

/// The accent colour of the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccentColor(Rgb);

/// The shades of the accent colour on light or on dark surfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shades {
    /// Links, buttons and icons.
    pub accent: Rgb,
    /// The same while a pointer is on them.
    pub strong: Rgb,
    /// Text on the accent colour.
    pub on_accent: Rgb,
    /// A surface that stands out.
    pub tint: Rgb,
}

/// The colour of the pages, unless the operator has chosen another one.
impl Default for AccentColor {
    fn default() -> Self {
        Self(Rgb([0x0d, 0x6e, 0x63]))
    }
}

impl AccentColor {
    /// The shades on light surfaces: the colour itself if it is dark enough to be read, or else the
    /// closest one that is.
    #[must_use]
    pub fn on_light(self) -> Shades {
        self.readable_on(LIGHT, BLACK, LIGHT)
    }

    /// The shades on dark surfaces: the colour itself if it is light enough, or else the closest
    /// one that is.
    #[must_use]
    pub fn on_dark(self) -> Shades {
        self.readable_on(DARK, LIGHT, INK)
    }

    /// Moves the colour towards `end` until text of it can be read on a tinted surface, and text of
    /// `on_accent` on it.
    fn readable_on(self, surface: Rgb, end: Rgb, on_accent: Rgb) -> Shades {
        let shades = |percent| {
            let accent = self.0.mixed(end, percent);
            let (strong, tint) = (accent.mixed(end, 75), accent.mixed(surface, TINT));
            Shades { accent, strong, on_accent, tint }
        };
        let is_readable = |Shades { accent, on_accent, tint, .. }: &Shades| {
            accent.contrast(*tint) >= CONTRAST && accent.contrast(*on_accent) >= CONTRAST
        };
        // The end itself can always be read.
        (1..=100).rev().map(shades).find(is_readable).unwrap_or_else(|| shades(0))
    }
}

impl Rgb {
    /// `percent` of this colour, and the rest of another one.
    fn mixed(self, other: Self, percent: u16) -> Self {
        let mut mixed = other.0;
        for (mixed, own) in mixed.iter_mut().zip(self.0) {
            let sum = u16::from(own) * percent + u16::from(*mixed) * (100 - percent);
            *mixed = u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// The contrast with another colour, from 1 to 21 (WCAG 2.2, "contrast ratio").
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }

    /// The relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| match f64::from(channel) / 255.0 {
            low if low <= 0.04045 => low / 12.92,
            high => ((high + 0.055) / 1.055).powf(2.4),
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl FromStr for AccentColor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_hex =
            |digits: &&str| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let digits = text.strip_prefix('#').filter(is_hex);
        let channel = |at: usize| u8::from_str_radix(digits?.get(at..at + 2)?, 16).ok();
        match (channel(0), channel(2), channel(4)) {
            (Some(red), Some(green), Some(blue)) => Ok(Self(Rgb([red, green, blue]))),
            _ => Err("must be a colour like `#0d6e63`".to_owned()),
        }
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> AccentColor {
        text.parse().unwrap()
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        assert_eq!(color("#0d6e63").on_light().accent.to_string(), "#0d6e63");
        assert_eq!(color("#67D0BE").on_dark().accent.to_string(), "#67d0be");
    }

    #[test]
    fn any_colour_has_shades_that_can_be_read() {
        for channels in 0..6 * 6 * 6 {
            let channel = |step: u32| u8::try_from(channels / step % 6 * 51).unwrap();
            let color = AccentColor(Rgb([channel(1), channel(6), channel(36)]));
            for (shades, surface) in [(color.on_light(), LIGHT), (color.on_dark(), DARK)] {
                for behind in [surface, shades.tint, shades.on_accent] {
                    let contrast = shades.accent.contrast(behind);
                    assert!(contrast >= CONTRAST, "{color:?}: {contrast} on {behind}");
                }
            }
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((LIGHT.contrast(BLACK) - 21.0).abs() < 1e-9);
        assert!((Rgb([0x76, 0x76, 0x76]).contrast(LIGHT) - 4.54).abs() < 0.01);
    }

    #[test]
    fn what_is_no_colour_is_refused_with_an_example() {
        for text in ["", "teal", "0d6e63", "#0d6", "#0d6e6g", "#+d6e63", "#0d6e63ff", "#é0d6e"] {
            assert!(text.parse::<AccentColor>().unwrap_err().contains("`#0d6e63`"), "{text}");
        }
    }
}
