//! What a value must satisfy beyond its type.

use super::Scalar;
use super::bounds::Bounds;
use super::fault::Wrong;
use super::kinds::Kinds;
use super::text::TextRule;
use crate::{OperationPlan, ParamKind, ParamPlan, PlanError, Upload};

/// The constraints of one parameter, each for the kinds that it is for.
#[derive(Debug)]
pub(super) struct Constraint {
    numbers: Option<Box<Bounds>>,
    text: Option<Box<TextRule>>,
    /// Least and greatest number of bytes of a file.
    size: Option<(u64, u64)>,
}

impl Constraint {
    pub(super) fn compile(
        operation: &OperationPlan,
        param: &ParamPlan,
        kinds: &Kinds,
    ) -> Result<Self, PlanError> {
        check_places(operation, param, kinds)?;
        let file = kinds.any(|kind| kind == ParamKind::File);
        let text = kinds.any(|kind| kind == ParamKind::Str);
        let lengths = param.min_length.is_some() || param.max_length.is_some();
        let (min, max) = (
            param.min_length.unwrap_or(0),
            param.max_length.unwrap_or(u64::MAX),
        );
        if min > max {
            let given = format!(
                "Expected min_length of `{}` not above max_length, given {min} and {max}",
                param.name
            );
            return Err(operation.wrong(&given, "correct one of them"));
        }
        let rule = (text && (lengths || param.pattern.is_some()))
            .then(|| TextRule::compile(operation, param));
        let numbers = Bounds::given(param).then(|| Bounds::compile(operation, param));
        Ok(Self {
            numbers: numbers.transpose()?.map(Box::new),
            text: rule.transpose()?.map(Box::new),
            size: (file && lengths).then_some((min, max)),
        })
    }

    pub(super) fn check(&self, value: &Scalar) -> Result<(), Wrong> {
        match (value, &self.text, &self.numbers) {
            (Scalar::Text(text), Some(rule), _) => rule.check(text),
            (
                Scalar::Int(_) | Scalar::BigInt(_) | Scalar::Float(_) | Scalar::Decimal(_),
                _,
                Some(bounds),
            ) => bounds.check(value),
            _ => Ok(()),
        }
    }

    pub(super) fn check_file(&self, file: &Upload) -> Result<(), Wrong> {
        let Some((min, max)) = self.size else {
            return Ok(());
        };
        let given = file.size;
        if given < min {
            let message = format!("Expected a file of at least {min} bytes, given {given}.");
            Err(Wrong::new("file_too_small", message))
        } else if given > max {
            let message = format!("Expected a file of at most {max} bytes, given {given}.");
            Err(Wrong::new("file_too_large", message))
        } else {
            Ok(())
        }
    }
}

/// Whether each constraint has a kind that it is for.
fn check_places(
    operation: &OperationPlan,
    param: &ParamPlan,
    kinds: &Kinds,
) -> Result<(), PlanError> {
    let number = |kind| matches!(kind, ParamKind::Int | ParamKind::Float | ParamKind::Decimal);
    let text = kinds.any(|kind| kind == ParamKind::Str);
    let measured = text || kinds.any(|kind| kind == ParamKind::File);
    let lengths = param.min_length.is_some() || param.max_length.is_some();
    if Bounds::given(param) && !kinds.any(number) {
        let expected = "gt, ge, lt, le, multiple_of on a number";
        return Err(misplaced(operation, param, expected));
    }
    if lengths && !measured || param.pattern.is_some() && !text {
        let expected = "min_length, max_length, pattern on text";
        return Err(misplaced(operation, param, expected));
    }
    Ok(())
}

fn misplaced(operation: &OperationPlan, param: &ParamPlan, expected: &str) -> PlanError {
    let given = format!(
        "Expected {expected}, given for `{}`, which is {:?}",
        param.name, param.kinds
    );
    operation.wrong(&given, "remove the constraint or change the type")
}
