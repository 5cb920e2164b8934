//! Dates and times of RFC 3339, in Python's range: the years 1 to 9999, no leap seconds, microseconds.

use std::fmt::Write;

/// The longest that a datetime is in its canonical form.
const LONGEST: usize = "2026-11-21T12:30:00.000000+00:00".len();

/// `2026-11-21`, as it was sent.
pub(super) fn date(text: &str) -> Option<&str> {
    let mut rest = text;
    let year = number(&mut rest, 4)?;
    let month = after(&mut rest, "-")?;
    let day = after(&mut rest, "-")?;
    let fits = year >= 1 && day >= 1 && day <= days_of(year, month)?;
    (fits && rest.is_empty()).then_some(text)
}

/// A date and a time with `T`, `t` or a space between.
pub(super) fn datetime(text: &str) -> Option<Box<str>> {
    let (day, rest) = text.split_at_checked(10)?;
    let clock = rest.strip_prefix(['T', 't', ' '])?;
    let mut out = String::with_capacity(LONGEST);
    out.push_str(date(day)?);
    out.push('T');
    write_time(clock, &mut out)?;
    Some(out.into())
}

/// Hours and minutes, and where they are given seconds, a fraction and an offset.
pub(super) fn time(text: &str) -> Option<Box<str>> {
    let mut out = String::with_capacity(LONGEST);
    write_time(text, &mut out)?;
    Some(out.into())
}

fn write_time(text: &str, out: &mut String) -> Option<()> {
    let mut rest = text;
    let hour = below(number(&mut rest, 2)?, 24)?;
    let minute = below(after(&mut rest, ":")?, 60)?;
    let (mut second, mut micros) = (0, 0);
    if rest.starts_with(':') {
        second = below(after(&mut rest, ":")?, 60)?;
        micros = fraction(&mut rest)?;
    }
    write!(out, "{hour:02}:{minute:02}:{second:02}").ok()?;
    if micros > 0 {
        write!(out, ".{micros:06}").ok()?;
    }
    write_offset(rest, out)
}

/// Digits after a point, as microseconds. Further digits are cut off, as Python cuts them.
fn fraction(rest: &mut &str) -> Option<u32> {
    let Some(digits) = rest.strip_prefix('.') else {
        return Some(0);
    };
    let end = digits.bytes().position(|byte| !byte.is_ascii_digit());
    let (digits, after) = digits.split_at_checked(end.unwrap_or(digits.len()))?;
    *rest = after;
    if digits.is_empty() {
        return None;
    }
    let padded = digits.bytes().chain(std::iter::repeat(b'0')).take(6);
    Some(padded.fold(0, |micros, digit| micros * 10 + u32::from(digit - b'0')))
}

fn write_offset(text: &str, out: &mut String) -> Option<()> {
    let sign = match text.as_bytes() {
        [] => return Some(()),
        [b'Z' | b'z'] => {
            out.push_str("+00:00");
            return Some(());
        }
        [b'+', ..] => '+',
        [b'-', ..] => '-',
        _ => return None,
    };
    let mut rest = text.get(1..)?;
    let hours = below(number(&mut rest, 2)?, 24)?;
    let minutes = below(after(&mut rest, ":")?, 60)?;
    if !rest.is_empty() {
        return None;
    }
    write!(out, "{sign}{hours:02}:{minutes:02}").ok()
}

/// Takes so many ASCII digits off the front.
fn number(rest: &mut &str, digits: usize) -> Option<u32> {
    let (front, after) = rest.split_at_checked(digits)?;
    if !front.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    *rest = after;
    front.parse().ok()
}

/// Takes a mark and two digits off the front.
fn after(rest: &mut &str, mark: &str) -> Option<u32> {
    *rest = rest.strip_prefix(mark)?;
    number(rest, 2)
}

fn below(number: u32, limit: u32) -> Option<u32> {
    (number < limit).then_some(number)
}

fn days_of(year: u32, month: u32) -> Option<u32> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}
