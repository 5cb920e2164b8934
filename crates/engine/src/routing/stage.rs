//! Routing as a stage: host, path, method, slash, owner.

use std::borrow::Cow;

use http::header::ALLOW;
use http::{Method, StatusCode};

use super::allow::allow;
use super::hosts::Hosts;
use super::router::{Captures, Found, Router};
use super::template::Template;
use super::{path, slashes};
use crate::{Exchange, Plan, PlanError, Problem, ProblemKind, Reply, SlashPolicy, Target};

/// The stage.
pub(crate) struct Routing {
    hosts: Hosts,
    router: Router,
    slashes: SlashPolicy,
    claims: Vec<String>,
    fallback: bool,
}

/// What routing made of a request.
pub(crate) enum Routed {
    /// Somebody answers, and these are the path parameters.
    Found(Target, Captures),
    /// Routing itself does.
    Answered(Reply),
}

impl Routing {
    pub(crate) fn compile(plan: &Plan, templates: &[Template]) -> Result<Self, PlanError> {
        Ok(Self {
            hosts: Hosts::compile(plan)?,
            router: Router::compile(plan, templates)?,
            slashes: plan.slashes,
            claims: plan
                .apis
                .iter()
                .filter(|api| api.claims)
                .map(|api| api.prefix.clone())
                .collect(),
            fallback: plan.fallback,
        })
    }

    /// Finds out who answers.
    pub(crate) fn enter(&self, exchange: &mut Exchange) -> Result<Routed, Problem> {
        self.hosts.enter(exchange)?;
        let routed = self.route(exchange)?;
        if let Routed::Found(target, _) = &routed {
            exchange.target = *target;
        }
        Ok(routed)
    }

    fn route(&self, exchange: &Exchange) -> Result<Routed, Problem> {
        let method = &exchange.method;
        if *method == Method::CONNECT {
            return Err(not_implemented(method));
        }
        if exchange.uri.path() == "*" && *method == Method::OPTIONS {
            return Ok(Routed::Answered(Reply::empty(StatusCode::NO_CONTENT)));
        }
        let raw = below_base(exchange).ok_or_else(not_found)?;
        let path = path::canonical(raw).map_err(|_| malformed())?;
        // Below a base it may be empty: the base itself, without its slash.
        if exchange.base == 0 && !path.starts_with('/') {
            return Err(malformed());
        }
        match self.find(path, exchange) {
            Ok(routed) => routed,
            Err(path) => self.unknown(exchange, &path),
        }
    }

    /// What is at a path; the path again when nothing is.
    fn find<'a>(
        &self,
        path: Cow<'a, str>,
        exchange: &Exchange,
    ) -> Result<Result<Routed, Problem>, Cow<'a, str>> {
        match self.router.find(&path, &exchange.method) {
            Found::Operation(id, mut captures) => {
                match path {
                    Cow::Owned(path) => captures.path = Some(path),
                    Cow::Borrowed(_) => captures.shift(exchange.base),
                }
                Ok(Ok(Routed::Found(Target::Operation(id), captures)))
            }
            Found::OtherMethods(methods) => Ok(other_methods(&exchange.method, &methods)),
            Found::Nothing => Err(path),
        }
    }

    /// A path that is no route: its other spelling, a 404 of the APIs, or the project around them.
    fn unknown(&self, exchange: &Exchange, path: &str) -> Result<Routed, Problem> {
        let theirs = self.fallback && !self.claimed(path);
        if let Some(other) = self.other_spelling(path, theirs) {
            if self.slashes == SlashPolicy::Redirect {
                let reply = slashes::redirect(&exchange.uri).ok_or_else(not_found)?;
                return Ok(Routed::Answered(reply));
            }
            if let Ok(routed) = self.find(Cow::Owned(other), exchange) {
                return routed;
            }
        }
        if !theirs {
            return Err(not_found());
        }
        if exchange.method == Method::TRACE {
            return Err(not_implemented(&exchange.method));
        }
        Ok(Routed::Found(Target::Fallback, Captures::default()))
    }

    /// The route that differs by its last slash. Where the project may have the path itself, only one without parameters counts:
    /// an API's `/{slug}` must not take `/admin/` away from it.
    fn other_spelling(&self, path: &str, theirs: bool) -> Option<String> {
        if self.slashes == SlashPolicy::Strict {
            return None;
        }
        let other = slashes::other(path)?;
        let known = if theirs {
            self.router.has_fixed(&other)
        } else {
            self.router.has(&other)
        };
        known.then_some(other)
    }

    fn claimed(&self, path: &str) -> bool {
        self.claims.iter().any(|claim| is_below(path, claim))
    }
}

/// Whether a path is a prefix or below it. The prefix's last slash does not count.
pub(crate) fn is_below(path: &str, prefix: &str) -> bool {
    let bare = prefix.strip_suffix('/').unwrap_or(prefix);
    let below = path.strip_prefix(bare);
    below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

/// The path that is routed, decoded; as it was sent where it cannot be.
pub(crate) fn routed_path(exchange: &Exchange) -> Cow<'_, str> {
    let raw = below_base(exchange).unwrap_or_default();
    path::canonical(raw).unwrap_or(Cow::Borrowed(raw))
}

/// What of the path stands behind the base.
fn below_base(exchange: &Exchange) -> Option<&str> {
    exchange.uri.path().get(exchange.base..)
}

fn other_methods(method: &Method, methods: &[Method]) -> Result<Routed, Problem> {
    let allowed = allow(methods);
    if *method == Method::OPTIONS {
        return Ok(Routed::Answered(
            Reply::empty(StatusCode::NO_CONTENT).with(ALLOW, allowed),
        ));
    }
    let names = allowed.to_str().unwrap_or_default();
    let detail = format!("Expected one of {names}, given {method}.");
    let problem = Problem::from(ProblemKind::MethodNotAllowed).detail(detail);
    Err(problem.header(ALLOW, allowed))
}

fn malformed() -> Problem {
    let detail = "Expected a path in UTF-8 with every `%` followed by two hexadecimal digits and without `%00`.";
    Problem::from(ProblemKind::MalformedPath).detail(detail)
}

fn not_found() -> Problem {
    Problem::from(ProblemKind::NotFound)
}

fn not_implemented(method: &Method) -> Problem {
    Problem::from(ProblemKind::NotImplemented).detail(format!("{method} is not served here."))
}
