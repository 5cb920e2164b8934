//! Decimal numbers: never rounded, and of a length that can be written out.

use std::cmp::Ordering;

use super::kinds::Misfit;
use super::number::{MOST_DIGITS, remainder};

/// A finite decimal number, read but not copied.
#[derive(Debug)]
pub(super) struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Decimal<'a> {
    /// An optional sign, digits with an optional point, an optional exponent; `nan` and `inf` are none. Written out without an
    /// exponent it has at most 4,300 digits: `1e999999999` is an attack on whoever makes an int of it.
    pub(super) fn parse(text: &'a str) -> Result<Self, Misfit> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, Some(exponent)),
            None => (unsigned, None),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let count = whole.len() + fraction.len();
        let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if count == 0 || !numeric(whole) || !numeric(fraction) {
            return Err(Misfit::Kind);
        }
        let exponent = exponent.map_or(Ok(0), read_exponent)?;
        let most = MOST_DIGITS as u64;
        let written = (count as u64).saturating_add(exponent.unsigned_abs());
        if written > most {
            return Err(Misfit::Digits(
                usize::try_from(written).unwrap_or(usize::MAX),
            ));
        }
        Ok(Self {
            negative: text.starts_with('-'),
            whole,
            fraction,
            exponent,
        })
    }

    /// Exactly, whatever the length.
    pub(super) fn compare(&self, bound: i64) -> Ordering {
        let (whole, has_fraction) = self.written_out();
        // More than 19 digits lie beyond every bound of 64 bits.
        let size = if whole.len() > 19 {
            i128::MAX
        } else {
            whole.parse().unwrap_or(0)
        };
        let (value, beyond) = if self.negative {
            (-size, Ordering::Less)
        } else {
            (size, Ordering::Greater)
        };
        let fraction = if has_fraction {
            beyond
        } else {
            Ordering::Equal
        };
        value.cmp(&i128::from(bound)).then(fraction)
    }

    /// Whether it is a whole multiple of a positive whole number.
    pub(super) fn is_multiple(&self, of: u64) -> bool {
        let (whole, has_fraction) = self.written_out();
        !has_fraction && remainder(&whole, of) == 0
    }

    /// The digits before the point, without leading zeros, and whether any after it is not zero.
    fn written_out(&self) -> (String, bool) {
        let mut digits = [self.whole, self.fraction].concat();
        let point = self.whole.len() as i64 + self.exponent;
        let point = usize::try_from(point).unwrap_or(0);
        while digits.len() < point {
            digits.push('0');
        }
        let after = digits.split_off(point);
        let whole = digits.trim_start_matches('0').to_owned();
        (whole, after.bytes().any(|digit| digit != b'0'))
    }
}

fn read_exponent(text: &str) -> Result<i64, Misfit> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Misfit::Kind);
    }
    // All that is wrong with it now is its length.
    text.parse().map_err(|_| Misfit::Digits(usize::MAX))
}
