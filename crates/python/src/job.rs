//! What a door does for the engine: calls a handler, or pulls a chunk out of an async iterator.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_channel::oneshot;
use pyo3::exceptions::{PyRuntimeError, PyStopAsyncIteration};
use pyo3::prelude::*;
use ultrafox_engine::{Body, ChunkSource, Exchange};

use crate::answer::{Ending, Finished, Stream};
use crate::call::{Call, Held, Mode, Raised};
use crate::request::Request;
use crate::side::Outcome;
use crate::{answer, door, modules, pipe, reply};

/// Something to do.
pub(crate) enum Work {
    Handler {
        call: Arc<Call>,
        exchange: Option<Box<Exchange>>,
        held: Held,
        /// Whether `start` failed in the body's decoder.
        from_body: bool,
        answer: Option<oneshot::Sender<Outcome>>,
    },
    Chunk(Arc<Feed>),
}

impl Work {
    pub(crate) fn handler(
        call: Arc<Call>,
        exchange: Box<Exchange>,
        answer: oneshot::Sender<Outcome>,
    ) -> Self {
        Self::Handler {
            call,
            exchange: Some(exchange),
            held: Held::default(),
            from_body: false,
            answer: Some(answer),
        }
    }
}

/// What a handler raised that is no refusal. It holds the frames that it came through, and with them whoever waits for it: it is kept
/// for the test client alone, which takes it out.
pub(crate) type Fault = Arc<Mutex<Option<Py<PyAny>>>>;

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One piece of work for a door.
#[pyclass(frozen)]
pub(crate) struct Job {
    work: Mutex<Work>,
    inherit: Mutex<Option<Py<PyAny>>>,
    fault: Option<Fault>,
    /// Whether it is `start`ed on an event loop, not `run` on a thread.
    #[pyo3(get)]
    is_async: bool,
}

#[pymethods]
impl Job {
    /// Whether `fail` may wait for the database: a session is saved with a refusal too.
    #[getter]
    fn leaves(&self, py: Python<'_>) -> bool {
        let Some((_, held)) = self.take_held() else {
            return false;
        };
        let leaves = held.leaves(py);
        let from_body = self.is_from_body();
        self.keep(held, from_body);
        leaves
    }

    /// Runs a sync handler on this thread, to its answer.
    fn run(&self, py: Python<'_>) -> PyResult<()> {
        let (call, exchange) = self.begin()?;
        let mut held = Held::default();
        let ending = self.noting(py, || call.run(py, exchange, &mut held));
        self.send(&call, ending);
        Ok(())
    }

    /// What is to be awaited on the event loop.
    fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(feed) = self.feed() {
            return feed.next(py);
        }
        let (call, exchange) = self.begin()?;
        let mut held = Held::default();
        let called = call.invoke(py, exchange, &mut held);
        let from_body = called.as_ref().is_err_and(|raised| raised.from_body);
        self.keep(held, from_body);
        // Who started it tells `fail`, as of everything that it raises.
        called.map_err(|raised| raised.error)
    }

    /// Its value. False when `finish` must be called with it where the database may be used.
    fn answer(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        if let Some(feed) = self.feed() {
            feed.give(Some(reply::bytes(value)?));
            return Ok(true);
        }
        let Some((call, held)) = self.take_held() else {
            return Ok(true);
        };
        let mut concluded = true;
        let ending = self.noting(py, || call.conclude_on_loop(py, value, &held));
        match ending {
            Some(ending) => self.send(&call, ending),
            None => {
                self.keep(held, false);
                concluded = false;
            }
        }
        Ok(concluded)
    }

    /// Its value, on a thread that may use the database.
    fn finish(&self, py: Python<'_>, value: &Bound<'_, PyAny>) {
        if let Some((call, held)) = self.take_held() {
            self.conclude(py, &call, value, &held);
        }
    }

    /// What awaiting it raised.
    fn fail(&self, py: Python<'_>, error: Bound<'_, PyAny>) {
        let error = PyErr::from_value(error);
        match self.feed() {
            Some(feed) => feed.fail(py, error),
            None => self.refuse(py, error),
        }
    }
}

impl Job {
    pub(crate) fn new(work: Work, inherit: Option<Py<PyAny>>, fault: Option<Fault>) -> Self {
        let is_async = match &work {
            Work::Handler { call, .. } => call.mode == Mode::Async,
            Work::Chunk(_) => true,
        };
        Self {
            work: Mutex::new(work),
            inherit: Mutex::new(inherit),
            fault,
            is_async,
        }
    }

    fn begin(&self) -> PyResult<(Arc<Call>, Box<Exchange>)> {
        let begun = match &mut *self.lock() {
            Work::Handler { call, exchange, .. } => {
                exchange.take().map(|exchange| (Arc::clone(call), exchange))
            }
            Work::Chunk(_) => None,
        };
        Request::inherit(locked(&self.inherit).take());
        begun.ok_or_else(|| PyRuntimeError::new_err("expected a job to be begun once"))
    }

    fn conclude(&self, py: Python<'_>, call: &Call, value: &Bound<'_, PyAny>, held: &Held) {
        let ending = self.noting(py, || call.conclude(py, value, held));
        self.send(call, ending);
    }

    fn feed(&self) -> Option<Arc<Feed>> {
        match &*self.lock() {
            Work::Chunk(feed) => Some(Arc::clone(feed)),
            Work::Handler { .. } => None,
        }
    }

    fn keep(&self, given: Held, decoded: bool) {
        if let Work::Handler {
            held, from_body, ..
        } = &mut *self.lock()
        {
            (*held, *from_body) = (given, decoded);
        }
    }

    fn is_from_body(&self) -> bool {
        matches!(
            &*self.lock(),
            Work::Handler {
                from_body: true,
                ..
            }
        )
    }

