//! One thing that is wrong with a request.

use std::borrow::Cow;

use serde::Serialize;

/// One fault of a request: where it is, what it is, and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The way to it: `["query", "page"]`, `["body", "tags", 3]`.
    pub loc: Vec<Loc>,
    /// A permanent snake_case code.
    pub code: Cow<'static, str>,
    /// Expected, given.
    pub message: String,
}

/// One step on the way to a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Loc {
    /// A name.
    Name(Cow<'static, str>),
    /// A place in a list.
    Index(u64),
}
