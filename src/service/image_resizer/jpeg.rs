//! Properties of a JPEG that the decoder does not report: how much memory its coefficients take,
//! and whether the file is complete.

/// The bytes that the coefficients of a progressive JPEG take: two for each sample. The
/// decoder keeps them all until it has read the last scan.
pub(super) fn coefficients(bytes: &[u8]) -> u64 {
    // The frame markers (ITU-T T.81, table B.1) that announce a progressive frame.
    const PROGRESSIVE: [u8; 4] = [0xC2, 0xC6, 0xCA, 0xCE];
    let frames = bytes.windows(10).filter_map(|window| match *window {
        [0xFF, marker, _, _, _, h, eight, w, idth, components] if PROGRESSIVE.contains(&marker) => {
            let side = |high, low| u64::from(u16::from_be_bytes([high, low]));
            Some(2 * side(h, eight) * side(w, idth) * u64::from(components.min(4)))
        }
        _ => None,
    });
    // The pixels themselves never contain a frame marker, but an embedded thumbnail may. The
    // largest frame counts.
    frames.max().unwrap_or_default()
}

/// Whether a JPEG extends to its end-of-image marker (ITU-T T.81, B.1).
pub(super) fn is_complete(bytes: &[u8]) -> bool {
    const END: u8 = 0xD9;
    const SCAN: u8 = 0xDA;
    let mut rest = bytes;
    loop {
        // A marker is `FF` and another byte. In a scan, `FF 00` and `FF D0` to `FF D7` are
        // part of the pixels. Other bytes are skipped, as decoders do.
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
    use super::*;

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
            assert_eq!(is_complete(&parts.concat()), expected, "{why}");
        }
    }
}
