//! One connection: hyper's state machine while it speaks HTTP, then the farewell.

use std::convert::Infallible;
use std::future::Future;
use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use ultrafox_engine::{Body, Engine, Handler, Problem, ProblemKind, Reply};

use crate::exchange::{Outgoing, answer};
use crate::link::{Link, State, Verdict};
use crate::wire::Wire;

/// Bytes of an unread request that a closing connection swallows, so that a reset does not eat the answer.
const SWALLOWED: usize = 256 * 1024;

/// Whether a connection goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Open,
    Over,
}

/// hyper's connection without its service's name, which cannot be written.
trait Http {
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<hyper::Result<()>>;
    fn finish(self: Pin<&mut Self>);
}

impl<S> Http for http1::Connection<Wire, S>
where
    S: Service<Request<Incoming>, Response = http::Response<Outgoing>, Error = Infallible>,
{
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<hyper::Result<()>> {
        Future::poll(self, context)
    }

    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

enum Stage {
    Http(Pin<Box<dyn Http>>),
    /// The last bytes go out.
    Farewell {
        bytes: Vec<u8>,
        sent: usize,
    },
    /// The client may still be sending what nobody reads.
    Lingering {
        swallowed: usize,
    },
}

/// A client's connection.
pub(crate) struct Connection<H: Handler + 'static> {
    pub(crate) link: Rc<Link>,
    waker: Waker,
    engine: Arc<Engine<H>>,
    stage: Stage,
}

impl<H: Handler + 'static> Connection<H> {
    pub(crate) fn new(link: Rc<Link>, waker: Waker, engine: Arc<Engine<H>>) -> Self {
        let service = {
            let (link, engine) = (Rc::clone(&link), Arc::clone(&engine));
            service_fn(move |request| answer(&engine, &link, request))
        };
        let http = http1::Builder::new()
            .writev(false)
            .header_read_timeout(None)
            .serve_connection(Wire::new(Rc::clone(&link)), service);
        Self {
            link,
            waker,
            engine,
            stage: Stage::Http(Box::pin(http)),
        }
    }

    /// Goes on as far as the socket and the handlers allow.
    pub(crate) fn poll(&mut self) -> Life {
        loop {
            let over = match &mut self.stage {
                Stage::Http(http) => {
                    let mut context = Context::from_waker(&self.waker);
                    match http.as_mut().poll(&mut context) {
                        // hyper does not know that what it waits for has been read already.
                        Poll::Pending if self.link.can_read_on() => Life::Open,
                        Poll::Pending => return Life::Open,
                        Poll::Ready(end) => self.after_http(end),
                    }
                }
                Stage::Farewell { bytes, sent } => match send(&self.link, bytes, sent) {
                    Poll::Pending => return Life::Open,
                    Poll::Ready(Ok(())) => self.linger(),
                    Poll::Ready(Err(_)) => Life::Over,
                },
                Stage::Lingering { swallowed } => return swallow(&self.link, swallowed),
            };
            if over == Life::Over {
                return Life::Over;
            }
        }
    }

    /// What the deadlines say at `now`; the answer of the connection that is over is `Over`.
    pub(crate) fn tick(&mut self, now: Instant) -> Life {
        match self.link.verdict(now) {
            Verdict::Wait => return Life::Open,
            Verdict::Close => self.link.state.set(State::Closing),
            Verdict::Abort => self.link.state.set(State::Aborted),
            Verdict::Reset => {
                // What the client never took must not wait in the kernel. A socket that refuses the option is gone already.
                let _ = socket2::SockRef::from(&self.link.stream).set_linger(Some(Duration::ZERO));
                self.link.state.set(State::Aborted);
            }
            Verdict::TimedOut => {
                // While a body is coming the engine waits for it, hears of the end and answers.
                if !self.link.at_work.get() {
                    let problem = Problem::from(ProblemKind::RequestTimeout)
                        .detail("Expected the whole head of the request sooner.");
                    self.link.refusal.replace(Some(problem));
                }
                self.link.state.set(State::Closing);
            }
        }
        match self.stage {
            Stage::Http(_) => self.poll(),
            _ => Life::Over,
        }
    }

    /// No further request: the one being answered is the last.
    pub(crate) fn drain(&mut self) -> Life {
        if let Stage::Http(http) = &mut self.stage {
            http.as_mut().finish();
            return self.poll();
        }
        Life::Open
    }

    fn after_http(&mut self, end: hyper::Result<()>) -> Life {
        let peer = self.link.peer;
        if let Some(problem) = self.link.refusal.take() {
            let reply = self.engine.refuse(problem, peer, Instant::now());
            self.stage = Stage::Farewell {
                bytes: encode(&reply),
                sent: 0,
            };
            return Life::Open;
        }
        match end {
            Ok(()) => self.linger(),
            Err(_) => Life::Over,
        }
    }

    fn linger(&mut self) -> Life {
        if self.link.finished.get() || self.link.stream.shutdown(Shutdown::Write).is_err() {
            return Life::Over;
        }
        let since = self.link.now.get();
        self.link.stalled.set(None);
        self.link.state.set(State::Lingering { since });
        self.stage = Stage::Lingering { swallowed: 0 };
        Life::Open
    }
}

fn send(link: &Link, bytes: &[u8], sent: &mut usize) -> Poll<io::Result<()>> {
    while let Some(rest) = bytes.get(*sent..).filter(|rest| !rest.is_empty()) {
        match (&link.stream).write(rest) {
            Ok(length) => *sent += length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                link.stalled
                    .set(link.stalled.get().or(Some(link.now.get())));
                return Poll::Pending;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Poll::Ready(Err(error)),
        }
    }
    Poll::Ready(Ok(()))
}

fn swallow(link: &Link, swallowed: &mut usize) -> Life {
    let mut scratch = link.scratch.borrow_mut();
    loop {
        match (&link.stream).read(&mut scratch) {
            Ok(0) => return Life::Over,
            Ok(length) => *swallowed += length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Life::Open,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Life::Over,
        }
        if *swallowed > SWALLOWED {
            return Life::Over;
        }
    }
}

/// A refusal as bytes: hyper is out of the game when it is due.
fn encode(reply: &Reply) -> Vec<u8> {
    let body = match &reply.body {
        Body::Full(bytes) => bytes.as_ref(),
        Body::Stream(_) => &[],
    };
    let mut bytes = format!(
        "HTTP/1.1 {} {}\r\nconnection: close\r\ncontent-length: {}\r\n",
        reply.status.as_u16(),
        reply.status.canonical_reason().unwrap_or_default(),
        body.len()
    )
    .into_bytes();
    for (name, value) in &reply.headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}
