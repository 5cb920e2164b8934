//! `Content-Type`: which of the types that an operation takes a body has.

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use super::{essence, halves};
use crate::weighted::{parameter, pieces};
use crate::{BodyPlan, Exchange, Plan, Problem, ProblemKind, Target};

/// Notes the place of the body's type among those that the operation takes.
///
/// Only a body that says what it is, once, is taken: a form or a text that happens to parse could come from any web page without a
/// preflight. Nothing here decodes a content coding.
pub(crate) fn enter(exchange: &mut Exchange, plan: &Plan) -> Result<(), Problem> {
    if let Some(body) = body(exchange, plan) {
        let place = choose(&exchange.headers, &body.consumes)?;
        exchange.consumed = u8::try_from(place).unwrap_or(0);
    }
    Ok(())
}

/// Whether the body is one that is JSON by the type that was noted.
pub(crate) fn chose_json(exchange: &Exchange, plan: &Plan) -> bool {
    let chosen =
        body(exchange, plan).and_then(|body| body.consumes.get(exchange.consumed as usize));
    chosen.is_some_and(|media| is_json(media.as_bytes()))
}

fn body<'a>(exchange: &Exchange, plan: &'a Plan) -> Option<&'a BodyPlan> {
    let Target::Operation(id) = exchange.target else {
        return None;
    };
    plan.operation(id)?.body.as_ref()
}

fn choose(headers: &HeaderMap, consumes: &[String]) -> Result<usize, Problem> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let given = types.next().map_or(&b""[..], |value| value.as_bytes());
    let place = match types.next() {
        None => find(given, consumes),
        Some(_) => None,
    };
    let Some(place) = place else {
        return Err(unsupported(&names(consumes), given, "Content-Type"));
    };
    match headers.get(CONTENT_ENCODING) {
        Some(coding) if !coding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            let coding = coding.as_bytes();
            Err(unsupported(
                "a body without coding",
                coding,
                "Content-Encoding",
            ))
        }
        _ => Ok(place),
    }
}

/// The place of a type. `application/json` takes any `application/…+json` that has no place of its own.
fn find(given: &[u8], consumes: &[String]) -> Option<usize> {
    if consumes
        .first()
        .is_some_and(|first| first.as_bytes() == given)
    {
        return Some(0);
    }
    let name = essence(given);
    let same = |text: &String| essence(text.as_bytes()).eq_ignore_ascii_case(name);
    let any_json = |text: &String| text.eq_ignore_ascii_case("application/json");
    if !is_json(name) {
        return consumes.iter().position(same);
    }
    let place = consumes.iter().position(same);
    let place = place.or_else(|| consumes.iter().position(any_json))?;
    pieces(given, b';')
        .skip(1)
        .all(is_utf8_or_no_charset)
        .then_some(place)
}

/// Whether a media type is JSON: `application/json`, `application/…+json`.
fn is_json(media: &[u8]) -> bool {
    let (kind, subtype) = halves(essence(media));
    let tail = subtype.last_chunk::<5>();
    let suffixed = tail.is_some_and(|tail| tail.eq_ignore_ascii_case(b"+json"));
    kind.eq_ignore_ascii_case(b"application")
        && (subtype.eq_ignore_ascii_case(b"json") || (suffixed && subtype.len() > 5))
}

fn is_utf8_or_no_charset(piece: &[u8]) -> bool {
    let (name, value) = parameter(piece).unwrap_or((piece, b""));
    !name.eq_ignore_ascii_case(b"charset")
        || value.eq_ignore_ascii_case(b"utf-8")
        || value.eq_ignore_ascii_case(b"utf8")
}

fn names(consumes: &[String]) -> String {
    let name = |text: &String| match is_json(text.as_bytes()) {
        true => format!("`{text}` in UTF-8"),
        false => format!("`{text}`"),
    };
    let names: Vec<String> = consumes.iter().map(name).collect();
    names.join(" or ")
}

fn unsupported(expected: &str, given: &[u8], field: &str) -> Problem {
    let given = if given.is_empty() {
        "none".to_owned()
    } else {
        crate::params::quote(&String::from_utf8_lossy(given))
    };
    let detail = format!("Expected {expected}, given {given}: correct the header `{field}`.");
    Problem::from(ProblemKind::UnsupportedMediaType).detail(detail)
}
