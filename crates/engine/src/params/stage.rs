//! Parameters as a stage: pick the texts, then type and check each.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::COOKIE;
use smallvec::SmallVec;

use super::fault::{Faults, Wrong};
use super::header::{field_text, joined, pieces};
use super::param::{From, Param, Texts};
use super::{Scalar, cookie, query};
use crate::routing::{Captures, Template, unescape};
use crate::{Exchange, OperationPlan, PlanError, Problem};

/// The parameters of one operation.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pub(super) list: Box<[Param]>,
    has_query: bool,
    has_cookie: bool,
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
        let one = |from: &From, param: &Param| param.from == *from && param.many.is_none();
        Ok(Self {
            has_query: list.iter().any(|param| one(&From::Query, param)),
            has_cookie: list.iter().any(|param| param.from == From::Cookie),
            list,
        })
    }

    /// Fills the exchange's values, or lists everything that is wrong. Those of a form are absent until the body has been read.
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
        let mut faults = Faults::default();
        let cookies = self.cookie_fields(&exchange.headers);
        let sent = self.sent(exchange, &cookies);
        for (place, param) in self.list.iter().enumerate() {
            let sent = sent.get(place).copied().flatten();
            values.push(match &param.many {
                _ if matches!(param.from, From::Form | From::File) => Scalar::Absent,
                None => param.one(param.text(exchange, captures, sent), &mut faults),
                Some(many) => {
                    let texts = param.texts(exchange, captures, sent);
                    param.list(many, texts, &mut faults)
                }
            });
        }
        faults.into_result().map(|()| values)
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
    /// The decoded text of the parameter.
    fn text<'a>(
        &self,
        exchange: &'a Exchange,
        captures: &'a Captures,
        sent: Option<&'a str>,
    ) -> Option<Result<Cow<'a, str>, Wrong>> {
        match &self.from {
            From::Path(place) => captures
                .text(*place, exchange.uri.path())
                .map(|text| Ok(unescape(text))),
            From::Query => sent.map(decode_query),
            From::Cookie => sent.map(|text| Ok(cookie::unquote(text))),
            From::Header(name) => joined(&exchange.headers, name).map(Ok),
            From::Form | From::File => None,
        }
    }

    /// All texts of the parameter. A path and a cookie have one.
    fn texts<'a>(
        &self,
        exchange: &'a Exchange,
        captures: &'a Captures,
        sent: Option<&'a str>,
    ) -> Option<Texts<'a>> {
        match &self.from {
            From::Query => {
                let pairs = exchange.uri.query().into_iter().flat_map(query::pairs);
                let named = pairs.filter(|(name, _)| query::is_named(name, &self.name));
                let texts: Texts<'a> = named.map(|(_, value)| decode_query(value)).collect();
                (!texts.is_empty()).then_some(texts)
            }
            From::Header(name) => {
                joined(&exchange.headers, name).map(|field| pieces(field).map(Ok).collect())
            }
            _ => {
                let text = self.text(exchange, captures, sent)?;
                Some(Texts::from_iter([text]))
            }
        }
    }
}

fn decode_query(sent: &str) -> Result<Cow<'_, str>, Wrong> {
    query::decode(sent).ok_or_else(|| Wrong::coding("percent-encoded UTF-8", sent))
}
