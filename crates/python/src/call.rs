//! One operation's function and how it is called.

use http::StatusCode;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use ultrafox_engine::{Exchange, Scalar};

use crate::interpreter::{self, Arguments};
use crate::problem;
use crate::request::Request;
use crate::shape::Shape;
use crate::value::{self, Uploads};

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

/// A parameter's share of a `Call`.
struct Parameter {
    default: Py<PyAny>,
    /// What stands for the places of a `choice`.
    choices: Option<Py<PyTuple>>,
    /// What turns the value into the argument.
    make: Option<Py<PyAny>>,
}

/// `ultrafox.dispatch.Call` in Rust.
pub(crate) struct Call {
    pub(crate) label: String,
    pub(crate) mode: Mode,
    pub(crate) status: StatusCode,
    pub(crate) shape: Option<Shape>,
    pub(crate) finish: Py<PyAny>,
    pub(crate) blocks: Py<PyAny>,
    pub(crate) explain: Py<PyAny>,
    function: Py<PyAny>,
    arguments: Vec<Argument>,
    keywords: Option<Py<PyTuple>>,
    parameters: Vec<Parameter>,
    body_default: Py<PyAny>,
    decoders: Vec<Py<PyAny>>,
    exact: Option<Py<PyAny>>,
    keeps_request: bool,
}

/// What is still needed of a request when its function has returned.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) request: Option<Py<PyAny>>,
    /// The place among the media types that the client may have.
    pub(crate) accepted: u8,
}

/// A function that could not be called, or that raised.
pub(crate) struct Raised {
    pub(crate) error: PyErr,
    /// The decoder of the body raised it: the client's mistake.
    pub(crate) from_body: bool,
}

impl From<PyErr> for Raised {
    fn from(error: PyErr) -> Self {
        Self {
            error,
            from_body: false,
        }
    }
}

impl Call {
    /// Reads a `Call` of Python.
    pub(crate) fn read(call: &Bound<'_, PyAny>, label: &str) -> PyResult<Self> {
        let attribute = |name: &str| call.getattr(name);
        let status: u16 = attribute("status")?.extract()?;
        let shape = attribute("shape")?;
        let keywords: Bound<'_, PyTuple> = attribute("keywords")?.cast_into()?;
        Ok(Self {
            label: label.to_owned(),
            mode: Mode::read(&attribute("mode")?)?,
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
            explain: attribute("explain")?.unbind(),
            function: attribute("function")?.unbind(),
            arguments: attribute("arguments")?
                .extract::<Vec<i32>>()?
                .into_iter()
                .map(Argument::read)
                .collect::<PyResult<_>>()?,
            keywords: (!keywords.is_empty()).then(|| keywords.unbind()),
            parameters: Parameter::read_all(call)?,
            body_default: attribute("body_default")?.unbind(),
            decoders: attribute("decoders")?.extract()?,
            exact: attribute("exact")?.extract()?,
            keeps_request: attribute("keeps_request")?.is_truthy()?,
        })
    }

    /// Calls the function; what it returns may be a coroutine. `held` is what outlives the call, also where it fails.
    pub(crate) fn invoke<'py>(
        &self,
        py: Python<'py>,
        mut exchange: Box<Exchange>,
        held: &mut Held,
    ) -> Result<Bound<'py, PyAny>, Raised> {
        held.accepted = exchange.accepted;
        if let Some(problem) = exchange.refused.take() {
            held.request = Some(Request::make(py, exchange, Uploads::default())?.unbind());
            return Err(problem::raised(py, &problem).into());
        }
        let uploads = Uploads::take(py, &mut exchange)?;
        let mut arguments = Arguments::with_capacity(self.arguments.len());
        let mut place = None;
        let mut refused = None;
        for (index, argument) in self.arguments.iter().enumerate() {
            arguments.push(match argument {
                // Made last, for it takes the exchange with it.
                Argument::Request => {
                    place = Some(index);
                    py.None().into_bound(py)
                }
                Argument::Body => match self.body(py, &exchange) {
                    Ok(body) => body,
                    Err(error) => {
                        refused = Some(Raised {
                            error,
                            from_body: true,
                        });
                        break;
                    }
                },
                Argument::Value(index) => match self.value(py, &exchange, *index, &uploads) {
                    Ok(value) => value,
                    Err(error) => {
                        refused = Some(Raised::from(error));
                        break;
                    }
                },
            });
        }
        if place.is_some() || self.keeps_request {
            let request = Request::make(py, exchange, uploads)?;
            if let Some(slot) = place.and_then(|place| arguments.get_mut(place)) {
                *slot = request.clone();
            }
            held.request = Some(request.unbind());
        }
        match refused {
            Some(raised) => Err(raised),
            None => Ok(interpreter::call(
                py,
                &self.function,
                &arguments,
                self.keywords.as_ref(),
            )?),
        }
    }

    fn body<'py>(&self, py: Python<'py>, exchange: &Exchange) -> PyResult<Bound<'py, PyAny>> {
        let decode = match &self.exact {
            Some(exact) if exchange.exact => Some(exact),
            _ => self.decoders.get(usize::from(exchange.consumed)),
        };
        match decode {
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
        uploads: &Uploads,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(parameter) = self.parameters.get(index) else {
            return Ok(py.None().into_bound(py));
        };
        match exchange.values.get(index) {
            None | Some(Scalar::Absent) => Ok(parameter.default.bind(py).clone()),
            Some(given) => {
                let choices = parameter.choices.as_ref().map(|choices| choices.bind(py));
                let value = value::of(py, given, choices, uploads)?;
                match &parameter.make {
                    Some(make) => interpreter::call_one(py, make, &value),
                    None => Ok(value),
                }
            }
        }
    }
}

impl Mode {
    fn read(mode: &Bound<'_, PyAny>) -> PyResult<Self> {
        match mode.extract::<String>()?.as_str() {
            "async" => Ok(Self::Async),
            "pool" => Ok(Self::Pool),
            "inline" => Ok(Self::Inline),
            mode => Err(PyValueError::new_err(format!(
                "expected `async`, `pool` or `inline` as mode, given `{mode}`"
            ))),
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

impl Parameter {
    fn read_all(call: &Bound<'_, PyAny>) -> PyResult<Vec<Self>> {
        let defaults: Vec<Py<PyAny>> = call.getattr("defaults")?.extract()?;
        let choices: Vec<Option<Py<PyTuple>>> = call.getattr("choices")?.extract()?;
        let makes: Vec<Option<Py<PyAny>>> = call.getattr("makes")?.extract()?;
        if choices.len() != defaults.len() || makes.len() != defaults.len() {
            return Err(PyValueError::new_err(format!(
                "expected as many choices and makes as the {} defaults, given {} and {}",
                defaults.len(),
                choices.len(),
                makes.len()
            )));
        }
        let parameters = defaults.into_iter().zip(choices).zip(makes);
        Ok(parameters
            .map(|((default, choices), make)| Self {
                default,
                choices,
                make,
            })
            .collect())
    }
}
