//! Bodies that a sync iterator gives: a pool thread pulls, the reactor takes, and neither is far ahead of the other.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use pyo3::prelude::*;
use ultrafox_engine::{Body, ChunkSource};

use crate::waiting::Waiting;
use crate::{modules, pool, reply};

/// How long a client may keep a thread waiting before another one takes its place.
const PATIENCE: Duration = Duration::from_millis(250);

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
            if !chunk.is_empty() && !pipe.push(py, chunk) {
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
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Waiting,
    /// The thread waits for the reactor.
    stands: bool,
    asked: bool,
    ended: bool,
    broken: bool,
    abandoned: bool,
    waker: Option<Waker>,
}

impl Pipe {
    /// Waits until the first chunk is asked for. False when none ever will be.
    fn is_wanted(&self) -> bool {
        let state = self.wait_while(self.lock(), |state| !state.asked);
        !state.abandoned
    }

    /// Hands a chunk over, and waits where there is no room for the next. False when the client has gone.
    ///
    /// The interpreter is kept while there is room: to let go of it for each chunk would cost two changes of threads.
    fn push(&self, py: Python<'_>, chunk: Bytes) -> bool {
        let mut state = self.lock();
        state.waiting.push(chunk);
        let (full, abandoned) = (state.waiting.is_full(), state.abandoned);
        wake(state);
        if !full || abandoned {
            return !abandoned;
        }
        let is_slow = py.detach(|| {
            let state = self.lock();
            let waited = self
                .changed
                .wait_timeout_while(standing(state), PATIENCE, |state| {
                    state.waiting.is_full() && !state.abandoned
                });
            waited
                .map_or_else(|error| error.into_inner().1, |(_, timeout)| timeout)
                .timed_out()
        });
        if is_slow {
            pool::lend(py);
        }
        py.detach(|| {
            let state = self.wait_while(self.lock(), |state| state.waiting.is_full());
            !state.abandoned
        })
    }

    fn end(&self, broken: bool) {
        let mut state = self.lock();
        state.ended = true;
        state.broken = broken;
        wake(state);
    }

    fn wait_while<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        condition: fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        while condition(&state) && !state.abandoned {
            state.stands = true;
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.stands = false;
        state
    }

    /// Lets the thread go on, if it waits.
    fn go_on(&self, state: &mut State) {
        if std::mem::take(&mut state.stands) {
            self.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread is about to wait.
fn standing(mut state: MutexGuard<'_, State>) -> MutexGuard<'_, State> {
    state.stands = true;
    state
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
        state.asked = true;
        let piece = state.waiting.take();
        self.0.go_on(&mut state);
        if let Some(piece) = piece {
            return Poll::Ready(Some(Ok(piece)));
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
        let mut state = self.0.lock();
        state.abandoned = true;
        self.0.go_on(&mut state);
    }
}
