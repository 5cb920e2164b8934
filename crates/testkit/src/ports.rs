//! A handler, a clock and a sink that tests can look into.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use http::{Method, StatusCode};
use ultrafox_engine::{Clock, Exchange, Handler, Problem, Record, Reply, Sink, TraceId};

/// A handler that answers with what a function makes of the exchange.
pub struct Answers<F>(pub F);

impl<F: Fn(Box<Exchange>) -> Result<Reply, Problem>> Handler for Answers<F> {
    type Call = std::future::Ready<Result<Reply, Problem>>;

    fn call(&self, exchange: Box<Exchange>) -> Self::Call {
        std::future::ready((self.0)(exchange))
    }
}

/// A handler that never answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pending;

impl Handler for Pending {
    type Call = Never;

    fn call(&self, _: Box<Exchange>) -> Never {
        Never
    }
}

/// The run of [`Pending`].
#[derive(Clone, Copy, Debug)]
pub struct Never;

impl Future for Never {
    type Output = Result<Reply, Problem>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Pending
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct FakeClock {
    start: Instant,
    passed: Mutex<Duration>,
}

impl FakeClock {
    /// A clock that starts now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            passed: Mutex::default(),
        }
    }

    /// Moves the clock on.
    pub fn pass(&self, time: Duration) {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    fn passed(&self) -> Duration {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Instant {
        self.start + self.passed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.passed()
    }
}

/// A record that outlives its request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Remembered {
    pub at: SystemTime,
    pub method: Option<Method>,
    pub target: String,
    pub status: StatusCode,
    pub problem: Option<String>,
    pub bytes: u64,
    pub duration: Duration,
    pub trace: TraceId,
    pub peer: Option<IpAddr>,
    pub operation: Option<String>,
}

/// A sink that keeps what it receives.
#[derive(Debug, Default)]
pub struct RememberingSink(Mutex<Vec<Remembered>>);

impl RememberingSink {
    /// A sink that holds nothing yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// What it has received since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Remembered> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sink for RememberingSink {
    fn record(&self, record: &Record<'_>) {
        let remembered = Remembered {
            at: record.at,
            method: record.method.cloned(),
            target: record.target.to_owned(),
            status: record.status,
            problem: record.problem.map(str::to_owned),
            bytes: record.bytes,
            duration: record.duration,
            trace: record.trace,
            peer: record.peer,
            operation: record.operation.map(|operation| operation.label.clone()),
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(remembered);
    }
}
