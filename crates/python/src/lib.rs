//! `ultrafox._core`: the only crate that knows Python.
//!
//! [`worker`] owns the reactor; [`bridge`] is the engine's handler port; [`call`] is one operation's function; [`pool`] runs what may
//! block; [`interpreter`] is the one place of unsafe calls into CPython.

use pyo3::prelude::*;

mod answer;
mod bridge;
mod call;
mod door;
mod drawn;
mod fallback;
mod file;
mod interpreter;
mod job;
mod modules;
mod pipe;
mod plan;
mod pool;
mod problem;
mod reply;
mod request;
mod sent;
mod shape;
mod side;
mod task;
mod value;
mod waiting;
mod watchdog;
mod worker;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The extension module.
#[pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::door::{Door, Flight};
    #[pymodule_export]
    use crate::job::Job;
    #[pymodule_export]
    use crate::plan::{plan_check, plan_example};
    #[pymodule_export]
    use crate::pool::{Pool, mark_afterwards, mark_thread};
    #[pymodule_export]
    use crate::problem::render;
    #[pymodule_export]
    use crate::request::Request;
    #[pymodule_export]
    use crate::worker::Worker;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("VERSION", env!("CARGO_PKG_VERSION"))
    }
}
