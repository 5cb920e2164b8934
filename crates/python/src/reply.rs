//! What a handler returned, as a reply.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString};
use ultrafox_engine::{Body, Reply};

use crate::answer::{Finished, Stream};
use crate::call::{Call, Held};
use crate::interpreter;
use crate::modules;

/// Bodies up to here are copied; beyond it the reply borrows Python's bytes.
const COPIED: usize = 16 * 1024;

/// Room for what the stages add.
const HEADERS: usize = 4;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// How a value becomes a reply.
pub(crate) enum Way {
    /// It is exactly what may leave: encode it.
    Encode,
    /// Bytes as they are.
    Octets,
    /// No body.
    Empty,
    /// `Call.finish` converts it.
    Finish,
}

/// The way that `value` takes.
pub(crate) fn way(call: &Call, value: &Bound<'_, PyAny>, held: &Held) -> PyResult<Way> {
    if held.accepted != 0 {
        return Ok(Way::Finish);
    }
    if let Some(shape) = &call.shape {
        return Ok(if shape.fits(value) {
            Way::Encode
        } else {
            Way::Finish
        });
    }
    if value.is_exact_instance_of::<PyDict>() || value.is_exact_instance_of::<PyList>() {
        return Ok(Way::Encode);
    }
    if value.is_none() {
        return Ok(Way::Empty);
    }
    if value.is_exact_instance_of::<PyBytes>() {
        return Ok(Way::Octets);
    }
    let plain = value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyFloat>()
        || value.is_exact_instance_of::<PyBool>()
        || modules::is_struct(value)?;
    Ok(if plain { Way::Encode } else { Way::Finish })
}

/// The reply that `encode` makes of a value.
pub(crate) fn encoded(py: Python<'_>, call: &Call, value: &Bound<'_, PyAny>) -> PyResult<Reply> {
    let body = interpreter::call_one(py, modules::encode(py)?.as_unbound(), value)?;
    Ok(full(call.status, JSON, bytes(&body)?))
}

/// The reply of a value that is bytes.
pub(crate) fn octets(call: &Call, value: &Bound<'_, PyAny>) -> PyResult<Reply> {
    Ok(full(call.status, OCTETS, bytes(value)?))
}

/// The reply of None: 204, unless the operation names a status.
pub(crate) fn empty(call: &Call) -> Reply {
    let status = match call.status {
        StatusCode::OK => StatusCode::NO_CONTENT,
        status => status,
    };
    let mut reply = Reply::empty(status);
    reply.headers.reserve(HEADERS);
    reply
}

/// Members of an `Answer`; a refusal has more.
pub(crate) const ANSWER: usize = 4;

/// An `Answer` of Python. One to HEAD may tell the length of a body that it does not hold.
pub(crate) fn finished(answer: &Bound<'_, PyAny>, to_head: bool) -> PyResult<Finished> {
    let (mut reply, body) = head(answer)?;
    let length = reply.headers.get(CONTENT_LENGTH).map(HeaderValue::to_str);
    let sound = length.is_none_or(|text| text.is_ok_and(|text| text.parse::<u64>().is_ok()));
    let full = body.is_instance_of::<PyBytes>();
    if !sound || (full && !(to_head && body.len()? == 0)) {
        reply.headers.remove(CONTENT_LENGTH);
    }
    if full {
        reply.body = Body::Full(bytes(&body)?);
        return Ok(reply.into());
    }
    let stream = if body.hasattr(pyo3::intern!(body.py(), "__aiter__"))? {
        Stream::Async(body.unbind())
    } else {
        Stream::Sync(body.unbind())
    };
    Ok(Finished {
        reply,
        stream: Some(stream),
    })
}

/// `ultrafox.dispatch.Answer`: status, content type, body, further header fields.
type Answer<'py> = (
    u16,
    Option<String>,
    Bound<'py, PyAny>,
    Vec<(String, String)>,
);

/// An `Answer` of Python: the reply without its body, and the body.
pub(crate) fn head<'py>(answer: &Bound<'py, PyAny>) -> PyResult<(Reply, Bound<'py, PyAny>)> {
    let (status, content_type, body, headers): Answer<'py> = answer.extract()?;
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(|status| status.as_u16() >= 200)
        .ok_or_else(|| {
            PyValueError::new_err(format!("expected a status of 200 to 999, given {status}"))
        })?;
    let mut reply = Reply::empty(status);
    reply.headers = header_map(headers)?;
    if let Some(content_type) = content_type {
        reply
            .headers
            .insert(CONTENT_TYPE, header_value("Content-Type", &content_type)?);
    }
    Ok((reply, body))
}

/// Fields from Python without those that belong to the connection.
pub(crate) fn header_map(fields: Vec<(String, String)>) -> PyResult<HeaderMap> {
    let mut headers = HeaderMap::with_capacity(HEADERS + fields.len());
    for (name, value) in fields {
        let value = header_value(&name, &value)?;
        if is_of_the_connection(&name) {
            continue;
        }
        let name = HeaderName::try_from(name.as_str()).map_err(|_| {
            PyValueError::new_err(format!(
                "expected a header name of token characters, given `{name}`"
            ))
        })?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// Fields for Python: bytes beyond ASCII as Latin-1.
pub(crate) fn fields(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| value.as_bytes().iter().copied().map(char::from).collect();
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}

/// Whether a field belongs to the connection, which is the server's.
pub(crate) fn is_of_the_connection(name: &str) -> bool {
    const FIELDS: [&str; 8] = [
        "connection",
        "date",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field))
}

pub(crate) fn header_value(name: &str, value: &str) -> PyResult<HeaderValue> {
    let latin1: Result<Vec<u8>, _> = value.chars().map(|c| u8::try_from(u32::from(c))).collect();
    latin1
        .ok()
        .and_then(|bytes| HeaderValue::from_bytes(&bytes).ok())
        .ok_or_else(|| {
            PyValueError::new_err(format!(
                "expected a value without control characters for header `{name}`"
            ))
        })
}

fn full(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Reply {
    if let StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED = status {
        return Reply::empty(status);
    }
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(CONTENT_TYPE, content_type);
    Reply {
        status,
        headers,
        body: Body::Full(body),
    }
}

/// The bytes of a Python object, copied or borrowed by their length.
pub(crate) fn bytes(object: &Bound<'_, PyAny>) -> PyResult<Bytes> {
    let object = object.cast::<PyBytes>()?;
    let content = object.as_bytes();
    if content.len() <= COPIED {
        return Ok(Bytes::copy_from_slice(content));
    }
    Ok(Bytes::from_owner(PyBackedBytes::from(object.clone())))
}
