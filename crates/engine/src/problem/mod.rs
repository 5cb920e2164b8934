//! A refusal sent to a client, and the catalogue of all that this crate knows.

mod catalogue;
mod fault;
mod render;

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use serde_json::{Map, Value};

pub use catalogue::ProblemKind;
pub use fault::{Fault, Loc};

/// A refusal: status, permanent code, title, and what there is to say about this one.
///
/// ```
/// use ultrafox_engine::{Problem, ProblemKind};
///
/// let problem = Problem::from(ProblemKind::NotFound).detail("There is no city 7.");
/// assert_eq!(problem.code(), "not_found");
/// ```
#[derive(Clone, Debug)]
pub struct Problem(Box<Content>);

#[derive(Clone, Debug)]
struct Content {
    status: StatusCode,
    code: Cow<'static, str>,
    title: Cow<'static, str>,
    detail: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    errors: Vec<Fault>,
    extra: Option<Map<String, Value>>,
}

impl Problem {
    /// A problem that is not in the catalogue.
    #[must_use]
    pub fn custom(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        title: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Content {
            status,
            code: code.into(),
            title: title.into(),
            detail: None,
            headers: Vec::new(),
            errors: Vec::new(),
            extra: None,
        }))
    }

    /// With a sentence about this one: expected, given, cure.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// With one more header field.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// With the faults that were found in the request.
    #[must_use]
    pub fn errors(mut self, errors: Vec<Fault>) -> Self {
        self.0.errors = errors;
        self
    }

    /// With further members of the document. Those that the document has already are left out.
    #[must_use]
    pub fn extra(mut self, extra: Option<Map<String, Value>>) -> Self {
        self.0.extra = extra;
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The permanent code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// A few words for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// The sentence about this one.
    #[must_use]
    pub fn detail_text(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The faults that were found in the request.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.0.errors
    }

    /// The header fields of the answer.
    #[must_use]
    pub fn fields(&self) -> &[(HeaderName, HeaderValue)] {
        &self.0.headers
    }

    /// The further members of the document.
    #[must_use]
    pub fn members(&self) -> Option<&Map<String, Value>> {
        self.0.extra.as_ref()
    }

    /// The code for a record that outlives the problem; nothing is allocated for those of the catalogue.
    pub(crate) fn code_owned(&self) -> Cow<'static, str> {
        self.0.code.clone()
    }
}

impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Self {
        Self::custom(kind.status(), kind.code(), kind.title())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.0.status.as_u16(), self.0.code)?;
        match &self.0.detail {
            Some(detail) => write!(out, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}
