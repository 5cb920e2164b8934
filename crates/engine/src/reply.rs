//! What goes back to the client.

use std::io;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};

/// A source of body chunks. The door asks for the next chunk only when the last one has been taken, so a slow client slows the
/// source. Dropping it before its end means that the client has gone.
pub trait ChunkSource: Send {
    /// The next chunk; `None` at the end. An error breaks the reply off: the client must not take it for complete.
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>>;
}

/// The body of a reply.
pub enum Body {
    /// Bytes that are all there.
    Full(Bytes),
    /// Bytes to come.
    Stream(Box<dyn ChunkSource>),
}

/// Status, header fields and body.
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// Header fields; the door adds what belongs to the connection (Content-Length, Date, Connection).
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

impl Reply {
    /// A reply without a body.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Body::Full(Bytes::new()),
        }
    }

    /// A reply with a body that is all there.
    #[must_use]
    pub fn full(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Self {
        let mut reply = Self::empty(status);
        reply.headers.insert(CONTENT_TYPE, content_type);
        reply.body = Body::Full(body);
        reply
    }

    /// A reply whose bytes come one chunk at a time.
    #[must_use]
    pub fn stream(status: StatusCode, source: Box<dyn ChunkSource>) -> Self {
        let mut reply = Self::empty(status);
        reply.body = Body::Stream(source);
        reply
    }

    /// The same reply with one more header field.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// The length of a body that is all there.
    pub(crate) fn length(&self) -> u64 {
        match &self.body {
            Body::Full(bytes) => bytes.len() as u64,
            Body::Stream(_) => 0,
        }
    }
}
