//! Calls into CPython that PyO3 has no safe form of. All `unsafe` of this crate is here.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple, PyType};
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
            pointers.as_mut_ptr().add(1).cast_const(),
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

/// A descriptor that Python has open. The caller must hold the interpreter until it is done with it.
#[cfg(unix)]
pub(crate) fn borrowed<'fd>(descriptor: std::os::fd::RawFd) -> std::os::fd::BorrowedFd<'fd> {
    // SAFETY: it is not -1, as the caller has checked; a file object that is alive keeps it open while the interpreter is held.
    unsafe { std::os::fd::BorrowedFd::borrow_raw(descriptor) }
}

/// Where the instances of a class keep the values of some of its slots.
pub(crate) struct Slots {
    class: Py<PyType>,
    offsets: Vec<usize>,
}

impl Slots {
    /// The slots of these names, or None when one of them is anything but a plain slot of objects.
    pub(crate) fn of(
        class: &Bound<'_, PyType>,
        names: &[Bound<'_, PyString>],
    ) -> PyResult<Option<Self>> {
        let mut offsets = Vec::with_capacity(names.len());
        for name in names {
            // A field of a dataclass without default is no attribute of the class.
            let descriptor = class.getattr_opt(name)?;
            let Some(offset) = descriptor.and_then(|descriptor| offset(class, &descriptor)) else {
                return Ok(None);
            };
            offsets.push(offset);
        }
        Ok(Some(Self {
            class: class.clone().unbind(),
            offsets,
        }))
    }

    /// The values of `value`'s slots in the order of their names, each None while it is unset. None when `value` is of another class.
    pub(crate) fn read<'a, 'py>(
        &'a self,
        value: &'a Bound<'py, PyAny>,
    ) -> Option<impl Iterator<Item = Option<Bound<'py, PyAny>>> + use<'a, 'py>> {
        let py = value.py();
        if value.get_type_ptr().cast() != self.class.as_ptr() {
            return None;
        }
        let object = value.as_ptr().cast::<u8>();
        Some(self.offsets.iter().map(move |offset| {
            // SAFETY: `value` is exactly of the class whose member descriptor named this offset of an object pointer, so the pointer
            // lies inside it and is null or a live object; the interpreter is attached, so nobody changes it meanwhile.
            unsafe {
                let slot = object.add(*offset).cast::<*mut ffi::PyObject>().read();
                Bound::from_borrowed_ptr_or_opt(py, slot)
            }
        }))
    }
}

/// `Py_T_OBJECT_EX`: a member that is an object pointer, and an AttributeError while it is null.
const OBJECT: i32 = 16;

fn offset(class: &Bound<'_, PyType>, descriptor: &Bound<'_, PyAny>) -> Option<usize> {
    // SAFETY: the type object is static; the cast follows the check of the exact type; a member descriptor's definition lives as
    // long as its class, which `class` keeps alive as itself or as a base.
    unsafe {
        if descriptor.get_type_ptr() != &raw mut ffi::PyMemberDescr_Type {
            return None;
        }
        let descriptor = descriptor.as_ptr().cast::<ffi::PyMemberDescrObject>();
        let owner = (*descriptor).d_common.d_type;
        let member = (*descriptor).d_member;
        let ours = ffi::PyType_IsSubtype(class.as_type_ptr(), owner) != 0;
        if !ours || (*member).type_code != OBJECT {
            return None;
        }
        usize::try_from((*member).offset).ok()
    }
}
