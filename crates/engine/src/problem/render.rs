//! RFC 9457: the one place where a problem becomes a reply.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Fault, Problem};
use crate::{Reply, TraceId};

/// The members of the document, which [`Problem::extra`] must not double.
const MEMBERS: [&str; 7] = [
    "type", "title", "status", "code", "detail", "trace_id", "errors",
];

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    trace_id: TraceId,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
    #[serde(flatten)]
    extra: Map<String, Value>,
}

impl Problem {
    /// The answer that the client gets.
    #[must_use]
    pub fn into_reply(self, trace: TraceId) -> Reply {
        let mut content = *self.0;
        let mut extra = content.extra.take().unwrap_or_default();
        for member in MEMBERS {
            extra.remove(member);
        }
        let document = Document {
            kind: "about:blank",
            title: &content.title,
            status: content.status.as_u16(),
            code: &content.code,
            detail: content.detail.as_deref(),
            trace_id: trace,
            errors: &content.errors,
            extra,
        };
        // Strings, numbers and maps with text keys: there is nothing in it that JSON cannot say.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let media = HeaderValue::from_static("application/problem+json");
        let mut reply = Reply::full(content.status, media, Bytes::from(body));
        for (name, value) in content.headers {
            // A problem has one media type, whatever its maker says.
            if name != CONTENT_TYPE {
                reply.headers.append(name, value);
            }
        }
        reply
    }
}
