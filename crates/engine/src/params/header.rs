//! Header fields as texts.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

/// A field's text. Several fields of one name are one list, as RFC 9110 has it.
pub(super) fn joined<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, str>> {
    let mut fields = headers.get_all(name).iter();
    let mut text = field_text(fields.next()?);
    for field in fields {
        let joined = text.to_mut();
        joined.push_str(", ");
        joined.push_str(&field_text(field));
    }
    Some(text)
}

/// The pieces between the commas of a field. Empty ones are no values (RFC 9110 §5.6.1).
pub(super) fn pieces(field: Cow<'_, str>) -> impl Iterator<Item = Cow<'_, str>> {
    let texts: Vec<Cow<'_, str>> = match field {
        Cow::Borrowed(text) => split(text).map(Cow::Borrowed).collect(),
        Cow::Owned(text) => split(&text)
            .map(|piece| Cow::Owned(piece.to_owned()))
            .collect(),
    };
    texts.into_iter()
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(|piece| piece.trim_matches([' ', '\t']))
        .filter(|piece| !piece.is_empty())
}

/// A field as text. HTTP gives bytes beyond ASCII no meaning: they are UTF-8 where they can be, and Latin-1 otherwise.
#[must_use]
pub fn field_text(field: &HeaderValue) -> Cow<'_, str> {
    match std::str::from_utf8(field.as_bytes()) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => field.as_bytes().iter().copied().map(char::from).collect(),
    }
}
