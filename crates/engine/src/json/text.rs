//! Strings: eight bytes at a time, for most of a document is text.

use super::escape;
use super::flaw::Flaw;

const LOW: u64 = u64::from_le_bytes([0x01; 8]);
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// Reads a string whose opening quote is before `at`. Gives the place behind its closing quote, and whether it has escapes. The
/// document is known to be UTF-8.
pub(super) fn read(document: &[u8], mut at: usize) -> Result<(usize, bool), Flaw> {
    let mut escaped = false;
    loop {
        at += plain(document.get(at..).unwrap_or_default());
        match document.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = escape::read(document, at)?.0;
            }
            Some(_) => return Err(Flaw::expected(at, "control characters as `\\u` escapes")),
            None => return Err(Flaw::expected(at, "`\"` at the end of a string")),
        }
    }
}

/// How many bytes come before the next quote, backslash or control character.
fn plain(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some((word, more)) = rest.split_first_chunk() {
        let marks = marks(u64::from_le_bytes(*word));
        if marks != 0 {
            return text.len() - rest.len() + (marks.trailing_zeros() / 8) as usize;
        }
        rest = more;
    }
    let ends = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    text.len() - rest.len() + rest.iter().position(ends).unwrap_or(rest.len())
}

/// The high bit of each byte that ends plain text. Borrows may set further bits above the lowest, which alone counts.
fn marks(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(LOW) & !word;
    let quote = zero(word ^ (LOW * u64::from(b'"')));
    let backslash = zero(word ^ (LOW * u64::from(b'\\')));
    let control = word.wrapping_sub(LOW * 0x20) & !word;
    (quote | backslash | control) & HIGH
}
