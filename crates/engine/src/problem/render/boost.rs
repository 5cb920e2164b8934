//! `{"ok": false, "error": "There is no city 7.", "code": 404}`, the form of django-ninja-boost.

use serde::Serialize;
use serde_json::{Map, Value};

use super::json;
use crate::problem::{Content, Fault};

const MEMBERS: [&str; 4] = ["ok", "error", "code", "errors"];

#[derive(Serialize)]
struct Document<'a> {
    ok: bool,
    error: &'a str,
    /// The status, not the problem's code.
    code: u16,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
    #[serde(flatten)]
    extra: Map<String, Value>,
}

pub(super) fn body(mut content: Content) -> Vec<u8> {
    let extra = content.further(&MEMBERS);
    json(&Document {
        ok: false,
        error: content.sentence(),
        code: content.status.as_u16(),
        errors: &content.errors,
        extra,
    })
}
