//! Bodies that a file gives: read piece by piece on a thread of their own, ahead of the client by one piece.
//!
//! No pool thread waits for a slow client, and the event loop never waits for a disk.

use std::fs::File;
use std::io;
use std::os::fd::{BorrowedFd, RawFd};
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use bytes::{Bytes, BytesMut};
use crossbeam_channel::{Sender, unbounded};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use ultrafox_engine::{Body, ChunkSource};

use crate::pipe;

/// Bytes that are read at once.
const PIECE: u64 = 128 * 1024;

/// The thread that reads files, started when there is a first one; it ends with its worker.
#[derive(Default)]
pub(crate) struct Reader(OnceLock<Sender<Arc<Piece>>>);

impl Reader {
    /// The body that `chunks` would give, out of its file; None where it has none.
    pub(crate) fn body(
        &self,
        py: Python<'_>,
        label: &str,
        chunks: &Py<PyAny>,
    ) -> PyResult<Option<Body>> {
        let Some(descriptor) = chunks.bind(py).getattr_opt("descriptor")? else {
            return Ok(None);
        };
        let Some((descriptor, start, length)) =
            descriptor.extract::<Option<(RawFd, u64, u64)>>()?
        else {
            return Ok(None);
        };
        let piece = Arc::new(Piece {
            file: duplicate(descriptor)?,
            state: Mutex::new(State {
                at: start,
                end: start.saturating_add(length),
                read: None,
                asked: false,
                waker: None,
            }),
        });
        Ok(Some(Body::Stream(Box::new(Read {
            piece,
            sender: self.sender()?,
            label: label.into(),
            chunks: chunks.clone_ref(py),
        }))))
    }

    fn sender(&self) -> PyResult<Sender<Arc<Piece>>> {
        if let Some(sender) = self.0.get() {
            return Ok(sender.clone());
        }
        let (sender, receiver) = unbounded::<Arc<Piece>>();
        thread::Builder::new()
            .name("ultrafox-files".into())
            .spawn(move || receiver.iter().for_each(|piece| piece.read()))
            .map_err(|error| PyOSError::new_err(format!("no thread to read files: {error}")))?;
        Ok(self.0.get_or_init(|| sender).clone())
    }
}

/// A descriptor of our own, for Python may close its before the last piece is read.
fn duplicate(descriptor: RawFd) -> PyResult<File> {
    if descriptor < 0 {
        return Err(PyOSError::new_err(format!(
            "expected an open file, given the descriptor {descriptor}"
        )));
    }
    let borrowed = crate::interpreter::borrowed(descriptor);
    Ok(BorrowedFd::try_clone_to_owned(&borrowed)?.into())
}

/// What the thread and the reactor share of one file.
pub(crate) struct Piece {
    file: File,
    state: Mutex<State>,
}

struct State {
    at: u64,
    end: u64,
    read: Option<io::Result<Bytes>>,
    asked: bool,
    waker: Option<Waker>,
}

impl Piece {
    fn read(&self) {
        let (at, end) = {
            let state = self.lock();
            (state.at, state.end)
        };
        let read = self.read_at(at, PIECE.min(end.saturating_sub(at)));
        let mut state = self.lock();
        match &read {
            Ok(bytes) => state.at = at + bytes.len() as u64,
            // There is nothing to ask for after that.
            Err(_) => state.end = at,
        }
        state.read = Some(read);
        state.asked = false;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn read_at(&self, at: u64, length: u64) -> io::Result<Bytes> {
        let mut buffer = BytesMut::zeroed(usize::try_from(length).unwrap_or(0));
        self.file.read_exact_at(&mut buffer, at)?;
        Ok(buffer.freeze())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Read {
    piece: Arc<Piece>,
    sender: Sender<Arc<Piece>>,
    label: Box<str>,
    /// Closed at the end.
    chunks: Py<PyAny>,
}

impl ChunkSource for Read {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut state = self.piece.lock();
        let read = state.read.take();
        let more = state.at < state.end && !matches!(read, Some(Err(_)));
        if more && !state.asked {
            if self.sender.send(Arc::clone(&self.piece)).is_err() {
                return Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into())));
            }
            state.asked = true;
        }
        if read.is_none() {
            state.waker = Some(context.waker().clone());
        }
        drop(state);
        match read {
            Some(Ok(bytes)) => Poll::Ready(Some(Ok(bytes))),
            Some(Err(error)) => {
                let kind = error.kind();
                Python::attach(|py| pipe::say(py, &self.label, error.into()));
                Poll::Ready(Some(Err(kind.into())))
            }
            None if more => Poll::Pending,
            None => Poll::Ready(None),
        }
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        Python::attach(|py| pipe::close(py, self.chunks.bind(py)));
    }
}
