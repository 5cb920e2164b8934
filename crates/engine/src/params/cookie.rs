//! Cookies, read as Django reads them.

use std::borrow::Cow;

/// The pairs of a `Cookie` field. A piece without `=` is a value without a name.
pub(super) fn pairs(field: &str) -> impl Iterator<Item = (&str, &str)> {
    field.split(';').map(|piece| {
        let (name, value) = piece.split_once('=').unwrap_or(("", piece));
        (name.trim(), value.trim())
    })
}

/// Takes the quotes off a quoted value, with `\"`, `\\` and octal escapes.
pub(super) fn unquote(value: &str) -> Cow<'_, str> {
    let Some(inner) = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Cow::Borrowed(value);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((before, escape)) = rest.split_once('\\') {
        out.push_str(before);
        let (letter, after) = unescape(escape);
        out.push_str(letter);
        rest = after;
        if letter.is_empty()
            && let Some((code, after)) = octal(escape)
        {
            out.push(code);
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character after a backslash, unless it begins an octal escape, and what follows.
fn unescape(escape: &str) -> (&str, &str) {
    if octal(escape).is_some() {
        return ("", escape);
    }
    match escape.chars().next() {
        Some(letter) => escape.split_at(letter.len_utf8()),
        None => ("\\", ""),
    }
}

/// Three octal digits: a character up to U+00FF.
fn octal(escape: &str) -> Option<(char, &str)> {
    let (digits, after) = escape.split_at_checked(3)?;
    let octal = digits.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    let code = if octal {
        u8::from_str_radix(digits, 8).ok()?
    } else {
        return None;
    };
    Some((char::from(code), after))
}
