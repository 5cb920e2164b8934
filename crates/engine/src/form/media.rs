//! `Content-Type` of a form.

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use super::malformed;
use super::parameters::parameters;
use crate::params::quote;
use crate::{Problem, ProblemKind};

/// The longest boundary (RFC 2046 §5.1.1).
const LONGEST: usize = 70;

/// How a form is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// `a=b&c=d`.
    Urlencoded,
    /// Parts between lines of this boundary.
    Multipart(String),
}

/// What the header fields say; anything but one of the two codings, in UTF-8 and plain, is refused.
pub(super) fn coding(headers: &HeaderMap) -> Result<Coding, Problem> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let given = types.next().map_or(&b""[..], |value| value.as_bytes());
    let Some(text) = std::str::from_utf8(given)
        .ok()
        .filter(|_| types.next().is_none())
    else {
        return Err(unsupported(EXPECTED, given, "Content-Type"));
    };
    let (essence, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
    let is = |name: &str| essence.trim_matches([' ', '\t']).eq_ignore_ascii_case(name);
    let multipart = is("multipart/form-data");
    if !multipart && !is("application/x-www-form-urlencoded") {
        return Err(unsupported(EXPECTED, given, "Content-Type"));
    }
    let boundary = boundary(rest, given)?;
    match headers.get(CONTENT_ENCODING) {
        Some(coding) if !coding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            let expected = "a form without coding";
            Err(unsupported(expected, coding.as_bytes(), "Content-Encoding"))
        }
        _ if multipart => checked(boundary).map(Coding::Multipart),
        _ => Ok(Coding::Urlencoded),
    }
}

const EXPECTED: &str = "`application/x-www-form-urlencoded` or `multipart/form-data` in UTF-8";

/// The boundary among the parameters, of which the character set must be UTF-8.
fn boundary(rest: &str, given: &[u8]) -> Result<Option<String>, Problem> {
    let mut boundary = None;
    for parameter in parameters(rest) {
        let Ok((name, value)) = parameter else {
            return Err(malformed(format!(
                "Expected parameters as `name=value` in `Content-Type`, given {}.",
                quote(rest)
            )));
        };
        if name.eq_ignore_ascii_case("charset") {
            if !is_utf8(&value) {
                return Err(unsupported(EXPECTED, given, "Content-Type"));
            }
        } else if name.eq_ignore_ascii_case("boundary")
            && boundary.replace(value.into_owned()).is_some()
        {
            return Err(malformed(
                "Expected one boundary in `Content-Type`, given two.",
            ));
        }
    }
    Ok(boundary)
}

fn checked(boundary: Option<String>) -> Result<String, Problem> {
    let Some(boundary) = boundary else {
        return Err(malformed(
            "Expected a boundary in `Content-Type`, given none: let the client library set the header.",
        ));
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    let sound = boundary.bytes().all(allowed) && !boundary.ends_with(' ');
    if boundary.is_empty() || boundary.len() > LONGEST || !sound {
        return Err(malformed(format!(
            "Expected a boundary of 1 to {LONGEST} letters, digits and `'()+_,-./:=?`, given {}.",
            quote(&boundary)
        )));
    }
    Ok(boundary)
}

pub(super) fn is_utf8(charset: &str) -> bool {
    ["utf-8", "utf8"]
        .iter()
        .any(|name| charset.eq_ignore_ascii_case(name))
}

pub(super) fn unsupported(expected: &str, given: &[u8], field: &str) -> Problem {
    let given = if given.is_empty() {
        "none".to_owned()
    } else {
        quote(&String::from_utf8_lossy(given))
    };
    let detail = format!("Expected {expected}, given {given}: correct the header `{field}`.");
    Problem::from(ProblemKind::UnsupportedMediaType).detail(detail)
}
