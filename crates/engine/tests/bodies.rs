//! Request bodies.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use http::StatusCode;
use ultrafox_engine::{BodyKind, BodyPlan, Plan, Problem, ProblemKind};
use ultrafox_testkit::{Broken, Chunks, RequestBuilder, Scene, body_of, plan, request};

/// `/json` needs a JSON body, `/maybe` takes one, `/any` keeps any, `/none` reads none; everything else is the project's.
fn scene() -> Scene {
    let mut plan = Plan {
        body_limit: 10,
        upload_limit: 20,
        fallback: true,
        ..plan(&[
            ("POST", "/json"),
            ("POST", "/maybe"),
            ("POST", "/any"),
            ("POST", "/none"),
        ])
    };
    plan.operations[0].body = Some(document(true));
    plan.operations[1].body = Some(document(false));
    plan.operations[2].keeps_body = true;
    Scene::new(plan)
}

fn document(required: bool) -> BodyPlan {
    BodyPlan {
        required,
        kind: BodyKind::Document,
        consumes: vec!["application/json".into()],
    }
}

fn post(target: &str) -> RequestBuilder {
    request("POST", target)
}

fn json(target: &str) -> RequestBuilder {
    post(target).header("content-type", b"application/json")
}

/// The body that reached the handler, or the code of the problem.
fn outcome(scene: &Scene, asked: RequestBuilder, body: Chunks) -> Result<Vec<u8>, String> {
    let _ = scene.send(asked, body);
    let problem = scene.sink.take().remove(0).problem;
    match scene.seen() {
        Some(exchange) => Ok(exchange.body.to_vec()),
        None => Err(problem.unwrap()),
    }
}

fn refused(asked: RequestBuilder, body: Chunks) -> String {
    outcome(&scene(), asked, body).unwrap_err()
}

#[test]
fn reads_a_body_of_one_chunk_or_many() {
    let scene = scene();
    let bodies: [&[&[u8]]; 4] = [
        &[b"1234567890"],
        &[b"12345", b"67890"],
        &[b"", b"1", b"", b"234567890"],
        &[b"1234567890", b""],
    ];
    for chunks in bodies {
        let body = Chunks::of(chunks.iter().copied());
        assert_eq!(outcome(&scene, json("/json"), body).unwrap(), b"1234567890");
        let body = Chunks::of(chunks.iter().copied()).declaring(10).waiting();
        assert_eq!(outcome(&scene, json("/json"), body).unwrap(), b"1234567890");
    }
}

#[test]
fn one_chunk_is_not_copied() {
    let scene = scene();
    let bytes = bytes::Bytes::from_static(b"1234567890");
    let body = ultrafox_testkit::finish(
        scene
            .engine
            .handle(json("/json").exchange(), Once(Some(bytes.clone()))),
    );
    assert_eq!(body.status, StatusCode::OK);
    assert_eq!(scene.seen().unwrap().body.as_ptr(), bytes.as_ptr());
}

struct Once(Option<bytes::Bytes>);

impl http_body::Body for Once {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
        std::task::Poll::Ready(
            self.get_mut()
                .0
                .take()
                .map(|bytes| Ok(http_body::Frame::data(bytes))),
        )
    }
}

#[test]
fn refuses_a_body_over_the_limit() {
    assert_eq!(
        refused(json("/json"), Chunks::of([&b"01234567890"[..]])),
        "body_too_large"
    );
    assert_eq!(
        refused(post("/any"), Chunks::of([&b"0123456789"[..], b"0"])),
        "body_too_large"
    );
    assert_eq!(
        refused(post("/elsewhere"), Chunks::of([&b"0123456"[..]]).endless()),
        "body_too_large"
    );
    let understated = Chunks::of([&b"012345678901"[..]]).declaring(3);
    assert_eq!(refused(post("/any"), understated), "body_too_large");
}

