//! The request as handlers see it; it reads like Django's.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue,
};
use http::{Method, Uri};
use percent_encoding::percent_decode_str;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyString};
use ultrafox_engine::{Exchange, TraceId, field_text};

use crate::modules;

/// One request. Whatever costs something is made when it is first asked for.
#[pyclass(frozen, module = "ultrafox")]
pub(crate) struct Request {
    method: Method,
    uri: Uri,
    fields: HeaderMap,
    peer: Option<std::net::SocketAddr>,
    trace: TraceId,
    content: Bytes,
    body: PyOnceLock<Py<PyBytes>>,
    query: PyOnceLock<Py<PyAny>>,
    cookies: PyOnceLock<Py<PyAny>>,
    meta: PyOnceLock<Py<PyDict>>,
    headers: PyOnceLock<Py<PyAny>>,
    state: PyOnceLock<Py<PyDict>>,
}

impl Request {
    pub(crate) fn new(exchange: Box<Exchange>) -> Self {
        Self {
            method: exchange.method,
            uri: exchange.uri,
            fields: exchange.headers,
            peer: exchange.peer,
            trace: exchange.trace,
            content: exchange.body,
            body: PyOnceLock::new(),
            query: PyOnceLock::new(),
            cookies: PyOnceLock::new(),
            meta: PyOnceLock::new(),
            headers: PyOnceLock::new(),
            state: PyOnceLock::new(),
        }
    }

    fn field(&self, name: HeaderName) -> String {
        self.fields
            .get(name)
            .map(field_text)
            .unwrap_or_default()
            .into_owned()
    }

    fn host_and_port(&self) -> (String, String) {
        let host = self.get_host();
        match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name.to_owned(), port.to_owned()),
            _ => (host, "80".to_owned()),
        }
    }

    /// The request as CGI variables, with its fields as `text` reads them.
    fn cgi<'py>(
        &self,
        py: Python<'py>,
        text: fn(&HeaderValue) -> Cow<'_, str>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let meta = PyDict::new(py);
        let (name, port) = self.host_and_port();
        meta.set_item("REQUEST_METHOD", self.method.as_str())?;
        meta.set_item("SCRIPT_NAME", "")?;
        meta.set_item("PATH_INFO", self.path())?;
        meta.set_item("QUERY_STRING", self.query_string())?;
        meta.set_item("SERVER_NAME", name)?;
        meta.set_item("SERVER_PORT", port)?;
        meta.set_item("SERVER_PROTOCOL", "HTTP/1.1")?;
        if let Some(peer) = self.peer {
            meta.set_item("REMOTE_ADDR", peer.ip().to_string())?;
            meta.set_item("REMOTE_PORT", peer.port().to_string())?;
        }
        for name in self.fields.keys() {
            // Django's spelling maps `-` to `_`; a name that has `_` could pose as another (CVE-2015-0219).
            if name.as_str().contains('_') {
                continue;
            }
            let separator = if *name == COOKIE { "; " } else { "," };
            let values: Vec<Cow<'_, str>> = self.fields.get_all(name).iter().map(text).collect();
            let key = name.as_str().to_ascii_uppercase().replace('-', "_");
            let prefix = if *name == CONTENT_TYPE || *name == CONTENT_LENGTH {
                ""
            } else {
                "HTTP_"
            };
            meta.set_item(format!("{prefix}{key}"), values.join(separator))?;
        }
        Ok(meta)
    }
}

#[pymethods]
impl Request {
    /// The method, in upper case.
    #[getter]
    fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The path, percent-decoded.
    #[getter]
    fn path(&self) -> String {
        percent_decode_str(self.uri.path())
            .decode_utf8_lossy()
            .into_owned()
    }

    /// The path as it was sent.
    #[getter]
    fn raw_path(&self) -> &str {
        self.uri.path()
    }

