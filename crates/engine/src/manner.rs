//! How answers leave: what an operation says about them, or the API below whose prefix a path is.

use http::HeaderMap;

use crate::compression::Coding;
use crate::routing::is_below;
use crate::{ErrorStyle, OperationPlan, Plan};

/// How the answers to one request leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manner {
    /// How a refusal is written.
    pub(crate) errors: ErrorStyle,
    /// Whether a refusal may be compressed, and whether any other answer may.
    pub(crate) compress_refusals: bool,
    pub(crate) compress: bool,
    /// Whether `Accept` chooses among several types.
    pub(crate) varies: bool,
}

impl Manner {
    pub(crate) fn of(plan: &Plan, operation: &OperationPlan) -> Self {
        let api = plan.api(operation.api);
        Self {
            errors: api.map_or(ErrorStyle::Problem, |api| api.errors),
            compress_refusals: api.is_some_and(|api| api.compress),
            compress: operation.compress,
            varies: operation.produces.len() > 1,
        }
    }

    /// Where no operation answers: as the API with the longest prefix does that the path is below, or else the only one.
    pub(crate) fn at(plan: &Plan, path: &str) -> Self {
        let below = plan.apis.iter().filter(|api| is_below(path, &api.prefix));
        // Of two with the same prefix, the first.
        let nearest = below.rev().max_by_key(|api| api.prefix.len());
        let only = plan.apis.first().filter(|_| plan.apis.len() == 1);
        let api = nearest.or(only);
        Self {
            errors: api.map_or(ErrorStyle::Problem, |api| api.errors),
            compress_refusals: api.is_some_and(|api| api.compress),
            compress: false,
            varies: false,
        }
    }

    /// The coding that the client wants most, where anything may be compressed at all.
    pub(crate) fn coding(self, headers: &HeaderMap) -> Option<Coding> {
        if self.compress || self.compress_refusals {
            Coding::choose(headers)
        } else {
            None
        }
    }
}
