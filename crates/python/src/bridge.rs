//! The engine's handler port: which function runs, and where.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_channel::oneshot;
use pyo3::prelude::*;
use ultrafox_engine::{Exchange, Handler, OperationId, Problem, ProblemKind, Reply, Target};

use crate::call::{Call, Mode, Raised};
use crate::interpreter;
use crate::pool::{Job, Queue};
use crate::problem;
use crate::reply::{self, Way};
use crate::task::{Completion, Started, Tasks};
use crate::watchdog::Heartbeat;
use crate::worker::Worker;

/// How a request ends.
pub(crate) type Outcome = Result<Reply, Problem>;

/// While pool threads have work, they get the interpreter at least this often: Rust never reaches Python's own switch check.
const TURN: Duration = Duration::from_micros(50);

thread_local! {
    static YIELDED: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// An outcome, or the value that only a pool thread may turn into one.
pub(crate) enum Answer {
    Now(Outcome),
    OnThread(Py<PyAny>),
}

/// What Python gave at start: everything that a job needs, on whichever thread it runs.
pub(crate) struct Side {
    pub(crate) calls: Box<[Arc<Call>]>,
    pub(crate) fallback: Option<Py<PyAny>>,
    pub(crate) encode: Py<PyAny>,
    pub(crate) explain: Py<PyAny>,
    pub(crate) explain_body: Py<PyAny>,
    pub(crate) tasks: Tasks,
    pub(crate) queue: Arc<Queue>,
    pub(crate) heartbeat: Arc<Heartbeat>,
    /// Set once the worker exists; it owns this.
    pub(crate) worker: OnceLock<Py<Worker>>,
}

impl Side {
    /// Runs a sync function to its end on the calling thread.
    pub(crate) fn run(&self, py: Python<'_>, call: &Call, exchange: Box<Exchange>) -> Outcome {
        match call.invoke(py, exchange) {
            Ok(value) => self.reply(py, call, &value),
            Err(raised) => Err(self.problem(py, call, raised)),
        }
    }

    /// Runs a sync function on the event loop's thread. Its context variables end with it, as a task's do.
    fn run_inline(&self, py: Python<'_>, call: &Call, exchange: Box<Exchange>) -> Outcome {
        interpreter::in_fresh_context(py, || self.run(py, call, exchange))
            .unwrap_or_else(|error| Err(problem::explained(py, &self.explain, error, &call.label)))
    }

    /// Turns a value into a reply on the calling thread, which may touch the database.
    pub(crate) fn reply(&self, py: Python<'_>, call: &Call, value: &Bound<'_, PyAny>) -> Outcome {
        reply::way(call, value)
            .and_then(|way| self.go(py, way, call, value))
            .map_err(|error| problem::explained(py, &self.explain, error, &call.label))
    }

    fn go(
        &self,
        py: Python<'_>,
        way: Way,
        call: &Call,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<Reply> {
        match way {
            Way::Encode => reply::encoded(py, &self.encode, call, value),
            Way::Octets => reply::octets(call, value),
            Way::Empty => Ok(reply::empty(call)),
            Way::Finish => reply::finished(py, call, value),
        }
    }

    /// What a coroutine's end means. Values that need the database leave the event loop's thread.
    pub(crate) fn outcome(
        &self,
        py: Python<'_>,
        call: &Call,
        result: PyResult<Bound<'_, PyAny>>,
    ) -> Answer {
        let answer = result.and_then(|value| {
            let way = reply::way(call, &value)?;
            if matches!(way, Way::Finish) && call.blocks.bind(py).call1((&value,))?.is_truthy()? {
                return Ok(Answer::OnThread(value.unbind()));
            }
            self.go(py, way, call, &value)
                .map(|reply| Answer::Now(Ok(reply)))
        });
        answer.unwrap_or_else(|error| {
            Answer::Now(Err(problem::explained(
                py,
                &self.explain,
                error,
                &call.label,
            )))
        })
    }

    /// A task has ended whose client is gone: only a real error is worth a word.
    pub(crate) fn abandoned(
        &self,
        py: Python<'_>,
        call: &Call,
        result: PyResult<Bound<'_, PyAny>>,
    ) {
        if let Err(error) = result
            && !crate::modules::cancelled_error(py)
                .is_ok_and(|class| error.matches(py, class).unwrap_or(false))
        {
            // Logs it; nobody is left to answer.
            let _ = problem::explained(py, &self.explain, error, &call.label);
        }
    }

    /// Hands a value to a pool thread, which answers.
    pub(crate) fn finish_on_thread(
        &self,
        call: &Arc<Call>,
        value: Py<PyAny>,
        answer: oneshot::Sender<Outcome>,
    ) {
        self.queue.submit(Job::Finish {
            call: Arc::clone(call),
            value,
            answer,
        });
    }

    /// Lets the connections go on whose answers have just been made.
    pub(crate) fn run_ready(&self, py: Python<'_>) {
        if let Some(worker) = self.worker.get() {
            worker.borrow(py).run_ready();
        }
    }

    fn problem(&self, py: Python<'_>, call: &Call, raised: Raised) -> Problem {
        match raised {
            Raised::Body(error) => problem::explained_body(py, &self.explain_body, error),
            Raised::Handler(error) => problem::explained(py, &self.explain, error, &call.label),
        }
    }
}

/// The engine's handler.
pub(crate) struct Bridge {
    pub(crate) side: Arc<Side>,
}

impl Bridge {
    fn submit(&self, job: impl FnOnce(oneshot::Sender<Outcome>) -> Job) -> Running {
        let (answer, receiver) = oneshot::channel();
        self.side.queue.submit(job(answer));
        Running::waiting(receiver, None)
    }

    fn start(&self, py: Python<'_>, call: &Arc<Call>, exchange: Box<Exchange>) -> Running {
        let side = &self.side;
        let coroutine = match call.invoke(py, exchange) {
            Ok(coroutine) => coroutine,
            Err(raised) => return Running::Done(Some(Err(side.problem(py, call, raised)))),
        };
        let answer = match side.tasks.start(coroutine) {
            Ok(Started::Done(result)) => side.outcome(py, call, result),
            Ok(Started::Suspended(task)) => {
                let (answer, receiver) = oneshot::channel();
                return match Completion::watch(&task, side, call, answer) {
                    Ok(()) => Running::waiting(receiver, Some(task.unbind())),
                    Err(error) => side.failed(py, call, error),
                };
            }
            // An eager task hands SystemExit and KeyboardInterrupt to whoever starts it.
            Err(error) => return side.failed(py, call, error),
        };
        match answer {
            Answer::Now(outcome) => Running::Done(Some(outcome)),
            Answer::OnThread(value) => {
                let (answer, receiver) = oneshot::channel();
                side.finish_on_thread(call, value, answer);
                Running::waiting(receiver, None)
            }
        }
    }

    /// Gives waiting pool threads a chance to take the interpreter.
    fn take_turns(&self, py: Python<'_>) {
        if self.side.queue.at_work() == 0 {
            return;
        }
        let now = Instant::now();
        if YIELDED
            .get()
            .is_none_or(|last| now.saturating_duration_since(last) > TURN)
        {
            give_way(py);
            YIELDED.set(Some(Instant::now()));
        }
    }
}

impl Side {
    fn failed(&self, py: Python<'_>, call: &Call, error: PyErr) -> Running {
        Running::Done(Some(Err(problem::explained(
            py,
            &self.explain,
            error,
            &call.label,
        ))))
    }
}

/// Releases the interpreter for a moment. Without the yield this thread would take it back before a waiting one wakes.
pub(crate) fn give_way(py: Python<'_>) {
    py.detach(std::thread::yield_now);
}

impl Handler for Bridge {
    type Call = Running;

    fn call(&self, exchange: Box<Exchange>) -> Running {
        let id = match exchange.target {
            Target::Operation(OperationId(id)) => id,
            Target::Fallback => return self.submit(|answer| Job::Fallback { exchange, answer }),
            Target::Nobody => {
                return Running::Done(Some(Err(Problem::from(ProblemKind::NotFound))));
            }
        };
        let Some(call) = self.side.calls.get(id as usize) else {
            return Running::Done(Some(Err(Problem::from(ProblemKind::InternalError))));
        };
        if call.mode == Mode::Pool {
            let call = Arc::clone(call);
            return self.submit(|answer| Job::Handler {
                call,
                exchange,
                answer,
            });
        }
        Python::attach(|py| {
            self.take_turns(py);
            self.side.heartbeat.enter(id);
            let running = match call.mode {
                Mode::Inline => Running::Done(Some(self.side.run_inline(py, call, exchange))),
                _ => self.start(py, call, exchange),
            };
            self.side.heartbeat.leave();
            running
        })
    }
}

/// A handler at work. Dropping it before its end cancels it.
pub(crate) enum Running {
    /// It has ended.
    Done(Option<Outcome>),
    /// Its answer will come.
    Waiting {
        answer: oneshot::Receiver<Outcome>,
        task: Option<Py<PyAny>>,
    },
}

impl Running {
    fn waiting(answer: oneshot::Receiver<Outcome>, task: Option<Py<PyAny>>) -> Self {
        Self::Waiting { answer, task }
    }
}

impl Future for Running {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        // A sender that is dropped without an answer has met a fault of ours.
        let broken = || Err(Problem::from(ProblemKind::InternalError));
        match self.get_mut() {
            Self::Done(outcome) => Poll::Ready(outcome.take().unwrap_or_else(broken)),
            Self::Waiting { answer, task } => {
                let outcome = std::task::ready!(Pin::new(answer).poll(context));
                *task = None;
                Poll::Ready(outcome.unwrap_or_else(|_| broken()))
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Self::Waiting { answer, task } = self {
            answer.close();
            if let Some(task) = task.take() {
                Python::attach(|py| {
                    if let Err(error) = task.bind(py).call_method0(pyo3::intern!(py, "cancel")) {
                        error.display(py);
                    }
                });
            }
        }
    }
}
