//! Values of parameters as Python's objects.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyList, PyString, PyTuple};
use ultrafox_engine::{Content, Exchange, Scalar, Upload};

use crate::modules;

/// The files of a form as `UploadFile`s, in the order in which they came, and its fields.
#[derive(Default)]
pub(crate) struct Uploads {
    pub(crate) fields: Option<Py<PyList>>,
    pub(crate) files: Vec<(String, Py<PyAny>)>,
}

impl Uploads {
    /// Takes the form out of an exchange.
    pub(crate) fn take(py: Python<'_>, exchange: &mut Exchange) -> PyResult<Self> {
        let Some(form) = exchange.form.take() else {
            return Ok(Self::default());
        };
        let files = form
            .files
            .into_iter()
            .map(|upload| Ok((upload.name.clone(), made(py, upload)?)))
            .collect::<PyResult<_>>()?;
        Ok(Self {
            fields: Some(PyList::new(py, form.fields)?.unbind()),
            files,
        })
    }
}

fn made(py: Python<'_>, upload: Upload) -> PyResult<Py<PyAny>> {
    let content = match upload.content {
        Content::Memory(bytes) => PyBytes::new(py, &bytes).into_any(),
        Content::Disk(file) => descriptor(file).into_pyobject(py)?.into_any(),
    };
    let arguments = (
        upload.name,
        upload.filename,
        upload.content_type,
        upload.size,
        content,
    );
    Ok(modules::make_upload(py)?.call1(arguments)?.unbind())
}

/// Hands the file over to Python, which closes it.
#[cfg(unix)]
fn descriptor(file: std::fs::File) -> i32 {
    std::os::fd::IntoRawFd::into_raw_fd(file)
}

/// The value that the engine read.
pub(crate) fn of<'py>(
    py: Python<'py>,
    value: &Scalar,
    choices: Option<&Bound<'py, PyTuple>>,
    uploads: &Uploads,
) -> PyResult<Bound<'py, PyAny>> {
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
        Scalar::Date(text) => modules::date_from_text(py)?.call1((&**text,))?,
        Scalar::Datetime(text) => modules::datetime_from_text(py)?.call1((&**text,))?,
        Scalar::Time(text) => modules::time_from_text(py)?.call1((&**text,))?,
        Scalar::Decimal(text) => modules::decimal(py)?.call1((&**text,))?,
        Scalar::Duration { microseconds } => {
            modules::timedelta(py)?.call1((0, 0, *microseconds))?
        }
        Scalar::Choice(place) => match choices {
            Some(choices) => choices.get_item(*place as usize)?,
            None => py.None().into_bound(py),
        },
        Scalar::File(place) => match uploads.files.get(*place as usize) {
            Some((_, file)) => file.bind(py).clone(),
            None => py.None().into_bound(py),
        },
        Scalar::List(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(of(py, item, choices, uploads)?)?;
            }
            list.into_any()
        }
    })
}
