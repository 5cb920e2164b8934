//! Numbers: their grammar, and what 64 bits cannot hold.

use super::flaw::{Flaw, What};
use super::words::{LOW, run};

/// As many digits as Python turns into a whole number.
const MOST_DIGITS: usize = 4_300;

/// Reads a number at `at`. Gives the place behind it, and whether it is a whole one beyond 64 bits.
#[inline(never)]
pub(super) fn read(document: &[u8], at: usize) -> Result<(usize, bool), Box<Flaw>> {
    let negative = document.get(at) == Some(&b'-');
    let start = at + usize::from(negative);
    let end = start + digits(document, start);
    match document.get(start) {
        // A zero stands alone: more digits behind it are whatever comes after a value, and refused there.
        Some(b'0') => return behind(document, at, start, start + 1),
        Some(b'1'..=b'9') => {}
        _ => return Err(Flaw::expected(start, "a digit after `-`")),
    }
    if end - start < 19 && !matches!(document.get(end), Some(b'.' | b'e' | b'E')) {
        return Ok((end, false));
    }
    behind(document, at, start, end)
}

/// What comes behind the whole part, and what the number is then.
#[cold]
fn behind(
    document: &[u8],
    at: usize,
    start: usize,
    whole: usize,
) -> Result<(usize, bool), Box<Flaw>> {
    let mut end = whole;
    if document.get(end) == Some(&b'.') {
        end = some_digits(document, end + 1, "a digit after `.`")?;
    }
    let mut power = 0;
    if let Some(b'e' | b'E') = document.get(end) {
        end += 1 + usize::from(matches!(document.get(end + 1), Some(b'+' | b'-')));
        let first = end;
        end = some_digits(document, end, "a digit in an exponent")?;
        power = end - first;
    }
    if end > whole {
        // A float holds every number below 10^308: reading most of them would be wasted.
        let sure = whole - start <= 200 && power <= 2;
        return if sure || finite(document.get(at..end)) {
            Ok((end, false))
        } else {
            Err(instead(at, end, "a number that a 64-bit float can hold"))
        };
    }
    if whole - start > MOST_DIGITS {
        return Err(instead(at, end, "a whole number of at most 4,300 digits"));
    }
    Ok((end, !fits(document.get(at..end))))
}

fn some_digits(document: &[u8], at: usize, what: &'static str) -> Result<usize, Box<Flaw>> {
    match digits(document, at) {
        0 => Err(Flaw::expected(at, what)),
        count => Ok(at + count),
    }
}

fn digits(document: &[u8], at: usize) -> usize {
    let rest = document.get(at..).unwrap_or_default();
    run(rest, others, |byte| !byte.is_ascii_digit())
}

/// Marks what is no digit. Carries may mark further bytes, but only above one that is marked rightly.
#[inline(always)]
fn others(word: u64) -> u64 {
    let value = word ^ (LOW * b'0' as u64);
    value.wrapping_add(LOW * 0x76) | value
}

fn text(number: Option<&[u8]>) -> &str {
    std::str::from_utf8(number.unwrap_or_default()).unwrap_or_default()
}

fn finite(number: Option<&[u8]>) -> bool {
    text(number).parse().is_ok_and(f64::is_finite)
}

/// Whether 64 bits hold it, with a sign or without.
fn fits(number: Option<&[u8]>) -> bool {
    let number = text(number);
    number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok()
}

fn instead(at: usize, end: usize, what: &'static str) -> Box<Flaw> {
    Flaw::new(at, What::Instead(what, at..end))
}
