//! The trace id.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::HashSet;

use ultrafox_engine::TraceId;
use ultrafox_testkit::{RequestBuilder, Scene, plan, request};

const GIVEN: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn asked() -> RequestBuilder {
    request("GET", "/a")
}

/// The id on the reply, which handler and record have too.
fn id(asked: RequestBuilder) -> String {
    let scene = Scene::new(plan(&[("GET", "/a")]));
    let reply = scene.ask(asked);
    let id = reply.headers["x-trace-id"].to_str().unwrap().to_owned();
    assert_eq!(scene.seen().unwrap().trace.to_string(), id);
    assert_eq!(scene.sink.take()[0].trace.to_string(), id);
    id
}

#[test]
fn takes_the_id_of_a_traceparent() {
    let parent = format!("00-{GIVEN}-00f067aa0ba902b7-01");
    assert_eq!(id(asked().header("traceparent", parent.as_bytes())), GIVEN);
    let later = format!("cc-{GIVEN}-00f067aa0ba902b7-01-what-comes-later");
    assert_eq!(id(asked().header("traceparent", later.as_bytes())), GIVEN);
}

#[test]
fn a_traceparent_goes_before_an_x_trace_id() {
    let parent = format!("00-{GIVEN}-00f067aa0ba902b7-01");
    let both = asked()
        .header("traceparent", parent.as_bytes())
        .header("x-trace-id", &[b'1'; 32]);
    assert_eq!(id(both), GIVEN);
}

#[test]
fn an_odd_traceparent_does_not_count() {
    let odd = [
        format!("00-{GIVEN}-00f067aa0ba902b7-01-more"),
        format!("00-{GIVEN}-00f067aa0ba902b7-0"),
        format!("ff-{GIVEN}-00f067aa0ba902b7-01"),
        format!("00-{}-00f067aa0ba902b7-01", GIVEN.to_uppercase()),
        format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
        format!("00-{GIVEN}-0000000000000000-01"),
        format!("00-{GIVEN}-00f067aa0ba902b7_01"),
        format!("00{GIVEN}-00f067aa0ba902b7-01000"),
        format!("cc-{GIVEN}-00f067aa0ba902b7-01more"),
        "-".repeat(55),
        String::new(),
    ];
    for parent in odd {
        let asked = asked()
            .header("traceparent", parent.as_bytes())
            .header("x-trace-id", &[b'1'; 32]);
        assert_eq!(id(asked), "1".repeat(32), "{parent}");
    }
}

#[test]
fn takes_an_x_trace_id_of_32_digits_in_any_case() {
    assert_eq!(
        id(asked().header("x-trace-id", GIVEN.to_uppercase().as_bytes())),
        GIVEN
    );
    for odd in ["", "1", &"0".repeat(32), &"g".repeat(32), &"1".repeat(33)] {
        assert_ne!(
            id(asked().header("x-trace-id", odd.as_bytes())),
            odd,
            "{odd}"
        );
    }
}

#[test]
fn makes_a_fresh_one_for_each_request() {
    let ids: HashSet<String> = (0..1000).map(|_| TraceId::random().to_string()).collect();
    assert_eq!(ids.len(), 1000);
    assert_eq!(id(asked()).len(), 32);
}

#[test]
fn is_on_every_reply_once() {
    let scene = Scene::answering(plan(&[("GET", "/a")]), |_| {
        let stale = http::HeaderValue::from_static("stale");
        Ok(ultrafox_engine::Reply::empty(http::StatusCode::OK)
            .with(http::HeaderName::from_static("x-trace-id"), stale))
    });
    for target in ["/a", "/a/", "/b", "/%00"] {
        let reply = scene.ask(request("GET", target));
        let ids: Vec<_> = reply.headers.get_all("x-trace-id").iter().collect();
        assert_eq!((ids.len(), ids[0].len()), (1, 32), "{target}");
    }
}

#[test]
fn its_digits_are_its_bytes() {
    let id = TraceId::from_bytes([0x01, 0x9f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xa0]);
    assert_eq!(id.hex(), *b"019f000000000000000000000000ffa0");
    assert_eq!(id.to_string().as_bytes(), id.hex());
    assert_eq!(TraceId::parse(&id.hex()), Some(id));
}
