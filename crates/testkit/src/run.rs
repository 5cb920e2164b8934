//! Futures and streams without a runtime.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use ultrafox_engine::{Body, Reply};

/// More polls than any test needs; a future that still waits then waits for ever.
const MOST_POLLS: usize = 10_000;

/// Polls a future once.
pub fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Runs a future to its end.
///
/// # Panics
/// When it waits for something that will not come.
#[allow(clippy::panic)]
pub fn finish<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    for _ in 0..MOST_POLLS {
        if let Some(output) = poll_once(future.as_mut()) {
            return output;
        }
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
