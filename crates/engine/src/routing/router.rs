//! Path and method to operation.
//!
//! A path is looked for among the fixed paths, then among those with parameters, then among those that take the rest of a path. The
//! first place that has an operation for the method and whose converters match wins.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use http::Method;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::converter::{Converter, Converters};
use super::template::Template;
use crate::{OperationId, OperationPlan, ParamSource, Plan, PlanError};

/// All the paths of a plan.
#[derive(Default)]
pub(super) struct Router {
    nodes: Vec<Node>,
    /// The keys are the plan's: no client can make them collide.
    fixed: FxHashMap<Box<str>, usize>,
    segments: matchit::Router<usize>,
    rests: matchit::Router<usize>,
}

/// What is at one shape of path.
#[derive(Default)]
struct Node {
    methods: Vec<(Method, SmallVec<[Candidate; 1]>)>,
}

struct Candidate {
    id: OperationId,
    converters: Converters,
}

/// Where in a canonical path the parameters are.
#[derive(Debug, Default)]
pub(crate) struct Captures {
    /// The canonical path, where it is not the request's own spelling.
    pub(super) path: Option<String>,
    spans: SmallVec<[(u32, u32); 4]>,
}

/// What the router says about a path and a method.
pub(super) enum Found {
    Operation(OperationId, Captures),
    /// Something is at the path, but not for the method; these are.
    OtherMethods(Vec<Method>),
    Nothing,
}

impl Captures {
    /// The text of a parameter, given the request's own spelling of the path.
    pub(crate) fn text<'a>(&'a self, place: usize, raw: &'a str) -> Option<&'a str> {
        let (start, end) = *self.spans.get(place)?;
        let path = self.path.as_deref().unwrap_or(raw);
        path.get(start as usize..end as usize)
    }

    /// The same in a path that is longer by its start.
    pub(super) fn shift(&mut self, by: usize) {
        let by = u32::try_from(by).unwrap_or(u32::MAX);
        for (start, end) in &mut self.spans {
            *start = start.saturating_add(by);
            *end = end.saturating_add(by);
        }
    }

    fn of(params: &matchit::Params<'_, '_>, path: &str) -> Self {
        let origin = path.as_ptr().addr();
        let span = |value: &str| {
            // A target longer than 4 GiB never gets here: the door's limit is some kilobytes.
            let start = value.as_ptr().addr().saturating_sub(origin) as u32;
            (start, start.saturating_add(value.len() as u32))
        };
        Self {
            path: None,
            spans: params.iter().map(|(_, value)| span(value)).collect(),
        }
    }
}

impl Router {
    pub(super) fn compile(plan: &Plan, templates: &[Template]) -> Result<Self, PlanError> {
        let mut router = Self::default();
        let mut shapes = HashMap::new();
        let all = plan.operations.iter().zip(templates).enumerate();
        for (index, (operation, template)) in all {
            let place = match shapes.entry(template.shape.as_str()) {
                Entry::Occupied(entry) => *entry.get(),
                Entry::Vacant(entry) => *entry.insert(router.plant(plan, operation, template)?),
            };
            let id = OperationId(u32::try_from(index).unwrap_or(u32::MAX));
            let candidate = Candidate {
                id,
                converters: converters(operation, template)?,
            };
            if let Some(node) = router.nodes.get_mut(place) {
                node.add(plan, operation, candidate)?;
            }
        }
        Ok(router)
    }

    /// A new node at a shape.
    fn plant(
        &mut self,
        plan: &Plan,
        operation: &OperationPlan,
        template: &Template,
    ) -> Result<usize, PlanError> {
        let place = self.nodes.len();
        self.nodes.push(Node::default());
        let shape = template.shape.as_str();
        let planted = if template.names.is_empty() {
            self.fixed.insert(shape.into(), place);
            Ok(())
        } else if template.rest {
            self.rests.insert(shape, place)
        } else {
            self.segments.insert(shape, place)
        };
        match planted {
            Ok(()) => Ok(place),
            Err(error) => Err(self.overlaps(plan, operation, &error)),
        }
    }

    fn overlaps(
        &self,
        plan: &Plan,
        operation: &OperationPlan,
        error: &matchit::InsertError,
    ) -> PlanError {
        let given = match error {
            matchit::InsertError::Conflict { with } => {
                let place = [&self.segments, &self.rests]
                    .into_iter()
                    .find_map(|tree| tree.at(with).ok());
                let node = place.and_then(|matched| self.nodes.get(*matched.value));
                let id = node
                    .and_then(|node| node.methods.first()?.1.first())
                    .map(|candidate| candidate.id);
                let label = id
                    .and_then(|id| plan.operation(id))
                    .map_or("", |other| other.label.as_str());
                format!("the one of `{label}`, {with}")
            }
            error => error.to_string(),
        };
        let problem =
            format!("Expected a path that no other overlaps within a segment, given {given}");
        operation.wrong(&problem, "give the segment a text of its own")
    }

