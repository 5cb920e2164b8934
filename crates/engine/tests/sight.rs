//! One record for every answer, and the bound on requests in flight.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use http::StatusCode;
use ultrafox_engine::{Body, Clock, Engine, Plan, Problem, ProblemKind, Reply, TraceId};
use ultrafox_testkit::{
    Chunks, FakeClock, Pending, RememberingSink, Scene, Source, body_of, finish, plan, poll_once,
    request,
};

fn text(bytes: &'static [u8]) -> Reply {
    let mut reply = Reply::empty(StatusCode::CREATED);
    reply.body = Body::Full(bytes.into());
    reply
}

fn streaming(source: fn() -> Source) -> Scene {
    Scene::answering(plan(&[("GET", "/a")]), move |_| {
        Ok(Reply::stream(StatusCode::OK, Box::new(source())))
    })
}

#[test]
fn records_an_answer() {
    let scene = Scene::answering(plan(&[("GET", "/a/{x}")]), |_| Ok(text(b"hello")));
    let started = scene.clock.now();
    scene.clock.pass(Duration::from_millis(7));
    let asked = request("GET", "/a/1?q=%20").started(started);
    scene.ask(asked.header("x-trace-id", &[b'a'; 32]));
    let record = scene.sink.take().remove(0);
    assert_eq!(record.method, Some(http::Method::GET));
    assert_eq!(record.target, "/a/1?q=%20");
    assert_eq!(record.status, StatusCode::CREATED);
    assert_eq!((record.problem, record.bytes), (None, 5));
    assert_eq!(record.duration, Duration::from_millis(7));
    assert_eq!(record.at, SystemTime::UNIX_EPOCH + Duration::from_millis(7));
    assert_eq!(record.trace.to_string(), "a".repeat(32));
    assert_eq!(record.peer.unwrap().to_string(), "192.0.2.7");
    assert_eq!(record.operation.as_deref(), Some("GET /a/{x}"));
    assert_eq!(scene.engine.in_flight(), 0);
}

#[test]
fn records_every_refusal_once() {
    let scene = Scene::answering(plan(&[("GET", "/a")]), |_| {
        Err(Problem::from(ProblemKind::InvalidBody))
    });
    let reply = scene.ask(request("GET", "/b"));
    let record = scene.sink.take().remove(0);
    assert_eq!(
        (record.problem.as_deref(), record.operation),
        (Some("not_found"), None)
    );
    assert_eq!(record.bytes, body_of(reply).0.len() as u64);
    scene.ask(request("GET", "/a"));
    let record = scene.sink.take().remove(0);
    assert_eq!(record.problem.as_deref(), Some("invalid_body"));
    assert_eq!(record.operation.as_deref(), Some("GET /a"));
    scene.ask(request("GET", "/a/"));
    assert_eq!(scene.sink.take().len(), 1);
    assert_eq!(scene.engine.in_flight(), 0);
}

#[test]
fn an_answer_to_head_has_no_bytes() {
    let scene = Scene::answering(plan(&[("GET", "/a")]), |_| Ok(text(b"hello")));
    scene.ask(request("HEAD", "/a"));
    assert_eq!(scene.sink.take()[0].bytes, 0);
}

#[test]
fn a_stream_is_recorded_at_its_end() {
    let scene = streaming(|| Source::of([&b"ab"[..], b"cde"]));
    let reply = scene.ask(request("GET", "/a"));
    assert_eq!((scene.sink.take().len(), scene.engine.in_flight()), (0, 1));
    scene.clock.pass(Duration::from_secs(60));
    assert_eq!(body_of(reply), (b"abcde".to_vec(), false));
    let records = scene.sink.take();
    assert_eq!((records.len(), scene.engine.in_flight()), (1, 0));
    assert_eq!((records[0].bytes, records[0].status), (5, StatusCode::OK));
    assert!(records[0].duration >= Duration::from_secs(59));
}

#[test]
fn a_stream_that_breaks_off_is_recorded_once() {
    let scene = streaming(|| Source::of([&b"ab"[..]]).breaking());
    assert_eq!(
        body_of(scene.ask(request("GET", "/a"))),
        (b"ab".to_vec(), true)
    );
    let records = scene.sink.take();
    assert_eq!(
        (records.len(), records[0].bytes, scene.engine.in_flight()),
        (1, 2, 0)
    );
}

