//! Images of every kind, good and bad.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// What stands in all metadata.
pub(crate) const SECRET: &str = "51.4275 N, 0.0877 W";

/// An image that is red on its left and blue on its right, with metadata that says
/// how to turn it, and a secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picture {
    pub(crate) format: ImageFormat,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// As EXIF counts: 1 is upright, 6 is to be turned clockwise.
    pub(crate) orientation: u8,
}

impl Picture {
    pub(crate) fn new(format: ImageFormat) -> Self {
        Self { format, width: 600, height: 400, orientation: 1 }
    }

    /// The file.
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
            other => panic!("{other:?} has no metadata here"),
        }
    }
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A grey PNG without anything else.
pub(crate) fn plain_png(width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_pixel(width, height, Rgb([128, 128, 128]));
    encoded(&image.into(), ImageFormat::Png)
}

/// EXIF (TIFF, little-endian): an orientation, and a description that is secret.
fn exif(orientation: u8) -> Vec<u8> {
    let length = u8::try_from(SECRET.len()).unwrap();
    let mut exif = b"II\x2a\0\x08\0\0\0\x02\0".to_vec();
    // Tag, type, count, value or where it stands.
    exif.extend([0x0e, 0x01, 2, 0, length, 0, 0, 0, 38, 0, 0, 0]);
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    exif.extend([0; 4]);
    exif.extend(SECRET.as_bytes());
    exif
}

/// With an APP1 segment after the start of the image.
fn jpeg_with(jpeg: &[u8], exif: &[u8]) -> Vec<u8> {
    let length = u16::try_from(2 + 6 + exif.len()).unwrap().to_be_bytes();
    let (start, rest) = jpeg.split_at(2);
    [start, &[0xff, 0xe1], &length, b"Exif\0\0", exif, rest].concat()
}

const SIGNATURE: usize = 8;
/// Bytes of the first chunk, with its length, its name and its checksum.
const HEADER: usize = 12 + 13;

/// With chunks after the first one.
fn png_with(png: &[u8], chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let (head, rest) = png.split_at(SIGNATURE + HEADER);
    let chunks: Vec<u8> = chunks.iter().flat_map(|(name, data)| png_chunk(name, data)).collect();
    [head, &chunks, rest].concat()
}

fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    let checksum = crc32fast::hash(&[name, data].concat()).to_be_bytes();
    [&length, &name[..], data, &checksum].concat()
}

fn webp_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    let padding = &[0][..data.len() % 2];
    [&name[..], &length, data, padding].concat()
}

/// The extended form: what it has, the image, and chunks around it.
fn webp(flags: u8, (width, height): (u32, u32), chunks: &[&[u8]]) -> Vec<u8> {
    let [w0, w1, w2, _] = (width - 1).to_le_bytes();
    let [h0, h1, h2, _] = (height - 1).to_le_bytes();
    let head = webp_chunk(b"VP8X", &[flags, 0, 0, 0, w0, w1, w2, h0, h1, h2]);
    let content = [b"WEBP", &head[..], &chunks.concat()].concat();
    webp_chunk(b"RIFF", &content)
}

/// Bytes before the image in the simple form.
const RIFF: usize = 12;

fn webp_with(simple: &[u8], width: u32, height: u32, exif: &[u8]) -> Vec<u8> {
    const HAS_EXIF: u8 = 0b0000_1000;
    webp(HAS_EXIF, (width, height), &[&simple[RIFF..], &webp_chunk(b"EXIF", exif)])
}

/// An image that moves, although not by much.
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
        other => panic!("{other:?} stands still"),
    }
}

/// A PNG that is small, and black on a surface that is not.
pub(crate) fn bomb(width: u32, height: u32) -> Vec<u8> {
    // One bit a pixel, and a byte a row that says how it is filtered.
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
