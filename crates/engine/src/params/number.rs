//! Whole and floating numbers.

use super::Scalar;
use super::kinds::Misfit;

/// CPython's own limit for text to int; more digits are an attack.
pub(super) const MOST_DIGITS: usize = 4_300;

/// An optional sign and ASCII digits: no spaces, no `_`, no digits of other scripts.
pub(super) fn int(text: &str) -> Result<Scalar, Misfit> {
    if let Ok(number) = text.parse() {
        return Ok(Scalar::Int(number));
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Misfit::Kind);
    }
    if digits.len() > MOST_DIGITS {
        return Err(Misfit::Digits(digits.len()));
    }
    let digits = digits.trim_start_matches('0');
    Ok(Scalar::BigInt(if text.starts_with('-') {
        format!("-{digits}").into()
    } else {
        digits.into()
    }))
}

/// Digits with an optional sign, point and exponent; what is too great to be finite is refused with `nan` and `inf`.
pub(super) fn float(text: &str) -> Result<Scalar, Misfit> {
    let plain = |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let number = if text.bytes().all(plain) {
        text.parse::<f64>().ok()
    } else {
        None
    };
    let finite = number.filter(|number| number.is_finite());
    finite.map(Scalar::Float).ok_or(Misfit::Kind)
}

/// What is left of decimal digits when they are divided by a positive number.
pub(super) fn remainder(digits: &str, divisor: u64) -> u64 {
    let divisor = u128::from(divisor.max(1));
    let rest = digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0, |rest: u128, digit| {
            (rest * 10 + u128::from(digit - b'0')) % divisor
        });
    u64::try_from(rest).unwrap_or(0)
}
