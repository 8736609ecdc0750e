//! Making an avatar of what was uploaded.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{
    DynamicImage, GenericImageView as _, ImageDecoder, ImageError, ImageFormat, Limits, RgbaImage,
};
use tokio::sync::Semaphore;

use super::AccountError;
use crate::value::avatar_file::AvatarFormat;

/// Pixels of a side of an avatar.
pub const SIDE: u32 = 512;
/// Most pixels of a side of what is uploaded.
const MAX_SIDE: u32 = 8192;
/// Most bytes that it may take once decoded.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
/// Of 100; more is larger, and looks no better.
const JPEG_QUALITY: u8 = 85;

/// An avatar: a square of [`SIDE`], and nothing but its pixels.
#[derive(Debug)]
pub struct Picture {
    /// The file.
    pub bytes: Bytes,
    /// What it is.
    pub format: AvatarFormat,
}

/// Makes avatars, off the async threads and one at a time: a hostile upload may
/// take much memory and a second of a core, and two would take twice of both.
#[derive(Clone, Debug)]
pub struct Painter {
    permit: Arc<Semaphore>,
    patience: Duration,
}

impl Painter {
    /// A painter that refuses what would have to wait longer than `patience`.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self { permit: Arc::new(Semaphore::new(1)), patience }
    }

    /// Makes an avatar of a PNG, JPEG or WebP, whatever it is called.
    ///
    /// # Errors
    /// [`AccountError::InvalidImage`], [`AccountError::Busy`].
    pub async fn paint(&self, upload: Bytes) -> Result<Picture, AccountError> {
        let waiting = Arc::clone(&self.permit).acquire_owned();
        let permit = tokio::time::timeout(self.patience, waiting)
            .await
            .map_err(|_| AccountError::Busy)?
            .map_err(AccountError::internal)?;
        // The permit goes along: a request that is cancelled does not free memory
        // that is still in use.
        let painted = tokio::task::spawn_blocking(move || {
            let picture = picture(&upload);
            drop(permit);
            picture
        });
        match painted.await {
            Ok(picture) => picture.map_err(|_| AccountError::InvalidImage),
            // A decoder that panics has been fed something that is no image.
            Err(ended) if ended.is_panic() => Err(AccountError::InvalidImage),
            Err(ended) => Err(AccountError::internal(ended)),
        }
    }
}

/// Why there is no picture. Callers are told the same of all.
#[derive(Debug, thiserror::Error)]
enum Unpaintable {
    #[error(transparent)]
    Undecodable(#[from] ImageError),
    #[error("the format is none of those taken")]
    Format,
    #[error("the image moves")]
    Animated,
    #[error("the end is missing")]
    CutShort,
}

fn picture(upload: &[u8]) -> Result<Picture, Unpaintable> {
    let square = decode(upload)?;
    let mut bytes = Vec::new();
    let format = if square.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        let opaque = DynamicImage::from(square).into_rgb8();
        opaque.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
        AvatarFormat::Jpeg
    } else {
        square.write_with_encoder(PngEncoder::new(&mut bytes))?;
        AvatarFormat::Png
    };
    Ok(Picture { bytes: bytes.into(), format })
}

/// The middle of the image, as it is meant to be seen. What else the file says is
/// left behind.
fn decode(upload: &[u8]) -> Result<RgbaImage, Unpaintable> {
    let source = Cursor::new(upload);
    let (image, orientation) = match image::guess_format(upload)? {
        ImageFormat::Png => {
            let decoder = PngDecoder::with_limits(source, limits())?;
            if decoder.is_apng()? {
                return Err(Unpaintable::Animated);
            }
            read(decoder, 0)?
        }
        ImageFormat::Jpeg => {
            // The decoder makes up what is missing.
            if !is_complete_jpeg(upload) {
                return Err(Unpaintable::CutShort);
            }
            read(JpegDecoder::new(source)?, coefficients(upload))?
        }
        ImageFormat::WebP => {
            let decoder = WebPDecoder::new(source)?;
            if decoder.has_animation() {
                return Err(Unpaintable::Animated);
            }
            read(decoder, 0)?
        }
        _ => return Err(Unpaintable::Format),
    };
    // A square that is turned is a square: turning the small one takes less.
    let mut square = DynamicImage::from(square(&image));
    square.apply_orientation(orientation);
    Ok(square.into_rgba8())
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    limits
}

