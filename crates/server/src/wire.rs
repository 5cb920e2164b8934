//! hyper's view of the socket: only whole, sound heads and well-framed bodies get through, one request at a time.

use std::fmt;
use std::io::{self, IoSlice, Read as _, Write as _};
use std::net::Shutdown;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use hyper::rt::ReadBufCursor;
use ultrafox_engine::{Problem, ProblemKind};

use crate::chunked::{ChunkFault, Chunked};
use crate::head::{Framing, Head, HeadFault};
use crate::link::{Link, State};

/// Bytes that may wait behind the request being answered.
const WAITING: usize = 64 * 1024;
/// What a connection keeps of its buffer between two requests.
const KEPT: usize = 4 * 1024;

/// What the next unread byte belongs to.
enum Place {
    Head(Head),
    Length(u64),
    Chunked(Chunked),
}

/// What can be done with the bytes at hand.
enum Step {
    /// So many of them may be handed on.
    Deliver(usize),
    /// None, until more have come.
    More,
    /// They are no request.
    Refuse(Problem),
    /// They are no part of the body.
    Break(ProblemKind, &'static str),
}

/// The socket with its guard.
pub(crate) struct Wire {
    link: Rc<Link>,
    buffer: Vec<u8>,
    /// The first byte of `buffer` that hyper does not have.
    start: usize,
    /// Bytes from `start` that were found sound.
    sound: usize,
    place: Place,
}

impl Wire {
    pub(crate) fn new(link: Rc<Link>) -> Self {
        Self {
            link,
            buffer: Vec::new(),
            start: 0,
            sound: 0,
            place: Place::Head(Head::default()),
        }
    }

    fn read(&mut self, cursor: &mut ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.link.state.get() {
                State::Aborted => return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
                State::Closing if !self.link.at_work.get() => return Poll::Ready(Ok(())),
                State::Closing if !matches!(self.place, Place::Head(_)) => {
                    return Poll::Ready(Err(broken(
                        ProblemKind::RequestTimeout,
                        "Expected the body sooner.",
                    )));
                }
                _ => {}
            }
            if self.sound > 0 {
                self.deliver(cursor);
                return Poll::Ready(Ok(()));
            }
            // An answer that the client has still to take is in hyper's buffer: the end would make hyper drop it.
            let busy = self.link.at_work.get() || self.link.stalled.get().is_some();
            if busy && matches!(self.place, Place::Head(_)) {
                return self.watch();
            }
            match self.advance() {
                Step::Deliver(length) => self.sound = length,
                Step::Refuse(problem) => {
                    self.link.refusal.replace(Some(problem));
                    self.link.state.set(State::Closing);
                }
                // The engine is reading the body: it is told, and answers.
                Step::Break(kind, detail) => {
                    self.link.state.set(State::Closing);
                    return Poll::Ready(Err(broken(kind, detail)));
                }
                Step::More => match self.fill() {
                    Poll::Ready(Ok(0)) => return Poll::Ready(Ok(())),
                    Poll::Ready(Ok(_)) => {}
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => return Poll::Pending,
                },
            }
        }
    }

    fn deliver(&mut self, cursor: &mut ReadBufCursor<'_>) {
        let length = self.sound.min(cursor.remaining());
        cursor.put_slice(
            self.buffer
                .get(self.start..self.start + length)
                .unwrap_or_default(),
        );
        self.start += length;
        self.sound -= length;
        if self.start == self.buffer.len() {
            self.start = 0;
            self.buffer.clear();
            if self.buffer.capacity() > KEPT {
                self.buffer = Vec::new();
            }
        }
    }

