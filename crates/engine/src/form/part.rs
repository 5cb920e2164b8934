//! The head of a part: what a field or file is called (RFC 7578 §4).

use std::borrow::Cow;

use super::malformed;
use super::media::{is_utf8, unsupported};
use super::parameters::{is_token, parameters};
use crate::Problem;

/// Header fields of one part.
const MOST_FIELDS: usize = 16;

/// What a part is called.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PartHead {
    pub(super) name: String,
    /// Given where the part is a file, possibly empty.
    pub(super) filename: Option<String>,
    pub(super) content_type: Option<String>,
}

/// The header fields of interest, each of which may be given once.
#[derive(Default)]
struct Found<'a> {
    disposition: Option<&'a str>,
    content_type: Option<&'a str>,
    transfer: Option<&'a str>,
}

impl PartHead {
    /// Reads the lines of a head.
    pub(super) fn parse(head: &[u8]) -> Result<Self, Problem> {
        let Ok(text) = std::str::from_utf8(head) else {
            return Err(malformed(
                "Expected the head of a part in UTF-8, given other bytes.",
            ));
        };
        let found = Found::among(text)?;
        let plain = ["7bit", "8bit", "binary"];
        if let Some(coding) = found.transfer
            && !plain.iter().any(|name| coding.eq_ignore_ascii_case(name))
        {
            return Err(malformed(format!(
                "Expected `Content-Transfer-Encoding` to be 7bit, 8bit or binary, given {}: send the bytes as they are.",
                crate::params::quote(coding)
            )));
        }
        let Some(disposition) = found.disposition else {
            return Err(malformed(
                "Expected `Content-Disposition` in the head of a part, given none.",
            ));
        };
        let mut head = Self::of(disposition)?;
        head.content_type = found.content_type.map(str::to_owned);
        head.check_charset()?;
        Ok(head)
    }

    fn of(disposition: &str) -> Result<Self, Problem> {
        let wrong = || {
            let given = crate::params::quote(disposition);
            malformed(format!(
                "Expected `form-data; name=\"…\"` as `Content-Disposition`, given {given}."
            ))
        };
        let (kind, rest) = disposition.split_at(disposition.find(';').unwrap_or(disposition.len()));
        if !kind
            .trim_matches([' ', '\t'])
            .eq_ignore_ascii_case("form-data")
        {
            return Err(wrong());
        }
        let (mut name, mut filename, mut extended) = (None, None, None);
        for parameter in parameters(rest) {
            let (key, value) = parameter.map_err(|_| wrong())?;
            let slot = match key.to_ascii_lowercase().as_str() {
                "name" => &mut name,
                "filename" => &mut filename,
                "filename*" => &mut extended,
                // Two ways to read a name would be two names.
                "name*" => return Err(wrong()),
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(wrong());
            }
        }
        let extended = extended.map(|value| extended_value(&value).ok_or_else(wrong));
        Ok(Self {
            name: name.map(plain).ok_or_else(wrong)?,
            filename: extended.transpose()?.or(filename.map(plain)),
            content_type: None,
        })
    }

    /// Text in another character set would be read as something else.
    fn check_charset(&self) -> Result<(), Problem> {
        let (None, Some(media)) = (&self.filename, &self.content_type) else {
            return Ok(());
        };
        let rest = media.find(';').and_then(|place| media.get(place..));
        for parameter in parameters(rest.unwrap_or_default()) {
            let readable = match parameter {
                Ok((name, value)) => {
                    !name.eq_ignore_ascii_case("charset")
                        || is_utf8(&value)
                        || value.eq_ignore_ascii_case("us-ascii")
                }
                Err(_) => false,
            };
            if !readable {
                return Err(unsupported(
                    "fields in UTF-8",
                    media.as_bytes(),
                    "Content-Type",
                ));
            }
        }
        Ok(())
    }
}

impl<'a> Found<'a> {
    fn among(head: &'a str) -> Result<Self, Problem> {
        let mut found = Self::default();
        for (count, line) in head.split("\r\n").enumerate() {
            if count >= MOST_FIELDS {
                return Err(malformed(format!(
                    "Expected at most {MOST_FIELDS} header fields of a part, given more."
                )));
            }
            let (name, value) = field(line)?;
            let slot = match name.to_ascii_lowercase().as_str() {
                "content-disposition" => &mut found.disposition,
                "content-type" => &mut found.content_type,
                "content-transfer-encoding" => &mut found.transfer,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(malformed(format!(
                    "Expected one `{name}` in the head of a part, given two."
                )));
            }
        }
        Ok(found)
    }
}

/// One line. No folding, no control characters: no second reading.
fn field(line: &str) -> Result<(&str, &str), Problem> {
    let control = |byte: u8| byte != b'\t' && byte.is_ascii_control();
    match line.split_once(':') {
        Some((name, value))
            if !name.is_empty() && name.bytes().all(is_token) && !value.bytes().any(control) =>
        {
            Ok((name, value.trim_matches([' ', '\t'])))
        }
        _ => {
            let given = crate::params::quote(line.trim_matches(char::is_control));
            Err(malformed(format!(
                "Expected header fields as `Name: value` in the head of a part, given {given}."
            )))
        }
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
