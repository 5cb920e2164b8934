//! The compiled form of what the user declared: the only thing that crosses from Python at start.
//!
//! `python/ultrafox/plan.py` is the other half. A test compares the two; a field that one side does not know stops the start.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::OperationId;

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
    /// What a path gets that differs from a route by its last slash.
    pub slashes: SlashPolicy,
    /// Requests that may be on their way at once; more are answered 503.
    pub in_flight: u32,
    /// Bytes of a request body, where the operation does not say otherwise.
    pub body_limit: u64,
    /// Bytes of a request body that the fallback gets.
    pub upload_limit: u64,
    /// Path prefixes that belong to the APIs alone: an unknown path below them is a 404 here and never handed to the fallback.
    pub claims: Vec<String>,
    /// Whether paths that no API claims are handed to the project.
    pub fallback: bool,
    /// The operations; their place is their [`OperationId`](crate::OperationId).
    pub operations: Vec<OperationPlan>,
}

impl Plan {
    /// Changes whenever a plan of the former form would be misunderstood.
    pub const VERSION: u32 = 1;

    /// An operation.
    #[must_use]
    pub fn operation(&self, id: OperationId) -> Option<&OperationPlan> {
        self.operations.get(usize::try_from(id.0).ok()?)
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
        match self.claims.iter().find(|claim| !claim.starts_with('/')) {
            Some(claim) => Err(PlanError(format!(
                "Expected a claimed prefix that starts with `/`, given `{claim}`: correct the prefix of the API."
            ))),
            None => Ok(()),
        }
    }
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
    /// The scalar parameters.
    pub params: Vec<ParamPlan>,
    /// The body that the handler declares.
    pub body: Option<BodyPlan>,
    /// Whether the body is read although none is declared (the handler takes `request`).
    pub keeps_body: bool,
}

/// A body that the handler declares; JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyPlan {
    /// Whether a request without a body is refused.
    pub required: bool,
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
}

/// A scalar parameter and what its value must satisfy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamPlan {
    /// The name on the wire: header names in lower case.
    pub name: String,
    /// Where it comes from.
    pub source: ParamSource,
    /// Its type.
    pub kind: ParamKind,
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
    /// Least number of characters.
    pub min_length: Option<u32>,
    /// Greatest number of characters.
    pub max_length: Option<u32>,
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
