//! What the outside must supply.

use std::future::Future;
use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};

use http::{Method, StatusCode};

use crate::{Exchange, OperationPlan, Problem, Reply, TraceId};

/// Runs the user's code.
pub trait Handler {
    /// The run. It resolves with a reply or a problem; dropping it before that means that the client has gone away.
    type Call: Future<Output = Result<Reply, Problem>>;

    /// Starts the handler of `exchange.target`.
    fn call(&self, exchange: Box<Exchange>) -> Self::Call;
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// For durations and deadlines.
    fn now(&self) -> Instant;
    /// For people.
    fn wall(&self) -> SystemTime;
}

/// The machine's clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// One answered request, for whoever keeps a log or counts.
#[derive(Debug)]
pub struct Record<'a> {
    /// When the answer was complete.
    pub at: SystemTime,
    /// The method; `None` when the request could not be read that far.
    pub method: Option<&'a Method>,
    /// Path and query as sent; empty when the request could not be read that far.
    pub target: &'a str,
    /// The status that was sent; 499 when the client left before there was one.
    pub status: StatusCode,
    /// The code of the problem, where the answer is one.
    pub problem: Option<&'a str>,
    /// Bytes of the body that were handed to the door.
    pub bytes: u64,
    /// From the end of the head to the end of the answer.
    pub duration: Duration,
    /// The request's trace id.
    pub trace: TraceId,
    /// The address of the client.
    pub peer: Option<IpAddr>,
    /// The operation that answered.
    pub operation: Option<&'a OperationPlan>,
}

/// Receives one record for every answer.
pub trait Sink: Send + Sync {
    /// Whether anyone will read a record. When not, none is made and no clock is read for it.
    fn listens(&self) -> bool {
        true
    }

    /// Takes a record. Must not block: it is called between two requests.
    fn record(&self, record: &Record<'_>);
}
