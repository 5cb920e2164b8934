//! THE ORDER: what happens to a request, in the order in which it happens.
//!
//! The numbers are those of the table of stages in ARCHITECTURE.md; those in brackets wait for their rooms. Entering goes down.
//! Leaving goes up again in reverse, always: after an answer, after a refusal, at the end of a stream, and when the client has
//! gone away and this future is dropped.

use bytes::Bytes;
use http::header::ACCEPT;

use crate::body::{self, BodyRule};
use crate::compression::{self, Coding, Long};
use crate::engine::Engine;
use crate::incoming::BodyError;
use crate::manner::Manner;
use crate::routing::Routed;
use crate::sight::Guard;
use crate::{Exchange, Handler, Problem, Reply, form, request_id, vary};

/// The whole way of one request.
pub(crate) async fn run<H, B>(engine: &Engine<H>, mut exchange: Box<Exchange>, mut body: B) -> Reply
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

    let entered = enter(engine, &mut guard, &mut exchange);
    // What leaving must know of the request, which moves into the handler.
    let manner = engine.manner(&exchange);
    let coding = manner.coding(&exchange.headers);
    let outcome = match entered {
        // 14 body
        Ok(Next::Body(rule)) => {
            let read = read(engine, &mut exchange, &mut body, rule).await;
            drop(body);
            match read {
                // (15 idempotency, 16 cache)
                // handler
                Ok(()) => engine.handler().call(exchange).await,
                Err(problem) => Err(problem),
            }
        }
        Ok(Next::Leave(reply)) => Ok(reply),
        Err(problem) => Err(problem),
    };

    // Leaving, in reverse: first a refusal becomes the reply that it is for the client.
    let (mut reply, problem) = match outcome {
        Ok(reply) => (reply, None),
        Err(problem) => {
            let code = problem.code_owned();
            (problem.render(manner.errors, trace), Some(code))
        }
    };
    // (5 cors, 3 security headers)
    // 3 compression
    if let Some(long) = leave(&mut reply, manner, coding, problem.is_some()) {
        let coding = long.coding;
        let coded = Box::pin(engine.aside.run(move || long.encode())).await;
        compression::replace(&mut reply, coding, coded.flatten());
    }
    // 2 sight
    let mut reply = guard.leave(reply, problem);
    // 1 request_id
    request_id::leave(&mut reply, trace);
    reply
}

/// What an answer says about its own making, and whether it is compressed.
fn leave(reply: &mut Reply, manner: Manner, coding: Option<Coding>, refused: bool) -> Option<Long> {
    if manner.varies && !refused {
        vary::add(&mut reply.headers, &ACCEPT);
    }
    let may = if refused {
        manner.compress_refusals
    } else {
        manner.compress
    };
    if may {
        compression::leave(reply, coding)
    } else {
        None
    }
}

/// Stage 14. The body is only lent, so that the futures inside stay small; a form's is large and rare, and boxed.
async fn read<H, B>(
    engine: &Engine<H>,
    exchange: &mut Exchange,
    body: &mut B,
    rule: BodyRule,
) -> Result<(), Problem>
where
    H: Handler,
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    if rule == BodyRule::Form {
        Box::pin(form::enter(engine.plan(), &engine.disk, exchange, body)).await?;
        engine.enter_form(exchange)
    } else {
        body::enter(exchange, body, rule, engine.plan()).await
    }
}

/// Where a request goes from the stages that never wait. They are a function of their own so that the future stays small.
enum Next {
    Body(BodyRule),
    Leave(Reply),
}

fn enter<H: Handler>(
    engine: &Engine<H>,
    guard: &mut Guard<'_>,
    exchange: &mut Exchange,
) -> Result<Next, Problem> {
    // 2 overload
    guard.admit()?;
    // 4 routing
    let captures = match engine.routing.enter(exchange)? {
        Routed::Found(_, captures) => captures,
        Routed::Answered(reply) => return Ok(Next::Leave(reply)),
    };
    guard.routed(exchange.target);
    // (5 cors, 6 audit, 7 rate_limit by address, 8 version, 9 auth, 10 csrf)
    // 11 params
    let rule = engine.enter_params(exchange, captures)?;
    // (12 permissions, 13 rate_limit by principal)
    Ok(Next::Body(rule))
}
