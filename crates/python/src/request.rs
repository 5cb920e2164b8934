//! The request as handlers see it: what was sent, for `ultrafox.request.Request` to read like Django's.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue,
};
use http::{Method, Uri};
use percent_encoding::percent_decode_str;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList};
use ultrafox_engine::{Exchange, TraceId, field_text};

use crate::modules;
use crate::value::Uploads;

thread_local! {
    /// What the request that is being made is made of: Python's constructor takes no arguments of Rust.
    static NEXT: RefCell<Option<(Box<Exchange>, Uploads)>> = const { RefCell::new(None) };
    /// The attributes of another door's request that the next one takes over.
    static INHERITED: RefCell<Option<Py<PyAny>>> = const { RefCell::new(None) };
}

/// Fields, and the files by their names.
type Form<'a, 'py> = (
    &'a Bound<'py, PyList>,
    Vec<(&'a str, &'a Bound<'py, PyAny>)>,
);

/// What a client sent. Python's `Request` is made of this and Django's `HttpRequest`.
#[pyclass(frozen, subclass, name = "Request", module = "ultrafox._core")]
pub(crate) struct Request {
    method: Method,
    uri: Uri,
    fields: HeaderMap,
    peer: Option<std::net::SocketAddr>,
    secure: bool,
    trace: TraceId,
    accepted: u8,
    content: Bytes,
    uploads: Uploads,
    body: PyOnceLock<Py<PyBytes>>,
    leaves: AtomicBool,
}

impl Request {
    /// The request that a handler gets.
    pub(crate) fn make(
        py: Python<'_>,
        exchange: Box<Exchange>,
        uploads: Uploads,
    ) -> PyResult<Bound<'_, PyAny>> {
        NEXT.set(Some((exchange, uploads)));
        let request = modules::request(py)?.call0()?;
        if let Some(attributes) = INHERITED.take() {
            request.call_method1(pyo3::intern!(py, "_adopt"), (attributes,))?;
        }
        Ok(request)
    }

    /// What the next request that this thread makes takes over.
    pub(crate) fn inherit(attributes: Option<Py<PyAny>>) {
        INHERITED.set(attributes);
    }

    /// Whether something has to be added to the answer: a session to be saved, messages to be kept.
    pub(crate) fn leaves(&self) -> bool {
        self.leaves.load(Ordering::Relaxed)
    }

    fn field(&self, name: HeaderName) -> String {
        self.fields
            .get(name)
            .map(field_text)
            .unwrap_or_default()
            .into_owned()
    }

    fn host(&self) -> String {
        match self.uri.authority() {
            Some(authority) => authority.as_str().to_owned(),
            None => self.field(HOST),
        }
    }

    fn host_and_port(&self) -> (String, String) {
        let host = self.host();
        match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name.to_owned(), port.to_owned()),
            _ => (host, if self.secure { "443" } else { "80" }.to_owned()),
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
    #[new]
    fn new() -> PyResult<Self> {
        let Some((exchange, uploads)) = NEXT.take() else {
            return Err(PyTypeError::new_err(
                "requests are made by the server alone; in tests ultrafox.testing.TestClient sends them",
            ));
        };
        Ok(Self {
            method: exchange.method,
            uri: exchange.uri,
            fields: exchange.headers,
            peer: exchange.peer,
            secure: exchange.secure,
            trace: exchange.trace,
            accepted: exchange.accepted,
            content: exchange.body,
            uploads,
            body: PyOnceLock::new(),
            leaves: AtomicBool::new(false),
        })
    }

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

    /// 32 hexadecimal digits that log lines and the reply carry too.
    #[getter]
    fn trace_id(&self) -> String {
        self.trace.to_string()
    }

    /// The place among the operation's media types that the client asked for.
    #[getter]
    fn _accepted(&self) -> u8 {
        self.accepted
    }

    /// The client's address; None behind a Unix socket.
    #[getter]
    fn peer(&self) -> Option<String> {
        self.peer.map(|peer| peer.ip().to_string())
    }

    /// The body as bytes; empty where the handler declares a form.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> &Bound<'py, PyBytes> {
        self.body
            .get_or_init(py, || PyBytes::new(py, &self.content).unbind())
            .bind(py)
    }

    /// The value of the Content-Type field.
    fn _content_type(&self) -> String {
        self.field(CONTENT_TYPE)
    }

    /// The values of the Cookie fields.
    fn _cookies(&self) -> String {
        let values: Vec<Cow<'_, str>> =
            self.fields.get_all(COOKIE).iter().map(field_text).collect();
        values.join("; ")
    }

    /// The request as CGI variables.
    fn _meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.cgi(py, field_text)
    }

    /// A WSGI environ's share of the request: META with its bytes as Latin-1 (PEP 3333).
    fn wsgi_meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.cgi(py, latin1)
    }

    /// The host that the client asked for, checked against ALLOWED_HOSTS before any handler runs.
    fn _get_raw_host(&self) -> String {
        self.host()
    }

    /// `http` or `https`, as the connection is.
    fn _get_scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }

    /// The fields and files of the form that the handler declares: pairs of name and value; None where it declares none.
    fn _form<'py>(&self, py: Python<'py>) -> Option<Form<'_, 'py>> {
        let fields = self.uploads.fields.as_ref()?.bind(py);
        let files = self.uploads.files.iter();
        Some((
            fields,
            files
                .map(|(name, file)| (name.as_str(), file.bind(py)))
                .collect(),
        ))
    }

    /// Notes that the answer must pass `_leave` before it goes out.
    fn _leaves(&self) {
        self.leaves.store(true, Ordering::Relaxed);
    }
}

/// Bytes as PEP 3333 wants them in an environ.
fn latin1(field: &HeaderValue) -> Cow<'_, str> {
    match field.to_str() {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => field.as_bytes().iter().copied().map(char::from).collect(),
    }
}
