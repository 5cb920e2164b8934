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
                    let mut found = py.import($module)?.into_any();
                    for name in $attribute.split('.') {
                        found = found.getattr(name)?;
                    }
                    PyResult::Ok(found.unbind())
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
    /// A UUID.
    uuid: "uuid" "UUID"
    /// A date of its ISO text.
    date_from_text: "datetime" "date.fromisoformat"
    /// A moment of its ISO text.
    datetime_from_text: "datetime" "datetime.fromisoformat"
    /// A time of day of its ISO text.
    time_from_text: "datetime" "time.fromisoformat"
    /// A duration.
    timedelta: "datetime" "timedelta"
    /// A decimal number.
    decimal: "decimal" "Decimal"
    /// A file of a form.
    make_upload: "ultrafox.uploads" "make"
    /// The request that handlers see.
    request: "ultrafox.request" "Request"
    /// Parameters that do not fit.
    request_validation_error: "ultrafox.exceptions" "RequestValidationError"
    /// What Django's responses have in common.
    response: "django.http.response" "HttpResponseBase"
    /// Any value to JSON.
    encode: "ultrafox.encoding" "encode"
    /// Says in the log that a stream failed.
    broke_off: "ultrafox.pump" "broke_off"
    /// Runs what is to run after the reply, on the calling thread.
    run_afterwards: "ultrafox.afterwards" "run_here"
    /// Sends what an async iterator gives.
    pump: "ultrafox.pump" "pump"
    /// Closes an async iterator that nobody has looked at.
    close_unread: "ultrafox.pump" "close"
    /// Has an async iterator closed that a door reads no further.
    close_later: "ultrafox.flights" "close_later"
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
