//! Calls into CPython that PyO3 has no safe form of. All `unsafe` of this crate is here.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use smallvec::SmallVec;

/// Arguments of one call, owned until it returns.
pub(crate) type Arguments<'py> = SmallVec<[Bound<'py, PyAny>; 8]>;

/// Calls `function` with `arguments`, the last `keywords.len()` of which are keyword arguments of these names.
pub(crate) fn call<'py>(
    py: Python<'py>,
    function: &Py<PyAny>,
    arguments: &Arguments<'py>,
    keywords: Option<&Py<PyTuple>>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut pointers: SmallVec<[*mut ffi::PyObject; 9]> =
        SmallVec::with_capacity(arguments.len() + 1);
    pointers.push(std::ptr::null_mut());
    pointers.extend(arguments.iter().map(Bound::as_ptr));
    let named = keywords.map_or(0, |names| names.bind(py).len());
    let positional = arguments.len().saturating_sub(named);
    let names = keywords.map_or(std::ptr::null_mut(), Py::as_ptr);
    // SAFETY: `pointers` holds one writable slot before the arguments, as the offset flag promises; `arguments` keeps every object
    // alive over the call; `names` is a tuple of as many strings as there are trailing arguments, or null.
    unsafe {
        let result = ffi::PyObject_Vectorcall(
            function.as_ptr(),
            pointers.as_ptr().add(1),
            positional | ffi::PY_VECTORCALL_ARGUMENTS_OFFSET,
            names,
        );
        Bound::from_owned_ptr_or_err(py, result)
    }
}

/// Calls `function` with one argument.
pub(crate) fn call_one<'py>(
    py: Python<'py>,
    function: &Py<PyAny>,
    argument: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both pointers are live objects for the length of the call.
    unsafe {
        let result = ffi::PyObject_CallOneArg(function.as_ptr(), argument.as_ptr());
        Bound::from_owned_ptr_or_err(py, result)
    }
}

/// Runs `work` in a copy of the current context, so that context variables set by it end with it.
pub(crate) fn in_fresh_context<R>(py: Python<'_>, work: impl FnOnce() -> R) -> PyResult<R> {
    // SAFETY: the copy is a new reference that lives until it is left again below.
    let context = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyContext_CopyCurrent())? };
    // SAFETY: entering a context that no thread has entered, on the thread that leaves it.
    if unsafe { ffi::PyContext_Enter(context.as_ptr()) } != 0 {
        return Err(PyErr::fetch(py));
    }
    let result = work();
    // SAFETY: `work` has left every context that it entered, so this one is on top.
    if unsafe { ffi::PyContext_Exit(context.as_ptr()) } != 0 {
        return Err(PyErr::fetch(py));
    }
    Ok(result)
}
