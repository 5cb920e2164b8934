//! `ultrafox._core`: the only crate that knows Python.
//!
//! [`worker`] owns the reactor; [`bridge`] is the engine's handler port; [`call`] is one operation's function; [`pool`] runs what may
//! block; [`interpreter`] is the one place of unsafe calls into CPython.

use pyo3::prelude::*;

mod bridge;
mod call;
mod fallback;
mod interpreter;
mod modules;
mod plan;
mod pool;
mod problem;
mod reply;
mod request;
mod shape;
mod task;
mod watchdog;
mod worker;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The extension module.
#[pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::plan::{plan_check, plan_example};
    #[pymodule_export]
    use crate::pool::{Pool, mark_thread};
    #[pymodule_export]
    use crate::request::Request;
    #[pymodule_export]
    use crate::worker::Worker;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("VERSION", env!("CARGO_PKG_VERSION"))
    }
}
