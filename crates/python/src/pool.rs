//! The threads that may block: sync functions, QuerySets, the project's own views.
//!
//! The threads are Python's (`ultrafox.pool`): each keeps one thread state and its Django connections for life.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use futures_channel::oneshot;
use http::header::{HeaderValue, RETRY_AFTER};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use ultrafox_engine::{Exchange, Problem, ProblemKind};

use crate::call::{Call, Held};
use crate::pipe::Pipe;
use crate::side::{End, Outcome, Side};
use crate::{answer, fallback, interpreter, modules, pipe};

thread_local! {
    /// Whether Django has opened a connection on this thread.
    static TOUCHED: Cell<bool> = const { Cell::new(false) };
    /// What puts another thread in this one's place; None once it has.
    static SPARE: RefCell<Option<Py<PyAny>>> = const { RefCell::new(None) };
    /// Whether another thread works in this one's place.
    static LENT: Cell<bool> = const { Cell::new(false) };
    /// Whether something is to run on this thread once the reply is on its way.
    static AFTERWARDS: Cell<bool> = const { Cell::new(false) };
}

/// One piece of work for a pool thread.
pub(crate) enum Job {
    /// A sync handler.
    Handler {
        call: Arc<Call>,
        exchange: Box<Exchange>,
        answer: oneshot::Sender<Outcome>,
    },
    /// An end whose answer touches the database.
    Finish {
        call: Arc<Call>,
        held: Held,
        end: End,
        answer: oneshot::Sender<Outcome>,
    },
    /// A body that a sync iterator gives.
    Pump {
        label: String,
        pipe: Arc<Pipe>,
        chunks: Py<PyAny>,
    },
    /// A path that no API claims.
    Fallback {
        exchange: Box<Exchange>,
        answer: oneshot::Sender<Outcome>,
    },
    /// A Python callable that never raises.
    Run(Py<PyAny>),
}

/// The bounded queue before the threads.
pub(crate) struct Queue {
    sender: Sender<Job>,
    receiver: Receiver<Job>,
    at_work: AtomicUsize,
    stopping: AtomicBool,
}

impl Queue {
    /// Jobs that are queued or running.
    pub(crate) fn at_work(&self) -> usize {
        self.at_work.load(Ordering::Relaxed)
    }

    /// Queues a job, or answers it with 503 when the queue is full.
    pub(crate) fn submit(&self, job: Job) {
        let Err(job) = self.offer(job) else { return };
        match job {
            Job::Handler { answer, .. } | Job::Fallback { answer, .. } => {
                // Nobody waits for a request whose client has gone; so below.
                let _ = answer.send(Err(overloaded()));
            }
            Job::Finish { answer, end, .. } => {
                let _ = answer.send(Err(overloaded()));
                if let End::Value(value) = end {
                    Python::attach(|py| answer::discard(py, value.bind(py)));
                }
            }
            Job::Pump { .. } | Job::Run(_) => {}
        }
    }

    /// Queues a job; gives it back when the queue is full.
    pub(crate) fn offer(&self, job: Job) -> Result<(), Job> {
        self.at_work.fetch_add(1, Ordering::Relaxed);
        let offered = self.sender.try_send(job);
        offered.map_err(|error| {
            self.at_work.fetch_sub(1, Ordering::Relaxed);
            let (TrySendError::Full(job) | TrySendError::Disconnected(job)) = error;
            job
        })
    }
}

/// Every thread has work, and so many requests wait already.
pub(crate) fn overloaded() -> Problem {
    Problem::from(ProblemKind::Overloaded)
        .detail("Every pool thread is busy and the queue before them is full.")
        .header(RETRY_AFTER, HeaderValue::from_static("1"))
}

/// The pool as Python's threads see it.
#[pyclass(frozen)]
pub(crate) struct Pool {
    pub(crate) queue: Arc<Queue>,
    settle: Py<PyAny>,
    signals: Option<(Py<PyAny>, Py<PyAny>)>,
    side: OnceLock<Arc<Side>>,
    spare: OnceLock<Py<PyAny>>,
}

#[pymethods]
impl Pool {
    /// A pool whose queue holds `queue` jobs. `settle()` is called around jobs on threads with a database connection; `signals`,
    /// where given, before and after every handler instead.
    #[new]
    fn new(queue: usize, settle: Py<PyAny>, signals: Option<(Py<PyAny>, Py<PyAny>)>) -> Self {
        let (sender, receiver) = bounded(queue);
        Self {
            queue: Arc::new(Queue {
                sender,
                receiver,
                at_work: AtomicUsize::new(0),
                stopping: AtomicBool::new(false),
            }),
            settle,
            signals,
            side: OnceLock::new(),
            spare: OnceLock::new(),
        }
    }

    /// `spare()` starts another thread, in the place of one that a slow client holds; False where there are too many.
    fn spare_by(&self, spare: Py<PyAny>) -> PyResult<()> {
        self.spare
            .set(spare)
            .map_err(|_| PyRuntimeError::new_err("expected one maker of spare threads"))
    }

