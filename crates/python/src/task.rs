//! Coroutines on the event loop.
//!
//! Every coroutine runs in an `asyncio.Task`, started eagerly where Python can (3.12). Driving it by hand would be cheaper and wrong:
//! `current_task()`, `asyncio.timeout`, task groups and context variables all need a task from the first step on.

use std::sync::{Arc, Mutex, PoisonError};

use futures_channel::oneshot;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::call::{Call, Held};
use crate::interpreter;
use crate::modules;
use crate::side::{Answer, Outcome, Side};
use crate::worker::Worker;

/// How tasks are made for one event loop.
pub(crate) struct Tasks {
    class: Py<PyAny>,
    done: Py<PyAny>,
    result: Py<PyAny>,
    create_future: Py<PyAny>,
    call_soon: Py<PyAny>,
    event_loop: Py<PyAny>,
    run_ready: PyOnceLock<Py<PyAny>>,
    keywords: Py<PyDict>,
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
        let class = modules::asyncio_task(py)?;
        let create_future = event_loop.getattr(py, "create_future")?;
        let call_soon = event_loop.getattr(py, "call_soon")?;
        let keywords = PyDict::new(py);
        keywords.set_item("loop", &event_loop)?;
        if eager {
            keywords.set_item("eager_start", true)?;
        }
        Ok(Self {
            done: class.getattr("done")?.unbind(),
            result: class.getattr("result")?.unbind(),
            create_future,
            call_soon,
            event_loop: event_loop.clone_ref(py),
            run_ready: PyOnceLock::new(),
            class: class.clone().unbind(),
            keywords: keywords.unbind(),
            eager,
        })
    }

    /// A future of the event loop.
    pub(crate) fn future<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.create_future.bind(py).call0()
    }

    /// Calls a function on the loop's thread.
    pub(crate) fn call_from_thread(
        &self,
        py: Python<'_>,
        function: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let event_loop = self.event_loop.bind(py);
        event_loop
            .call_method1("call_soon_threadsafe", (function,))
            .map(drop)
    }

    /// Makes a task of a coroutine on the loop's thread.
    pub(crate) fn start_from_thread(
        &self,
        py: Python<'_>,
        coroutine: Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let event_loop = self.event_loop.bind(py);
        let create = event_loop.getattr("create_task")?;
        let called = event_loop.call_method1("call_soon_threadsafe", (create, &coroutine));
        if called.is_err() {
            // The loop has ended: nobody will await it.
            coroutine.call_method0("close")?;
        }
        called.map(drop)
    }

    /// Has the worker's connections go on in the loop's next round.
    pub(crate) fn call_soon(&self, py: Python<'_>, worker: &Py<Worker>) -> PyResult<()> {
        let run_ready = self
            .run_ready
            .get_or_try_init(py, || worker.getattr(py, "_run_ready"))?;
        interpreter::call_one(py, &self.call_soon, run_ready.bind(py)).map(drop)
    }

    /// Starts `coroutine`, as far as it goes without waiting.
    pub(crate) fn start<'py>(&self, coroutine: Bound<'py, PyAny>) -> PyResult<Started<'py>> {
        let py = coroutine.py();
        let task = self
            .class
            .bind(py)
            .call((coroutine,), Some(self.keywords.bind(py)))?;
        if self.eager && interpreter::call_one(py, &self.done, &task)?.is_truthy()? {
            return Ok(Started::Done(interpreter::call_one(
                py,
                &self.result,
                &task,
            )));
        }
        Ok(Started::Suspended(task))
    }
}

/// Receives the end of a task and hands it to the request that waits for it.
#[pyclass(frozen)]
pub(crate) struct Completion {
    side: Arc<Side>,
    call: Arc<Call>,
    answer: Mutex<Option<(Held, oneshot::Sender<Outcome>)>>,
}

impl Completion {
    /// Watches `task` for a request.
    pub(crate) fn watch(
        task: &Bound<'_, PyAny>,
        side: &Arc<Side>,
        call: &Arc<Call>,
        held: Held,
        answer: oneshot::Sender<Outcome>,
    ) -> PyResult<()> {
        let py = task.py();
        let completion = Bound::new(
            py,
            Self {
                side: Arc::clone(side),
                call: Arc::clone(call),
                answer: Mutex::new(Some((held, answer))),
            },
        )?;
        task.call_method1(pyo3::intern!(py, "add_done_callback"), (completion,))?;
        Ok(())
    }
}

#[pymethods]
impl Completion {
    fn __call__(&self, py: Python<'_>, task: &Bound<'_, PyAny>) -> PyResult<()> {
        let answer = self
            .answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some((held, answer)) = answer else {
            return Ok(());
        };
        let result = task.call_method0(pyo3::intern!(py, "result"));
        if answer.is_canceled() {
            self.side.abandoned(py, &self.call, &held, result);
            return Ok(());
        }
        match self.side.outcome(py, &self.call, &held, result) {
            Answer::Now(outcome) => {
                // The client may have gone in between.
                let _ = answer.send(outcome);
            }
            Answer::OnThread(end) => {
                self.side.finish_on_thread(&self.call, held, end, answer);
            }
        }
        self.side.run_ready(py);
        Ok(())
    }
}
