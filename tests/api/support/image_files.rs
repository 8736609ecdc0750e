//! The file formats of images, as far as tests write them by hand.

use super::images::SECRET;

/// EXIF (TIFF, little-endian) with an orientation, and with [`SECRET`] as description.
pub(super) fn exif(orientation: u8) -> Vec<u8> {
    let length = u8::try_from(SECRET.len()).unwrap();
    let mut exif = b"II\x2a\0\x08\0\0\0\x02\0".to_vec();
    // The tag, the type, the count, and the value or its position.
    exif.extend([0x0e, 0x01, 2, 0, length, 0, 0, 0, 38, 0, 0, 0]);
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    exif.extend([0; 4]);
    exif.extend(SECRET.as_bytes());
    exif
}

/// Adds an APP1 segment after the start of the image.
pub(super) fn jpeg_with(jpeg: &[u8], exif: &[u8]) -> Vec<u8> {
    let length = u16::try_from(2 + 6 + exif.len()).unwrap().to_be_bytes();
    let (start, rest) = jpeg.split_at(2);
    [start, &[0xff, 0xe1], &length, b"Exif\0\0", exif, rest].concat()
}

const SIGNATURE: usize = 8;
/// The size of the first chunk, with its length, its name and its checksum.
const HEADER: usize = 12 + 13;

/// Adds chunks after the first one.
pub(super) fn png_with(png: &[u8], chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let (head, rest) = png.split_at(SIGNATURE + HEADER);
    let chunks: Vec<u8> = chunks.iter().flat_map(|(name, data)| png_chunk(name, data)).collect();
    [head, &chunks, rest].concat()
}

pub(super) fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    let checksum = crc32fast::hash(&[name, data].concat()).to_be_bytes();
    [&length, &name[..], data, &checksum].concat()
}

pub(super) fn webp_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    let padding = &[0][..data.len() % 2];
    [&name[..], &length, data, padding].concat()
}

/// The extended file format: flags, the size of the image, and chunks.
pub(super) fn webp(flags: u8, (width, height): (u32, u32), chunks: &[&[u8]]) -> Vec<u8> {
    let [w0, w1, w2, _] = (width - 1).to_le_bytes();
    let [h0, h1, h2, _] = (height - 1).to_le_bytes();
    let head = webp_chunk(b"VP8X", &[flags, 0, 0, 0, w0, w1, w2, h0, h1, h2]);
    let content = [b"WEBP", &head[..], &chunks.concat()].concat();
    webp_chunk(b"RIFF", &content)
}

/// The number of bytes before the image in the simple file format.
pub(super) const RIFF: usize = 12;

pub(super) fn webp_with(simple: &[u8], width: u32, height: u32, exif: &[u8]) -> Vec<u8> {
    const HAS_EXIF: u8 = 0b0000_1000;
    webp(HAS_EXIF, (width, height), &[&simple[RIFF..], &webp_chunk(b"EXIF", exif)])
}
