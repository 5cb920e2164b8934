//! Futures and streams without a runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ultrafox_engine::{Body, Reply};

/// More time than any test needs; a future that still waits then waits for ever.
const LONGEST: Duration = Duration::from_secs(20);

/// Wakes the thread that waits.
struct Alarm(Thread);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

thread_local! {
    /// One for each thread, so that running a future allocates nothing.
    static ALARM: Waker = Waker::from(Arc::new(Alarm(std::thread::current())));
}

/// Polls a future once.
pub fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Runs a future to its end. It is polled only when it was woken.
///
/// # Panics
/// When it waits for something that will not come.
#[allow(clippy::panic)]
pub fn finish<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let waker = ALARM.with(Waker::clone);
    let end = Instant::now() + LONGEST;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        std::thread::park_timeout(left);
    }
    panic!("expected the future to end, but it waits for something that will not come");
}

/// The whole body of a reply, streamed or not, and whether it broke off.
///
/// # Panics
/// When a stream waits for something that will not come.
#[must_use]
pub fn body_of(reply: Reply) -> (Vec<u8>, bool) {
    match reply.body {
        Body::Full(bytes) => (bytes.to_vec(), false),
        Body::Stream(mut source) => {
            let mut all = Vec::new();
            loop {
                let chunk: Option<std::io::Result<Bytes>> =
                    finish(std::future::poll_fn(|context| source.poll_chunk(context)));
                match chunk {
                    None => return (all, false),
                    Some(Err(_)) => return (all, true),
                    Some(Ok(bytes)) => all.extend_from_slice(&bytes),
                }
            }
        }
    }
}
