//! What Python gave a worker at start: everything that a job needs, on whichever thread it runs.

use std::sync::{Arc, OnceLock};
use std::thread::ThreadId;

use futures_channel::oneshot;
use pyo3::prelude::*;
use ultrafox_engine::{Body, Exchange, Problem, Reply};

use crate::answer::{Ending, Finished, Stream};
use crate::call::{Call, Held};
use crate::fallback::Fallback;
use crate::file::Reader;
use crate::pool::{Job, Queue, overloaded};
use crate::task::Tasks;
use crate::watchdog::Heartbeat;
use crate::worker::Worker;
use crate::{drawn, interpreter, modules, pipe};

/// How a request ends.
pub(crate) type Outcome = Result<Reply, Problem>;

/// An outcome, or the end that only a pool thread may turn into one.
pub(crate) enum Answer {
    Now(Outcome),
    OnThread(End),
}

/// How a function ended.
pub(crate) enum End {
    Value(Py<PyAny>),
    Error(PyErr),
}

/// One worker's share of Python.
pub(crate) struct Side {
    pub(crate) calls: Box<[Arc<Call>]>,
    pub(crate) fallback: Fallback,
    pub(crate) tasks: Tasks,
    pub(crate) reader: Reader,
    pub(crate) queue: Arc<Queue>,
    pub(crate) heartbeat: Arc<Heartbeat>,
    /// The event loop's.
    pub(crate) thread: ThreadId,
    /// Set once the worker exists; it owns this.
    pub(crate) worker: OnceLock<Py<Worker>>,
}

impl Side {
    /// Runs a sync function on the event loop's thread. Its context variables end with it, as a task's do.
    pub(crate) fn run_inline(
        self: &Arc<Self>,
        py: Python<'_>,
        call: &Call,
        exchange: Box<Exchange>,
    ) -> Outcome {
        let mut held = Held::default();
        let ending = interpreter::in_fresh_context(py, || call.run(py, exchange, &mut held));
        let ending =
            ending.unwrap_or_else(|error| call.explained(py, error.into(), &Held::default()));
        self.on_loop(py, call, ending)
    }

    /// What a coroutine's end means. Values that need the database leave the event loop's thread.
    pub(crate) fn outcome(
        self: &Arc<Self>,
        py: Python<'_>,
        call: &Call,
        held: &Held,
        result: PyResult<Bound<'_, PyAny>>,
    ) -> Answer {
        let ending = match result {
            Ok(value) => match call.conclude_on_loop(py, &value, held) {
                None => return Answer::OnThread(End::Value(value.unbind())),
                Some(ending) => ending,
            },
            // A session is saved with a refusal too.
            Err(error) if held.leaves(py) => return Answer::OnThread(End::Error(error)),
            Err(error) => call.explained(py, error.into(), held),
        };
        Answer::Now(self.on_loop(py, call, ending))
    }

    /// A task has ended whose client is gone: only a real error is worth a word.
    #[allow(clippy::unused_self, reason = "beside `outcome`, which it stands for")]
    pub(crate) fn abandoned(
        &self,
        py: Python<'_>,
        call: &Call,
        held: &Held,
        result: PyResult<Bound<'_, PyAny>>,
    ) {
        if let Err(error) = result
            && !modules::cancelled_error(py)
                .is_ok_and(|class| error.matches(py, class).unwrap_or(false))
        {
            // Logs it; nobody is left to answer.
            let _ = call.explained(py, error.into(), held);
        }
    }

    /// Hands an end to a pool thread, which answers.
    pub(crate) fn finish_on_thread(
        &self,
        call: &Arc<Call>,
        held: Held,
        end: End,
        answer: oneshot::Sender<Outcome>,
    ) {
        self.queue.submit(Job::Finish {
            call: Arc::clone(call),
            held,
            end,
            answer,
        });
    }

    /// Lets the connections go on whose answers have just been made.
    pub(crate) fn run_ready(&self, py: Python<'_>) {
        if let Some(worker) = self.worker.get() {
            worker.borrow(py).run_ready();
        }
    }

    /// The same, when the event loop has run what it is running.
    pub(crate) fn run_ready_soon(&self, py: Python<'_>) -> PyResult<()> {
        match self.worker.get() {
            Some(worker) => self.tasks.call_soon(py, worker),
            None => Ok(()),
        }
    }

    /// The outcome of what has ended on the event loop's thread.
    pub(crate) fn on_loop(
        self: &Arc<Self>,
        py: Python<'_>,
        call: &Call,
        ending: Ending,
    ) -> Outcome {
        let Finished { mut reply, stream } = ending?;
        match stream {
            None => {}
            Some(Stream::Async(chunks)) => reply.body = drawn::body(self, &call.label, chunks),
            Some(Stream::Sync(chunks)) => {
                if let Some(body) = self.of_file(py, &call.label, &chunks) {
                    reply.body = body;
                    return Ok(reply);
                }
                let (pipe, body) = pipe::new();
                reply.body = body;
                let job = Job::Pump {
                    label: call.label.clone(),
                    pipe,
                    chunks,
                };
                // Before the answer is on its way, so that it can still be another one.
                if let Err(Job::Pump { chunks, .. }) = self.queue.offer(job) {
                    pipe::close(py, chunks.bind(py));
                    return Err(overloaded());
                }
            }
        }
        Ok(reply)
    }

    /// Answers with what has ended on a pool thread, and gives the body from there where it is an iterator's.
    pub(crate) fn on_thread(
        self: &Arc<Self>,
        py: Python<'_>,
        label: &str,
        ending: Ending,
        answer: oneshot::Sender<Outcome>,
    ) {
        let (mut reply, stream) = match ending {
            Ok(Finished { reply, stream }) => (reply, stream),
            Err(problem) => {
                // The client may have gone in between; so below.
                let _ = answer.send(Err(problem));
                return;
            }
        };
        match stream {
            None => {
                let _ = answer.send(Ok(reply));
            }
            Some(Stream::Async(chunks)) => {
                reply.body = drawn::body(self, label, chunks);
                let _ = answer.send(Ok(reply));
            }
            Some(Stream::Sync(chunks)) => {
                if let Some(body) = self.of_file(py, label, &chunks) {
                    reply.body = body;
                    let _ = answer.send(Ok(reply));
                    return;
                }
                let (pipe, body) = pipe::new();
                reply.body = body;
                let chunks = chunks.bind(py);
                if answer.send(Ok(reply)).is_ok() {
                    pipe::pump(py, label, &pipe, chunks);
                } else {
                    pipe::close(py, chunks);
                }
            }
        }
    }

    /// The body out of the file that chunks are read from, where they are.
    fn of_file(&self, py: Python<'_>, label: &str, chunks: &Py<PyAny>) -> Option<Body> {
        self.reader.body(py, label, chunks).unwrap_or_else(|error| {
            pipe::say(py, label, error);
            None
        })
    }
}
