//! RFC 9457, `application/problem+json`.

use serde::Serialize;
use serde_json::{Map, Value};

use super::json;
use crate::TraceId;
use crate::problem::{Content, Fault};

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

pub(super) fn body(mut content: Content, trace: TraceId) -> Vec<u8> {
    let extra = content.further(&MEMBERS);
    json(&Document {
        kind: "about:blank",
        title: &content.title,
        status: content.status.as_u16(),
        code: &content.code,
        detail: content.detail.as_deref(),
        trace_id: trace,
        errors: &content.errors,
        extra,
    })
}
