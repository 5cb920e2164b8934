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

use bytes::Bytes;

use crate::{Body, Reply, vary};

/// Bytes that are coded where they are: some 300 µs.
const AT_ONCE: usize = 32 * 1024;

pub(crate) use coding::Coding;

static FIELD: HeaderName = ACCEPT_ENCODING;

/// Compresses an answer if it is of a kind that gains by it. `coding` is the one that the client wants most.
///
/// A long body is left as it is and given back, for the caller to have it coded elsewhere and to call [`replace`] then.
pub(crate) fn leave(reply: &mut Reply, coding: Option<Coding>) -> Option<Long> {
    // The length first: nearly every answer is short, and has been asked nothing else then.
    if !eligible::is_long(reply) || !eligible::is_plain(reply) {
        return None;
    }
    vary::add(&mut reply.headers, &FIELD);
    let coding = coding?;
    match std::mem::replace(&mut reply.body, Body::Full(Bytes::new())) {
        Body::Full(bytes) => {
            reply.body = Body::Full(bytes.clone());
            if bytes.len() > AT_ONCE {
                return Some(Long { coding, bytes });
            }
            let coded = encode::whole(coding, &bytes);
            replace(reply, coding, coded);
        }
        Body::Stream(source) => match stream::wrap(coding, source) {
            Ok(body) => {
                reply.body = body;
                relabel(reply, coding);
            }
            Err(body) => reply.body = body,
        },
    }
    None
}

/// A body that takes longer to be coded than whoever polls the engine has.
pub(crate) struct Long {
    pub(crate) coding: Coding,
    bytes: Bytes,
}

impl Long {
    /// The coded body; None where it would not be shorter.
    pub(crate) fn encode(self) -> Option<Bytes> {
        encode::whole(self.coding, &self.bytes)
    }
}

/// Puts the coded body in the place of the plain one.
pub(crate) fn replace(reply: &mut Reply, coding: Coding, coded: Option<Bytes>) {
    if let Some(coded) = coded {
        reply.body = Body::Full(coded);
        relabel(reply, coding);
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
