//! The project around the APIs: its views answer what no API claims.

use http::Method;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use ultrafox_engine::Exchange;

use crate::answer::{Ending, Finished};
use crate::request::Request;
use crate::value::Uploads;
use crate::{pipe, problem, reply};

pub(crate) const LABEL: &str = "django";

/// Answers a request with the project's own handler.
pub(crate) fn run(py: Python<'_>, fallback: &Fallback, exchange: Box<Exchange>) -> Ending {
    start(py, fallback, exchange).map_err(|error| {
        let arguments = (error.into_value(py), py.None(), false);
        problem::read(py, fallback.explain.bind(py).call1(arguments))
    })
}

/// `ultrafox.fallback.Fallback`, and what is told of its errors.
pub(crate) struct Fallback {
    pub(crate) handler: Option<Py<PyAny>>,
    pub(crate) explain: Py<PyAny>,
}

fn start(py: Python<'_>, fallback: &Fallback, exchange: Box<Exchange>) -> PyResult<Finished> {
    let Some(handler) = &fallback.handler else {
        return Err(PyRuntimeError::new_err("there is no fallback"));
    };
    let head = exchange.method == Method::HEAD;
    let request = Request::make(py, exchange, Uploads::default())?;
    let answer = handler.bind(py).call1((request,))?;
    reply::finished(&answer, head).inspect_err(|_| {
        if let Ok(body) = answer.get_item(2) {
            pipe::close(py, &body);
        }
    })
}
