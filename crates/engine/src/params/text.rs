//! What a text must satisfy: its length in characters, and a pattern that must be found in it.

use regex::Regex;

use super::fault::{Wrong, quote};
use crate::{OperationPlan, ParamPlan, PlanError};

/// Lengths and pattern of a text.
#[derive(Debug)]
pub(super) struct TextRule {
    min: u64,
    max: u64,
    pattern: Option<Regex>,
}

impl TextRule {
    pub(super) fn compile(operation: &OperationPlan, param: &ParamPlan) -> Result<Self, PlanError> {
        let pattern = param.pattern.as_deref().map(Regex::new).transpose().map_err(|error| {
            let text = param.pattern.as_deref().unwrap_or_default();
            let given = format!(
                "Expected a pattern for `{}` in the syntax of Rust's regex crate, given `{text}` ({error})",
                param.name
            );
            operation.wrong(&given, "write it without look-around and back-references")
        })?;
        Ok(Self {
            min: param.min_length.unwrap_or(0),
            max: param.max_length.unwrap_or(u64::MAX),
            pattern,
        })
    }

    pub(super) fn check(&self, text: &str) -> Result<(), Wrong> {
        let length = text.chars().count() as u64;
        let count = |limit: u64| {
            if limit == 1 {
                "1 character".to_owned()
            } else {
                format!("{limit} characters")
            }
        };
        let wrong = |code, side: &str, limit| {
            let limit = count(limit);
            let message = format!(
                "Expected at {side} {limit}, given {length}: {}.",
                quote(text)
            );
            Err(Wrong::new(code, message))
        };
        if length < self.min {
            return wrong("too_short", "least", self.min);
        }
        if length > self.max {
            return wrong("too_long", "most", self.max);
        }
        match &self.pattern {
            Some(pattern) if !pattern.is_match(text) => {
                let message = format!(
                    "Expected text that matches `{pattern}`, given {}.",
                    quote(text)
                );
                Err(Wrong::new("pattern_mismatch", message))
            }
            _ => Ok(()),
        }
    }
}
