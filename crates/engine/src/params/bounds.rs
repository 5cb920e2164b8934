//! What a number must satisfy: its bounds, and what it must be a multiple of.

use std::cmp::Ordering;
use std::fmt;

use super::Scalar;
use super::decimal::Decimal;
use super::fault::{Wrong, quote};
use super::number::remainder;
use crate::{Bound, OperationPlan, ParamPlan, PlanError};

/// Bounds of a number.
#[derive(Debug)]
pub(super) struct Bounds {
    gt: Option<Bound>,
    ge: Option<Bound>,
    lt: Option<Bound>,
    le: Option<Bound>,
    multiple_of: Option<Bound>,
}

/// A bound, what it asks of the order of value and bound, the code of its fault, and its words.
type Rule = (
    Option<Bound>,
    fn(Ordering) -> bool,
    &'static str,
    &'static str,
);

impl Bounds {
    pub(super) fn compile(operation: &OperationPlan, param: &ParamPlan) -> Result<Self, PlanError> {
        let step = param.multiple_of;
        let positive = |step: &Bound| match step {
            Bound::Int(step) => *step > 0,
            Bound::Float(step) => *step > 0.0 && step.is_finite(),
        };
        if let Some(step) = step.filter(|step| !positive(step)) {
            let given = format!(
                "Expected a positive multiple_of for `{}`, given {step}",
                param.name
            );
            return Err(operation.wrong(&given, "correct it"));
        }
        Ok(Self {
            gt: param.gt,
            ge: param.ge,
            lt: param.lt,
            le: param.le,
            multiple_of: step,
        })
    }

    /// Whether a parameter has any.
    pub(super) fn given(param: &ParamPlan) -> bool {
        [param.gt, param.ge, param.lt, param.le, param.multiple_of]
            .iter()
            .any(Option::is_some)
    }

    pub(super) fn check(&self, value: &Scalar) -> Result<(), Wrong> {
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
        match self.multiple_of {
            Some(step) if !is_multiple(value, step) => {
                let message = format!("Expected a multiple of {step}, given {}.", Shown(value));
                Err(Wrong::new("multiple_of", message))
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
        (Scalar::Decimal(text), Bound::Int(bound)) => {
            Decimal::parse(text).ok().map(|value| value.compare(bound))
        }
        // Beyond 64 bits floats are further apart than whole numbers; the nearest one is all that a float bound can mean.
        (Scalar::BigInt(text) | Scalar::Decimal(text), Bound::Float(bound)) => {
            text.parse::<f64>().ok()?.partial_cmp(&bound)
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

fn is_multiple(value: &Scalar, step: Bound) -> bool {
    match (value, step) {
        (Scalar::Int(value), Bound::Int(step)) => value.checked_rem(step) == Some(0),
        (Scalar::BigInt(digits), Bound::Int(step)) => remainder(digits, step.unsigned_abs()) == 0,
        (Scalar::Decimal(text), Bound::Int(step)) => {
            Decimal::parse(text).is_ok_and(|value| value.is_multiple(step.unsigned_abs()))
        }
        (Scalar::Float(value), Bound::Int(step)) => divides(*value, step as f64),
        (Scalar::Float(value), Bound::Float(step)) => divides(*value, step),
        (Scalar::Int(value), Bound::Float(step)) => divides(*value as f64, step),
        (Scalar::BigInt(text) | Scalar::Decimal(text), Bound::Float(step)) => {
            text.parse().is_ok_and(|value| divides(value, step))
        }
        _ => true,
    }
}

/// Whether a float is a multiple of another within what writing both in binary loses: 0.3 is a multiple of 0.1.
fn divides(value: f64, step: f64) -> bool {
    let rest = (value % step).abs();
    let lost = value.abs() * 2.0 * f64::EPSILON;
    rest <= lost || step - rest <= lost
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
            Scalar::BigInt(digits) | Scalar::Decimal(digits) => out.write_str(&quote(digits)),
            _ => out.write_str("no number"),
        }
    }
}
