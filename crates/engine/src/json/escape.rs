//! Escapes in strings.

use super::flaw::{Flaw, What};
use crate::routing::nibble;

/// Reads the escape whose backslash is at `at`. Gives the place behind it, and its character.
pub(super) fn read(document: &[u8], at: usize) -> Result<(usize, char), Box<Flaw>> {
    let character = match document.get(at + 1) {
        Some(b'u') => return unicode(document, at),
        Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        _ => return Err(Flaw::expected(at + 1, ONE)),
    };
    Ok((at + 2, character))
}

const ONE: &str = "one of `\"`, `\\`, `/`, `b`, `f`, `n`, `r`, `t`, `u` after `\\`";

/// `\uXXXX`, or two of them that are the halves of one character.
fn unicode(document: &[u8], at: usize) -> Result<(usize, char), Box<Flaw>> {
    let first = unit(document, at)?;
    if let Some(character) = char::from_u32(first) {
        return Ok((at + 6, character));
    }
    let second = match document.get(at + 6..at + 8) {
        Some(b"\\u") if first < 0xDC00 => unit(document, at + 6)?,
        _ => return Err(lone(at)),
    };
    let low = second
        .checked_sub(0xDC00)
        .filter(|low| *low < 0x400)
        .ok_or_else(|| lone(at))?;
    let character = char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + low);
    Ok((at + 12, character.ok_or_else(|| lone(at))?))
}

/// The four digits of the `\u` at `at`.
fn unit(document: &[u8], at: usize) -> Result<u32, Box<Flaw>> {
    let digits = document.get(at + 2..).unwrap_or_default();
    (0..4).try_fold(0, |unit, place| {
        let digit = digits.get(place).copied().and_then(nibble);
        let wrong = || Flaw::expected(at + 2 + place, "four hexadecimal digits after `\\u`");
        Ok(unit * 16 + u32::from(digit.ok_or_else(wrong)?))
    })
}

fn lone(at: usize) -> Box<Flaw> {
    let what = What::Instead("both halves of a surrogate pair", at..at + 6);
    Flaw::new(at, what)
}

/// A string with its escapes decoded, into `out`. It has been read before.
pub(super) fn decode(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(place) = memchr::memchr(b'\\', rest) {
        let Ok((next, character)) = read(rest, place) else {
            break;
        };
        out.extend_from_slice(rest.get(..place).unwrap_or_default());
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = rest.get(next..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}
