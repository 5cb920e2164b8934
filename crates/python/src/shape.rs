//! Whether a value is exactly what a response schema names, so that it may be encoded as it is.
//!
//! Encoding writes every field that an object has, so an instance of a subclass, or a richer object in a field, would let out what the
//! schema does not name. Whatever is not certain here is not exact, and takes the converting path in Python.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};

use crate::interpreter::Slots;

/// The tree that `ultrafox.schema.shape` builds of a type.
pub(crate) enum Shape {
    Any,
    Never,
    Exact(Vec<Py<PyType>>),
    List(Box<Shape>),
    Dict(Box<Shape>),
    /// An instance that keeps its fields in slots.
    Struct(Slots, Vec<Shape>),
    /// An instance that keeps them anywhere else.
    Object(Py<PyType>, Vec<(Py<PyString>, Shape)>),
    Union(Vec<Shape>),
}

impl Shape {
    /// Reads the nested tuples.
    pub(crate) fn read(tree: &Bound<'_, PyAny>) -> PyResult<Self> {
        let tree = tree.cast::<PyTuple>()?;
        let name: String = tree.get_item(0)?.extract()?;
        Ok(match name.as_str() {
            "any" => Self::Any,
            "never" => Self::Never,
            "exact" => Self::Exact(tree.get_item(1)?.extract()?),
            "list" => Self::List(Box::new(Self::read(&tree.get_item(1)?)?)),
            "dict" => Self::Dict(Box::new(Self::read(&tree.get_item(1)?)?)),
            "union" => Self::Union(Self::read_all(&tree.get_item(1)?)?),
            "struct" => Self::read_struct(tree)?,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "expected a shape that the engine knows, given `{name}`"
                )));
            }
        })
    }

    fn read_struct(tree: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let class: Bound<'_, PyType> = tree.get_item(1)?.cast_into()?;
        let (mut names, mut shapes) = (Vec::new(), Vec::new());
        for field in tree.get_item(2)?.try_iter()? {
            let (name, shape): (Bound<'_, PyString>, Bound<'_, PyAny>) = field?.extract()?;
            names.push(name);
            shapes.push(Self::read(&shape)?);
        }
        if let Some(slots) = Slots::of(&class, &names)? {
            return Ok(Self::Struct(slots, shapes));
        }
        let names = names.into_iter().map(Bound::unbind);
        Ok(Self::Object(class.unbind(), names.zip(shapes).collect()))
    }

    fn read_all(trees: &Bound<'_, PyAny>) -> PyResult<Vec<Self>> {
        trees.try_iter()?.map(|tree| Self::read(&tree?)).collect()
    }

    /// Whether `value` is exactly of this shape. A failing look is a no.
    pub(crate) fn fits(&self, value: &Bound<'_, PyAny>) -> bool {
        match self {
            Self::Any => true,
            Self::Never => false,
            Self::Exact(types) => {
                let given = value.get_type_ptr().cast::<pyo3::ffi::PyObject>();
                types.iter().any(|expected| expected.as_ptr() == given)
            }
            Self::List(item) => value
                .cast_exact::<PyList>()
                .is_ok_and(|list| list.iter().all(|value| item.fits(&value))),
            Self::Dict(item) => value.cast_exact::<PyDict>().is_ok_and(|dict| {
                dict.iter()
                    .all(|(key, value)| key.is_exact_instance_of::<PyString>() && item.fits(&value))
            }),
            Self::Struct(slots, shapes) => slots.read(value).is_some_and(|fields| {
                fields
                    .zip(shapes)
                    .all(|(field, shape)| field.is_some_and(|field| shape.fits(&field)))
            }),
            Self::Object(class, fields) => {
                value.get_type_ptr().cast::<pyo3::ffi::PyObject>() == class.as_ptr()
                    && fields.iter().all(|(name, shape)| {
                        let field = value.getattr(name.bind(value.py()));
                        field.is_ok_and(|field| shape.fits(&field))
                    })
            }
            Self::Union(shapes) => shapes.iter().any(|shape| shape.fits(value)),
        }
    }
}
