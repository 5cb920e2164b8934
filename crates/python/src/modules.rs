//! The one place where Rust looks things up in Python's modules; each is looked up once.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident: $module:literal $attribute:literal)*) => {
        $(
            $(#[$doc])*
            pub(crate) fn $name(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
                static CELL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                let found = CELL.get_or_try_init(py, || {
                    py.import($module)?.getattr($attribute).map(Bound::unbind)
                })?;
                Ok(found.bind(py))
            }
        )*
    };
}

lookups! {
    /// A task of the event loop.
    asyncio_task: "asyncio" "Task"
    /// The end of a cancelled task.
    cancelled_error: "asyncio" "CancelledError"
    /// A query string as Django reads it.
    query_dict: "django.http" "QueryDict"
    /// A Cookie header as Django reads it.
    parse_cookie: "django.http" "parse_cookie"
    /// Header fields as Django offers them.
    http_headers: "django.http.request" "HttpHeaders"
    /// Joins a location with the URL that names it.
    urljoin: "urllib.parse" "urljoin"
    /// A UUID.
    uuid: "uuid" "UUID"
    /// The class of msgspec's Struct classes.
    struct_meta: "msgspec._core" "StructMeta"
    /// How Python numbers the calling thread.
    thread_ident: "threading" "get_ident"
}

/// Whether `value` is an instance of a msgspec Struct.
pub(crate) fn is_struct(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let meta = struct_meta(value.py())?.cast::<PyType>()?;
    Ok(value.get_type().get_type().is(meta))
}
