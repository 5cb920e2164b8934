//! Stage 3 in leaving: answers that are shorter on the wire, for clients that can read them.
//!
//! Whether an answer could be compressed does not depend on the client, so that caches are told of it (`Vary`) by every answer.

mod coding;
mod eligible;
mod encode;
mod stream;

use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, ETAG, HeaderName, HeaderValue,
};

use crate::{Body, Reply, vary};

pub(crate) use coding::Coding;

static FIELD: HeaderName = ACCEPT_ENCODING;

/// Compresses an answer if it is of a kind that gains by it. `coding` is the one that the client wants most.
pub(crate) fn leave(reply: &mut Reply, coding: Option<Coding>) {
    // The length first: nearly every answer is short, and has been asked nothing else then.
    if !eligible::is_long(reply) || !eligible::is_plain(reply) {
        return;
    }
    vary::add(&mut reply.headers, &FIELD);
    let Some(coding) = coding else { return };
    let body = std::mem::replace(&mut reply.body, Body::Full(bytes::Bytes::new()));
    let coded = match body {
        Body::Full(bytes) => encode::whole(coding, &bytes)
            .map(Body::Full)
            .ok_or(Body::Full(bytes)),
        Body::Stream(source) => stream::wrap(coding, source),
    };
    match coded {
        Ok(body) => {
            reply.body = body;
            relabel(reply, coding);
        }
        Err(body) => reply.body = body,
    }
}

/// What the header fields say once the body is another one.
fn relabel(reply: &mut Reply, coding: Coding) {
    let headers = &mut reply.headers;
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    headers.remove(CONTENT_LENGTH);
    // Ranges and strong tags are of bytes, and these bytes are not kept.
    headers.remove(ACCEPT_RANGES);
    let tag = headers.get(ETAG).map(HeaderValue::as_bytes);
    if let Some(tag) = tag.filter(|tag| tag.starts_with(b"\""))
        && let Ok(weak) = HeaderValue::from_bytes(&[b"W/", tag].concat())
    {
        headers.insert(ETAG, weak);
    }
}