    /// What follows the `?`, as it was sent.
    #[getter]
    fn query_string(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// `http` or `https`.
    #[getter]
    #[allow(
        clippy::unused_self,
        reason = "an attribute of the request, whatever the server speaks"
    )]
    fn scheme(&self) -> &'static str {
        "http"
    }

    /// Whether the client's connection is encrypted.
    fn is_secure(&self) -> bool {
        self.scheme() == "https"
    }

    /// 32 hexadecimal digits that log lines and the reply carry too.
    #[getter]
    fn trace_id(&self) -> String {
        self.trace.to_string()
    }

    /// The client's address; None behind a Unix socket.
    #[getter]
    fn peer(&self) -> Option<String> {
        self.peer.map(|peer| peer.ip().to_string())
    }

    /// The body's media type, without parameters.
    #[getter]
    fn content_type(&self) -> String {
        let value = self.field(CONTENT_TYPE);
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// The body as bytes.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> &Bound<'py, PyBytes> {
        self.body
            .get_or_init(py, || PyBytes::new(py, &self.content).unbind())
            .bind(py)
    }

    /// The query as Django's QueryDict.
    #[getter(GET)]
    fn query<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        let query = self.query.get_or_try_init(py, || {
            modules::query_dict(py)?
                .call1((self.query_string(),))
                .map(Bound::unbind)
        })?;
        Ok(query.bind(py))
    }

    /// The cookies.
    #[getter(COOKIES)]
    fn cookies<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        let cookies = self.cookies.get_or_try_init(py, || {
            let values: Vec<Cow<'_, str>> =
                self.fields.get_all(COOKIE).iter().map(field_text).collect();
            modules::parse_cookie(py)?
                .call1((values.join("; "),))
                .map(Bound::unbind)
        })?;
        Ok(cookies.bind(py))
    }

    /// The request as CGI variables.
    #[getter(META)]
    fn meta<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyDict>> {
        Ok(self
            .meta
            .get_or_try_init(py, || self.cgi(py, field_text).map(Bound::unbind))?
            .bind(py))
    }

    /// A WSGI environ's share of the request: META with its bytes as Latin-1 (PEP 3333).
    fn wsgi_meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.cgi(py, latin1)
    }

    /// The header fields; names in any case.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        let headers = self.headers.get_or_try_init(py, || {
            modules::http_headers(py)?
                .call1((self.meta(py)?,))
                .map(Bound::unbind)
        })?;
        Ok(headers.bind(py))
    }

    /// Whatever the project wants to keep with the request.
    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> &Bound<'py, PyDict> {
        self.state
            .get_or_init(py, || PyDict::new(py).unbind())
            .bind(py)
    }

    /// An entry of `state`.
    #[pyo3(signature = (name, default=None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self.state(py).get_item(name)? {
            Some(value) => value,
            None => default.unwrap_or_else(|| py.None().into_bound(py)),
        })
    }

    /// The host that the client asked for, checked against ALLOWED_HOSTS before any handler runs.
    fn get_host(&self) -> String {
        match self.uri.authority() {
            Some(authority) => authority.as_str().to_owned(),
            None => self.field(HOST),
        }
    }

    /// Path and query as they were sent.
    fn get_full_path(&self) -> String {
        match self.uri.query() {
            Some(query) => format!("{}?{query}", self.uri.path()),
            None => self.uri.path().to_owned(),
        }
    }

    /// The absolute URL of `location`, or of this request.
    #[pyo3(signature = (location=None))]
    fn build_absolute_uri<'py>(
        &self,
        py: Python<'py>,
        location: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let here = format!(
            "{}://{}{}",
            self.scheme(),
            self.get_host(),
            self.get_full_path()
        );
        match location {
            Some(location) => modules::urljoin(py)?.call1((here, location)),
            None => Ok(PyString::new(py, &here).into_any()),
        }
    }

    fn __repr__(&self) -> String {
        format!("<Request: {} '{}'>", self.method, self.get_full_path())
    }
}

/// Bytes as PEP 3333 wants them in an environ.
fn latin1(field: &HeaderValue) -> Cow<'_, str> {
    match field.to_str() {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => field.as_bytes().iter().copied().map(char::from).collect(),
    }
}