    /// Works until `stop` is called for this thread, or another one has taken its place. Needs a worker that serves with this pool.
    fn run(&self, py: Python<'_>) -> PyResult<()> {
        let side = self.side.get().ok_or_else(|| {
            PyRuntimeError::new_err(
                "expected a worker to be made with this pool before its threads",
            )
        })?;
        SPARE.set(self.spare.get().map(|spare| spare.clone_ref(py)));
        loop {
            let receiver = &self.queue.receiver;
            let job = match receiver.try_recv() {
                Ok(job) => job,
                Err(_) => py
                    .detach(|| receiver.recv())
                    .map_err(|_| PyRuntimeError::new_err("the pool's queue has closed"))?,
            };
            if self.queue.stopping.load(Ordering::Acquire) {
                // Wakes the next thread, where one waits.
                let _ = self.queue.sender.try_send(job);
                return Ok(());
            }
            let care = self.care(&job);
            let done = interpreter::in_fresh_context(py, || {
                self.before(py, care);
                work(py, side, job);
                self.after(py, care);
            });
            if let Err(error) = done {
                error.display(py);
            }
            self.queue.at_work.fetch_sub(1, Ordering::Relaxed);
            if LENT.get() {
                return Ok(());
            }
        }
    }

    /// Runs a callable without arguments on a pool thread. False when the queue is full.
    fn submit(&self, function: Py<PyAny>) -> bool {
        self.queue.offer(Job::Run(function)).is_ok()
    }

    /// Ends the threads, each after the job that it has. What is still queued is not begun.
    fn stop(&self, py: Python<'_>) {
        self.queue.stopping.store(true, Ordering::Release);
        // A full queue wakes them as well.
        let _ = self.queue.sender.try_send(Job::Run(py.None()));
    }

    /// Jobs that are queued or running.
    #[getter]
    fn at_work(&self) -> usize {
        self.queue.at_work()
    }
}

impl Pool {
    /// Lets the pool work for a worker.
    pub(crate) fn serve(&self, side: Arc<Side>) -> PyResult<()> {
        self.side
            .set(side)
            .map_err(|_| PyRuntimeError::new_err("expected a pool of its own for each worker"))
    }

    fn care(&self, job: &Job) -> Care {
        match (job, &self.signals) {
            (Job::Fallback { .. }, _) => Care::Django,
            (Job::Run(_), _) | (_, None) => Care::Settle,
            (_, Some(_)) => Care::Signals,
        }
    }

    fn before(&self, py: Python<'_>, care: Care) {
        match (care, &self.signals) {
            (Care::Settle, _) if TOUCHED.get() => tell(py, &self.settle),
            (Care::Signals, Some((started, _))) => tell(py, started),
            _ => {}
        }
    }

    fn after(&self, py: Python<'_>, care: Care) {
        match (care, &self.signals) {
            (Care::Settle, _) if TOUCHED.get() => tell(py, &self.settle),
            (Care::Signals, Some((_, finished))) => tell(py, finished),
            _ => {}
        }
    }
}

/// Who looks after the thread's database connections around a job.
#[derive(Clone, Copy)]
enum Care {
    /// Django's own handler.
    Django,
    /// `settle`; a thread without connections has nothing to settle.
    Settle,
    /// The receivers of Django's request signals.
    Signals,
}

fn tell(py: Python<'_>, function: &Py<PyAny>) {
    if let Err(error) = function.bind(py).call0() {
        error.display(py);
    }
}

fn work(py: Python<'_>, side: &Arc<Side>, job: Job) {
    match job {
        Job::Handler {
            call,
            exchange,
            answer,
        } => {
            if !answer.is_canceled() {
                let ending = call.run(py, exchange, &mut Held::default());
                side.on_thread(py, &call.label, ending, answer);
            }
        }
        Job::Finish {
            call,
            held,
            end,
            answer,
        } => finish(py, side, &call, &held, end, answer),
        Job::Pump {
            label,
            pipe,
            chunks,
        } => pipe::pump(py, &label, &pipe, chunks.bind(py)),
        Job::Fallback { exchange, answer } => {
            if !answer.is_canceled() {
                let ending = fallback::run(py, &side.fallback, exchange);
                side.on_thread(py, fallback::LABEL, ending, answer);
            }
        }
        Job::Run(function) => {
            if let Err(error) = function.bind(py).call0() {
                error.display(py);
            }
        }
    }
    if AFTERWARDS.take()
        && let Err(error) = modules::run_afterwards(py).and_then(|run| run.call0())
    {
        error.display(py);
    }
}

fn finish(
    py: Python<'_>,
    side: &Arc<Side>,
    call: &Call,
    held: &Held,
    end: End,
    answer: oneshot::Sender<Outcome>,
) {
    let ending = match end {
        End::Value(value) if answer.is_canceled() => return answer::discard(py, value.bind(py)),
        End::Value(value) => call.conclude(py, value.bind(py), held),
        End::Error(error) => call.explained(py, error.into(), held),
    };
    side.on_thread(py, &call.label, ending, answer);
}

/// Notes that the calling thread has something to do once the reply is on its way.
#[pyfunction]
pub(crate) fn mark_afterwards() {
    AFTERWARDS.set(true);
}

/// The calling pool thread stands still for a client: another one takes its place, once, and this one ends with its job.
pub(crate) fn lend(py: Python<'_>) {
    let Some(spare) = SPARE.take() else { return };
    match spare.bind(py).call0().and_then(|made| made.is_truthy()) {
        Ok(true) => LENT.set(true),
        // Next time there may be room.
        Ok(false) => SPARE.set(Some(spare)),
        Err(error) => error.display(py),
    }
}

/// Notes that the calling thread has a database connection.
#[pyfunction]
pub(crate) fn mark_thread() {
    TOUCHED.set(true);
}
