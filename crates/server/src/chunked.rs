//! The framing of a chunked body (RFC 9112 §7.1), checked before hyper decodes it.

/// Bytes of extensions that one chunk may carry.
const EXTENSION: u32 = 256;
/// Bytes of extensions that one body may carry.
const EXTENSIONS: u32 = 16 * 1024;
/// Bytes of trailers.
const TRAILERS: u32 = 8 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Size { digits: u8 },
    Extension { length: u32 },
    SizeEnd,
    Data { left: u64 },
    DataEnd,
    DataLineFeed,
    TrailerStart,
    Trailer,
    TrailerEnd,
    LastLineFeed,
    Done,
}

/// How far into a chunked body the connection is.
#[derive(Clone, Debug)]
pub(crate) struct Chunked {
    place: Place,
    size: u64,
    extensions: u32,
    trailers: u32,
}

/// Why the framing is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChunkFault {
    /// A form that RFC 9112 does not have.
    Malformed,
    /// More trailers than are read.
    TrailersTooLarge,
}

impl Chunked {
    pub(crate) fn new() -> Self {
        Self {
            place: Place::Size { digits: 0 },
            size: 0,
            extensions: 0,
            trailers: 0,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.place == Place::Done
    }

    /// How many of `bytes` belong to this body. They are sound.
    pub(crate) fn accept(&mut self, bytes: &[u8]) -> Result<usize, ChunkFault> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self.place {
                Place::Done => break,
                Place::Data { left } => {
                    let rest = (bytes.len() - at) as u64;
                    let taken = left.min(rest);
                    at += usize::try_from(taken).map_err(|_| ChunkFault::Malformed)?;
                    self.place = match left - taken {
                        0 => Place::DataEnd,
                        left => Place::Data { left },
                    };
                }
                _ => {
                    self.step(byte)?;
                    at += 1;
                }
            }
        }
        Ok(at)
    }

    fn step(&mut self, byte: u8) -> Result<(), ChunkFault> {
        self.place = match (self.place, byte) {
            (Place::Size { digits }, _) if byte.is_ascii_hexdigit() => self.digit(digits, byte)?,
            (Place::Size { digits: 1.. }, b'\r') | (Place::Extension { .. }, b'\r') => {
                Place::SizeEnd
            }
            (Place::Size { digits: 1.. }, b';') => Place::Extension { length: 0 },
            (Place::Extension { length }, 0x20..=0x7e | b'\t' | 0x80..) => {
                self.extension(length)?
            }
            (Place::SizeEnd, b'\n') if self.size == 0 => Place::TrailerStart,
            (Place::SizeEnd, b'\n') => Place::Data { left: self.size },
            (Place::DataEnd, b'\r') => Place::DataLineFeed,
            (Place::DataLineFeed, b'\n') => Place::Size { digits: 0 },
            (Place::TrailerStart, b'\r') => Place::LastLineFeed,
            (Place::Trailer, b'\r') => Place::TrailerEnd,
            (Place::TrailerStart | Place::Trailer, 0x20..=0x7e | b'\t' | 0x80..) => {
                self.trailer()?
            }
            (Place::TrailerEnd, b'\n') => Place::TrailerStart,
            (Place::LastLineFeed, b'\n') => Place::Done,
            _ => return Err(ChunkFault::Malformed),
        };
        Ok(())
    }

    fn digit(&mut self, digits: u8, byte: u8) -> Result<Place, ChunkFault> {
        let value = char::from(byte).to_digit(16).unwrap_or_default();
        self.size = if digits == 0 { 0 } else { self.size };
        self.size = (self.size << 4) | u64::from(value);
        // Sixteen digits fill 64 bits, which no body needs; beyond that hyper would have to judge the overflow.
        if digits >= 15 {
            return Err(ChunkFault::Malformed);
        }
        Ok(Place::Size { digits: digits + 1 })
    }

    fn extension(&mut self, length: u32) -> Result<Place, ChunkFault> {
        self.extensions += 1;
        if length >= EXTENSION || self.extensions > EXTENSIONS {
            return Err(ChunkFault::Malformed);
        }
        Ok(Place::Extension { length: length + 1 })
    }

    fn trailer(&mut self) -> Result<Place, ChunkFault> {
        self.trailers += 1;
        if self.trailers > TRAILERS {
            return Err(ChunkFault::TrailersTooLarge);
        }
        Ok(Place::Trailer)
    }
}

#[cfg(test)]
#[path = "chunked_tests.rs"]
mod tests;
