//! Stage 2: how many requests are on their way, and one record for every answer.
//!
//! Whatever ends a request ends here exactly once: an answer, the end of a streamed body, or the client leaving before either.

use std::borrow::Cow;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::header::{HeaderValue, RETRY_AFTER};
use http::uri::PathAndQuery;
use http::{Method, StatusCode};

use crate::{
    Body, ChunkSource, Clock, Exchange, OperationId, Plan, Problem, ProblemKind, Record, Reply,
    Sink, Target, TraceId,
};

/// What all requests of an engine share.
pub(crate) struct Sight {
    pub(crate) plan: Plan,
    pub(crate) sink: Arc<dyn Sink>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) in_flight: AtomicU32,
}

/// What the record of one request will say.
pub(crate) struct Visit {
    pub(crate) method: Option<Method>,
    pub(crate) target: Option<PathAndQuery>,
    pub(crate) started: Instant,
    pub(crate) trace: TraceId,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) operation: Option<OperationId>,
}

impl Sight {
    /// Counts the request; the guard counts it off again.
    pub(crate) fn enter<'a>(self: &'a Arc<Self>, exchange: &Exchange) -> Guard<'a> {
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        // What only a record needs is kept for those who listen.
        let target = if self.sink.listens() {
            exchange.uri.path_and_query().cloned()
        } else {
            None
        };
        let visit = Visit {
            method: Some(exchange.method.clone()),
            target,
            started: exchange.started,
            trace: exchange.trace,
            peer: exchange.peer,
            operation: None,
        };
        Guard {
            sight: self,
            before,
            visit: Some(visit),
        }
    }

    /// Hands the record over.
    pub(crate) fn record(
        &self,
        visit: &Visit,
        status: StatusCode,
        problem: Option<&str>,
        bytes: u64,
    ) {
        if !self.sink.listens() {
            return;
        }
        let operation = visit.operation.and_then(|id| self.plan.operation(id));
        self.sink.record(&Record {
            at: self.clock.wall(),
            method: visit.method.as_ref(),
            target: visit.target.as_ref().map_or("", PathAndQuery::as_str),
            status,
            problem,
            bytes,
            duration: self.clock.now().saturating_duration_since(visit.started),
            trace: visit.trace,
            peer: visit.peer.map(|peer| peer.ip()),
            operation,
        });
    }

    fn close(&self, visit: &Visit, status: StatusCode, problem: Option<&str>, bytes: u64) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.record(visit, status, problem, bytes);
    }
}

/// Holds a request's place from its head to its answer. Dropped before it has left, the client has gone.
pub(crate) struct Guard<'a> {
    sight: &'a Arc<Sight>,
    before: u32,
    visit: Option<Visit>,
}

impl Guard<'_> {
    /// Sheds the request when as many as may be are on their way already.
    pub(crate) fn admit(&self) -> Result<(), Problem> {
        let bound = self.sight.plan.in_flight;
        if self.before < bound {
            return Ok(());
        }
        let detail = format!("{bound} requests are on their way already; come back in a second.");
        let problem = Problem::from(ProblemKind::Overloaded).detail(detail);
        Err(problem.header(RETRY_AFTER, HeaderValue::from_static("1")))
    }

    /// Notes who answers.
    pub(crate) fn routed(&mut self, target: Target) {
        if let (Some(visit), Target::Operation(id)) = (&mut self.visit, target) {
            visit.operation = Some(id);
        }
    }

    /// Records the answer; that of a stream once it has ended.
    pub(crate) fn leave(mut self, mut reply: Reply, problem: Option<Cow<'static, str>>) -> Reply {
        let Some(visit) = self.visit.take() else {
            return reply;
        };
        match reply.body {
            Body::Full(ref bytes) => {
                // The door sends no body to HEAD, whatever the reply holds.
                let head = visit.method == Some(Method::HEAD);
                let length = if head { 0 } else { bytes.len() as u64 };
                self.sight
                    .close(&visit, reply.status, problem.as_deref(), length);
            }
            // The door drops a body that HEAD does not send.
            Body::Stream(source) if visit.method == Some(Method::HEAD) => {
                reply.body = Body::Stream(source);
                self.sight
                    .close(&visit, reply.status, problem.as_deref(), 0);
            }
            Body::Stream(source) => {
                reply.body = Body::Stream(Box::new(Watched {
                    sight: Arc::clone(self.sight),
                    visit: Some(visit),
                    status: reply.status,
                    bytes: 0,
                    source,
                }));
            }
        }
        reply
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some(visit) = self.visit.take() {
            self.sight.close(&visit, client_gone(), None, 0);
        }
    }
}

/// nginx's status for a client that left before there was an answer.
fn client_gone() -> StatusCode {
    StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST)
}

/// A streamed body whose request ends with it.
struct Watched {
    sight: Arc<Sight>,
    visit: Option<Visit>,
    status: StatusCode,
    bytes: u64,
    source: Box<dyn ChunkSource>,
}

impl Watched {
    fn end(&mut self, problem: Option<&str>) {
        if let Some(visit) = self.visit.take() {
            self.sight.close(&visit, self.status, problem, self.bytes);
        }
    }
}

impl ChunkSource for Watched {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let polled = self.source.poll_chunk(context);
        match &polled {
            Poll::Ready(Some(Ok(chunk))) => self.bytes += chunk.len() as u64,
            Poll::Ready(Some(Err(_))) => self.end(Some(ProblemKind::InternalError.code())),
            Poll::Ready(None) => self.end(None),
            Poll::Pending => {}
        }
        polled
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // The client did not wait for the end.
        self.end(Some("client_gone"));
    }
}