/// Decodes within the limits, which are asked before any memory is. It takes `extra`
/// bytes besides the image.
fn read(
    mut decoder: impl ImageDecoder,
    extra: u64,
) -> Result<(DynamicImage, Orientation), ImageError> {
    let mut limits = limits();
    decoder.set_limits(limits.clone())?;
    limits.reserve(decoder.total_bytes())?;
    limits.reserve(extra)?;
    let orientation = decoder.orientation()?;
    Ok((DynamicImage::from_decoder(decoder)?, orientation))
}

/// The largest square in the middle, as an avatar.
fn square(image: &DynamicImage) -> RgbaImage {
    let (width, height) = image.dimensions();
    let side = width.min(height);
    if side > 4 * SIDE {
        // Averaging looks at each pixel once, and needs no copy of the middle.
        let scaled = |length: u32| length * 2 * SIDE / side;
        return square(&image.thumbnail_exact(scaled(width), scaled(height)));
    }
    let middle = image.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    middle.resize_exact(SIDE, SIDE, FilterType::CatmullRom).into_rgba8()
}

/// Bytes that the coefficients of a progressive JPEG take, which are all kept until the
/// last scan has come: two for each sample.
fn coefficients(bytes: &[u8]) -> u64 {
    // Markers of frames (ITU-T T.81, table B.1): of them, these are progressive.
    const PROGRESSIVE: [u8; 4] = [0xC2, 0xC6, 0xCA, 0xCE];
    let frames = bytes.windows(10).filter_map(|window| match *window {
        [0xFF, marker, _, _, _, h, eight, w, idth, components] if PROGRESSIVE.contains(&marker) => {
            let side = |high, low| u64::from(u16::from_be_bytes([high, low]));
            Some(2 * side(h, eight) * side(w, idth) * u64::from(components.min(4)))
        }
        _ => None,
    });
    // In the pixels themselves no marker stands, but in a thumbnail one may: the largest.
    frames.max().unwrap_or_default()
}

