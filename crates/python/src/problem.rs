//! Exceptions as problems. What an exception means is decided in Python (`ultrafox.dispatch`); here it only changes its form.

use crate::{modules, reply};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, HeaderName};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::Value;
use ultrafox_engine::{Body, ErrorStyle, Fault, Loc, Problem, ProblemKind, TraceId};

type Refusal = (
    u16,
    String,
    String,
    Option<String>,
    Vec<(String, String)>,
    Vec<(Vec<Step>, String, String)>,
    Option<Vec<u8>>,
);

#[derive(FromPyObject, IntoPyObject)]
enum Step {
    Index(u64),
    Name(String),
}

/// A `Refusal` of Python.
pub(crate) fn read(py: Python<'_>, refusal: PyResult<Bound<'_, PyAny>>) -> Problem {
    match refusal.and_then(|refusal| refusal.extract::<Refusal>()) {
        Ok(refusal) => problem(refusal),
        Err(error) => {
            // The last line of defence: it can only be told to the operator.
            error.display(py);
            Problem::from(ProblemKind::InternalError)
        }
    }
}

fn problem((status, code, title, detail, headers, errors, extra): Refusal) -> Problem {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut problem = Problem::custom(status, code, title);
    if let Some(detail) = detail {
        problem = problem.detail(detail);
    }
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::try_from(&name),
            reply::header_value(&name, &value),
        ) && !reply::is_of_the_connection(name.as_str())
            && name != CONTENT_LENGTH
        {
            problem = problem.header(name, value);
        }
    }
    let errors = errors
        .into_iter()
        .map(|(loc, code, message)| Fault {
            loc: loc.into_iter().map(Loc::from).collect(),
            code: code.into(),
            message,
        })
        .collect();
    let extra = extra.and_then(|extra| match serde_json::from_slice(&extra) {
        Ok(Value::Object(extra)) => Some(extra),
        _ => None,
    });
    problem.errors(errors).extra(extra)
}

impl From<Step> for Loc {
    fn from(step: Step) -> Self {
        match step {
            Step::Index(index) => Loc::Index(index),
            Step::Name(name) => Loc::Name(name.into()),
        }
    }
}

/// An `Answer` with its body.
type Rendered<'py> = (
    u16,
    Option<String>,
    Bound<'py, PyBytes>,
    Vec<(String, String)>,
);

/// What the client would be sent for a `Refusal`, as an `Answer`: for middleware, which sees every answer.
#[pyfunction]
pub(crate) fn render<'py>(
    py: Python<'py>,
    refusal: Bound<'py, PyAny>,
    style: &str,
    trace_id: &str,
) -> PyResult<Rendered<'py>> {
    let style: ErrorStyle = serde_json::from_value(Value::from(style))
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    let trace = TraceId::parse(trace_id.as_bytes()).unwrap_or_default();
    let reply = read(py, Ok(refusal)).render(style, trace);
    let body = match &reply.body {
        Body::Full(bytes) => PyBytes::new(py, bytes),
        Body::Stream(_) => PyBytes::new(py, b""),
    };
    let status = reply.status.as_u16();
    Ok((status, None, body, reply::fields(&reply.headers)))
}

/// The parameters' refusal as the exception that the project's handlers know.
pub(crate) fn raised(py: Python<'_>, problem: &Problem) -> PyErr {
    let faults: Vec<(Vec<Step>, &str, &str)> = problem
        .faults()
        .iter()
        .map(|fault| {
            let loc = fault.loc.iter().map(Step::from).collect();
            (loc, fault.code.as_ref(), fault.message.as_str())
        })
        .collect();
    match modules::request_validation_error(py).and_then(|class| class.call1((faults,))) {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

impl From<&Loc> for Step {
    fn from(loc: &Loc) -> Self {
        match loc {
            Loc::Index(index) => Self::Index(*index),
            Loc::Name(name) => Self::Name(name.clone().into_owned()),
        }
    }
}
