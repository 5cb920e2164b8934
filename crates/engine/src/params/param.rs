//! One parameter: where it comes from, and how its texts become its value.

use std::borrow::Cow;

use http::header::HeaderName;
use smallvec::SmallVec;

use super::Scalar;
use super::constraint::Constraint;
use super::fault::{Faults, Wrong};
use super::kinds::Kinds;
use crate::routing::Template;
use crate::{BodyKind, OperationPlan, ParamKind, ParamPlan, ParamSource, PlanError};

/// A parameter of an operation.
#[derive(Debug)]
pub(super) struct Param {
    pub(super) name: Box<str>,
    pub(super) from: From,
    pub(super) many: Option<Many>,
    pub(super) required: bool,
    pub(super) constraint: Constraint,
    kinds: Kinds,
}

/// Where a parameter comes from.
#[derive(Debug, PartialEq)]
pub(super) enum From {
    /// The place among the captures.
    Path(usize),
    Query,
    Header(HeaderName),
    Cookie,
    Form,
    File,
}

/// How many values a list may have.
#[derive(Debug)]
pub(super) struct Many {
    min: u32,
    max: u32,
}

/// The texts of one parameter, decoded or not decodable.
pub(super) type Texts<'a> = SmallVec<[Result<Cow<'a, str>, Wrong>; 4]>;

impl Param {
    pub(super) fn compile(
        operation: &OperationPlan,
        plan: &ParamPlan,
        template: &Template,
    ) -> Result<Self, PlanError> {
        let kinds = Kinds::compile(operation, plan)?;
        let file = plan.source == ParamSource::File;
        if kinds.any(|kind| (kind == ParamKind::File) != file) {
            let given = format!(
                "Expected the kind `file` for files and for nothing else, given for `{}`: {:?}",
                plan.name, plan.kinds
            );
            return Err(operation.wrong(&given, "correct the kind or the source"));
        }
        Ok(Self {
            name: plan.name.as_str().into(),
            from: From::compile(operation, plan, template)?,
            many: Many::compile(operation, plan)?,
            required: plan.required,
            constraint: Constraint::compile(operation, plan, &kinds)?,
            kinds,
        })
    }

    pub(super) fn source(&self) -> ParamSource {
        match self.from {
            From::Path(_) => ParamSource::Path,
            From::Query => ParamSource::Query,
            From::Header(_) => ParamSource::Header,
            From::Cookie => ParamSource::Cookie,
            From::Form => ParamSource::Form,
            From::File => ParamSource::File,
        }
    }

    /// The value of a parameter that is given once; a value with a fault counts as none.
    pub(super) fn one(
        &self,
        text: Option<Result<Cow<'_, str>, Wrong>>,
        faults: &mut Faults,
    ) -> Scalar {
        let Some(text) = text else {
            return self.absent(faults);
        };
        match text.and_then(|text| self.typed(text)) {
            Ok(value) => value,
            Err(wrong) => self.fault(wrong, None, faults),
        }
    }

    /// The value of a parameter that is a list.
    pub(super) fn list(
        &self,
        many: &Many,
        texts: Option<Texts<'_>>,
        faults: &mut Faults,
    ) -> Scalar {
        let Some(texts) = texts else {
            return self.absent(faults);
        };
        if let Err(wrong) = many.check(texts.len()) {
            return self.fault(wrong, None, faults);
        }
        let mut values = Vec::with_capacity(texts.len());
        for (index, text) in texts.into_iter().enumerate() {
            values.push(match text.and_then(|text| self.typed(text)) {
                Ok(value) => value,
                Err(wrong) => self.fault(wrong, Some(index), faults),
            });
        }
        Scalar::List(values)
    }

    pub(super) fn absent(&self, faults: &mut Faults) -> Scalar {
        if self.required {
            return self.fault(Wrong::missing(self.source(), &self.name), None, faults);
        }
        Scalar::Absent
    }

    /// Notes a fault, and stands in for the value that there is not.
    pub(super) fn fault(&self, wrong: Wrong, index: Option<usize>, faults: &mut Faults) -> Scalar {
        faults.add(wrong, self.source(), &self.name, index);
        Scalar::Absent
    }

    fn typed(&self, text: Cow<'_, str>) -> Result<Scalar, Wrong> {
        let value = self.kinds.read(text)?;
        self.constraint.check(&value)?;
        Ok(value)
    }
}

impl From {
    fn compile(
        operation: &OperationPlan,
        plan: &ParamPlan,
        template: &Template,
    ) -> Result<Self, PlanError> {
        let name = plan.name.as_str();
        let wrong = |expected: &str| {
            let given = format!("Expected {expected}, given `{name}`");
            operation.wrong(&given, "rename the argument or correct the path")
        };
        if plan.converter.is_some() && plan.source != ParamSource::Path {
            return Err(wrong("converters on path parameters only"));
        }
        match plan.source {
            ParamSource::Path => {
                let place = template.place(name);
                let missing = || wrong("only path parameters that the path has");
                Ok(Self::Path(place.ok_or_else(missing)?))
            }
            ParamSource::Query => Ok(Self::Query),
            ParamSource::Cookie => Ok(Self::Cookie),
            ParamSource::Form => in_form(operation, name).map(|()| Self::Form),
            ParamSource::File => in_form(operation, name).map(|()| Self::File),
            ParamSource::Header => {
                let lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
                let header = HeaderName::from_bytes(name.as_bytes())
                    .ok()
                    .filter(|_| lower);
                Ok(Self::Header(
                    header.ok_or_else(|| wrong("a header name in lower case"))?,
                ))
            }
        }
    }
}

fn in_form(operation: &OperationPlan, name: &str) -> Result<(), PlanError> {
    match &operation.body {
        Some(body) if body.kind == BodyKind::Form => Ok(()),
        _ => {
            let given =
                format!("Expected a body of the kind `form` for the field `{name}`, given none");
            Err(operation.wrong(&given, "declare the body as a form"))
        }
    }
}

impl Many {
    fn compile(operation: &OperationPlan, plan: &ParamPlan) -> Result<Option<Self>, PlanError> {
        let (min, max) = (plan.min_items, plan.max_items);
        let name = &plan.name;
        if !plan.many && (min.is_some() || max.is_some()) {
            let given = format!(
                "Expected min_items, max_items on a list, given for `{name}`, which is none"
            );
            return Err(operation.wrong(&given, "remove them or make it a list"));
        }
        let (min, max) = (min.unwrap_or(0), max.unwrap_or(u32::MAX));
        if min > max {
            let given = format!(
                "Expected min_items of `{name}` not above max_items, given {min} and {max}"
            );
            return Err(operation.wrong(&given, "correct one of them"));
        }
        Ok(plan.many.then_some(Self { min, max }))
    }

    pub(super) fn check(&self, given: usize) -> Result<(), Wrong> {
        let count = u32::try_from(given).unwrap_or(u32::MAX);
        if count < self.min {
            Err(Wrong::items("too_few_items", "least", self.min, given))
        } else if count > self.max {
            Err(Wrong::items("too_many_items", "most", self.max, given))
        } else {
            Ok(())
        }
    }
}
