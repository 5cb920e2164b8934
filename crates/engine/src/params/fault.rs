//! What is wrong with a parameter.

use std::borrow::Cow;

use crate::{Fault, Loc, ParamSource};

/// As much of a value as an error message repeats.
const SHOWN: usize = 60;

/// A fault before it is known of which parameter.
#[derive(Debug)]
pub(super) struct Wrong {
    code: &'static str,
    message: String,
}

impl Wrong {
    pub(super) fn new(code: &'static str, message: String) -> Self {
        Self { code, message }
    }

    /// Text that is not what its coding says it is.
    pub(super) fn coding(expected: &str, given: &str) -> Self {
        Self::new(
            "encoding_invalid",
            format!("Expected {expected}, given {}.", quote(given)),
        )
    }

    pub(super) fn missing(source: ParamSource, name: &str) -> Self {
        let what = match source {
            ParamSource::Path => "the path",
            ParamSource::Query => "the query",
            ParamSource::Header => "the header fields",
            ParamSource::Cookie => "the cookies",
            ParamSource::Form | ParamSource::File => "the fields of the form",
        };
        Self::new(
            "missing",
            format!("Expected `{name}` among {what}, given none."),
        )
    }

    pub(super) fn at(self, source: ParamSource, name: &str) -> Fault {
        let place = match source {
            ParamSource::Path => "path",
            ParamSource::Query => "query",
            ParamSource::Header => "header",
            ParamSource::Cookie => "cookie",
            ParamSource::Form | ParamSource::File => "form",
        };
        Fault {
            loc: vec![
                Loc::Name(Cow::Borrowed(place)),
                Loc::Name(Cow::Owned(name.to_owned())),
            ],
            code: Cow::Borrowed(self.code),
            message: self.message,
        }
    }
}

/// A value as an error message shows it: in backticks, and cut.
pub(crate) fn quote(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None if text.is_empty() => "an empty text".to_owned(),
        None => format!("`{text}`"),
    }
}
