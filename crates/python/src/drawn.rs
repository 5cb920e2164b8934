//! Bodies that an async iterator gives: a task of the event loop pulls, and waits while the client does not take.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use pyo3::prelude::*;
use ultrafox_engine::{Body, ChunkSource};

use crate::side::Side;
use crate::task::Started;
use crate::waiting::Waiting;
use crate::{modules, pipe, reply};

/// The body that `chunks` will give. The task is made when the first chunk is asked for.
pub(crate) fn body(side: &Arc<Side>, label: &str, chunks: Py<PyAny>) -> Body {
    Body::Stream(Box::new(Drawn {
        side: Arc::clone(side),
        label: label.into(),
        chunks: Some(chunks),
        at_work: None,
    }))
}

/// The reactor's end.
struct Drawn {
    side: Arc<Side>,
    label: Box<str>,
    /// Until the first chunk is asked for.
    chunks: Option<Py<PyAny>>,
    at_work: Option<AtWork>,
}

/// A task that pulls, and what it pulls from.
struct AtWork {
    inlet: Py<Inlet>,
    task: Py<PyAny>,
    chunks: Py<PyAny>,
}

impl Drawn {
    fn start(&mut self, py: Python<'_>, chunks: Py<PyAny>) -> PyResult<()> {
        let inlet = Bound::new(
            py,
            Inlet {
                side: Arc::clone(&self.side),
                begun: AtomicBool::new(false),
                state: Mutex::default(),
            },
        )?;
        let pump = modules::pump(py)?.call1((&chunks, &inlet, &*self.label))?;
        // A task that has ended already is kept as well as one that goes on.
        let task = match self.side.tasks.start(pump)? {
            Started::Done(result) => result?,
            Started::Suspended(task) => task,
        };
        self.at_work = Some(AtWork {
            inlet: inlet.unbind(),
            task: task.unbind(),
            chunks,
        });
        Ok(())
    }
}

impl ChunkSource for Drawn {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if let Some(chunks) = self.chunks.take() {
            let started = Python::attach(|py| {
                self.start(py, chunks)
                    .map_err(|error| pipe::say(py, &self.label, error))
            });
            if started.is_err() {
                return broken();
            }
        }
        match &self.at_work {
            Some(at_work) => at_work.inlet.get().poll(context),
            None => Poll::Ready(None),
        }
    }
}

impl Drop for Drawn {
    fn drop(&mut self) {
        if self.chunks.is_none() && self.at_work.is_none() {
            return;
        }
        Python::attach(|py| {
            if let Err(error) = self.end(py) {
                pipe::say(py, &self.label, error);
            }
        });
    }
}

impl Drawn {
    /// Ends the task; where there is none yet, another one closes the iterator that nobody has looked at. Both belong to the loop,
    /// while an answer whose client has gone may be dropped on any thread.
    fn end(&mut self, py: Python<'_>) -> PyResult<()> {
        let tasks = &self.side.tasks;
        let here = std::thread::current().id() == self.side.thread;
        let mut unread = self.chunks.take();
        if let Some(at_work) = self.at_work.take()
            && !at_work.task.is_none(py)
        {
            let cancel = at_work.task.bind(py).getattr("cancel")?;
            if here {
                cancel.call0()?;
            } else {
                tasks.call_from_thread(py, &cancel)?;
            }
            // A task that is cancelled before its first step runs none of its code, and closes nothing.
            if !at_work.inlet.get().begun.load(Ordering::Relaxed) {
                unread = Some(at_work.chunks);
            }
        }
        match unread {
            Some(chunks) => {
                let close = modules::close_unread(py)?.call1((chunks,))?;
                if here {
                    tasks.start(close).map(drop)
                } else {
                    tasks.start_from_thread(py, close)
                }
            }
            None => Ok(()),
        }
    }
}

fn broken() -> Poll<Option<io::Result<Bytes>>> {
    Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into())))
}

/// The task's end.
#[pyclass(frozen)]
pub(crate) struct Inlet {
    side: Arc<Side>,
    begun: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Waiting,
    end: Option<Result<(), ()>>,
    waker: Option<Waker>,
    /// What the task waits for while there is no room.
    room: Option<Py<PyAny>>,
}

#[pymethods]
impl Inlet {
    /// The task has begun: whatever happens, it closes what it pulls from.
    fn begin(&self) {
        self.begun.store(true, Ordering::Relaxed);
    }

    /// Hands a chunk over. False when the next one should wait for `room`.
    fn push(&self, py: Python<'_>, chunk: &Bound<'_, PyAny>) -> PyResult<bool> {
        let chunk = reply::bytes(chunk)?;
        let mut state = self.lock();
        if chunk.is_empty() {
            return Ok(!state.waiting.is_full());
        }
        state.waiting.push(chunk);
        let room = !state.waiting.is_full();
        self.wake(py, state)?;
        Ok(room)
    }

    /// A future that is done when there is room again.
    fn room<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let future = self.side.tasks.future(py)?;
        let mut state = self.lock();
        if !state.waiting.is_full() {
            drop(state);
            future.call_method1("set_result", (py.None(),))?;
        } else {
            state.room = Some(future.clone().unbind());
        }
        Ok(future)
    }

    /// There is no more; `whole` says whether that was all.
    fn end(&self, py: Python<'_>, whole: bool) -> PyResult<()> {
        let mut state = self.lock();
        state.end = Some(if whole { Ok(()) } else { Err(()) });
        self.wake(py, state)
    }
}

impl Inlet {
    fn poll(&self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut state = self.lock();
        if let Some(piece) = state.waiting.take() {
            let room = state.room.take();
            drop(state);
            if let Some(room) = room {
                Python::attach(|py| give_room(py, &room));
            }
            return Poll::Ready(Some(Ok(piece)));
        }
        match state.end {
            Some(Ok(())) => Poll::Ready(None),
            Some(Err(())) => broken(),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Lets the connection go on as soon as the task waits for something else: what it makes until then goes out as one.
    fn wake(&self, py: Python<'_>, mut state: MutexGuard<'_, State>) -> PyResult<()> {
        let waker = state.waker.take();
        drop(state);
        match waker {
            Some(waker) => {
                waker.wake();
                self.side.run_ready_soon(py)
            }
            None => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn give_room(py: Python<'_>, room: &Py<PyAny>) {
    let room = room.bind(py);
    // A task that was cancelled meanwhile has cancelled what it waited for.
    let given = room
        .call_method0("done")
        .and_then(|done| done.is_truthy())
        .and_then(|done| {
            if done {
                Ok(())
            } else {
                room.call_method1("set_result", (py.None(),)).map(drop)
            }
        });
    if let Err(error) = given {
        error.display(py);
    }
}
