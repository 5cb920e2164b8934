//! `a=b&c=d`, percent-encoded, `+` for a space.

use super::{Limits, malformed};
use crate::params::decode;
use crate::{Form, Problem};

/// The fields of a form, in order.
pub(super) fn parse(body: &[u8], limits: &Limits) -> Result<Form, Problem> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(malformed("Expected a form in UTF-8, given other bytes."));
    };
    let marks = memchr::memchr_iter(b'&', body).count();
    let mut fields = Vec::with_capacity((marks + 1).min(limits.parts as usize));
    for piece in text.split('&').filter(|piece| !piece.is_empty()) {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        let name = decoded(name)?;
        limits.check_field(value.len(), &name)?;
        fields.push((name, decoded(value)?));
        limits.check_parts(fields.len())?;
    }
    Ok(Form {
        fields,
        files: Vec::new(),
    })
}

fn decoded(text: &str) -> Result<String, Problem> {
    match decode(text) {
        Some(text) => Ok(text.into_owned()),
        None => Err(malformed(format!(
            "Expected percent-encoded UTF-8 in the form, given {}.",
            crate::params::quote(text)
        ))),
    }
}