#[test]
fn refuses_a_declared_length_over_the_limit_before_reading() {
    let unread = || Chunks::of([&b"x"[..]]).breaking(Broken(None));
    assert_eq!(
        refused(json("/json"), unread().declaring(11)),
        "body_too_large"
    );
    let by_field = json("/json").header("content-length", b"99999999999999999");
    assert_eq!(refused(by_field, unread()), "body_too_large");
    let reply = scene().send(json("/json"), unread().declaring(u64::MAX));
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn leaves_the_body_of_an_operation_without_one_unread() {
    let body = Chunks::of([&b"x"[..]])
        .breaking(Broken(None))
        .declaring(5000);
    assert_eq!(outcome(&scene(), post("/none"), body).unwrap(), b"");
}

#[test]
fn reads_json_only_where_json_is_declared() {
    let accepted: [&[u8]; 9] = [
        b"application/json",
        b"Application/JSON",
        b"application/json; charset=utf-8",
        b"application/json;charset=\"UTF-8\"",
        b"application/json ; profile=x",
        b"application/vnd.api+json",
        b"application/merge-patch+json; charset=utf8",
        b"application/json;",
        b"application/problem+json",
    ];
    for media in accepted {
        let asked = post("/json").header("content-type", media);
        assert_eq!(
            outcome(&scene(), asked, Chunks::of([&b"{}"[..]])).unwrap(),
            b"{}"
        );
    }
    let refused_types: [&[u8]; 14] = [
        b"",
        b"text/plain",
        b"text/json",
        b"application/jsonx",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data",
        b"application/json; charset=latin-1",
        b"application/json; charset=",
        b"application/json; charset",
        b"application/+json",
        b"application/json, text/plain",
        b"json",
        b"application/json; charset=utf-8; charset=utf-16",
        b"\xff",
    ];
    for media in refused_types {
        let asked = post("/json").header("content-type", media);
        let code = refused(asked, Chunks::of([&b"{}"[..]]));
        assert_eq!(
            code,
            "unsupported_media_type",
            "{}",
            String::from_utf8_lossy(media)
        );
    }
}

#[test]
fn a_body_without_a_type_with_two_or_with_a_coding_is_415() {
    let body = || Chunks::of([&b"{}"[..]]);
    assert_eq!(refused(post("/json"), body()), "unsupported_media_type");
    assert_eq!(
        refused(
            json("/json").header("content-type", b"application/json"),
            body()
        ),
        "unsupported_media_type"
    );
    assert_eq!(
        refused(json("/maybe").header("content-encoding", b"gzip"), body()),
        "unsupported_media_type"
    );
    assert!(
        outcome(
            &scene(),
            json("/json").header("content-encoding", b"identity"),
            body()
        )
        .is_ok()
    );
    let reply = scene().send(post("/json").header("content-type", b"text/plain"), body());
    assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let text = String::from_utf8(body_of(reply).0).unwrap();
    assert!(
        text.contains("given `text/plain`: correct the header `Content-Type`."),
        "{text}"
    );
}

#[test]
fn keeps_a_body_of_any_type_where_the_request_is_wanted() {
    for target in ["/any", "/elsewhere"] {
        let asked = post(target)
            .header("content-type", b"text/plain")
            .header("content-encoding", b"gzip");
        assert_eq!(
            outcome(&scene(), asked, Chunks::of([&b"abc"[..]])).unwrap(),
            b"abc"
        );
    }
}

#[test]
fn a_required_body_must_be_there() {
    assert_eq!(refused(post("/json"), Chunks::default()), "body_required");
    assert_eq!(
        refused(json("/json"), Chunks::of([&b""[..]])),
        "body_required"
    );
    assert_eq!(
        outcome(&scene(), post("/maybe"), Chunks::default()).unwrap(),
        b""
    );
    assert_eq!(
        outcome(&scene(), post("/elsewhere"), Chunks::default()).unwrap(),
        b""
    );
}

#[test]
fn a_body_that_breaks_off_is_400_unless_the_door_says_more() {
    let broken = |problem| Chunks::of([&b"ab"[..]]).breaking(Broken(problem));
    assert_eq!(refused(json("/json"), broken(None)), "bad_request");
    let late = Problem::from(ProblemKind::RequestTimeout);
    assert_eq!(
        refused(json("/json"), broken(Some(late))),
        "request_timeout"
    );
}

#[test]
fn parameters_are_refused_before_the_body_is_read() {
    let mut plan = plan(&[("POST", "/a/{x}")]);
    plan.operations[0].keeps_body = true;
    plan.operations[0].params[0].max_length = Some(1);
    let scene = Scene::new(plan);
    let endless = Chunks::of([&b"x"[..]]).breaking(Broken(None));
    assert_eq!(
        outcome(&scene, post("/a/long"), endless).unwrap_err(),
        "invalid_parameters"
    );
}