/// Whether a JPEG goes on to its end-of-image marker (ITU-T T.81, B.1).
fn is_complete_jpeg(bytes: &[u8]) -> bool {
    const END: u8 = 0xD9;
    const SCAN: u8 = 0xDA;
    let mut rest = bytes;
    loop {
        // Markers are `FF` and a byte; in a scan, those of `00` and `D0` to `D7` are
        // part of it. What is no marker is skipped, as decoders do.
        match rest {
            [0xFF, END, ..] => return true,
            [0xFF, 0x00 | 0x01 | 0xD0..=0xD8 | 0xFF, ..] | [_] | [] => {
                let Some((_, after)) = rest.split_first() else { return false };
                rest = after;
            }
            [0xFF, marker, high, low, ..] if *marker != SCAN => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let Some(after) = rest.get(2 + length..) else { return false };
                rest = after;
            }
            [_, after @ ..] => rest = after,
        }
    }
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn plain(width: u32, height: u32, pixel: [u8; 4]) -> DynamicImage {
        RgbaImage::from_pixel(width, height, Rgba(pixel)).into()
    }

    #[test]
    fn what_is_opaque_becomes_jpeg_and_the_rest_png() {
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let opaque = picture(&encoded(&plain(40, 30, [9, 99, 199, 255]), format)).unwrap();
            assert_eq!(opaque.format, AvatarFormat::Jpeg, "{format:?}");
            assert!(opaque.bytes.starts_with(&[0xFF, 0xD8]));
            let clear = picture(&encoded(&plain(40, 30, [9, 99, 199, 100]), format)).unwrap();
            assert_eq!(clear.format, AvatarFormat::Png, "{format:?}");
            assert!(clear.bytes.starts_with(b"\x89PNG"));
        }
    }

    #[test]
    fn the_middle_of_any_shape_is_a_square() {
        for (width, height) in [(1, 1), (8192, 1), (1, 8192), (512, 512), (3000, 2500)] {
            let image = plain(width, height, [200, 100, 50, 255]).into_rgb8().into();
            let picture = picture(&encoded(&image, ImageFormat::Jpeg)).unwrap();
            let avatar = image::load_from_memory(&picture.bytes).unwrap();
            assert_eq!(avatar.dimensions(), (SIDE, SIDE), "{width} x {height}");
            assert!(avatar.get_pixel(0, SIDE - 1).0[0].abs_diff(200) < 4, "{width} x {height}");
        }
    }

    #[test]
    fn what_takes_too_much_is_refused_before_it_is_decoded() {
        let is_limit = |error: &_| matches!(error, Unpaintable::Undecodable(ImageError::Limits(_)));
        for (width, height) in [(MAX_SIDE + 1, 1), (1, MAX_SIDE + 1)] {
            let image = plain(width, height, [0; 4]).into_rgb8().into();
            for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
                let error = picture(&encoded(&image, format)).unwrap_err();
                assert!(is_limit(&error), "{format:?}: {error}");
            }
        }
        // With 16 bits a channel, a side that is not too long takes too much. Its
        // pixels are not even there.
        let side = 6000_u32.to_be_bytes();
        let header = [&side[..], &side, &[16, 6, 0, 0, 0]].concat();
        let chunk = |name: &[u8], data: &[u8]| {
            let length = u32::try_from(data.len()).unwrap().to_be_bytes();
            let checksum = crc32fast::hash(&[name, data].concat()).to_be_bytes();
            [&length, name, data, &checksum].concat()
        };
        let png = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &[])];
        let error = picture(&png.concat()).unwrap_err();
        assert!(is_limit(&error), "{error}");
    }

    #[test]
    fn every_cut_is_noticed() {
        let image = plain(64, 64, [200, 100, 50, 255]).into_rgb8().into();
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let whole = encoded(&image, format);
            assert!(picture(&whole).is_ok());
            // The last bytes of a PNG are a checksum of nothing.
            for length in (0..whole.len() - 16).step_by(7) {
                assert!(picture(&whole[..length]).is_err(), "{format:?}: {length} bytes");
            }
        }
    }

    #[test]
    fn a_jpeg_ends_at_its_own_end_and_not_at_that_of_a_preview() {
        let scan = [0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 7, 0xFF, 0, 7, 0xFF, 0xD3, 7];
        let preview = [0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xDA, 0xFF, 0xD9];
        let cases: [(&[&[u8]], bool, &str); 7] = [
            (&[&scan, &[0xFF, 0xD9]], true, "whole"),
            (&[&scan, &[0xFF, 0xFF, 0xD9]], true, "with fill bytes"),
            (&[&scan, &[0xFF, 0xD9], b"and what follows"], true, "with something behind it"),
            (&[&scan], false, "without an end"),
            (&[&preview, &scan[2..]], false, "with the end of its preview only"),
            (&[&preview, &scan[2..], &[0xFF, 0xD9]], true, "with a preview"),
            (&[&scan, &[0xFF]], false, "cut within its end"),
        ];
        for (parts, expected, why) in cases {
            assert_eq!(is_complete_jpeg(&parts.concat()), expected, "{why}");
        }
    }

    #[tokio::test]
    async fn who_has_to_wait_too_long_is_told_to_come_back() {
        let painter = Painter::new(Duration::ZERO);
        let held = painter.permit.acquire().await.unwrap();
        let busy = painter.paint(Bytes::new()).await.unwrap_err();
        assert!(matches!(busy, AccountError::Busy));
        drop(held);
        let painter = Painter::new(Duration::from_secs(30));
        let invalid = painter.paint(Bytes::new()).await.unwrap_err();
        assert!(matches!(invalid, AccountError::InvalidImage));
    }
}
