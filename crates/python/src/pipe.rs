//! Bodies that a sync iterator gives: a pool thread pulls, the reactor takes, and neither is far ahead of the other.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use pyo3::prelude::*;
use ultrafox_engine::{Body, ChunkSource};

use crate::{modules, reply};

/// Chunks that may wait for the client.
const WAITING: usize = 4;

/// The body that `pump` will fill, and the pipe that it goes through.
pub(crate) fn new() -> (Arc<Pipe>, Body) {
    let pipe = Arc::new(Pipe::default());
    let outlet = Outlet(Arc::clone(&pipe));
    (pipe, Body::Stream(Box::new(outlet)))
}

/// Pulls the chunks on the calling thread until they end or the client has gone, and closes them.
pub(crate) fn pump(py: Python<'_>, label: &str, pipe: &Pipe, chunks: &Bound<'_, PyAny>) {
    // Nothing is pulled for HEAD, nor for a client that has gone already.
    let wanted = py.detach(|| pipe.is_wanted());
    let end = chunks.try_iter().and_then(|chunks| {
        if !wanted {
            return Ok(());
        }
        for chunk in chunks {
            let chunk = reply::bytes(&chunk?)?;
            if !chunk.is_empty() && !py.detach(|| pipe.push(chunk)) {
                break;
            }
        }
        Ok(())
    });
    let broken = end.is_err();
    if let Err(error) = end {
        say(py, label, error);
    }
    close(py, chunks);
    pipe.end(broken);
}

/// Says in the log that a stream failed; the client sees the answer break off.
pub(crate) fn say(py: Python<'_>, label: &str, error: PyErr) {
    let said = modules::broke_off(py).and_then(|say| say.call1((label, error.into_value(py))));
    if let Err(error) = said {
        error.display(py);
    }
}

/// Calls an iterator's `close`, where it has one.
pub(crate) fn close(py: Python<'_>, chunks: &Bound<'_, PyAny>) {
    if let Ok(close) = chunks.getattr(pyo3::intern!(py, "close"))
        && let Err(error) = close.call0()
    {
        error.display(py);
    }
}

/// A bounded way for chunks from a pool thread to the reactor.
#[derive(Default)]
pub(crate) struct Pipe {
    state: Mutex<State>,
    taken: Condvar,
}

#[derive(Default)]
struct State {
    chunks: VecDeque<Bytes>,
    asked: bool,
    ended: bool,
    broken: bool,
    abandoned: bool,
    waker: Option<Waker>,
}

impl Pipe {
    /// Waits until the first chunk is asked for. False when none ever will be.
    fn is_wanted(&self) -> bool {
        let mut state = self.lock();
        while !state.asked && !state.abandoned {
            state = self
                .taken
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        !state.abandoned
    }

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

    fn end(&self, broken: bool) {
        let mut state = self.lock();
        state.ended = true;
        state.broken = broken;
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
        if !state.asked {
            state.asked = true;
            self.0.taken.notify_one();
        }
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
