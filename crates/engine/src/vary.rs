//! `Vary`: what an answer depends on, for caches.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue, VARY};

use crate::weighted::members;

/// Says that the answer depends on a request field. What is said already is kept, and `*` says all.
pub(crate) fn add(headers: &mut HeaderMap, field: &HeaderName) {
    let name = field.as_str().as_bytes();
    if members(headers, &VARY).any(|member| member == b"*" || member.eq_ignore_ascii_case(name)) {
        return;
    }
    let before: Vec<&[u8]> = members(headers, &VARY).chain([name]).collect();
    if let Ok(value) = HeaderValue::from_bytes(&before.join(&b", "[..])) {
        headers.insert(VARY, value);
    }
}
