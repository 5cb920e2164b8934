//! usage: hyper-peer PORT

mod payload;

use std::{convert::Infallible, env, io};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use payload::{Hello, Item, Order, big};
use serde::Serialize;
use tokio::{
    net::TcpListener,
    task::{LocalSet, spawn_local, yield_now},
};

type Reply = Response<Full<Bytes>>;

const HELLO: Hello = Hello {
    message: "Hello, World!",
};

fn refusal(status: StatusCode) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = status;
    reply
}

fn json(value: &impl Serialize) -> Reply {
    let Ok(body) = serde_json::to_vec(value) else {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut reply = Reply::new(Full::new(body.into()));
    reply
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}

async fn order(body: Incoming) -> Reply {
    let Ok(body) = body.collect().await else {
        return refusal(StatusCode::BAD_REQUEST);
    };
    match serde_json::from_slice::<Order>(&body.to_bytes()) {
        Ok(order) if order.is_valid() => json(&order),
        _ => refusal(StatusCode::UNPROCESSABLE_ENTITY),
    }
}

fn item(id: &str, query: &str) -> Option<Reply> {
    let field = |name| {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    };
    let limit = field("limit").map_or(Some(10), |text| text.parse().ok())?;
    Some(json(&Item {
        id: id.parse().ok()?,
        q: field("q")?,
        limit,
    }))
}

async fn answer(request: Request<Incoming>) -> Result<Reply, Infallible> {
    let path = request.uri().path();
    Ok(match path {
        "/orders" if request.method() == Method::POST => order(request.into_body()).await,
        "/json" | "/json-sync" | "/json-inline" => json(&HELLO),
        "/json-await" => {
            yield_now().await;
            json(&HELLO)
        }
        "/big" => json(&big()),
        _ => match path.strip_prefix("/items/") {
            Some(id) => item(id, request.uri().query().unwrap_or_default())
                .unwrap_or_else(|| refusal(StatusCode::UNPROCESSABLE_ENTITY)),
            None => refusal(StatusCode::NOT_FOUND),
        },
    })
}

async fn serve(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        spawn_local(
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)),
        );
    }
}

fn main() -> io::Result<()> {
    let port = env::args()
        .nth(1)
        .and_then(|port| port.parse().ok())
        .ok_or_else(|| io::Error::other("usage: hyper-peer PORT"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    LocalSet::new().block_on(&runtime, serve(port))
}
