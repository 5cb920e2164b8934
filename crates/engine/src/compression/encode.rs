//! Bodies that are all there.

use std::io::{self, Write};

use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Coding;

/// Levels at which a body of some kilobytes takes well below a millisecond.
const BROTLI: i32 = 4;
const ZSTD: i32 = 3;
const GZIP: u32 = 5;

/// The coded body; `None` where it would be no shorter. All bodies that are not streams go through here: this is the place from
/// which long ones can be given to another thread.
pub(super) fn whole(coding: Coding, body: &[u8]) -> Option<Bytes> {
    let coded = match coding {
        Coding::Brotli => brotli(body),
        Coding::Zstd => zstd::bulk::compress(body, ZSTD),
        Coding::Gzip => gzip(body),
    };
    coded
        .ok()
        .filter(|coded| coded.len() < body.len())
        .map(Bytes::from)
}

fn room(body: &[u8]) -> Vec<u8> {
    Vec::with_capacity(body.len() / 3)
}

fn brotli(mut body: &[u8]) -> io::Result<Vec<u8>> {
    // A window that holds the body and no more: what is set up for it costs more than a short body's coding.
    let window = usize::BITS - body.len().leading_zeros();
    let parameters = BrotliEncoderParams {
        quality: BROTLI,
        lgwin: i32::try_from(window).unwrap_or(22).clamp(10, 22),
        size_hint: body.len(),
        ..BrotliEncoderParams::default()
    };
    let mut coded = room(body);
    brotli::BrotliCompress(&mut body, &mut coded, &parameters)?;
    Ok(coded)
}

fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(room(body), Compression::new(GZIP));
    encoder.write_all(body)?;
    encoder.finish()
}
