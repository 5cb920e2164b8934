//! Bodies that come in chunks: each chunk can be read by the client as soon as it has been sent.

use std::io::{self, Write};
use std::task::{Context, Poll, ready};

use brotli::CompressorWriter;
use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Coding;
use crate::{Body, ChunkSource};

/// Lower levels and smaller windows than those of whole bodies: a stream may live for hours, and there may be thousands.
const BROTLI: i32 = 3;
const ZSTD: i32 = 1;
const GZIP: u32 = 3;
/// Two to the power of this is the window in bytes.
const WINDOW: u32 = 16;

/// As much as is coded at a time: so much of an answer is in memory twice, and for so long nobody else gets a turn.
const PIECE: usize = 64 * 1024;

/// The same stream, coded; as it was where no encoder can be had.
pub(super) fn wrap(coding: Coding, source: Box<dyn ChunkSource>) -> Result<Body, Body> {
    match Encoder::new(coding) {
        Ok(encoder) => Ok(Body::Stream(Box::new(Coded {
            source,
            encoder: Some(encoder),
            rest: Bytes::new(),
        }))),
        Err(_) => Err(Body::Stream(source)),
    }
}

struct Coded {
    source: Box<dyn ChunkSource>,
    /// Gone at the end.
    encoder: Option<Encoder>,
    /// What is left of the last chunk.
    rest: Bytes,
}

impl ChunkSource for Coded {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            let Some(encoder) = &mut self.encoder else {
                return Poll::Ready(None);
            };
            if !self.rest.is_empty() {
                let piece = self.rest.split_to(self.rest.len().min(PIECE));
                let coded = encoder.code(&piece, self.rest.is_empty())?;
                if !coded.is_empty() {
                    return Poll::Ready(Some(Ok(coded)));
                }
                continue;
            }
            match ready!(self.source.poll_chunk(context)) {
                Some(Ok(chunk)) => self.rest = chunk,
                Some(Err(error)) => {
                    // Without the end that an encoder would write, the client sees that there was none.
                    self.encoder = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    let end = self.encoder.take().map(Encoder::end);
                    return Poll::Ready(end);
                }
            }
        }
    }
}

enum Encoder {
    Brotli(Box<CompressorWriter<Vec<u8>>>),
    Zstd(zstd::Encoder<'static, Vec<u8>>),
    Gzip(GzEncoder<Vec<u8>>),
}

impl Encoder {
    fn new(coding: Coding) -> io::Result<Self> {
        Ok(match coding {
            Coding::Brotli => {
                let parameters = BrotliEncoderParams {
                    quality: BROTLI,
                    lgwin: WINDOW as i32,
                    ..BrotliEncoderParams::default()
                };
                let writer = CompressorWriter::with_params(Vec::new(), 4096, &parameters);
                Self::Brotli(Box::new(writer))
            }
            Coding::Zstd => {
                let mut encoder = zstd::Encoder::new(Vec::new(), ZSTD)?;
                encoder.window_log(WINDOW)?;
                Self::Zstd(encoder)
            }
            Coding::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), Compression::new(GZIP))),
        })
    }

    /// Codes a piece; `flush` brings out all that the client needs to read it.
    fn code(&mut self, piece: &[u8], flush: bool) -> io::Result<Bytes> {
        let writer: &mut dyn Write = match self {
            Self::Brotli(encoder) => encoder,
            Self::Zstd(encoder) => encoder,
            Self::Gzip(encoder) => encoder,
        };
        writer.write_all(piece)?;
        if flush {
            writer.flush()?;
        }
        let coded = match self {
            Self::Brotli(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
            Self::Gzip(encoder) => encoder.get_mut(),
        };
        Ok(Bytes::from(std::mem::take(coded)))
    }

    fn end(self) -> io::Result<Bytes> {
        let rest = match self {
            Self::Brotli(encoder) => encoder.into_inner(),
            Self::Zstd(encoder) => encoder.finish()?,
            Self::Gzip(encoder) => encoder.finish()?,
        };
        Ok(Bytes::from(rest))
    }
}
