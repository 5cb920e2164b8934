//! The plan on its way from Python.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use ultrafox_engine::{
    ApiPlan, BodyKind, BodyPlan, Bound as Limit, Engine, ErrorStyle, Exchange, Handler,
    OperationPlan, ParamKind, ParamPlan, ParamSource, Plan, Problem, ProblemKind, Record, Reply,
    Sink, SlashPolicy, SystemClock,
};

/// Parses a plan; the error says what was not understood.
pub(crate) fn parse(plan: &[u8]) -> PyResult<Plan> {
    serde_json::from_slice(plan)
        .map_err(|error| PyValueError::new_err(format!("the plan is not understood: {error}")))
}

/// Handles and records nothing.
pub(crate) struct Nobody;

impl Handler for Nobody {
    type Call = std::future::Ready<Result<Reply, Problem>>;

    fn call(&self, _: Box<Exchange>) -> Self::Call {
        std::future::ready(Err(Problem::from(ProblemKind::InternalError)))
    }
}

impl Sink for Nobody {
    fn record(&self, _: &Record<'_>) {}
}

/// Compiles a plan as the server would and gives it back as Rust writes it.
#[pyfunction]
pub(crate) fn plan_check<'py>(py: Python<'py>, plan: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let plan = parse(plan)?;
    let written =
        serde_json::to_vec(&plan).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Engine::new(plan, Nobody, Arc::new(Nobody), Arc::new(SystemClock))
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &written))
}

/// A plan in which every field says something somewhere, as Rust writes it.
#[pyfunction]
pub(crate) fn plan_example(py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
    let written =
        serde_json::to_vec(&example()).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &written))
}

fn example() -> Plan {
    Plan {
        version: Plan::VERSION,
        debug: true,
        allowed_hosts: vec![".example.com".into()],
        forwarded_host: true,
        slashes: SlashPolicy::Redirect,
        in_flight: 1000,
        body_limit: 2_621_440,
        upload_limit: 104_857_600,
        field_limit: 1_048_576,
        parts: 1000,
        files: 100,
        json_depth: 128,
        json_keys: 10_000,
        apis: vec![ApiPlan {
            prefix: "/api".into(),
            claims: true,
            errors: ErrorStyle::Problem,
            compress: true,
        }],
        fallback: true,
        operations: vec![OperationPlan {
            method: "POST".into(),
            path: "/api/items/{id}".into(),
            label: "shop.api.items".into(),
            api: 0,
            params: example_params(),
            body: Some(BodyPlan {
                required: true,
                kind: BodyKind::Document,
                consumes: vec!["application/json".into()],
            }),
            keeps_body: true,
            body_limit: Some(1_000_000),
            produces: vec!["application/json".into()],
            compress: true,
            hears_faults: true,
        }],
    }
}

fn example_params() -> Vec<ParamPlan> {
    let id = ParamPlan {
        name: "id".into(),
        source: ParamSource::Path,
        kinds: vec![ParamKind::Int],
        choices: vec![],
        many: false,
        required: true,
        converter: Some("int".into()),
        gt: Some(Limit::Int(0)),
        ge: Some(Limit::Int(1)),
        lt: Some(Limit::Float(10.5)),
        le: Some(Limit::Int(10)),
        multiple_of: Some(Limit::Int(1)),
        min_length: None,
        max_length: None,
        min_items: None,
        max_items: None,
        pattern: None,
    };
    let word = ParamPlan {
        name: "word".into(),
        source: ParamSource::Query,
        kinds: vec![ParamKind::Str, ParamKind::Choice],
        choices: vec!["new".into(), "old".into()],
        many: true,
        required: false,
        converter: None,
        gt: None,
        ge: None,
        lt: None,
        le: None,
        multiple_of: None,
        min_length: Some(1),
        max_length: Some(2),
        min_items: Some(1),
        max_items: Some(2),
        pattern: Some("^[a-z]+$".into()),
    };
    vec![id, word]
}
