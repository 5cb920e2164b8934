//! The project around the APIs: its views answer what no API claims.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_channel::oneshot;
use http::Method;
use http::header::{CONTENT_LENGTH, HeaderValue};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use ultrafox_engine::{Body, ChunkSource, Exchange, Problem, ProblemKind, Reply};

use crate::bridge::{Outcome, Side};
use crate::request::Request;
use crate::{problem, reply};

/// Chunks that may wait for the client.
const WAITING: usize = 4;
const LABEL: &str = "django";

/// Answers a request with the project's own handler.
pub(crate) fn run(
    py: Python<'_>,
    side: &Side,
    exchange: Box<Exchange>,
    answer: oneshot::Sender<Outcome>,
) {
    match start(py, side, exchange) {
        Ok((reply, None)) => {
            // The client may have gone in between.
            let _ = answer.send(Ok(reply));
        }
        Ok((mut reply, Some(chunks))) => {
            let pipe = Arc::new(Pipe::default());
            reply.body = Body::Stream(Box::new(Outlet(Arc::clone(&pipe))));
            if answer.send(Ok(reply)).is_ok() {
                pump(py, side, &pipe, &chunks);
            }
            close(py, &chunks);
        }
        Err(error) => {
            let _ = answer.send(Err(problem::explained(py, &side.explain, error, LABEL)));
        }
    }
}

fn start<'py>(
    py: Python<'py>,
    side: &Side,
    exchange: Box<Exchange>,
) -> PyResult<(Reply, Option<Bound<'py, PyAny>>)> {
    let Some(fallback) = &side.fallback else {
        return Err(pyo3::exceptions::PyRuntimeError::new_err(
            "there is no fallback",
        ));
    };
    let asks_for_head = exchange.method == Method::HEAD;
    let answer = fallback.bind(py).call1((Request::new(exchange),))?;
    let (mut reply, body) = reply::head(&answer).inspect_err(|_| {
        if let Ok(body) = answer.get_item(2) {
            close(py, &body);
        }
    })?;
    let length = reply.headers.get(CONTENT_LENGTH).map(HeaderValue::to_str);
    if !length.is_none_or(|length| length.is_ok_and(|length| length.parse::<u64>().is_ok())) {
        reply.headers.remove(CONTENT_LENGTH);
    }
    if !body.is_instance_of::<PyBytes>() {
        return Ok((reply, Some(body)));
    }
    let body = reply::bytes(&body)?;
    // A view may answer HEAD with the length of what it does not send.
    if !(asks_for_head && body.is_empty()) {
        reply.headers.remove(CONTENT_LENGTH);
    }
    reply.body = Body::Full(body);
    Ok((reply, None))
}

fn pump(py: Python<'_>, side: &Side, pipe: &Pipe, chunks: &Bound<'_, PyAny>) {
    let end = chunks.try_iter().and_then(|chunks| {
        for chunk in chunks {
            let chunk = reply::bytes(&chunk?)?;
            if !chunk.is_empty() && !py.detach(|| pipe.push(chunk)) {
                break;
            }
        }
        Ok(())
    });
    if let Err(error) = end {
        // Logged; the client sees the answer break off.
        let _ = problem::explained(py, &side.explain, error, LABEL);
        pipe.end(Some(Problem::from(ProblemKind::InternalError)));
    } else {
        pipe.end(None);
    }
}

fn close(py: Python<'_>, chunks: &Bound<'_, PyAny>) {
    if let Ok(close) = chunks.getattr(pyo3::intern!(py, "close"))
        && let Err(error) = close.call0()
    {
        error.display(py);
    }
}

/// A bounded way for chunks from a pool thread to the reactor.
#[derive(Default)]
struct Pipe {
    state: Mutex<State>,
    taken: Condvar,
}

#[derive(Default)]
struct State {
    chunks: VecDeque<Bytes>,
    ended: bool,
    broken: bool,
    abandoned: bool,
    waker: Option<Waker>,
}

impl Pipe {
    /// Waits for room. False when the client has gone.
    fn push(&self, chunk: Bytes) -> bool {
        let mut state = self.lock();
        while state.chunks.len() >= WAITING && !state.abandoned {
            state = self
                .taken
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if state.abandoned {
            return false;
        }
        state.chunks.push_back(chunk);
        wake(state);
        true
    }

    fn end(&self, problem: Option<Problem>) {
        let mut state = self.lock();
        state.ended = true;
        state.broken = problem.is_some();
        wake(state);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(mut state: MutexGuard<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// The reactor's end of a pipe.
struct Outlet(Arc<Pipe>);

impl ChunkSource for Outlet {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut state = self.0.lock();
        if let Some(chunk) = state.chunks.pop_front() {
            self.0.taken.notify_one();
            return Poll::Ready(Some(Ok(chunk)));
        }
        if state.broken {
            return Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into())));
        }
        if state.ended {
            return Poll::Ready(None);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.0.lock().abandoned = true;
        self.0.taken.notify_one();
    }
}
