//! THE ORDER: what happens to a request, in the order in which it happens.
//!
//! The numbers are those of the table of stages in ARCHITECTURE.md; those in brackets wait for their rooms. Entering goes down; leaving goes up again in reverse, always: after an answer, after a refusal, at the end of a stream,
//! and when the client has gone away and this future is dropped.

use bytes::Bytes;

use crate::body::{self, BodyError};
use crate::engine::Engine;
use crate::routing::Routed;
use crate::sight::Guard;
use crate::{Exchange, Handler, Problem, Reply, request_id};

/// The whole way of one request.
pub(crate) async fn run<H, B>(engine: &Engine<H>, mut exchange: Exchange, body: B) -> Reply
where
    H: Handler,
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    // 1 request_id
    request_id::enter(&mut exchange);
    let trace = exchange.trace;
    // 2 sight
    let mut guard = engine.sight.enter(&exchange);

    // 2 overload, 4 to 16, handler
    let outcome = answer(engine, &mut guard, exchange, body).await;

    // Leaving, in reverse: first a refusal becomes the reply that it is for the client.
    let (reply, problem) = match outcome {
        Ok(reply) => (reply, None),
        Err(problem) => {
            let code = problem.code_owned();
            (problem.into_reply(trace), Some(code))
        }
    };
    // (5 cors, 3 security headers and compression)
    // 2 sight
    let mut reply = guard.leave(reply, problem);
    // 1 request_id
    request_id::leave(&mut reply, trace);
    reply
}

/// The stages that may refuse or answer, and the handler.
async fn answer<H, B>(
    engine: &Engine<H>,
    guard: &mut Guard<'_>,
    mut exchange: Exchange,
    body: B,
) -> Result<Reply, Problem>
where
    H: Handler,
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    // 2 overload
    guard.admit()?;
    // 4 routing
    let captures = match engine.routing.enter(&mut exchange)? {
        Routed::Found(_, captures) => captures,
        Routed::Answered(reply) => return Ok(reply),
    };
    guard.routed(exchange.target);
    // (5 cors, 6 audit, 7 rate_limit by address, 8 version, 9 auth, 10 csrf)
    // 11 params
    let rule = engine.enter_params(&mut exchange, captures)?;
    // (12 permissions, 13 rate_limit by principal)
    // 14 body
    if rule.reads() {
        let limit = engine.plan().body_limit;
        exchange.body = body::read(&exchange.headers, body, rule, limit).await?;
    }
    // (15 idempotency, 16 cache)
    // handler
    engine.handler().call(exchange).await
}
