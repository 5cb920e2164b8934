//! `{"detail": "There is no city 7."}`, the form of Django Ninja; the faults of a 422 are its `detail`.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::json;
use crate::problem::{Content, Fault, Loc};

#[derive(Serialize)]
struct Document<'a> {
    detail: Detail<'a>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Detail<'a> {
    Sentence(&'a str),
    Faults(Vec<Entry<'a>>),
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    loc: &'a [Loc],
    msg: &'a str,
}

impl<'a> Entry<'a> {
    fn of(fault: &'a Fault) -> Self {
        Self {
            kind: &fault.code,
            loc: &fault.loc,
            msg: &fault.message,
        }
    }
}

pub(super) fn body(mut content: Content) -> Vec<u8> {
    let extra = content.further(&["detail"]);
    let listed = content.status == StatusCode::UNPROCESSABLE_ENTITY && !content.errors.is_empty();
    let detail = if listed {
        Detail::Faults(content.errors.iter().map(Entry::of).collect())
    } else {
        Detail::Sentence(content.sentence())
    };
    json(&Document { detail, extra })
}
