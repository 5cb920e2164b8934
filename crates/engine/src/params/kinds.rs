//! Text to typed value.

use std::borrow::Cow;

use smallvec::SmallVec;
use uuid::Uuid;

use super::decimal::Decimal;
use super::fault::{Wrong, quote};
use super::number::{float, int};
use super::{Scalar, duration, moment};
use crate::{OperationPlan, ParamKind, ParamPlan, PlanError};

/// As many choices as a message lists.
const LISTED: usize = 10;

/// The types of a parameter: the first that the text fits.
#[derive(Debug)]
pub(super) struct Kinds {
    list: SmallVec<[ParamKind; 2]>,
    choices: Box<[Box<str>]>,
}

/// Why a text is not of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It is something else.
    Kind,
    /// It has so many digits.
    Digits(usize),
}

impl Kinds {
    pub(super) fn compile(operation: &OperationPlan, param: &ParamPlan) -> Result<Self, PlanError> {
        let chooses = param.kinds.contains(&ParamKind::Choice);
        let wrong = |expected: &str, cure: &str| {
            let given = format!("Expected {expected}, given for `{}`", param.name);
            Err(operation.wrong(&given, cure))
        };
        if param.kinds.is_empty() {
            return wrong("at least one kind, given none", "name one");
        }
        if chooses == param.choices.is_empty() {
            return wrong(
                "choices where the kind is `choice`, and nowhere else",
                "correct the kind or the choices",
            );
        }
        Ok(Self {
            list: param.kinds.iter().copied().collect(),
            choices: param
                .choices
                .iter()
                .map(|text| text.as_str().into())
                .collect(),
        })
    }

    /// Whether any of them is this.
    pub(super) fn any(&self, is: impl Fn(ParamKind) -> bool) -> bool {
        self.list.iter().any(|kind| is(*kind))
    }

    /// Reads a value of the first kind that it fits.
    pub(super) fn read(&self, text: Cow<'_, str>) -> Result<Scalar, Wrong> {
        let mut misfit = Misfit::Kind;
        for kind in &self.list {
            if *kind == ParamKind::Str {
                return Ok(Scalar::Text(text.into()));
            }
            match self.read_as(*kind, &text) {
                Ok(value) => return Ok(value),
                Err(reason) => misfit = reason,
            }
        }
        Err(self.fault(misfit, &text))
    }

    fn read_as(&self, kind: ParamKind, text: &str) -> Result<Scalar, Misfit> {
        let value = match kind {
            ParamKind::Str => Some(Scalar::Text(text.into())),
            ParamKind::Int => return int(text),
            ParamKind::Float => return float(text),
            ParamKind::Decimal => {
                return Decimal::parse(text).map(|_| Scalar::Decimal(text.into()));
            }
            ParamKind::Bool => boolean(text),
            ParamKind::Uuid => uuid(text),
            ParamKind::Date => moment::date(text).map(|text| Scalar::Date(text.into())),
            ParamKind::Datetime => moment::datetime(text).map(Scalar::Datetime),
            ParamKind::Time => moment::time(text).map(Scalar::Time),
            ParamKind::Duration => {
                duration::microseconds(text).map(|microseconds| Scalar::Duration { microseconds })
            }
            ParamKind::Choice => self.choice(text),
            ParamKind::File => None,
        };
        value.ok_or(Misfit::Kind)
    }

    fn choice(&self, text: &str) -> Option<Scalar> {
        let place = self.choices.iter().position(|choice| **choice == *text)?;
        u32::try_from(place).ok().map(Scalar::Choice)
    }

    fn fault(&self, misfit: Misfit, text: &str) -> Wrong {
        match (self.list.as_slice(), misfit) {
            ([ParamKind::Int], Misfit::Digits(count)) => {
                too_long("int_too_long", "an integer", count)
            }
            ([ParamKind::Decimal], Misfit::Digits(count)) => {
                too_long("decimal_too_long", "a decimal number", count)
            }
            ([kind], _) => self.mismatch(code(*kind), text),
            _ => self.mismatch("type_expected", text),
        }
    }

    fn mismatch(&self, code: &'static str, text: &str) -> Wrong {
        let expected = self.expected();
        Wrong::new(code, format!("Expected {expected}, given {}.", quote(text)))
    }

    /// All kinds in words.
    fn expected(&self) -> String {
        let words: Vec<Cow<'_, str>> = self.list.iter().map(|kind| self.words(*kind)).collect();
        match words.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            Some((only, _)) => only.to_string(),
            None => String::new(),
        }
    }

    fn words(&self, kind: ParamKind) -> Cow<'static, str> {
        Cow::Borrowed(match kind {
            ParamKind::Str => "a text",
            ParamKind::Int => "an integer",
            ParamKind::Float => "a finite number",
            ParamKind::Bool => "true, false, 1, 0, yes, no, on or off",
            ParamKind::Uuid => "a UUID",
            ParamKind::Date => "a date such as `2026-11-21`",
            ParamKind::Datetime => "a date and time such as `2026-11-21T12:30:00Z`",
            ParamKind::Time => "a time such as `12:30:00`",
            ParamKind::Duration => "a duration such as `P1DT2H30M` or a number of seconds",
            ParamKind::Decimal => "a decimal number",
            ParamKind::File => "a file",
            ParamKind::Choice => return Cow::Owned(self.listed()),
        })
    }

    /// The first few choices.
    fn listed(&self) -> String {
        let first: Vec<String> = self
            .choices
            .iter()
            .take(LISTED)
            .map(|text| quote(text))
            .collect();
        match self.choices.len() {
            1 => first.concat(),
            count if count > LISTED => {
                format!("one of {} and {} more", first.join(", "), count - LISTED)
            }
            _ => format!("one of {}", first.join(", ")),
        }
    }
}

fn code(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::Str => "text_expected",
        ParamKind::Int => "int_expected",
        ParamKind::Float => "float_expected",
        ParamKind::Bool => "bool_expected",
        ParamKind::Uuid => "uuid_expected",
        ParamKind::Date => "date_expected",
        ParamKind::Datetime => "datetime_expected",
        ParamKind::Time => "time_expected",
        ParamKind::Duration => "duration_expected",
        ParamKind::Decimal => "decimal_expected",
        ParamKind::Choice => "choice_expected",
        ParamKind::File => "file_expected",
    }
}

fn too_long(code: &'static str, what: &str, count: usize) -> Wrong {
    let given = if count > 1_000_000 {
        "more than a million".to_owned()
    } else {
        count.to_string()
    };
    Wrong::new(
        code,
        format!("Expected {what} of at most 4,300 digits, given {given}."),
    )
}

fn boolean(text: &str) -> Option<Scalar> {
    let any = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if any(["true", "1", "yes", "on"]) {
        Some(Scalar::Bool(true))
    } else if any(["false", "0", "no", "off"]) {
        Some(Scalar::Bool(false))
    } else {
        None
    }
}

/// With or without hyphens; braces and `urn:uuid:` have other lengths.
fn uuid(text: &str) -> Option<Scalar> {
    let parsed = if matches!(text.len(), 32 | 36) {
        Uuid::try_parse(text).ok()
    } else {
        None
    };
    parsed.map(|uuid| Scalar::Uuid(uuid.into_bytes()))
}
