//! Spans of time: ISO 8601 without years and months, whose lengths differ, or a plain number of seconds.

const SECOND: i128 = 1_000_000;

/// The units in the order in which they must stand, each at most once; the first two stand before the `T`.
const UNITS: [(u8, i128); 5] = [
    (b'W', 7 * 86_400 * SECOND),
    (b'D', 86_400 * SECOND),
    (b'H', 3_600 * SECOND),
    (b'M', 60 * SECOND),
    (b'S', SECOND),
];
const DAYS: usize = 2;

/// Digits of a fraction that are read: less than a microsecond is left of a week by the rest.
const FRACTION: u32 = 15;

/// Microseconds.
pub(super) fn microseconds(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let size = match unsigned.strip_prefix(['P', 'p']) {
        Some(parts) => iso(parts)?,
        None => amount(unsigned, &['.'])?.of(SECOND),
    };
    let signed = if text.starts_with('-') { -size } else { size };
    i64::try_from(signed).ok()
}

/// What follows the `P`.
fn iso(text: &str) -> Option<i128> {
    let (days, time) = match text.split_once(['T', 't']) {
        Some((_, "")) => return None,
        Some((days, time)) => (days, time),
        None => (text, ""),
    };
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let (first, second) = UNITS.split_at_checked(DAYS)?;
    let (mut sum, mut fractional) = (0, false);
    for (text, units) in [(days, first), (time, second)] {
        sum += parts(text, units, &mut fractional)?;
    }
    Some(sum)
}

fn parts(text: &str, units: &[(u8, i128)], fractional: &mut bool) -> Option<i128> {
    let (mut rest, mut units, mut sum) = (text, units.iter(), 0);
    while let Some(end) = rest.bytes().position(|byte| byte.is_ascii_alphabetic()) {
        // Only the last part of all may have a fraction.
        if *fractional {
            return None;
        }
        let (number, after) = rest.split_at_checked(end)?;
        let letter = after.bytes().next()?.to_ascii_uppercase();
        let (_, unit) = units.find(|(name, _)| *name == letter)?;
        let amount = amount(number, &['.', ','])?;
        *fractional = amount.fraction.is_some();
        sum += amount.of(*unit);
        rest = after.get(1..)?;
    }
    rest.is_empty().then_some(sum)
}

/// A number of some unit: the whole, and the fraction in units of 10^-15.
struct Amount {
    whole: i128,
    fraction: Option<i128>,
}

impl Amount {
    fn of(&self, unit: i128) -> i128 {
        self.whole * unit + self.fraction.unwrap_or(0) * unit / 10_i128.pow(FRACTION)
    }
}

fn amount(text: &str, marks: &[char]) -> Option<Amount> {
    let (whole, fraction) = match text.split_once(marks) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    // So many digits are beyond the range in every unit; the sum of a few cannot overflow.
    if whole.len() > 20 {
        return None;
    }
    let fraction = match fraction {
        Some(digits) => Some(digits_of(digits, FRACTION as usize)?),
        None => None,
    };
    Some(Amount {
        whole: digits_of(whole, whole.len())?,
        fraction,
    })
}

/// The first digits of a text of digits, filled up with zeros.
fn digits_of(text: &str, count: usize) -> Option<i128> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let filled = text.bytes().chain(std::iter::repeat(b'0')).take(count);
    Some(filled.fold(0, |sum, digit| sum * 10 + i128::from(digit - b'0')))
}
