//! The compiled form of what the user declared: the only thing that crosses from Python at start.
//!
//! `python/ultrafox/plan.py` is the other half. A test compares the two; a field that one side does not know stops the start.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::{OperationId, media};

/// Everything the engine must know before it serves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The form of this plan; see [`Plan::VERSION`].
    pub version: u32,
    /// Django's DEBUG.
    pub debug: bool,
    /// Host names that are answered: `example.com`, `.example.com` with its subdomains, `*`.
    pub allowed_hosts: Vec<String>,
    /// Whether the host is what a proxy says in X-Forwarded-Host, where it says one.
    pub forwarded_host: bool,
    /// What a path gets that differs from a route by its last slash.
    pub slashes: SlashPolicy,
    /// Requests that may be on their way at once; more are answered 503.
    pub in_flight: u32,
    /// Bytes of a request body, where the operation does not say otherwise.
    pub body_limit: u64,
    /// Bytes of a request body that the fallback gets, and of a form with files.
    pub upload_limit: u64,
    /// Bytes of one field of a form that is no file.
    pub field_limit: u64,
    /// Fields and files of one form.
    pub parts: u32,
    /// Files of one form: each long one takes a descriptor.
    pub files: u32,
    /// How deep arrays and objects of a JSON body may be nested.
    pub json_depth: u32,
    /// Keys of all objects of a JSON body together.
    pub json_keys: u32,
    /// The APIs.
    pub apis: Vec<ApiPlan>,
    /// Whether paths that no API claims are handed to the project.
    pub fallback: bool,
    /// The operations; their place is their [`OperationId`](crate::OperationId).
    pub operations: Vec<OperationPlan>,
}

impl Plan {
    /// Changes whenever a plan of the former form would be misunderstood.
    pub const VERSION: u32 = 2;

    /// An operation.
    #[must_use]
    pub fn operation(&self, id: OperationId) -> Option<&OperationPlan> {
        self.operations.get(usize::try_from(id.0).ok()?)
    }

    /// The API at a place.
    pub(crate) fn api(&self, place: u32) -> Option<&ApiPlan> {
        self.apis.get(usize::try_from(place).ok()?)
    }

    /// Bytes that a body of an operation may have that is no form with files.
    pub(crate) fn limit_of(&self, id: OperationId) -> u64 {
        let own = self
            .operation(id)
            .and_then(|operation| operation.body_limit);
        own.unwrap_or(self.body_limit)
    }

    /// What can be said about the plan as a whole; rooms check their own parts.
    pub(crate) fn check(&self) -> Result<(), PlanError> {
        if self.version != Self::VERSION {
            return Err(PlanError(format!(
                "Expected a plan of version {}, given {}: rebuild the package, its two halves are of different versions.",
                Self::VERSION,
                self.version
            )));
        }
        if self.in_flight == 0 {
            return Err(PlanError(
                "Expected room for at least one request in flight, given 0: raise ULTRAFOX[\"LIMITS\"][\"IN_FLIGHT\"].".to_owned(),
            ));
        }
        if self.json_depth == 0 || self.json_keys == 0 {
            return Err(PlanError(format!(
                "Expected JSON bodies with at least one level and one key, given {} and {}: raise the limits of JSON.",
                self.json_depth, self.json_keys
            )));
        }
        let mut prefixes = self.apis.iter().map(|api| api.prefix.as_str());
        if let Some(prefix) = prefixes.find(|prefix| !prefix.is_empty() && !prefix.starts_with('/'))
        {
            return Err(PlanError(format!(
                "Expected a prefix that starts with `/`, given `{prefix}`: correct the prefix of the API."
            )));
        }
        self.operations
            .iter()
            .try_for_each(|operation| self.check_operation(operation))
    }

    fn check_operation(&self, operation: &OperationPlan) -> Result<(), PlanError> {
        if self.api(operation.api).is_none() {
            let given = format!(
                "Expected the place of one of {} APIs, given {}",
                self.apis.len(),
                operation.api
            );
            return Err(operation.wrong(&given, "name an API of the plan"));
        }
        media::check(operation)
    }
}

/// What is said about all operations of one API, and about what is refused below its prefix.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiPlan {
    /// The path below which its operations are; empty where they share no prefix.
    pub prefix: String,
    /// Whether every path below the prefix is the API's alone: one that is unknown is a 404 here and never handed to the fallback.
    pub claims: bool,
    /// How a refusal is written.
    pub errors: ErrorStyle,
    /// Whether refusals and answers of routing may be compressed.
    pub compress: bool,
}

/// How a refusal is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErrorStyle {
    /// RFC 9457, `application/problem+json`.
    #[default]
    Problem,
    /// `{"ok": false, "error": "…", "code": 404}`.
    Boost,
    /// `{"detail": "…"}`.
    Ninja,
}

