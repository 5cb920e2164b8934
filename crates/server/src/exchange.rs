//! hyper's requests and responses as exchanges and replies.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use ultrafox_engine::{Body, Engine, Exchange, Handler, Reply};

use crate::link::{Link, OpenExchange};

/// Answers one request of a connection.
pub(crate) fn answer<H: Handler + 'static>(
    engine: &Arc<Engine<H>>,
    link: &Rc<Link>,
    request: Request<Incoming>,
) -> impl Future<Output = Result<Response<Outgoing>, Infallible>> + use<H> {
    let open = link.open();
    let engine = Arc::clone(engine);
    let peer = link.peer;
    let now = Instant::now();
    // Also tells the reactor what the turn has cost so far.
    link.now.set(now);
    let (head, body) = request.into_parts();
    let exchange = Exchange::new(head, peer, now);
    async move {
        let reply = engine.handle(exchange, body).await;
        Ok(response(reply, open))
    }
}

fn response(reply: Reply, open: OpenExchange) -> Response<Outgoing> {
    let last = open.is_last();
    let mut response = Response::new(Outgoing {
        body: Some(reply.body),
        _open: open,
    });
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    if last {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A reply's body on its way out. While it lives, the exchange is open.
pub(crate) struct Outgoing {
    body: Option<Body>,
    _open: OpenExchange,
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        match this.body.take() {
            None => Poll::Ready(None),
            Some(Body::Full(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Some(Body::Stream(mut source)) => {
                let chunk = source.poll_chunk(context);
                if !matches!(chunk, Poll::Ready(None | Some(Err(_)))) {
                    this.body = Some(Body::Stream(source));
                }
                chunk.map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            None => true,
            Some(Body::Full(bytes)) => bytes.is_empty(),
            Some(Body::Stream(_)) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            None => SizeHint::with_exact(0),
            Some(Body::Full(bytes)) => SizeHint::with_exact(bytes.len() as u64),
            Some(Body::Stream(_)) => SizeHint::default(),
        }
    }
}
