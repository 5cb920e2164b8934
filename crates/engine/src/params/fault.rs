//! What is wrong with a parameter.

use std::borrow::Cow;

use crate::{Fault, Loc, ParamSource, Problem, ProblemKind};

/// As much of a value as an error message repeats.
const SHOWN: usize = 60;

/// As many faults as one answer lists: lists and forms could have thousands.
const LISTED: usize = 100;

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
            ParamSource::Form => "the fields of the form",
            ParamSource::File => "the files of the form",
        };
        Self::new(
            "missing",
            format!("Expected `{name}` among {what}, given none."),
        )
    }

    /// Too few or too many values of a list.
    pub(super) fn items(code: &'static str, side: &str, limit: u32, given: usize) -> Self {
        let values = if limit == 1 { "value" } else { "values" };
        Self::new(
            code,
            format!("Expected at {side} {limit} {values}, given {given}."),
        )
    }

    fn at(self, source: ParamSource, name: &str, index: Option<usize>) -> Fault {
        let place = match source {
            ParamSource::Path => "path",
            ParamSource::Query => "query",
            ParamSource::Header => "header",
            ParamSource::Cookie => "cookie",
            ParamSource::Form => "form",
            ParamSource::File => "file",
        };
        let mut loc = vec![
            Loc::Name(Cow::Borrowed(place)),
            Loc::Name(Cow::Owned(name.to_owned())),
        ];
        loc.extend(index.map(|index| Loc::Index(index as u64)));
        Fault {
            loc,
            code: Cow::Borrowed(self.code),
            message: self.message,
        }
    }
}

/// The faults of a request.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    /// Takes one of a parameter, or of a place in its list.
    pub(super) fn add(
        &mut self,
        wrong: Wrong,
        source: ParamSource,
        name: &str,
        index: Option<usize>,
    ) {
        if self.0.len() < LISTED {
            self.0.push(wrong.at(source, name, index));
        }
    }

    /// The refusal, where there are any.
    pub(super) fn into_result(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Problem::from(ProblemKind::InvalidParameters).errors(self.0))
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
