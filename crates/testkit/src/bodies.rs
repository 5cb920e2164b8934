//! Bodies of requests and replies.

use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use ultrafox_engine::{ChunkSource, Problem};

/// A request body that breaks off.
#[derive(Debug)]
pub struct Broken(pub Option<Problem>);

impl std::fmt::Display for Broken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the body broke off")
    }
}

impl Error for Broken {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_ref().map(|problem| problem as _)
    }
}

/// A request body in chunks.
#[derive(Debug, Default)]
pub struct Chunks {
    chunks: VecDeque<Result<Bytes, Broken>>,
    declared: Option<u64>,
    endless: bool,
    waits: bool,
    polls: usize,
    watched: Option<Arc<AtomicUsize>>,
}

impl Chunks {
    /// A body of these chunks, without a declared length.
    pub fn of<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let chunks = chunks.into_iter();
        Self {
            chunks: chunks
                .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
                .collect(),
            ..Self::default()
        }
    }

    /// A body of pieces of so many bytes.
    #[must_use]
    pub fn cut(body: &[u8], size: usize) -> Self {
        Self::of(body.chunks(size.max(1)))
    }

    /// A body of chunks that share their memory.
    pub fn shared(chunks: impl IntoIterator<Item = Bytes>) -> Self {
        Self {
            chunks: chunks.into_iter().map(Ok).collect(),
            ..Self::default()
        }
    }

    /// How often it has been asked for a chunk.
    #[must_use]
    pub fn polled(&mut self) -> Arc<AtomicUsize> {
        Arc::clone(self.watched.get_or_insert_default())
    }

    /// With a declared length, true or not.
    #[must_use]
    pub fn declaring(mut self, length: u64) -> Self {
        self.declared = Some(length);
        self
    }

    /// Fails at its end.
    #[must_use]
    pub fn breaking(mut self, broken: Broken) -> Self {
        self.chunks.push_back(Err(broken));
        self
    }

    /// Repeats its last chunk for ever.
    #[must_use]
    pub fn endless(mut self) -> Self {
        self.endless = true;
        self
    }

    /// Is pending once before each chunk.
    #[must_use]
    pub fn waiting(mut self) -> Self {
        self.waits = true;
        self
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = self.get_mut();
        this.polls += 1;
        if let Some(watched) = &this.watched {
            watched.store(this.polls, Ordering::Relaxed);
        }
        if this.waits && this.polls % 2 == 1 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = match (this.chunks.front(), this.chunks.len()) {
            (Some(Ok(chunk)), 1) if this.endless => Some(Ok(chunk.clone())),
            _ => this.chunks.pop_front(),
        };
        Poll::Ready(next.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.declared
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// A reply's body in chunks, which tells when it has been dropped.
#[derive(Debug, Default)]
pub struct Source {
    chunks: VecDeque<io::Result<Bytes>>,
    dropped: Arc<AtomicBool>,
}

impl Source {
    /// A body of these chunks.
    pub fn of<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let chunks = chunks.into_iter();
        Self {
            chunks: chunks
                .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
                .collect(),
            dropped: Arc::default(),
        }
    }

    /// Fails at its end.
    #[must_use]
    pub fn breaking(mut self) -> Self {
        self.chunks
            .push_back(Err(io::Error::other("the source broke off")));
        self
    }

    /// Becomes true when the source is dropped.
    #[must_use]
    pub fn dropped(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.dropped)
    }
}

impl ChunkSource for Source {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        Poll::Ready(self.chunks.pop_front())
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.dropped.store(true, Ordering::Relaxed);
    }
}