impl OperationPlan {
    /// An error about this operation: expected and given, then the cure.
    pub(crate) fn wrong(&self, problem: &str, cure: &str) -> PlanError {
        let Self {
            label,
            method,
            path,
            ..
        } = self;
        PlanError(format!("{label} ({method} {path}): {problem}: {cure}."))
    }

    /// The method. CONNECT is refused: it asks for a tunnel, and a plain answer to it would be taken for one.
    pub(crate) fn http_method(&self) -> Result<Method, PlanError> {
        let upper = self
            .method
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'-');
        match Method::from_bytes(self.method.as_bytes()) {
            Ok(method) if upper && method != Method::CONNECT => Ok(method),
            _ => {
                let given = format!(
                    "Expected an upper-case method other than CONNECT, given `{}`",
                    self.method
                );
                Err(self.wrong(&given, "correct the method"))
            }
        }
    }
}

/// `/items` or `/items/`, when only the other one is a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SlashPolicy {
    /// 308 to the spelling that exists.
    Redirect,
    /// 404.
    Strict,
    /// Either spelling is served.
    Ignore,
}

/// One method on one path.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationPlan {
    /// An upper-case method.
    pub method: String,
    /// `/items/{id}`, `/files/{*rest}`: names in braces stand for a segment, with a star for the rest of the path.
    pub path: String,
    /// Dotted name of the handler, for logs.
    pub label: String,
    /// The place of its API among the plan's.
    pub api: u32,
    /// The parameters.
    pub params: Vec<ParamPlan>,
    /// The body that the handler declares.
    pub body: Option<BodyPlan>,
    /// Whether the body is read although none is declared (the handler takes `request`).
    pub keeps_body: bool,
    /// Bytes of the body, where the operation says it.
    pub body_limit: Option<u64>,
    /// The media types that `Accept` chooses from, the first of which is meant when it says nothing; empty where the handler decides.
    pub produces: Vec<String>,
    /// Whether the answer may be compressed.
    pub compress: bool,
    /// Whether parameters that do not fit are told to the handler's side, which answers by itself.
    pub hears_faults: bool,
}

/// A body that the handler declares.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyPlan {
    /// Whether a request without a body is refused.
    pub required: bool,
    /// What it is.
    pub kind: BodyKind,
    /// The media types that a document may have; `application/json` stands for `…+json` as well. Empty for forms.
    pub consumes: Vec<String>,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyKind {
    /// One document, decoded by the handler's side. JSON is checked here first.
    Document,
    /// `application/x-www-form-urlencoded` or `multipart/form-data`: the parameters of source `form` and `file` are in it.
    Form,
}

/// Where a parameter comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamSource {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
    /// A field of a form.
    Form,
    /// A file of a form.
    File,
}

/// The type of a scalar parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamKind {
    /// Text.
    Str,
    /// A whole number of at most 4,300 digits.
    Int,
    /// A finite number.
    Float,
    /// `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off` in any case.
    Bool,
    /// A UUID with or without hyphens.
    Uuid,
    /// `2026-11-21`.
    Date,
    /// RFC 3339, the offset and the seconds optional.
    Datetime,
    /// `12:30`, `12:30:59.25`, with or without offset.
    Time,
    /// ISO 8601 (`P1DT2H`) or a number of seconds.
    Duration,
    /// A finite decimal number.
    Decimal,
    /// One of `choices`; its value is the place there.
    Choice,
    /// A file.
    File,
}

/// A parameter and what its value must satisfy; of several values, each of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamPlan {
    /// The name on the wire: header names in lower case.
    pub name: String,
    /// Where it comes from.
    pub source: ParamSource,
    /// Its types: the first that the text fits.
    pub kinds: Vec<ParamKind>,
    /// The texts that stand for the values of a `choice`.
    pub choices: Vec<String>,
    /// Whether it may be given several times and is a list.
    pub many: bool,
    /// Whether a request without it is refused.
    pub required: bool,
    /// A Django path converter (`int`, `str`, `slug`, `uuid`, `path`): text that it does not match is another path (404).
    pub converter: Option<String>,
    /// Greater than.
    pub gt: Option<Bound>,
    /// Greater than or equal to.
    pub ge: Option<Bound>,
    /// Less than.
    pub lt: Option<Bound>,
    /// Less than or equal to.
    pub le: Option<Bound>,
    /// A number of which it must be a multiple.
    pub multiple_of: Option<Bound>,
    /// Least number of characters; bytes of a file.
    pub min_length: Option<u64>,
    /// Greatest number of characters; bytes of a file.
    pub max_length: Option<u64>,
    /// Least number of values.
    pub min_items: Option<u32>,
    /// Greatest number of values.
    pub max_items: Option<u32>,
    /// A regular expression that must be found in the text (search, not full match), in the syntax of the `regex` crate.
    pub pattern: Option<String>,
}

/// A limit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Bound {
    /// A whole number.
    Int(i64),
    /// Any other.
    Float(f64),
}

/// A plan that cannot be served. The text says what was expected, what was given and how to cure it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PlanError(pub String);