    /// Looks a canonical path up. Nothing is allocated on the way to an operation.
    pub(super) fn find(&self, path: &str, method: &Method) -> Found {
        let mut others = Vec::new();
        if let Some(place) = self.fixed.get(path)
            && let Some(found) = self.look(*place, Captures::default(), path, method, &mut others)
        {
            return found;
        }
        for tree in [&self.segments, &self.rests] {
            if let Ok(matched) = tree.at(path) {
                let captures = Captures::of(&matched.params, path);
                let found = self.look(*matched.value, captures, path, method, &mut others);
                if let Some(found) = found {
                    return found;
                }
            }
        }
        if others.is_empty() {
            Found::Nothing
        } else {
            Found::OtherMethods(others)
        }
    }

    /// Whether anything is at a path, for whatever method.
    pub(super) fn has(&self, path: &str) -> bool {
        self.fixed.contains_key(path)
            || [&self.segments, &self.rests].into_iter().any(|tree| {
                tree.at(path).is_ok_and(|matched| {
                    let captures = Captures::of(&matched.params, path);
                    self.nodes
                        .get(*matched.value)
                        .is_some_and(|node| node.any(&captures, path))
                })
            })
    }

    /// Whether a path without parameters is there, for whatever method.
    pub(super) fn has_fixed(&self, path: &str) -> bool {
        self.fixed.contains_key(path)
    }

    fn look(
        &self,
        place: usize,
        captures: Captures,
        path: &str,
        method: &Method,
        others: &mut Vec<Method>,
    ) -> Option<Found> {
        let node = self.nodes.get(place)?;
        let id = node.find(method, &captures, path).or_else(|| {
            let head = *method == Method::HEAD;
            head.then(|| node.find(&Method::GET, &captures, path))
                .flatten()
        });
        if let Some(id) = id {
            return Some(Found::Operation(id, captures));
        }
        others.extend(node.matching(&captures, path));
        None
    }
}

impl Node {
    fn add(
        &mut self,
        plan: &Plan,
        operation: &OperationPlan,
        candidate: Candidate,
    ) -> Result<(), PlanError> {
        let method = operation.http_method()?;
        let found = self.methods.iter_mut().find(|(other, _)| *other == method);
        let Some((_, candidates)) = found else {
            self.methods
                .push((method, SmallVec::from_iter([candidate])));
            return Ok(());
        };
        let same = |other: &&Candidate| other.converters == candidate.converters;
        if let Some(twin) = candidates.iter().find(same) {
            let label = plan
                .operation(twin.id)
                .map_or("", |other| other.label.as_str());
            let given =
                format!("Expected one operation for a method and path, given `{label}` too");
            return Err(operation.wrong(&given, "remove one, or give it another path"));
        }
        candidates.push(candidate);
        Ok(())
    }

    fn find(&self, method: &Method, captures: &Captures, path: &str) -> Option<OperationId> {
        let (_, candidates) = self.methods.iter().find(|(other, _)| other == method)?;
        let candidate = candidates
            .iter()
            .find(|candidate| candidate.fits(captures, path))?;
        Some(candidate.id)
    }

    /// The methods that are served at a path of this shape.
    fn matching(&self, captures: &Captures, path: &str) -> impl Iterator<Item = Method> {
        self.methods.iter().filter_map(move |(method, candidates)| {
            let fits = candidates
                .iter()
                .any(|candidate| candidate.fits(captures, path));
            fits.then(|| method.clone())
        })
    }

    fn any(&self, captures: &Captures, path: &str) -> bool {
        self.matching(captures, path).next().is_some()
    }
}

impl Candidate {
    fn fits(&self, captures: &Captures, path: &str) -> bool {
        self.converters
            .iter()
            .enumerate()
            .all(|(place, converter)| {
                *converter == Converter::Any
                    || captures
                        .text(place, path)
                        .is_some_and(|text| converter.matches(text))
            })
    }
}

fn converters(operation: &OperationPlan, template: &Template) -> Result<Converters, PlanError> {
    let last = template.names.len().saturating_sub(1);
    let each = template.names.iter().enumerate();
    each.map(|(place, name)| {
        let is_it =
            |param: &&crate::ParamPlan| param.source == ParamSource::Path && param.name == *name;
        let Some(param) = operation.params.iter().find(is_it) else {
            let given = format!(
                "Expected a path parameter for `{{{name}}}` of `{}`, given none",
                operation.path
            );
            return Err(operation.wrong(&given, "name an argument of the handler like it"));
        };
        Converter::of(param, template.rest && place == last).map_err(|expected| {
            let text = param.converter.as_deref().unwrap_or_default();
            let given = format!("Expected {expected} for `{name}`, given `{text}`");
            operation.wrong(&given, "correct the path")
        })
    })
    .collect()
}
