//! Media types: which one a body has, and which one the client wants back.

mod accept;
mod content_type;

use crate::weighted::{parameter, pieces};
use crate::{BodyKind, OperationPlan, PlanError};

pub(crate) use accept::Produces;
pub(crate) use content_type::{chose_json, enter};

/// As many types as a place in a list can name.
const MOST: usize = 256;

/// What can be said about the media types of an operation before it is served.
pub(crate) fn check(operation: &OperationPlan) -> Result<(), PlanError> {
    let body = operation.body.as_ref();
    let consumes = body.map_or(&[][..], |body| body.consumes.as_slice());
    match body.map(|body| body.kind) {
        Some(BodyKind::Document) if consumes.is_empty() => {
            let given = "Expected at least one media type that the body may have, given none";
            return Err(operation.wrong(given, "name `application/json`"));
        }
        Some(BodyKind::Form) if !consumes.is_empty() => {
            let given = "Expected no media types for a form, which has its own, given some";
            return Err(operation.wrong(given, "leave them out"));
        }
        _ => {}
    }
    for types in [consumes, &operation.produces] {
        if let Some(wrong) = types.iter().find(|text| !is_valid(text)) {
            let given = format!("Expected a media type like `application/json`, given `{wrong}`");
            return Err(operation.wrong(&given, "write type, slash and subtype"));
        }
        if types.len() > MOST {
            let given = format!("Expected at most {MOST} media types, given {}", types.len());
            return Err(operation.wrong(&given, "name fewer"));
        }
    }
    Ok(())
}

/// `type/subtype`, perhaps with parameters; no wildcard.
fn is_valid(text: &str) -> bool {
    let mut parts = pieces(text.as_bytes(), b';');
    let (kind, subtype) = halves(parts.next().unwrap_or_default());
    let named = |name: &[u8]| is_token(name) && name != b"*";
    named(kind)
        && named(subtype)
        && parts.all(|piece| parameter(piece).is_some_and(|(name, _)| is_token(name)))
}

fn is_token(text: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(fits)
}

/// What stands before and behind the slash.
fn halves(essence: &[u8]) -> (&[u8], &[u8]) {
    let place = memchr::memchr(b'/', essence);
    let split = place.and_then(|place| Some((essence.get(..place)?, essence.get(place + 1..)?)));
    split.unwrap_or((essence, &[]))
}

/// A media type without its parameters.
fn essence(text: &[u8]) -> &[u8] {
    pieces(text, b';').next().unwrap_or_default()
}
