//! Lists of what a client wants, by weight: `Accept`, `Accept-Encoding` (RFC 9110 §12.4.2).

use http::HeaderMap;
use http::header::HeaderName;

/// The highest weight, `q=1`.
pub(crate) const FULL: u16 = 1000;

/// The members of a list field, several fields being one list.
pub(crate) fn members<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a [u8]> {
    let fields = headers.get_all(name).iter();
    let pieces = fields.flat_map(|field| pieces(field.as_bytes(), b','));
    pieces.filter(|piece| !piece.is_empty())
}

/// What stands between separators that are not in quotes, trimmed.
pub(crate) fn pieces(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = end(text, separator);
        rest = end.and_then(|end| text.get(end + 1..));
        Some(text.get(..end.unwrap_or(text.len()))?.trim_ascii())
    })
}

fn end(text: &[u8], separator: u8) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    text.iter().position(|byte| {
        if escaped {
            escaped = false;
        } else if *byte == b'"' {
            quoted = !quoted;
        } else if quoted && *byte == b'\\' {
            escaped = true;
        }
        !quoted && *byte == separator
    })
}

/// `name=value`; a value in quotes without them.
pub(crate) fn parameter(piece: &[u8]) -> Option<(&[u8], &[u8])> {
    let place = memchr::memchr(b'=', piece)?;
    let (name, value) = (piece.get(..place)?, piece.get(place + 1..)?.trim_ascii());
    let bare = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""));
    Some((name.trim_ascii(), bare.unwrap_or(value)))
}

/// The thousandths that a piece `q=0.5` stands for: `Ok(None)` when it is another parameter, an error when it is no weight. More
/// digits than three are cut.
pub(crate) fn weight(piece: &[u8]) -> Result<Option<u16>, ()> {
    let Some((name, value)) = parameter(piece) else {
        return Ok(None);
    };
    if !name.eq_ignore_ascii_case(b"q") {
        return Ok(None);
    }
    let mut parts = value.splitn(2, |byte| *byte == b'.');
    let whole = match parts.next().ok_or(())? {
        b"0" | b"" => 0,
        b"1" => FULL,
        _ => return Err(()),
    };
    let digits = parts.next().unwrap_or_default();
    if value.is_empty() || value == b"." || !digits.iter().all(u8::is_ascii_digit) {
        return Err(());
    }
    let places = [100, 10, 1].into_iter().zip(digits);
    let part: u16 = places
        .map(|(unit, digit)| unit * u16::from(digit - b'0'))
        .sum();
    let weight = whole + part;
    if weight > FULL {
        Err(())
    } else {
        Ok(Some(weight))
    }
}
