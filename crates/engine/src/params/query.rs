//! The query string: `a=b&c=d`, percent-encoded, `+` for a space.

use std::borrow::Cow;

use crate::routing::nibble;

/// The pairs as they were sent. A name without `=` has an empty value.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts.map(|part| part.split_once('=').unwrap_or((part, "")))
}

/// Whether a name as it was sent is this one.
pub(super) fn is_named(sent: &str, name: &str) -> bool {
    if sent.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        decode(sent).is_some_and(|sent| sent == name)
    } else {
        sent == name
    }
}

/// Decodes a name or value; `None` when an escape is broken or the bytes are not UTF-8.
pub(crate) fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => (nibble(bytes.next()?)? << 4) | nibble(bytes.next()?)?,
            _ => byte,
        });
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}
