//! What a connection's parts share: the socket, its readiness, and the state that decides.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use ultrafox_engine::Problem;

use crate::ServerConfig;

/// How long a client that has closed its half may wait for its answer before it counts as gone. A client that closed both halves
/// looks the same until something is sent to it.
const HALF_CLOSED: Duration = Duration::from_secs(1);
/// How long a closing connection swallows what the client still sends.
const LINGER: Duration = Duration::from_secs(2);
/// When the least rate of a body begins to count.
const RATE_GRACE: Duration = Duration::from_secs(10);

/// Where a connection is. Deadlines, refusals and drain follow from this and from nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    /// Accepted; no byte has come.
    Fresh { since: Instant },
    /// Part of a head has come.
    Head { since: Instant },
    /// A body is coming.
    Body {
        since: Instant,
        last: Instant,
        received: u64,
    },
    /// The request is here; the answer is being made or sent.
    Working,
    /// As before, but the client has closed its half. Once it has been sent something and no reset came back, it is still reading.
    HalfClosed { since: Instant, sent: bool },
    /// Between two requests.
    Idle { since: Instant },
    /// Nothing more is read; what is buffered is sent, then the connection ends.
    Closing,
    /// The client is gone, or is to be treated so.
    Aborted,
    /// Our half is closed; waiting for the client to have read the answer.
    Lingering { since: Instant },
}

/// What a deadline asks for.
pub(crate) enum Verdict {
    /// The client may go on.
    Wait,
    /// The connection ends without a word.
    Close,
    /// 408, then the connection ends.
    TimedOut,
    /// The connection ends at once and cancels what is running.
    Abort,
    /// As before; what the client never took is thrown away.
    Reset,
}

/// What the socket, hyper's side of it and the reactor share.
pub(crate) struct Link {
    pub(crate) stream: TcpStream,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) config: Rc<ServerConfig>,
    /// The reactor's clock, read once per turn.
    pub(crate) now: Rc<Cell<Instant>>,
    /// Room that all connections of the reactor read into.
    pub(crate) scratch: Rc<RefCell<Box<[u8]>>>,
    /// Requests that this turn has taken in.
    pub(crate) taken: Rc<Cell<u32>>,
    pub(crate) state: Cell<State>,
    pub(crate) readable: Cell<bool>,
    pub(crate) writable: Cell<bool>,
    /// The peer's FIN has been announced, if not read.
    pub(crate) finished: Cell<bool>,
    /// An exchange is open: from its head to the last byte of its answer.
    pub(crate) at_work: Cell<bool>,
    /// The next request, or the end, has come while an exchange was open: read on when it is closed.
    pub(crate) waiting: Cell<bool>,
    pub(crate) refusal: RefCell<Option<Problem>>,
    /// Since when the client has not taken a byte that we have for it.
    pub(crate) stalled: Cell<Option<Instant>>,
    pub(crate) requests: Cell<u32>,
    pub(crate) draining: Rc<Cell<bool>>,
}

impl Link {
    /// What the deadlines say at `now`.
    pub(crate) fn verdict(&self, now: Instant) -> Verdict {
        let over = |since: Instant, limit: Duration| now.saturating_duration_since(since) > limit;
        let config = &self.config;
        // A client that is still being sent its answer is neither idle nor gone.
        if let Some(since) = self.stalled.get() {
            return if over(since, config.write_stall) {
                Verdict::Reset
            } else {
                Verdict::Wait
            };
        }
        match self.state.get() {
            State::Fresh { since } if over(since, config.first_byte) => Verdict::Close,
            State::Idle { since } if over(since, config.keep_alive) => Verdict::Close,
            State::Head { since } if over(since, config.head) => Verdict::TimedOut,
            State::Body {
                since,
                last,
                received,
            } => {
                let slow = over(since, RATE_GRACE)
                    && received < now.saturating_duration_since(since).as_secs() * config.body_rate;
                if slow || over(last, config.body_idle) {
                    Verdict::TimedOut
                } else {
                    Verdict::Wait
                }
            }
            State::HalfClosed { since, sent: false } if over(since, HALF_CLOSED) => Verdict::Abort,
            // A plain close: the kernel goes on delivering what it has.
            State::Lingering { since } if over(since, LINGER) => Verdict::Close,
            _ => Verdict::Wait,
        }
    }

    /// Whether what came while an exchange was open is to be read now. Asking takes the answer.
    pub(crate) fn can_read_on(&self) -> bool {
        !self.at_work.get() && self.stalled.get().is_none() && self.waiting.take()
    }

    /// A request's head has been handed to the engine.
    pub(crate) fn open(self: &Rc<Self>) -> OpenExchange {
        self.at_work.set(true);
        self.requests.set(self.requests.get() + 1);
        self.taken.set(self.taken.get() + 1);
        OpenExchange {
            link: Rc::clone(self),
        }
    }
}

/// Held from a request's head to the last byte of its answer.
pub(crate) struct OpenExchange {
    link: Rc<Link>,
}

impl OpenExchange {
    /// Whether the answer being made is the connection's last.
    pub(crate) fn is_last(&self) -> bool {
        // What is left of a body that nobody reads would be taken for a request.
        matches!(self.link.state.get(), State::Body { .. } | State::Closing)
            || self.link.draining.get()
            || self.link.requests.get() >= self.link.config.keep_alive_requests
    }
}

impl Drop for OpenExchange {
    fn drop(&mut self) {
        self.link.at_work.set(false);
        if let State::Working = self.link.state.get() {
            let since = self.link.now.get();
            self.link.state.set(State::Idle { since });
        }
    }
}
