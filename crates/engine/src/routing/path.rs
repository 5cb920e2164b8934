//! The request's path: decoded once, so that routing, parameters and the handler see the same text.

use std::borrow::Cow;

/// A path that cannot be decoded: a broken escape, `%00`, or bytes that are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Decodes all but `%2F` and `%25`: an encoded slash must not make a new segment, and an encoded percent sign must not make a new
/// escape. [`unescape`] decodes those two once segments have been cut.
pub(crate) fn canonical(raw: &str) -> Result<Cow<'_, str>, Malformed> {
    let mut escaped = false;
    for byte in raw.bytes() {
        if !byte.is_ascii_graphic() {
            return Err(Malformed);
        }
        escaped |= byte == b'%';
    }
    if escaped {
        decode(raw).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(raw))
    }
}

fn decode(raw: &str) -> Result<String, Malformed> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (Some(high), Some(low)) =
            (bytes.next().and_then(nibble), bytes.next().and_then(nibble))
        else {
            return Err(Malformed);
        };
        match (high << 4) | low {
            0 => return Err(Malformed),
            b'/' => out.extend_from_slice(b"%2F"),
            b'%' => out.extend_from_slice(b"%25"),
            byte => out.push(byte),
        }
    }
    String::from_utf8(out).map_err(|_| Malformed)
}

/// The final decode of a piece of a canonical path.
pub(crate) fn unescape(piece: &str) -> Cow<'_, str> {
    if !piece.contains('%') {
        return Cow::Borrowed(piece);
    }
    // `%25` last: the percent sign that it makes must not start an escape.
    Cow::Owned(piece.replace("%2F", "/").replace("%25", "%"))
}

/// The value of a hexadecimal digit.
pub(crate) fn nibble(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