#[test]
fn a_stream_whose_client_leaves_is_dropped_and_recorded() {
    let dropped = Arc::new(std::sync::Mutex::new(None));
    let keep = Arc::clone(&dropped);
    let scene = Scene::answering(plan(&[("GET", "/a")]), move |_| {
        let source = Source::of([&b"ab"[..], b"cd"]);
        *keep.lock().unwrap() = Some(source.dropped());
        Ok(Reply::stream(StatusCode::OK, Box::new(source)))
    });
    let mut reply = scene.ask(request("GET", "/a"));
    if let Body::Stream(source) = &mut reply.body {
        finish(std::future::poll_fn(|context| source.poll_chunk(context)))
            .unwrap()
            .unwrap();
    }
    drop(reply);
    assert!(
        dropped
            .lock()
            .unwrap()
            .as_ref()
            .unwrap()
            .load(Ordering::Relaxed)
    );
    let records = scene.sink.take();
    assert_eq!((records.len(), records[0].bytes), (1, 2));
    assert_eq!(
        (records[0].status, scene.engine.in_flight()),
        (StatusCode::OK, 0)
    );
}

#[test]
fn a_client_that_leaves_before_the_answer_is_499() {
    let sink = RememberingSink::new();
    let clock = Arc::new(FakeClock::new());
    let engine = Engine::new(plan(&[("GET", "/a")]), Pending, sink.clone(), clock).unwrap();
    {
        let mut waiting = pin!(engine.handle(request("GET", "/a").exchange(), Chunks::default()));
        assert!(poll_once(waiting.as_mut()).is_none());
        assert_eq!(engine.in_flight(), 1);
    }
    let records = sink.take();
    assert_eq!(
        (
            records.len(),
            records[0].status.as_u16(),
            engine.in_flight()
        ),
        (1, 499, 0)
    );
    assert_eq!(records[0].operation.as_deref(), Some("GET /a"));
}

#[test]
fn sheds_what_is_above_the_bound() {
    let sink = RememberingSink::new();
    let plan = Plan {
        in_flight: 2,
        ..plan(&[("GET", "/a")])
    };
    let engine = Engine::new(plan, Pending, sink.clone(), Arc::new(FakeClock::new())).unwrap();
    let ask = || engine.handle(request("GET", "/a").exchange(), Chunks::default());
    let (mut one, mut two) = (Box::pin(ask()), Box::pin(ask()));
    assert!(poll_once(one.as_mut()).is_none() && poll_once(two.as_mut()).is_none());
    let reply = finish(ask());
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.headers["retry-after"], "1");
    assert_eq!(sink.take()[0].problem.as_deref(), Some("overloaded"));
    drop(one);
    let mut three = Box::pin(ask());
    assert!(poll_once(three.as_mut()).is_none());
    assert_eq!(engine.in_flight(), 2);
}

#[test]
fn an_open_stream_keeps_its_place() {
    let plan = Plan {
        in_flight: 1,
        ..plan(&[("GET", "/a")])
    };
    let scene = Scene::answering(plan, |_| {
        Ok(Reply::stream(
            StatusCode::OK,
            Box::new(Source::of([&b"a"[..]])),
        ))
    });
    let open = scene.ask(request("GET", "/a"));
    assert_eq!(
        scene.ask(request("GET", "/a")).status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    drop(open);
    assert_eq!(scene.ask(request("GET", "/a")).status, StatusCode::OK);
}

#[test]
fn records_what_a_door_could_not_read() {
    let scene = Scene::new(plan(&[]));
    let peer = Some(([192, 0, 2, 9], 80).into());
    let problem = Problem::from(ProblemKind::HeadersTooLarge);
    let reply = scene.engine.refuse(problem, peer, Instant::now());
    assert_eq!(reply.status.as_u16(), 431);
    let record = scene.sink.take().remove(0);
    assert_eq!((record.method, record.target.as_str()), (None, ""));
    assert_eq!(record.problem.as_deref(), Some("headers_too_large"));
    assert_ne!(record.trace, TraceId::default());
    assert_eq!(reply.headers["x-trace-id"], record.trace.to_string());
    assert_eq!(record.bytes, body_of(reply).0.len() as u64);
    assert_eq!(scene.engine.in_flight(), 0);
}

#[test]
fn an_engine_may_be_shared_by_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let engine = Engine::new(
        plan(&[]),
        Pending,
        RememberingSink::new(),
        Arc::new(FakeClock::new()),
    );
    shared(&engine.unwrap());
}

#[test]
fn a_sink_that_does_not_listen_gets_no_records() {
    struct Deaf;
    impl ultrafox_engine::Sink for Deaf {
        fn listens(&self) -> bool {
            false
        }

        fn record(&self, _: &ultrafox_engine::Record<'_>) {
            unreachable!("nobody listens");
        }
    }
    let answer = ultrafox_testkit::Answers(|_| Ok(text(b"a")));
    let plan = plan(&[("GET", "/a")]);
    let engine = Engine::new(plan, answer, Arc::new(Deaf), Arc::new(FakeClock::new())).unwrap();
    let reply = finish(engine.handle(request("GET", "/a").exchange(), Chunks::default()));
    assert_eq!((reply.status, engine.in_flight()), (StatusCode::CREATED, 0));
}
