//! Parameters as a stage: pick the texts, then type and check each.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::{COOKIE, HeaderName, HeaderValue};
use smallvec::SmallVec;

use super::constraint::Constraint;
use super::fault::Wrong;
use super::{Scalar, cookie, query};
use crate::routing::{Captures, Template, unescape};
use crate::{
    Exchange, Fault, OperationPlan, ParamKind, ParamPlan, ParamSource, PlanError, Problem,
    ProblemKind,
};

/// The parameters of one operation.
#[derive(Debug, Default)]
pub(crate) struct Params {
    list: Box<[Param]>,
    has_query: bool,
    has_cookie: bool,
}

#[derive(Debug)]
struct Param {
    name: Box<str>,
    from: From,
    kind: ParamKind,
    required: bool,
    constraint: Constraint,
}

/// Where a parameter comes from.
#[derive(Debug)]
enum From {
    /// The place among the captures.
    Path(usize),
    Query,
    Header(HeaderName),
    Cookie,
}

type Values = SmallVec<[Scalar; 4]>;

/// The texts of query and cookie parameters as they were sent, in the order of the parameters.
type Sent<'a> = SmallVec<[Option<&'a str>; 8]>;

impl Params {
    pub(crate) fn compile(
        operation: &OperationPlan,
        template: &Template,
    ) -> Result<Self, PlanError> {
        let params = operation.params.iter();
        let list: Box<[Param]> = params
            .map(|param| Param::compile(operation, param, template))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            has_query: list.iter().any(|param| matches!(param.from, From::Query)),
            has_cookie: list.iter().any(|param| matches!(param.from, From::Cookie)),
            list,
        })
    }

    /// Fills the exchange's values, or lists everything that is wrong.
    pub(crate) fn enter(
        &self,
        exchange: &mut Exchange,
        captures: &Captures,
    ) -> Result<(), Problem> {
        if !self.list.is_empty() {
            exchange.values = self.read(exchange, captures)?;
        }
        Ok(())
    }

    fn read(&self, exchange: &Exchange, captures: &Captures) -> Result<Values, Problem> {
        let mut values = Values::with_capacity(self.list.len());
        let mut faults: Vec<Fault> = Vec::new();
        let cookies = self.cookie_fields(&exchange.headers);
        let sent = self.sent(exchange, &cookies);
        for (place, param) in self.list.iter().enumerate() {
            let sent = sent.get(place).copied().flatten();
            match param.value(exchange, captures, sent) {
                Ok(value) => values.push(value),
                Err(wrong) => faults.push(wrong.at(param.source(), &param.name)),
            }
        }
        if faults.is_empty() {
            Ok(values)
        } else {
            Err(Problem::from(ProblemKind::InvalidParameters).errors(faults))
        }
    }

    /// Goes through query and cookies once; of a name that is given more than once the last value counts, as in Django.
    fn sent<'a>(&self, exchange: &'a Exchange, cookies: &'a [Cow<'a, str>]) -> Sent<'a> {
        let mut sent = Sent::new();
        if !self.has_query && !self.has_cookie {
            return sent;
        }
        sent.resize(self.list.len(), None);
        let query = if self.has_query {
            exchange.uri.query()
        } else {
            None
        };
        for (name, value) in query.into_iter().flat_map(query::pairs) {
            for (param, slot) in self.list.iter().zip(&mut sent) {
                if matches!(param.from, From::Query) && query::is_named(name, &param.name) {
                    *slot = Some(value);
                }
            }
        }
        for (name, value) in cookies.iter().flat_map(|field| cookie::pairs(field)) {
            for (param, slot) in self.list.iter().zip(&mut sent) {
                if matches!(param.from, From::Cookie) && name == &*param.name {
                    *slot = Some(value);
                }
            }
        }
        sent
    }

    fn cookie_fields<'a>(&self, headers: &'a HeaderMap) -> SmallVec<[Cow<'a, str>; 1]> {
        if !self.has_cookie {
            return SmallVec::new();
        }
        headers.get_all(COOKIE).iter().map(field_text).collect()
    }
}

impl Param {
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
        let from = match plan.source {
            ParamSource::Path => {
                let place = template.place(name);
                From::Path(place.ok_or_else(|| wrong("only path parameters that the path has"))?)
            }
            ParamSource::Query => From::Query,
            ParamSource::Cookie | ParamSource::Form | ParamSource::File => From::Cookie,
            ParamSource::Header => {
                let lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
                let header = HeaderName::from_bytes(name.as_bytes())
                    .ok()
                    .filter(|_| lower);
                From::Header(header.ok_or_else(|| wrong("a header name in lower case"))?)
            }
        };
        Ok(Self {
            name: name.into(),
            from,
            kind: plan.kinds.first().copied().unwrap_or(ParamKind::Str),
            required: plan.required,
            constraint: Constraint::compile(operation, plan)?,
        })
    }

    fn value(
        &self,
        exchange: &Exchange,
        captures: &Captures,
        sent: Option<&str>,
    ) -> Result<Scalar, Wrong> {
        let Some(text) = self.text(exchange, captures, sent)? else {
            return if self.required {
                Err(Wrong::missing(self.source(), &self.name))
            } else {
                Ok(Scalar::Absent)
            };
        };
        let value = Scalar::parse(self.kind, text)?;
        self.constraint.check(&value)?;
        Ok(value)
    }

    /// The decoded text of the parameter.
    fn text<'a>(
        &self,
        exchange: &'a Exchange,
        captures: &'a Captures,
        sent: Option<&'a str>,
    ) -> Result<Option<Cow<'a, str>>, Wrong> {
        match &self.from {
            From::Path(place) => Ok(captures.text(*place, exchange.uri.path()).map(unescape)),
            From::Query => sent.map(decode_query).transpose(),
            From::Cookie => Ok(sent.map(cookie::unquote)),
            From::Header(name) => header(&exchange.headers, name),
        }
    }

    fn source(&self) -> ParamSource {
        match self.from {
            From::Path(_) => ParamSource::Path,
            From::Query => ParamSource::Query,
            From::Header(_) => ParamSource::Header,
            From::Cookie => ParamSource::Cookie,
        }
    }
}

fn decode_query(sent: &str) -> Result<Cow<'_, str>, Wrong> {
    query::decode(sent).ok_or_else(|| Wrong::coding("percent-encoded UTF-8", sent))
}

/// A field's text. Several fields of one name are one list, as RFC 9110 has it.
fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<Cow<'a, str>>, Wrong> {
    let mut fields = headers.get_all(name).iter();
    let Some(first) = fields.next() else {
        return Ok(None);
    };
    let mut text = field_text(first);
    for field in fields {
        let joined = text.to_mut();
        joined.push_str(", ");
        joined.push_str(&field_text(field));
    }
    Ok(Some(text))
}

/// A field as text. HTTP gives bytes beyond ASCII no meaning: they are UTF-8 where they can be, and Latin-1 otherwise.
#[must_use]
pub fn field_text(field: &HeaderValue) -> Cow<'_, str> {
    match std::str::from_utf8(field.as_bytes()) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => field.as_bytes().iter().copied().map(char::from).collect(),
    }
}
