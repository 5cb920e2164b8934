//! The head of a part: what a field or file is called (RFC 7578 §4).

use super::disposition::Names;
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
        found.check_transfer()?;
        let Some(disposition) = found.disposition else {
            return Err(malformed(
                "Expected `Content-Disposition` in the head of a part, given none.",
            ));
        };
        let Some(names) = Names::read(disposition) else {
            let given = crate::params::quote(disposition);
            return Err(malformed(format!(
                "Expected `form-data; name=\"…\"` as `Content-Disposition`, given {given}."
            )));
        };
        let head = Self {
            name: names.name,
            filename: names.filename,
            content_type: found.content_type.map(str::to_owned),
        };
        head.check_charset().map(|()| head)
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
    fn check_transfer(&self) -> Result<(), Problem> {
        let plain = ["7bit", "8bit", "binary"];
        match self.transfer {
            Some(coding) if !plain.iter().any(|name| coding.eq_ignore_ascii_case(name)) => {
                let given = crate::params::quote(coding);
                Err(malformed(format!(
                    "Expected `Content-Transfer-Encoding` to be 7bit, 8bit or binary, given {given}: send the bytes as they are."
                )))
            }
            _ => Ok(()),
        }
    }

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
