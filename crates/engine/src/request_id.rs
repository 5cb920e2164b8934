//! Stage 1: the id that log lines, replies and problems carry.

use std::fmt;

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use serde::{Serialize, Serializer};

use crate::{Exchange, Reply};

static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
static X_TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");

/// The id of a request across the systems that it passes: the trace-id of W3C Trace Context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TraceId([u8; 16]);

impl TraceId {
    /// A fresh one.
    #[must_use]
    pub fn random() -> Self {
        Self(fastrand::u128(1..).to_be_bytes())
    }

    /// The id of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads 32 hexadecimal digits; zero is no id.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != 32 {
            return None;
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            let [high, low] = pair else { return None };
            *byte = (digit(*high)? << 4) | digit(*low)?;
        }
        (bytes != [0; 16]).then_some(Self(bytes))
    }

    /// Its 32 hexadecimal digits in lower case.
    #[must_use]
    pub fn hex(self) -> [u8; 32] {
        let mut text = [b'0'; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            if let [high, low] = pair {
                *high = hex_digit(byte >> 4);
                *low = hex_digit(byte & 15);
            }
        }
        text
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl Serialize for TraceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Takes the client's id or makes one.
pub(crate) fn enter(exchange: &mut Exchange) {
    exchange.trace = given(&exchange.headers).unwrap_or_else(TraceId::random);
}

/// Writes the id.
pub(crate) fn leave(reply: &mut Reply, trace: TraceId) {
    if let Ok(value) = HeaderValue::from_bytes(&trace.hex()) {
        reply.headers.insert(&X_TRACE_ID, value);
    }
}

fn given(headers: &HeaderMap) -> Option<TraceId> {
    // Two look-ups cost more than a glance at the few names that nearly every request has.
    let named = |name: &HeaderName| matches!(name.as_str(), "traceparent" | "x-trace-id");
    if headers.len() < 16 && !headers.keys().any(named) {
        return None;
    }
    let parent = headers
        .get(&TRACEPARENT)
        .and_then(|value| traceparent(value.as_bytes()));
    parent.or_else(|| {
        headers
            .get(&X_TRACE_ID)
            .and_then(|value| TraceId::parse(value.as_bytes()))
    })
}

/// `00-<trace id>-<parent id>-<flags>` in lower case; a later version may carry more behind a further hyphen.
fn traceparent(text: &[u8]) -> Option<TraceId> {
    let (known, more) = text.split_at_checked(55)?;
    let mut fields = known.split(|byte| *byte == b'-');
    let (version, trace) = (fields.next()?, fields.next()?);
    let (parent, flags) = (fields.next()?, fields.next()?);
    let lengths = (version.len(), trace.len(), parent.len(), flags.len());
    let whole = fields.next().is_none() && lengths == (2, 32, 16, 2);
    let lower = known
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    let tail = more.is_empty() || (version != b"00" && more.starts_with(b"-"));
    let named = version != b"ff" && parent.iter().any(|byte| *byte != b'0');
    if whole && lower && tail && named {
        TraceId::parse(trace)
    } else {
        None
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

const fn hex_digit(nibble: u8) -> u8 {
    if nibble < 10 {
        b'0' + nibble
    } else {
        b'a' + nibble - 10
    }
}
