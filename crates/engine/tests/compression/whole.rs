//! Bodies that are all there.

use bytes::Bytes;
use http::StatusCode;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, HeaderName, HeaderValue, VARY,
};
use ultrafox_engine::{Exchange, Fault, Plan, Problem, ProblemKind, Reply, Target};
use ultrafox_testkit::{Scene, body_of, plan, request};

use super::{CODINGS, answer, ask, coding, decoded, field, scene, text};

#[test]
fn a_long_text_is_coded_as_the_client_likes_it_best() {
    let scene = scene(|| answer(5000, "application/json"));
    for (accept, expected) in [
        ("br", "br"),
        ("zstd", "zstd"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, *", "zstd"),
        ("gzip;q=1.0, *;q=0", "gzip"),
        ("*;q=0.5, gzip", "gzip"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity, gzip", "gzip"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("br;q=0.001", "br"),
        ("identity, gzip;q=0.9", ""),
        ("identity", ""),
        ("", ""),
        ("deflate", ""),
        ("gzip;q=0", ""),
        ("*;q=0", ""),
        ("identity;q=0", ""),
        ("identity;q=1, *;q=0.5", ""),
        ("gzip;q=x", ""),
        ("gzip;q=1.5", ""),
        ("brotli", ""),
        ("zstd, br;q=0.9", "zstd"),
    ] {
        let reply = ask(&scene, accept);
        assert_eq!(coding(&reply), expected, "{accept}");
        assert_eq!(field(&reply.headers, VARY), "accept-encoding", "{accept}");
        let body = body_of(reply).0;
        assert!(
            expected.is_empty() || body.len() < 1000,
            "{accept} {}",
            body.len()
        );
        assert_eq!(decoded(expected, &body), text(5000), "{accept}");
    }
    let reply = scene.ask(
        request("GET", "/a")
            .header("accept-encoding", b"br;q=0.1")
            .header("accept-encoding", b"gzip"),
    );
    assert_eq!(coding(&reply), "gzip");
    let bare = scene.ask(request("GET", "/a"));
    assert_eq!(
        (coding(&bare), field(&bare.headers, VARY)),
        (String::new(), "accept-encoding".to_owned())
    );
}

#[test]
fn every_length_comes_back_as_it_was() {
    for length in [
        1024, 1025, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1_000_000,
    ] {
        let scene = scene(move || answer(length, "text/plain"));
        for name in CODINGS {
            let reply = ask(&scene, name);
            assert_eq!(coding(&reply), name);
            assert_eq!(
                decoded(name, &body_of(reply).0),
                text(length),
                "{name} {length}"
            );
        }
    }
}

#[test]
fn a_short_answer_is_left_alone() {
    let scene = scene(|| answer(1023, "application/json"));
    let reply = ask(&scene, "br");
    assert_eq!(
        (coding(&reply), field(&reply.headers, VARY)),
        (String::new(), String::new())
    );
    assert_eq!(body_of(reply).0, text(1023));
}

#[test]
fn what_does_not_get_shorter_goes_as_it_is() {
    let noise: Bytes = (0..4000).map(|_| fastrand::u8(..)).collect();
    let sent = noise.clone();
    let scene = scene(move || {
        Reply::full(
            StatusCode::OK,
            HeaderValue::from_static("application/msgpack"),
            sent.clone(),
        )
        .with(ETAG, HeaderValue::from_static("\"a\""))
    });
    for name in CODINGS {
        let reply = ask(&scene, name);
        assert_eq!(
            (coding(&reply), field(&reply.headers, VARY)),
            (String::new(), "accept-encoding".to_owned()),
            "{name}"
        );
        assert_eq!(field(&reply.headers, ETAG), "\"a\"");
        assert_eq!(body_of(reply).0, noise);
    }
}

#[test]
fn only_types_that_gain_are_coded() {
    for (media, expected) in [
        ("text/html; charset=utf-8", "br"),
        ("text/event-stream", "br"),
        ("Application/JSON", "br"),
        ("application/problem+json", "br"),
        ("application/atom+xml", "br"),
        ("application/xml", "br"),
        ("application/javascript", "br"),
        ("image/svg+xml", "br"),
        ("application/x-ndjson", "br"),
        ("application/msgpack", "br"),
        ("image/png", ""),
        ("application/zip", ""),
        ("application/octet-stream", ""),
        ("application/pdf", ""),
        ("video/mp4", ""),
        ("font/woff2", ""),
        ("application/jsonx", ""),
        ("", ""),
    ] {
        let reply = ask(&scene(move || answer(5000, media)), "br");
        assert_eq!(coding(&reply), expected, "{media}");
        assert_eq!(
            field(&reply.headers, VARY).is_empty(),
            expected.is_empty(),
            "{media}"
        );
    }
    let nameless = scene(|| {
        let mut reply = answer(5000, "text/plain");
        reply.headers.remove(CONTENT_TYPE);
        reply
    });
    assert_eq!(coding(&ask(&nameless, "br")), "");
}

#[test]
fn what_must_not_be_changed_is_not() {
    let with = |name: HeaderName, value: &'static str| {
        ask(
            &scene(move || {
                answer(5000, "text/plain").with(name.clone(), HeaderValue::from_static(value))
            }),
            "br",
        )
    };
    assert_eq!(coding(&with(CONTENT_ENCODING, "gzip")), "gzip");
    for (name, value) in [
        (CONTENT_RANGE, "bytes 0-4999/9000"),
        (CACHE_CONTROL, "max-age=60, No-Transform"),
    ] {
        let reply = with(name, value);
        assert_eq!(
            (coding(&reply), field(&reply.headers, VARY)),
            (String::new(), String::new()),
            "{value}"
        );
    }
    assert_eq!(coding(&with(CACHE_CONTROL, "no-cache")), "br");
    for status in [204, 205, 206, 304] {
        let odd = scene(move || Reply {
            status: StatusCode::from_u16(status).unwrap(),
            ..answer(5000, "text/plain")
        });
        let reply = ask(&odd, "br");
        assert_eq!(
            (coding(&reply), body_of(reply).0.len()),
            (String::new(), 5000),
            "{status}"
        );
    }
}

#[test]
fn fields_say_what_the_body_has_become() {
    let scene = scene(|| {
        answer(5000, "text/plain")
            .with(ETAG, HeaderValue::from_static("\"abc\""))
            .with(VARY, HeaderValue::from_static("Cookie"))
            .with(VARY, HeaderValue::from_static("origin"))
            .with(CONTENT_LENGTH, HeaderValue::from_static("5000"))
            .with(ACCEPT_RANGES, HeaderValue::from_static("bytes"))
    });
    let reply = ask(&scene, "gzip");
    assert_eq!(field(&reply.headers, ETAG), "W/\"abc\"");
    assert_eq!(
        field(&reply.headers, VARY),
        "Cookie, origin, accept-encoding"
    );
    assert_eq!(reply.headers.get_all(VARY).iter().count(), 1);
    assert!(
        !reply.headers.contains_key(CONTENT_LENGTH) && !reply.headers.contains_key(ACCEPT_RANGES)
    );
    let plain = ask(&scene, "identity");
    assert_eq!(field(&plain.headers, ETAG), "\"abc\"");
    assert_eq!(field(&plain.headers, ACCEPT_RANGES), "bytes");
}

#[test]
fn weak_tags_and_a_vary_that_says_it_already_stay() {
    for vary in ["*", "Accept-Encoding", "cookie, ACCEPT-ENCODING"] {
        let scene = scene(move || {
            let reply = answer(5000, "text/plain").with(VARY, HeaderValue::from_static(vary));
            reply.with(ETAG, HeaderValue::from_static("W/\"abc\""))
        });
        let reply = ask(&scene, "gzip");
        assert_eq!(
            (
                field(&reply.headers, VARY).as_str(),
                field(&reply.headers, ETAG).as_str()
            ),
            (vary, "W/\"abc\"")
        );
    }
}

#[test]
fn head_has_the_fields_of_get() {
    let scene =
        scene(|| answer(5000, "text/plain").with(ETAG, HeaderValue::from_static("\"abc\"")));
    let get = ask(&scene, "zstd");
    let mut head = scene.ask(request("HEAD", "/a").header("accept-encoding", b"zstd"));
    head.headers
        .insert("x-trace-id", get.headers["x-trace-id"].clone());
    assert_eq!(head.headers, get.headers);
    assert_eq!(body_of(head).0.len(), body_of(get).0.len());
    let empty = self::scene(|| {
        answer(0, "text/plain").with(CONTENT_LENGTH, HeaderValue::from_static("9000"))
    });
    let reply = empty.ask(request("HEAD", "/a").header("accept-encoding", b"zstd"));
    assert_eq!(
        (coding(&reply), field(&reply.headers, CONTENT_LENGTH)),
        (String::new(), "9000".to_owned())
    );
}

#[test]
fn an_operation_can_refuse_and_the_project_always_does() {
    let mut plain = plan(&[("GET", "/a")]);
    plain.operations[0].compress = false;
    plain.fallback = true;
    let answering =
        |plan: Plan| Scene::answering(plan, |_: &Exchange| Ok(answer(5000, "text/plain")));
    let scene = answering(plain);
    for target in ["/a", "/elsewhere"] {
        let reply = scene.ask(request("GET", target).header("accept-encoding", b"br"));
        assert_eq!(
            (coding(&reply), field(&reply.headers, VARY)),
            (String::new(), String::new()),
            "{target}"
        );
        assert_eq!(
            scene.seen().unwrap().target == Target::Fallback,
            target != "/a"
        );
    }
}

fn many_faults() -> Problem {
    let fault = Fault {
        loc: vec![],
        code: "a".into(),
        message: "the same again".into(),
    };
    Problem::from(ProblemKind::InvalidBody).errors(vec![fault; 100])
}

#[test]
fn refusals_go_by_what_their_api_says() {
    for (operation, api, expected) in [(true, true, "br"), (false, true, "br"), (true, false, "")] {
        let mut plan = plan(&[("GET", "/a")]);
        plan.operations[0].compress = operation;
        plan.apis[0].compress = api;
        let scene = Scene::answering(plan, |_: &Exchange| Err(many_faults()));
        let reply = ask(&scene, "br");
        assert_eq!(coding(&reply), expected);
        let bytes = scene.sink.take()[0].bytes;
        let body = body_of(reply).0;
        assert_eq!(bytes, body.len() as u64, "the record counts what is sent");
        let document: serde_json::Value =
            serde_json::from_slice(&decoded(expected, &body)).unwrap();
        assert_eq!(document["errors"].as_array().unwrap().len(), 100);
    }
}
