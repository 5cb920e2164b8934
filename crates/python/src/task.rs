//! Coroutines on the event loop.
//!
//! Every coroutine runs in an `asyncio.Task`, started eagerly where Python can (3.12). Driving it by hand would be cheaper and wrong:
//! `current_task()`, `asyncio.timeout`, task groups and context variables all need a task from the first step on.

use std::sync::{Arc, Mutex, PoisonError};

use futures_channel::oneshot;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::bridge::{Answer, Outcome, Side};
use crate::call::Call;
use crate::interpreter::{self, Arguments};
use crate::modules;

/// How tasks are made for one event loop.
pub(crate) struct Tasks {
    class: Py<PyAny>,
    event_loop: Py<PyAny>,
    names: Py<PyTuple>,
    eager: bool,
}

/// A task after its first step.
pub(crate) enum Started<'py> {
    Done(PyResult<Bound<'py, PyAny>>),
    Suspended(Bound<'py, PyAny>),
}

impl Tasks {
    pub(crate) fn new(py: Python<'_>, event_loop: Py<PyAny>) -> PyResult<Self> {
        let eager = py.version_info() >= (3, 12);
        let names: &[&str] = if eager { &["loop", "eager_start"] } else { &["loop"] };
        Ok(Self {
            class: modules::asyncio_task(py)?.clone().unbind(),
            event_loop,
            names: PyTuple::new(py, names)?.unbind(),
            eager,
        })
    }

    /// Starts `coroutine`, as far as it goes without waiting.
    pub(crate) fn start<'py>(&self, coroutine: Bound<'py, PyAny>) -> PyResult<Started<'py>> {
        let py = coroutine.py();
        let mut arguments = Arguments::new();
        arguments.push(coroutine);
        arguments.push(self.event_loop.bind(py).clone());
        if self.eager {
            arguments.push(pyo3::types::PyBool::new(py, true).to_owned().into_any());
        }
        let task = interpreter::call(py, &self.class, &arguments, Some(&self.names))?;
        if self.eager && task.call_method0(pyo3::intern!(py, "done"))?.is_truthy()? {
            return Ok(Started::Done(task.call_method0(pyo3::intern!(py, "result"))));
        }
        Ok(Started::Suspended(task))
    }
}

/// Receives the end of a task and hands it to the request that waits for it.
#[pyclass(frozen)]
pub(crate) struct Completion {
    side: Arc<Side>,
    call: Arc<Call>,
    answer: Mutex<Option<oneshot::Sender<Outcome>>>,
}

impl Completion {
    /// Watches `task` for a request.
    pub(crate) fn watch(
        task: &Bound<'_, PyAny>,
        side: &Arc<Side>,
        call: &Arc<Call>,
        answer: oneshot::Sender<Outcome>,
    ) -> PyResult<()> {
        let py = task.py();
        let completion = Bound::new(
            py,
            Self {
                side: Arc::clone(side),
                call: Arc::clone(call),
                answer: Mutex::new(Some(answer)),
            },
        )?;
        task.call_method1(pyo3::intern!(py, "add_done_callback"), (completion,))?;
        Ok(())
    }
}

#[pymethods]
impl Completion {
    fn __call__(&self, py: Python<'_>, task: &Bound<'_, PyAny>) -> PyResult<()> {
        let answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(answer) = answer else { return Ok(()) };
        let result = task.call_method0(pyo3::intern!(py, "result"));
        if answer.is_canceled() {
            self.side.abandoned(py, &self.call, result);
            return Ok(());
        }
        match self.side.outcome(py, &self.call, result) {
            Answer::Now(outcome) => {
                // The client may have gone in between.
                let _ = answer.send(outcome);
                self.side.run_ready(py);
            }
            Answer::OnThread(value) => self.side.finish_on_thread(&self.call, value, answer),
        }
        Ok(())
    }
}

