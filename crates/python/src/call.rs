//! One operation's function and how it is called.

use http::StatusCode;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyString, PyTuple};
use ultrafox_engine::{Exchange, Scalar};

use crate::interpreter::{self, Arguments};
use crate::modules;
use crate::request::Request;
use crate::shape::Shape;

/// Where a function runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A task of the event loop.
    Async,
    /// A pool thread.
    Pool,
    /// The event loop's thread, between two requests.
    Inline,
}

enum Argument {
    Request,
    Body,
    Value(usize),
}

/// `ultrafox.dispatch.Call` in Rust.
pub(crate) struct Call {
    pub(crate) label: String,
    pub(crate) mode: Mode,
    pub(crate) status: StatusCode,
    pub(crate) shape: Option<Shape>,
    pub(crate) finish: Py<PyAny>,
    pub(crate) blocks: Py<PyAny>,
    function: Py<PyAny>,
    arguments: Vec<Argument>,
    keywords: Option<Py<PyTuple>>,
    defaults: Vec<Py<PyAny>>,
    body_default: Py<PyAny>,
    decode: Option<Py<PyAny>>,
}

/// Why a function could not be called, or what it raised.
pub(crate) enum Raised {
    /// The decoder of the body refused it: the client's mistake.
    Body(PyErr),
    /// Anything else.
    Handler(PyErr),
}

impl Call {
    /// Reads a `Call` of Python.
    pub(crate) fn read(call: &Bound<'_, PyAny>, label: &str) -> PyResult<Self> {
        let attribute = |name: &str| call.getattr(name);
        let mode: String = attribute("mode")?.extract()?;
        let status: u16 = attribute("status")?.extract()?;
        let shape = attribute("shape")?;
        let keywords: Bound<'_, PyTuple> = attribute("keywords")?.cast_into()?;
        Ok(Self {
            label: label.to_owned(),
            mode: match mode.as_str() {
                "async" => Mode::Async,
                "pool" => Mode::Pool,
                "inline" => Mode::Inline,
                _ => {
                    return Err(PyValueError::new_err(format!(
                        "expected `async`, `pool` or `inline` as mode, given `{mode}`"
                    )));
                }
            },
            status: StatusCode::from_u16(status).map_err(|_| {
                PyValueError::new_err(format!("expected a status of 100 to 999, given {status}"))
            })?,
            shape: if shape.is_none() {
                None
            } else {
                Some(Shape::read(&shape)?)
            },
            finish: attribute("finish")?.unbind(),
            blocks: attribute("blocks")?.unbind(),
            function: attribute("function")?.unbind(),
            arguments: attribute("arguments")?
                .extract::<Vec<i32>>()?
                .into_iter()
                .map(Argument::read)
                .collect::<PyResult<_>>()?,
            keywords: (!keywords.is_empty()).then(|| keywords.unbind()),
            defaults: attribute("defaults")?.extract()?,
            body_default: attribute("body_default")?.unbind(),
            decode: attribute("decode")?.extract()?,
        })
    }

    /// Calls the function; what it returns may be a coroutine.
    pub(crate) fn invoke<'py>(
        &self,
        py: Python<'py>,
        exchange: Box<Exchange>,
    ) -> Result<Bound<'py, PyAny>, Raised> {
        let mut arguments = Arguments::with_capacity(self.arguments.len());
        let mut request = None;
        for (place, argument) in self.arguments.iter().enumerate() {
            arguments.push(match argument {
                // Made last, for it takes the exchange with it.
                Argument::Request => {
                    request = Some(place);
                    py.None().into_bound(py)
                }
                Argument::Body => self.body(py, &exchange).map_err(Raised::Body)?,
                Argument::Value(index) => {
                    self.value(py, &exchange, *index).map_err(Raised::Handler)?
                }
            });
        }
        if let Some(slot) = request.and_then(|place| arguments.get_mut(place)) {
            let request = Bound::new(py, Request::new(exchange)).map_err(Raised::Handler)?;
            *slot = request.into_any();
        }
        interpreter::call(py, &self.function, &arguments, self.keywords.as_ref())
            .map_err(Raised::Handler)
    }

    fn body<'py>(&self, py: Python<'py>, exchange: &Exchange) -> PyResult<Bound<'py, PyAny>> {
        match &self.decode {
            Some(decode) if !exchange.body.is_empty() => {
                interpreter::call_one(py, decode, PyBytes::new(py, &exchange.body).as_any())
            }
            _ => Ok(self.body_default.bind(py).clone()),
        }
    }

    fn value<'py>(
        &self,
        py: Python<'py>,
        exchange: &Exchange,
        index: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let default = || {
            self.defaults
                .get(index)
                .map_or_else(|| py.None(), |value| value.clone_ref(py))
        };
        match exchange.values.get(index) {
            None | Some(Scalar::Absent) => Ok(default().into_bound(py)),
            Some(value) => scalar(py, value),
        }
    }
}

impl Argument {
    fn read(index: i32) -> PyResult<Self> {
        match index {
            -1 => Ok(Self::Request),
            -2 => Ok(Self::Body),
            _ => usize::try_from(index).map(Self::Value).map_err(|_| {
                PyValueError::new_err(format!("expected an argument of -2 or more, given {index}"))
            }),
        }
    }
}

fn scalar<'py>(py: Python<'py>, value: &Scalar) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Scalar::Absent => py.None().into_bound(py),
        Scalar::Int(number) => number.into_pyobject(py)?.into_any(),
        Scalar::BigInt(digits) => py.get_type::<PyInt>().call1((&**digits,))?,
        Scalar::Float(number) => PyFloat::new(py, *number).into_any(),
        Scalar::Bool(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        Scalar::Text(text) => PyString::new(py, text).into_any(),
        Scalar::Uuid(bytes) => {
            let bytes = PyBytes::new(py, bytes);
            modules::uuid(py)?.call1((py.None(), bytes))?
        }
    })
}
