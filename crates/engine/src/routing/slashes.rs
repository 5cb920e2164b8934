//! `/items` or `/items/`, when only the other one is a route.

use http::header::{HeaderValue, LOCATION};
use http::{StatusCode, Uri};

use crate::Reply;

/// The path with its last slash taken off, or with one put on. The root has no other spelling.
pub(super) fn other(path: &str) -> Option<String> {
    match path.strip_suffix('/') {
        Some("") => None,
        Some(bare) => Some(bare.to_owned()),
        None => Some(format!("{path}/")),
    }
}

/// 308 to the other spelling, query kept. `None` where a browser would take the path for another host: `//evil.com`, `/\evil.com`.
pub(super) fn redirect(uri: &Uri) -> Option<Reply> {
    let raw = uri.path();
    if raw.starts_with("//") || raw.contains('\\') {
        return None;
    }
    let mut location = other(raw)?;
    if let Some(query) = uri.query() {
        location.push('?');
        location.push_str(query);
    }
    let location = HeaderValue::try_from(location).ok()?;
    Some(Reply::empty(StatusCode::PERMANENT_REDIRECT).with(LOCATION, location))
}