    /// A request is being answered: what comes now waits; that the client leaves must be seen.
    fn watch(&mut self) -> Poll<io::Result<()>> {
        self.link
            .waiting
            .set(!self.buffer.is_empty() || self.link.finished.get());
        while self.buffer.len() < WAITING {
            match self.fill() {
                Poll::Ready(Ok(0)) => {
                    self.link.waiting.set(true);
                    if let State::Working = self.link.state.get() {
                        let since = self.link.now.get();
                        self.link
                            .state
                            .set(State::HalfClosed { since, sent: false });
                    }
                    return Poll::Pending;
                }
                Poll::Ready(Ok(_)) => self.link.waiting.set(true),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Pending
    }

    fn advance(&mut self) -> Step {
        let unread = self.buffer.get(self.start..).unwrap_or_default();
        if unread.is_empty() {
            return Step::More;
        }
        let now = self.link.now.get();
        match &mut self.place {
            Place::Head(head) => match head.accept(unread) {
                Ok(Some((length, framing))) => {
                    self.follow(framing);
                    Step::Deliver(length)
                }
                Ok(None) => {
                    if let State::Fresh { .. } | State::Idle { .. } = self.link.state.get() {
                        self.link.state.set(State::Head { since: now });
                    }
                    Step::More
                }
                Err(fault) => Step::Refuse(head_problem(fault)),
            },
            Place::Length(left) => {
                let taken = (*left).min(unread.len() as u64);
                *left -= taken;
                let ended = *left == 0;
                self.progress(taken, ended);
                Step::Deliver(usize::try_from(taken).unwrap_or(usize::MAX))
            }
            Place::Chunked(body) => match body.accept(unread) {
                Ok(taken) => {
                    let ended = body.is_done();
                    self.progress(taken as u64, ended);
                    Step::Deliver(taken)
                }
                Err(fault) => chunk_fault(fault),
            },
        }
    }

    fn follow(&mut self, framing: Framing) {
        let now = self.link.now.get();
        self.place = match framing {
            Framing::Empty => Place::Head(Head::default()),
            Framing::Length(length) => Place::Length(length),
            Framing::Chunked => Place::Chunked(Chunked::new()),
        };
        self.link.state.set(match framing {
            Framing::Empty => State::Working,
            _ => State::Body {
                since: now,
                last: now,
                received: 0,
            },
        });
    }

    fn progress(&mut self, taken: u64, ended: bool) {
        if ended {
            self.place = Place::Head(Head::default());
            self.link.state.set(State::Working);
        } else if let State::Body {
            since, received, ..
        } = self.link.state.get()
        {
            self.link.state.set(State::Body {
                since,
                last: self.link.now.get(),
                received: received + taken,
            });
        }
    }

    /// Reads once. `Ok(0)` is the end of what the client sends.
    fn fill(&mut self) -> Poll<io::Result<usize>> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        while self.link.readable.get() {
            let mut scratch = self.link.scratch.borrow_mut();
            match (&self.link.stream).read(&mut scratch) {
                Ok(length) => {
                    // A short read empties the socket, unless its end is still to be read.
                    if length < scratch.len() && length > 0 && !self.link.finished.get() {
                        self.link.readable.set(false);
                    }
                    if length == 0 {
                        self.link.finished.set(true);
                    }
                    self.buffer
                        .extend_from_slice(scratch.get(..length).unwrap_or_default());
                    return Poll::Ready(Ok(length));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.link.readable.set(false)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Pending
    }

    fn send(
        &self,
        write: impl Fn(&mio::net::TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let link = &self.link;
        if let State::Aborted = link.state.get() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        while link.writable.get() {
            match write(&link.stream) {
                Ok(length) => {
                    link.stalled.set(None);
                    match link.state.get() {
                        State::HalfClosed { since, .. } => {
                            link.state.set(State::HalfClosed { since, sent: true });
                        }
                        State::Idle { .. } => link.state.set(State::Idle {
                            since: link.now.get(),
                        }),
                        _ => {}
                    }
                    return Poll::Ready(Ok(length));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => link.writable.set(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        if link.stalled.get().is_none() {
            link.stalled.set(Some(link.now.get()));
        }
        Poll::Pending
    }
}

impl hyper::rt::Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.get_mut().read(&mut cursor)
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.send(|mut stream| stream.write(bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A refusal is still to be written.
        if self.link.refusal.borrow().is_none() {
            // The peer may have gone first.
            let _ = self.link.stream.shutdown(Shutdown::Write);
        }
        Poll::Ready(Ok(()))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.send(|mut stream| stream.write_vectored(slices))
    }
}

fn head_problem(fault: HeadFault) -> Problem {
    Problem::from(fault.kind).detail(fault.detail)
}

fn chunk_fault(fault: ChunkFault) -> Step {
    match fault {
        ChunkFault::Malformed => Step::Break(
            ProblemKind::BadRequest,
            "Expected a body in chunks as RFC 9112 §7.1 has them.",
        ),
        ChunkFault::TrailersTooLarge => Step::Break(
            ProblemKind::HeadersTooLarge,
            "Expected at most 8 KiB of trailers.",
        ),
    }
}

/// An error of the body that tells the engine what to answer.
fn broken(kind: ProblemKind, detail: &str) -> io::Error {
    io::Error::other(Broken(Problem::from(kind).detail(detail)))
}

/// `io::Error` names the causes of what it holds, and never what it holds.
#[derive(Debug)]
struct Broken(Problem);

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl std::error::Error for Broken {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
