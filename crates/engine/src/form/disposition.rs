//! `Content-Disposition: form-data; name="…"; filename="…"` (RFC 7578 §4.2).

use std::borrow::Cow;

use super::media::is_utf8;
use super::parameters::parameters;

/// What a disposition says.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) name: String,
    pub(super) filename: Option<String>,
}

impl Names {
    /// Reads a disposition; `None` where it is of another kind, has no name, or has a second reading.
    pub(super) fn read(disposition: &str) -> Option<Self> {
        let (kind, rest) = disposition.split_at(disposition.find(';')?);
        let kind = kind.trim_matches([' ', '\t']);
        if !kind.eq_ignore_ascii_case("form-data") {
            return None;
        }
        let (mut name, mut filename, mut extended) = (None, None, None);
        for parameter in parameters(rest) {
            let (key, value) = parameter.ok()?;
            let slot = match key.to_ascii_lowercase().as_str() {
                "name" => &mut name,
                "filename" => &mut filename,
                "filename*" => &mut extended,
                "name*" => return None,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return None;
            }
        }
        let filename = match extended {
            Some(value) => Some(extended_value(&value)?),
            None => filename.map(plain),
        };
        Some(Self {
            name: plain(name?),
            filename,
        })
    }
}

/// Browsers write a quote as `%22`. Line ends, which they write so too, stay as they are: no name may bring one.
fn plain(value: Cow<'_, str>) -> String {
    if value.contains("%22") {
        value.replace("%22", "\"")
    } else {
        value.into_owned()
    }
}

/// `UTF-8''na%C3%AFve.txt` (RFC 8187), which older libraries send for names beyond ASCII. It wins over `filename`.
fn extended_value(value: &str) -> Option<String> {
    let mut pieces = value.splitn(3, '\'');
    let (charset, _language, text) = (pieces.next()?, pieces.next()?, pieces.next()?);
    if !is_utf8(charset) {
        return None;
    }
    let text = text.replace('+', "%2B");
    let text = crate::params::decode(&text)?;
    (!text.chars().any(char::is_control)).then(|| text.into_owned())
}
