//! Which answers gain by being compressed, and may be.

use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderValue,
};
use http::{HeaderMap, StatusCode};

use crate::weighted::pieces;
use crate::{Body, Reply};

/// Bytes from which on a body is worth the work.
const LEAST: usize = 1024;

/// Subtypes of `application` that are text, or as good as text.
const TEXTUAL: [&str; 9] = [
    "json",
    "xml",
    "javascript",
    "x-javascript",
    "ndjson",
    "x-ndjson",
    "msgpack",
    "x-msgpack",
    "vnd.msgpack",
];

/// Whether a body is long enough, or may be.
pub(super) fn is_long(reply: &Reply) -> bool {
    match &reply.body {
        Body::Full(bytes) => bytes.len() >= LEAST,
        Body::Stream(_) => declared(&reply.headers).is_none_or(|length| length >= LEAST),
    }
}

/// The length that a handler says its stream has.
fn declared(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether a body is whole, not coded yet, and of a type that gains.
pub(super) fn is_plain(reply: &Reply) -> bool {
    let headers = &reply.headers;
    has_body(reply.status)
        && headers.get(CONTENT_TYPE).is_some_and(gains)
        && !headers.contains_key(CONTENT_ENCODING)
        && !headers.contains_key(CONTENT_RANGE)
        && !headers.get_all(CACHE_CONTROL).iter().any(is_fixed)
}

fn has_body(status: StatusCode) -> bool {
    !status.is_informational()
        && status != StatusCode::NO_CONTENT
        && status != StatusCode::RESET_CONTENT
        && status != StatusCode::PARTIAL_CONTENT
        && status != StatusCode::NOT_MODIFIED
}

fn gains(media: &HeaderValue) -> bool {
    let essence = pieces(media.as_bytes(), b';').next().unwrap_or_default();
    let essence = essence.to_ascii_lowercase();
    if essence.starts_with(b"text/") || essence.ends_with(b"+json") || essence.ends_with(b"+xml") {
        return true;
    }
    let subtype = essence.strip_prefix(b"application/");
    subtype.is_some_and(|subtype| TEXTUAL.iter().any(|text| text.as_bytes() == subtype))
}

/// Whether nobody on the way may change the body, ourselves included.
fn is_fixed(control: &HeaderValue) -> bool {
    pieces(control.as_bytes(), b',').any(|piece| piece.eq_ignore_ascii_case(b"no-transform"))
}