    /// None once there is an answer.
    fn take_held(&self) -> Option<(Arc<Call>, Held)> {
        match &mut *self.lock() {
            Work::Handler {
                call,
                held,
                answer: Some(_),
                ..
            } => Some((Arc::clone(call), std::mem::take(held))),
            _ => None,
        }
    }

    fn refuse(&self, py: Python<'_>, error: PyErr) {
        let Some((call, held)) = self.take_held() else {
            return;
        };
        let raised = Raised {
            error,
            from_body: self.is_from_body(),
        };
        let ending = self.noting(py, || call.explained(py, raised, &held));
        self.send(&call, ending);
    }

    /// Notes an error that is explained meanwhile, for who asked for it.
    fn noting<T>(&self, py: Python<'_>, work: impl FnOnce() -> T) -> T {
        let Some(fault) = &self.fault else {
            return work();
        };
        let (ending, error) = answer::noting(work);
        if let Some(error) = error {
            *locked(fault) = Some(error.into_value(py).into_any());
        }
        ending
    }

    fn send(&self, call: &Call, ending: Ending) {
        let outcome = ending.map(|Finished { mut reply, stream }| {
            match stream {
                None => {}
                Some(Stream::Sync(chunks)) => {
                    reply.body = Body::Stream(Box::new(Pulled::new(&call.label, chunks)));
                }
                Some(Stream::Async(chunks)) => {
                    reply.body = Body::Stream(Box::new(Awaited {
                        feed: Feed::new(&call.label, chunks),
                        ended: false,
                    }));
                }
            }
            reply
        });
        if let Work::Handler { answer, .. } = &mut *self.lock()
            && let Some(answer) = answer.take()
        {
            // A flight that was closed waits for nothing.
            let _ = answer.send(outcome);
        }
    }

    /// Never held while Python's code runs: it may be waited for by whoever has the interpreter.
    fn lock(&self) -> MutexGuard<'_, Work> {
        locked(&self.work)
    }
}

/// A body out of a sync iterator, on the thread that asks for it.
struct Pulled {
    label: Box<str>,
    chunks: Py<PyAny>,
    iterator: Option<Py<PyAny>>,
}

impl Pulled {
    fn new(label: &str, chunks: Py<PyAny>) -> Self {
        Self {
            label: label.into(),
            chunks,
            iterator: None,
        }
    }

    fn next(&mut self, py: Python<'_>) -> PyResult<Option<Bytes>> {
        let iterator = match &self.iterator {
            Some(iterator) => iterator.bind(py).clone(),
            None => {
                let iterator = self.chunks.bind(py).try_iter()?.into_any();
                self.iterator = Some(iterator.clone().unbind());
                iterator
            }
        };
        loop {
            match iterator.try_iter()?.next().transpose()? {
                None => return Ok(None),
                Some(chunk) => {
                    let chunk = reply::bytes(&chunk)?;
                    if !chunk.is_empty() {
                        return Ok(Some(chunk));
                    }
                }
            }
        }
    }
}

impl ChunkSource for Pulled {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        Python::attach(|py| match self.next(py) {
            Ok(chunk) => Poll::Ready(chunk.map(Ok)),
            Err(error) => {
                pipe::say(py, &self.label, error);
                Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into())))
            }
        })
    }
}

impl Drop for Pulled {
    fn drop(&mut self) {
        Python::attach(|py| pipe::close(py, self.chunks.bind(py)));
    }
}

/// A body out of an async iterator: the door awaits each chunk.
struct Awaited {
    feed: Arc<Feed>,
    ended: bool,
}

impl ChunkSource for Awaited {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let given = self.feed.take();
        self.ended = matches!(given, Given::End | Given::Broken);
        match given {
            Given::Chunk(chunk) => Poll::Ready(Some(Ok(chunk))),
            Given::End => Poll::Ready(None),
            Given::Broken => Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into()))),
            Given::Nothing => {
                door::ask(Work::Chunk(Arc::clone(&self.feed)));
                Poll::Pending
            }
        }
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        Python::attach(|py| {
            let left = modules::close_later(py).and_then(|close| close.call1((&self.feed.chunks,)));
            if let Err(error) = left {
                pipe::say(py, &self.feed.label, error);
            }
        });
    }
}

/// What passes between an async iterator and its body.
pub(crate) struct Feed {
    label: Box<str>,
    chunks: Py<PyAny>,
    given: Mutex<Given>,
}

enum Given {
    Nothing,
    Chunk(Bytes),
    End,
    Broken,
}

impl Feed {
    fn new(label: &str, chunks: Py<PyAny>) -> Arc<Self> {
        Arc::new(Self {
            label: label.into(),
            chunks,
            given: Mutex::new(Given::Nothing),
        })
    }

    fn next<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        // `__aiter__` of an iterator is the iterator.
        let iterator = self
            .chunks
            .bind(py)
            .call_method0(pyo3::intern!(py, "__aiter__"))?;
        iterator.call_method0(pyo3::intern!(py, "__anext__"))
    }

    fn give(&self, chunk: Option<Bytes>) {
        let given = match chunk {
            // An empty chunk would end a chunked body; the next one is asked for instead.
            Some(chunk) if chunk.is_empty() => Given::Nothing,
            Some(chunk) => Given::Chunk(chunk),
            None => Given::End,
        };
        *locked(&self.given) = given;
    }

    fn fail(&self, py: Python<'_>, error: PyErr) {
        if error.is_instance_of::<PyStopAsyncIteration>(py) {
            return self.give(None);
        }
        pipe::say(py, &self.label, error);
        *locked(&self.given) = Given::Broken;
    }

    fn take(&self) -> Given {
        let mut given = locked(&self.given);
        std::mem::replace(&mut given, Given::Nothing)
    }
}
