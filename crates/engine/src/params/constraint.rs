//! What a value must satisfy beyond its type.

use std::cmp::Ordering;
use std::fmt;

use regex::Regex;

use super::Scalar;
use super::fault::{Wrong, quote};
use crate::{Bound, OperationPlan, ParamKind, ParamPlan, PlanError};

/// The constraints of one parameter.
#[derive(Debug)]
pub(super) enum Constraint {
    None,
    Number(Bounds),
    Text(Box<Form>),
}

#[derive(Debug, Default)]
pub(super) struct Bounds {
    gt: Option<Bound>,
    ge: Option<Bound>,
    lt: Option<Bound>,
    le: Option<Bound>,
}

/// A bound, what it asks of the order of value and bound, the code of its fault, and its words.
type Rule = (
    Option<Bound>,
    fn(Ordering) -> bool,
    &'static str,
    &'static str,
);

#[derive(Debug)]
pub(super) struct Form {
    min: usize,
    max: usize,
    pattern: Option<Regex>,
}

impl Constraint {
    pub(super) fn compile(operation: &OperationPlan, param: &ParamPlan) -> Result<Self, PlanError> {
        let bounds = Bounds {
            gt: param.gt,
            ge: param.ge,
            lt: param.lt,
            le: param.le,
        };
        let bounded = [param.gt, param.ge, param.lt, param.le]
            .iter()
            .any(Option::is_some);
        let lengths = param.min_length.is_some() || param.max_length.is_some();
        let formed = lengths || param.pattern.is_some();
        let kind = param.kinds.first().copied().unwrap_or(ParamKind::Str);
        let number = matches!(kind, ParamKind::Int | ParamKind::Float);
        if bounded && !number {
            return Err(misplaced(operation, param, "gt, ge, lt, le on a number"));
        }
        if formed && kind != ParamKind::Str {
            return Err(misplaced(
                operation,
                param,
                "min_length, max_length, pattern on text",
            ));
        }
        if bounded {
            return Ok(Self::Number(bounds));
        }
        if formed {
            return Ok(Self::Text(Box::new(Form::compile(operation, param)?)));
        }
        Ok(Self::None)
    }

    pub(super) fn check(&self, value: &Scalar) -> Result<(), Wrong> {
        match (self, value) {
            (Self::Number(bounds), value) => bounds.check(value),
            (Self::Text(form), Scalar::Text(text)) => form.check(text),
            _ => Ok(()),
        }
    }
}

fn misplaced(operation: &OperationPlan, param: &ParamPlan, expected: &str) -> PlanError {
    let given = format!(
        "Expected {expected}, given for `{}`, which is {:?}",
        param.name, param.kinds
    );
    operation.wrong(&given, "remove the constraint or change the type")
}

impl Bounds {
    fn check(&self, value: &Scalar) -> Result<(), Wrong> {
        let rules: [Rule; 4] = [
            (self.gt, Ordering::is_gt, "greater_than", "greater than"),
            (
                self.ge,
                Ordering::is_ge,
                "greater_than_equal",
                "greater than or equal to",
            ),
            (self.lt, Ordering::is_lt, "less_than", "less than"),
            (
                self.le,
                Ordering::is_le,
                "less_than_equal",
                "less than or equal to",
            ),
        ];
        for (bound, holds, code, words) in rules {
            if let Some(bound) = bound
                && !compare(value, bound).is_some_and(holds)
            {
                let message = format!("Expected a number {words} {bound}, given {}.", Shown(value));
                return Err(Wrong::new(code, message));
            }
        }
        Ok(())
    }
}

impl Form {
    fn compile(operation: &OperationPlan, param: &ParamPlan) -> Result<Self, PlanError> {
        let (min, max) = (
            param.min_length.unwrap_or(0),
            param.max_length.unwrap_or(u64::from(u32::MAX)),
        );
        if min > max {
            let given = format!(
                "Expected min_length of `{}` not above max_length, given {min} and {max}",
                param.name
            );
            return Err(operation.wrong(&given, "correct one of them"));
        }
        let pattern = param.pattern.as_deref().map(Regex::new).transpose().map_err(|error| {
            let text = param.pattern.as_deref().unwrap_or_default();
            let given = format!(
                "Expected a pattern for `{}` in the syntax of Rust's regex crate, given `{text}` ({error})",
                param.name
            );
            operation.wrong(&given, "write it without look-around and back-references")
        })?;
        Ok(Self {
            min: usize::try_from(min).unwrap_or(usize::MAX),
            max: usize::try_from(max).unwrap_or(usize::MAX),
            pattern,
        })
    }

    fn check(&self, text: &str) -> Result<(), Wrong> {
        let length = text.chars().count();
        let count = |limit: usize| {
            if limit == 1 {
                "1 character".to_owned()
            } else {
                format!("{limit} characters")
            }
        };
        if length < self.min {
            let message = format!(
                "Expected at least {}, given {length}: {}.",
                count(self.min),
                quote(text)
            );
            return Err(Wrong::new("too_short", message));
        }
        if length > self.max {
            let message = format!(
                "Expected at most {}, given {length}: {}.",
                count(self.max),
                quote(text)
            );
            return Err(Wrong::new("too_long", message));
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

/// Compares exactly: a whole number is never rounded to a float first.
fn compare(value: &Scalar, bound: Bound) -> Option<Ordering> {
    match (value, bound) {
        (Scalar::Int(value), Bound::Int(bound)) => Some(value.cmp(&bound)),
        (Scalar::Int(value), Bound::Float(bound)) => compare_mixed(*value, bound),
        (Scalar::Float(value), Bound::Float(bound)) => value.partial_cmp(&bound),
        (Scalar::Float(value), Bound::Int(bound)) => {
            compare_mixed(bound, *value).map(Ordering::reverse)
        }
        (Scalar::BigInt(digits), Bound::Int(_)) => Some(sign(digits)),
        // Beyond 64 bits floats are further apart than whole numbers; the nearest one is all that a float bound can mean.
        (Scalar::BigInt(digits), Bound::Float(bound)) => {
            digits.parse::<f64>().ok()?.partial_cmp(&bound)
        }
        _ => None,
    }
}

/// A big integer lies beyond every bound of 64 bits, on the side of its sign.
fn sign(digits: &str) -> Ordering {
    if digits.starts_with('-') {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}

fn compare_mixed(whole: i64, float: f64) -> Option<Ordering> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if float >= BEYOND {
        return Some(Ordering::Less);
    }
    if float < -BEYOND {
        return Some(Ordering::Greater);
    }
    // In range, so the integral part is exact.
    let order = whole.cmp(&(float.trunc() as i64));
    let fraction = 0.0_f64.partial_cmp(&float.fract())?;
    Some(order.then(fraction))
}

impl fmt::Display for Bound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(bound) => bound.fmt(out),
            Self::Float(bound) => bound.fmt(out),
        }
    }
}

/// A number as an error message shows it.
struct Shown<'a>(&'a Scalar);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Scalar::Int(number) => write!(out, "`{number}`"),
            Scalar::Float(number) => write!(out, "`{number}`"),
            Scalar::BigInt(digits) => out.write_str(&quote(digits)),
            _ => out.write_str("no number"),
        }
    }
}
