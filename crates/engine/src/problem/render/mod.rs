//! The one place where a problem becomes a reply.

mod boost;
mod ninja;
mod rfc9457;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Content, Problem};
use crate::{ErrorStyle, Reply, TraceId};

impl Problem {
    /// The answer that the client gets, in the style of its API. `Accept` has no say in it.
    #[must_use]
    pub fn render(self, style: ErrorStyle, trace: TraceId) -> Reply {
        let mut content = *self.0;
        let headers = std::mem::take(&mut content.headers);
        let status = content.status;
        let (media, body) = match style {
            ErrorStyle::Problem => ("application/problem+json", rfc9457::body(content, trace)),
            ErrorStyle::Boost => ("application/json", boost::body(content)),
            ErrorStyle::Ninja => ("application/json", ninja::body(content)),
        };
        let media = HeaderValue::from_static(media);
        let mut reply = Reply::full(status, media, Bytes::from(body));
        for (name, value) in headers {
            // A problem has one media type, whatever its maker says.
            if name != CONTENT_TYPE {
                reply.headers.append(name, value);
            }
        }
        reply
    }
}

impl Content {
    /// What there is to say in one sentence.
    fn sentence(&self) -> &str {
        self.detail.as_deref().unwrap_or(&self.title)
    }

    /// The further members, less those that the document has itself.
    fn further(&mut self, members: &[&str]) -> Map<String, Value> {
        let mut extra = self.extra.take().unwrap_or_default();
        for member in members {
            extra.remove(*member);
        }
        extra
    }
}

/// Strings, numbers and maps with text keys: there is nothing in a document that JSON cannot say.
fn json(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).unwrap_or_default()
}
