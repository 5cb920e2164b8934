//! The engine's handler port: which function runs, and where.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_channel::oneshot;
use pyo3::prelude::*;
use ultrafox_engine::{Exchange, Handler, OperationId, Problem, ProblemKind, Target};

use crate::call::{Call, Held, Mode, Raised};
use crate::pool::Job;
use crate::side::{Answer, Outcome, Side};
use crate::task::{Completion, Started};

/// While pool threads have work, they get the interpreter at least this often: Rust never reaches Python's own switch check.
const TURN: Duration = Duration::from_micros(50);

thread_local! {
    static YIELDED: Cell<Option<Instant>> = const { Cell::new(None) };
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
        let mut held = Held::default();
        let coroutine = match call.invoke(py, exchange, &mut held) {
            Ok(coroutine) => coroutine,
            Err(raised) => return side.failed(py, call, raised, &held),
        };
        let answer = match side.tasks.start(coroutine) {
            Ok(Started::Done(result)) => side.outcome(py, call, &held, result),
            Ok(Started::Suspended(task)) => {
                let (answer, receiver) = oneshot::channel();
                return match Completion::watch(&task, side, call, held, answer) {
                    Ok(()) => Running::waiting(receiver, Some(task.unbind())),
                    Err(error) => side.failed(py, call, error.into(), &Held::default()),
                };
            }
            // An eager task hands SystemExit and KeyboardInterrupt to whoever starts it.
            Err(error) => return side.failed(py, call, error.into(), &held),
        };
        match answer {
            Answer::Now(outcome) => Running::Done(Some(outcome)),
            Answer::OnThread(end) => {
                let (answer, receiver) = oneshot::channel();
                side.finish_on_thread(call, held, end, answer);
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
    fn failed(
        self: &Arc<Self>,
        py: Python<'_>,
        call: &Call,
        raised: Raised,
        held: &Held,
    ) -> Running {
        let ending = call.explained(py, raised, held);
        Running::Done(Some(self.on_loop(py, call, ending)))
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
