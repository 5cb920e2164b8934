//! Text to typed value.

use std::borrow::Cow;

use uuid::Uuid;

use super::fault::{Wrong, quote};
use crate::ParamKind;

/// CPython's own limit for text to int; more digits are an attack.
const MOST_DIGITS: usize = 4_300;

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Not given, and not required.
    Absent,
    /// A whole number.
    Int(i64),
    /// A whole number beyond 64 bits: its digits, without leading zeros, after a `-` where it is negative.
    BigInt(Box<str>),
    /// A finite number.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// Text.
    Text(Box<str>),
    /// A UUID.
    Uuid([u8; 16]),
    Date(Box<str>), Datetime(Box<str>), Time(Box<str>), Decimal(Box<str>), Duration { microseconds: i64 }, Choice(u32), File(u32), List(Vec<Scalar>),
}

impl Scalar {
    /// Reads a value of a kind.
    pub(super) fn parse(kind: ParamKind, text: Cow<'_, str>) -> Result<Self, Wrong> {
        match kind {
            ParamKind::Str => Ok(Self::Text(text.into())),
            ParamKind::Int => int(&text),
            ParamKind::Float => float(&text),
            ParamKind::Bool => boolean(&text),
            ParamKind::Uuid => uuid(&text),
            _ => Ok(Self::Text(text.into())),
        }
    }
}

/// An optional sign and ASCII digits: no spaces, no `_`, no digits of other scripts.
fn int(text: &str) -> Result<Scalar, Wrong> {
    if let Ok(number) = text.parse() {
        return Ok(Scalar::Int(number));
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Wrong::new(
            "int_expected",
            format!("Expected an integer, given {}.", quote(text)),
        ));
    }
    if digits.len() > MOST_DIGITS {
        let message = format!(
            "Expected an integer of at most 4,300 digits, given {}.",
            digits.len()
        );
        return Err(Wrong::new("int_too_long", message));
    }
    let digits = digits.trim_start_matches('0');
    Ok(Scalar::BigInt(if text.starts_with('-') {
        format!("-{digits}").into()
    } else {
        digits.into()
    }))
}

/// Digits with an optional sign, point and exponent; what is too great to be finite is refused with `nan` and `inf`.
fn float(text: &str) -> Result<Scalar, Wrong> {
    let plain = |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let number = if text.bytes().all(plain) {
        text.parse::<f64>().ok()
    } else {
        None
    };
    match number.filter(|number| number.is_finite()) {
        Some(number) => Ok(Scalar::Float(number)),
        None => Err(Wrong::new(
            "float_expected",
            format!("Expected a finite number, given {}.", quote(text)),
        )),
    }
}

fn boolean(text: &str) -> Result<Scalar, Wrong> {
    let any = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if any(["true", "1", "yes", "on"]) {
        Ok(Scalar::Bool(true))
    } else if any(["false", "0", "no", "off"]) {
        Ok(Scalar::Bool(false))
    } else {
        let message = format!(
            "Expected true, false, 1, 0, yes, no, on or off, given {}.",
            quote(text)
        );
        Err(Wrong::new("bool_expected", message))
    }
}

/// With or without hyphens; braces and `urn:uuid:` have other lengths.
fn uuid(text: &str) -> Result<Scalar, Wrong> {
    let parsed = if matches!(text.len(), 32 | 36) {
        Uuid::try_parse(text).ok()
    } else {
        None
    };
    match parsed {
        Some(uuid) => Ok(Scalar::Uuid(uuid.into_bytes())),
        None => Err(Wrong::new(
            "uuid_expected",
            format!("Expected a UUID, given {}.", quote(text)),
        )),
    }
}
