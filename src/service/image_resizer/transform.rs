//! Converts the bytes of an upload to the bytes of an avatar.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{
    DynamicImage, GenericImageView as _, ImageDecoder, ImageError, ImageFormat, Limits, RgbaImage,
};

use super::{ResizedImage, jpeg};
use crate::value::AvatarFormat;

/// The pixels on each side of an avatar.
const SIDE: u32 = 512;
/// The maximum number of pixels on each side of an upload.
const MAX_SIDE: u32 = 8192;
/// The maximum number of bytes that an upload may take once it is decoded.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
/// The JPEG quality, from 1 to 100. A higher quality makes the file larger and looks no better.
const JPEG_QUALITY: u8 = 85;

/// Why an upload can't become an avatar.
#[derive(Debug, thiserror::Error)]
pub(super) enum InvalidImage {
    /// The decoder refused the upload.
    #[error(transparent)]
    Undecodable(#[from] ImageError),
    /// The format is not PNG, JPEG or WebP.
    #[error("the format is not PNG, JPEG or WebP")]
    Format,
    /// The image is animated.
    #[error("the image is animated")]
    Animated,
    /// The end of the file is missing.
    #[error("the end of the file is missing")]
    Truncated,
}

/// Makes an avatar: a JPEG if the image is opaque, otherwise a PNG.
pub(super) fn resize(upload: &[u8]) -> Result<ResizedImage, InvalidImage> {
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
    Ok(ResizedImage { bytes: bytes.into(), format })
}

/// Decodes the upload. Returns the square in the middle of the image, upright and without
/// metadata.
fn decode(upload: &[u8]) -> Result<RgbaImage, InvalidImage> {
    let source = Cursor::new(upload);
    let (image, orientation) = match image::guess_format(upload)? {
        ImageFormat::Png => {
            let decoder = PngDecoder::with_limits(source, limits())?;
            if decoder.is_apng()? {
                return Err(InvalidImage::Animated);
            }
            read(decoder, 0)?
        }
        ImageFormat::Jpeg => {
            // When pixels are missing, the decoder does not fail, but fills them in.
            if !jpeg::is_complete(upload) {
                return Err(InvalidImage::Truncated);
            }
            read(JpegDecoder::new(source)?, jpeg::coefficients(upload))?
        }
        ImageFormat::WebP => {
            let decoder = WebPDecoder::new(source)?;
            if decoder.has_animation() {
                return Err(InvalidImage::Animated);
            }
            read(decoder, 0)?
        }
        _ => return Err(InvalidImage::Format),
    };
    // The image is rotated after scaling, because rotating the small square takes less time.
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

/// Decodes an image. Checks the limits before it allocates memory. Decoding takes `extra`
/// bytes in addition to the image.
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

/// The largest square in the middle of the image, scaled to the size of an avatar.
fn square(image: &DynamicImage) -> RgbaImage {
    let (width, height) = image.dimensions();
    let side = width.min(height);
    if side > 4 * SIDE {
        // Averaging reads each pixel once, and needs no copy of the square.
        let scaled = |length: u32| length * 2 * SIDE / side;
        return square(&image.thumbnail_exact(scaled(width), scaled(height)));
    }
    let middle = image.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    middle.resize_exact(SIDE, SIDE, FilterType::CatmullRom).into_rgba8()
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
            let opaque = resize(&encoded(&plain(40, 30, [9, 99, 199, 255]), format)).unwrap();
            assert_eq!(opaque.format, AvatarFormat::Jpeg, "{format:?}");
            assert!(opaque.bytes.starts_with(&[0xFF, 0xD8]));
            let clear = resize(&encoded(&plain(40, 30, [9, 99, 199, 100]), format)).unwrap();
            assert_eq!(clear.format, AvatarFormat::Png, "{format:?}");
            assert!(clear.bytes.starts_with(b"\x89PNG"));
        }
    }

    #[test]
    fn the_middle_of_any_shape_is_a_square() {
        for (width, height) in [(1, 1), (8192, 1), (1, 8192), (512, 512), (3000, 2500)] {
            let image = plain(width, height, [200, 100, 50, 255]).into_rgb8().into();
            let resized = resize(&encoded(&image, ImageFormat::Jpeg)).unwrap();
            let avatar = image::load_from_memory(&resized.bytes).unwrap();
            assert_eq!(avatar.dimensions(), (SIDE, SIDE), "{width} x {height}");
            assert!(avatar.get_pixel(0, SIDE - 1).0[0].abs_diff(200) < 4, "{width} x {height}");
        }
    }

    #[test]
    fn what_takes_too_much_is_refused_before_it_is_decoded() {
        let is_limit =
            |error: &_| matches!(error, InvalidImage::Undecodable(ImageError::Limits(_)));
        for (width, height) in [(MAX_SIDE + 1, 1), (1, MAX_SIDE + 1)] {
            let image = plain(width, height, [0; 4]).into_rgb8().into();
            for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
                let error = resize(&encoded(&image, format)).unwrap_err();
                assert!(is_limit(&error), "{format:?}: {error}");
            }
        }
        // With 16 bits per channel, an image takes too much memory although no side is too long.
        // This file contains only the header of such an image, and no pixels.
        let side = 6000_u32.to_be_bytes();
        let header = [&side[..], &side, &[16, 6, 0, 0, 0]].concat();
        let chunk = |name: &[u8], data: &[u8]| {
            let length = u32::try_from(data.len()).unwrap().to_be_bytes();
            let checksum = crc32fast::hash(&[name, data].concat()).to_be_bytes();
            [&length, name, data, &checksum].concat()
        };
        let png = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &[])];
        let error = resize(&png.concat()).unwrap_err();
        assert!(is_limit(&error), "{error}");
    }

    #[test]
    fn every_cut_is_noticed() {
        let image = plain(64, 64, [200, 100, 50, 255]).into_rgb8().into();
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let whole = encoded(&image, format);
            assert!(resize(&whole).is_ok());
            // The last bytes of a PNG are the checksum of an empty chunk.
            for length in (0..whole.len() - 16).step_by(7) {
                assert!(resize(&whole[..length]).is_err(), "{format:?}: {length} bytes");
            }
        }
    }
}
