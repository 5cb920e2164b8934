//! The parameters of a header field: `; name=value; name="quoted value"` (RFC 9110 §5.6.6).

use std::borrow::Cow;

/// Parameters that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// One parameter: its name as it was sent, and its value.
pub(super) type Parameter<'a> = (&'a str, Cow<'a, str>);

/// The parameters in what follows a field's value. After one that cannot be read there are no more.
pub(super) fn parameters(text: &str) -> impl Iterator<Item = Result<Parameter<'_>, Malformed>> {
    let mut rest = text;
    std::iter::from_fn(move || match take(rest) {
        Ok(None) => None,
        Ok(Some((parameter, after))) => {
            rest = after;
            Some(Ok(parameter))
        }
        Err(malformed) => {
            rest = "";
            Some(Err(malformed))
        }
    })
}

fn take(text: &str) -> Result<Option<(Parameter<'_>, &str)>, Malformed> {
    let text = trim(text);
    if text.is_empty() {
        return Ok(None);
    }
    let text = trim(text.strip_prefix(';').ok_or(Malformed)?);
    if text.is_empty() {
        return Ok(None);
    }
    let (name, value) = text.split_once('=').ok_or(Malformed)?;
    let (name, value) = (trim(name), trim(value));
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(Malformed);
    }
    if let Some(quoted) = value.strip_prefix('"') {
        let (value, after) = unquote(quoted)?;
        return Ok(Some(((name, value), after)));
    }
    let end = value.bytes().position(|byte| !is_token(byte));
    let (value, after) = value.split_at(end.unwrap_or(value.len()));
    Ok(Some(((name, Cow::Borrowed(value)), after)))
}

/// A quoted value up to its quote. A backslash escapes a quote and a backslash; before anything else it is itself, for file names
/// of Windows are sent so.
fn unquote(text: &str) -> Result<(Cow<'_, str>, &str), Malformed> {
    let mut escaped = false;
    for (place, byte) in text.bytes().enumerate() {
        let escapes = escaped;
        escaped = byte == b'\\' && !escapes;
        if byte == b'"' && !escapes {
            let value = text.get(..place).unwrap_or_default();
            let after = text.get(place + 1..).unwrap_or_default();
            return Ok((unescape(value), after));
        }
    }
    Err(Malformed)
}

fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(next @ ('"' | '\\')) if letter == '\\' => {
                out.push(*next);
                letters.next();
            }
            _ => out.push(letter),
        }
    }
    Cow::Owned(out)
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// RFC 9110 §5.6.2.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
