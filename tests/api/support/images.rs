//! Images to upload: valid ones and invalid ones.

use std::io::{Cursor, Write as _};

use super::image_files::{RIFF, exif, jpeg_with, png_chunk, png_with, webp, webp_chunk, webp_with};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A text that the metadata of every [`TestImage`] contains.
pub(crate) const SECRET: &str = "51.4275 N, 0.0877 W";

/// An image whose left half is red and whose right half is blue. The metadata contain an
/// orientation and [`SECRET`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestImage {
    pub(crate) format: ImageFormat,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The EXIF orientation: 1 is upright, and 6 means that a viewer turns it clockwise.
    pub(crate) orientation: u8,
}

impl TestImage {
    pub(crate) fn new(format: ImageFormat) -> Self {
        Self { format, width: 600, height: 400, orientation: 1 }
    }

    /// The content of the file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let Self { format, width, height, orientation } = *self;
        let image = RgbImage::from_fn(width, height, |x, _| {
            if x < width / 2 { Rgb([220, 30, 30]) } else { Rgb([30, 30, 220]) }
        });
        let bytes = encoded(&image.into(), format);
        let exif = exif(orientation);
        match format {
            ImageFormat::Jpeg => jpeg_with(&bytes, &exif),
            ImageFormat::Png => {
                let text = format!("Comment\0{SECRET}");
                png_with(&bytes, &[(b"eXIf", &exif), (b"tEXt", text.as_bytes())])
            }
            ImageFormat::WebP => webp_with(&bytes, width, height, &exif),
            other => panic!("a test image in {other:?} has no metadata"),
        }
    }
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A grey PNG without metadata.
pub(crate) fn plain_png(width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_pixel(width, height, Rgb([128, 128, 128]));
    encoded(&image.into(), ImageFormat::Png)
}

/// An animated image.
pub(crate) fn animated(format: ImageFormat) -> Vec<u8> {
    const HAS_ANIMATION: u8 = 0b0000_0010;
    let image = RgbImage::new(8, 8).into();
    let still = encoded(&image, format);
    match format {
        ImageFormat::Png => png_with(&still, &[(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0])]),
        ImageFormat::WebP => {
            let place = [0, 0, 0, 0, 0, 0, 7, 0, 0, 7, 0, 0, 100, 0, 0, 0];
            let frame = webp_chunk(b"ANMF", &[&place, &still[RIFF..]].concat());
            let loops = webp_chunk(b"ANIM", &[0; 6]);
            webp(HAS_ANIMATION, (8, 8), &[&loops, &frame, &frame])
        }
        other => panic!("{other:?} has no animation"),
    }
}

/// A decompression bomb: a small file with a large black image.
pub(crate) fn bomb(width: u32, height: u32) -> Vec<u8> {
    // One bit per pixel, and one byte per row that names the filter.
    let row = vec![0; 1 + usize::try_from(width).unwrap().div_ceil(8)];
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..height {
        pixels.write_all(&row).unwrap();
    }
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
    let chunks = [
        png_chunk(b"IHDR", &header),
        png_chunk(b"IDAT", &pixels.finish().unwrap()),
        png_chunk(b"IEND", &[]),
    ];
    [b"\x89PNG\r\n\x1a\n", &chunks.concat()[..]].concat()
}
