//! Strings. Most of a document is text.

use super::escape;
use super::flaw::Flaw;
use super::words::{LOW, run};

/// Reads a string whose opening quote is before `at`. Gives the place behind its closing quote, and whether it has escapes. The
/// document is known to be UTF-8.
#[inline(always)]
pub(super) fn read(document: &[u8], at: usize) -> Result<(usize, bool), Box<Flaw>> {
    let end = at + plain(document.get(at..).unwrap_or_default());
    match document.get(end) {
        Some(b'"') => Ok((end + 1, false)),
        _ => read_on(document, end),
    }
}

#[inline(never)]
fn read_on(document: &[u8], mut at: usize) -> Result<(usize, bool), Box<Flaw>> {
    let mut escaped = false;
    loop {
        match document.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = escape::read(document, at)?.0;
            }
            Some(_) => return Err(Flaw::expected(at, "control characters as `\\u` escapes")),
            None => return Err(Flaw::expected(at, "`\"` at the end of a string")),
        }
        at += plain(document.get(at..).unwrap_or_default());
    }
}

/// How many bytes come before the next quote, backslash or control character.
#[inline(always)]
fn plain(text: &[u8]) -> usize {
    run(text, marks, |byte| {
        *byte < 0x20 || matches!(byte, b'"' | b'\\')
    })
}

/// Borrows may mark further bytes, but only above one that is marked rightly.
#[inline(always)]
fn marks(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(LOW) & !word;
    let quote = zero(word ^ (LOW * b'"' as u64));
    let backslash = zero(word ^ (LOW * b'\\' as u64));
    let control = word.wrapping_sub(LOW * 0x20) & !word;
    quote | backslash | control
}
