//! Which type a body has, and which type the client wants.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use http::header::{CONTENT_TYPE, VARY};
use ultrafox_engine::{BodyKind, BodyPlan, Exchange, Plan, Reply};
use ultrafox_testkit::{Chunks, Scene, body_of, plan, refusal, request};

fn taking(consumes: &[&str]) -> Plan {
    let mut plan = plan(&[("POST", "/a")]);
    plan.operations[0].body = Some(BodyPlan {
        required: true,
        kind: BodyKind::Document,
        consumes: consumes.iter().map(|text| (*text).to_owned()).collect(),
    });
    plan
}

fn serving(produces: &[&str]) -> Plan {
    let mut plan = plan(&[("GET", "/a")]);
    plan.operations[0].produces = produces.iter().map(|text| (*text).to_owned()).collect();
    plan
}

fn detail(reply: Reply) -> String {
    let document: serde_json::Value = serde_json::from_slice(&body_of(reply).0).unwrap();
    format!(
        "{} {}",
        document["status"],
        document["detail"].as_str().unwrap_or_default()
    )
}

fn send(scene: &Scene, types: &[&str], body: &str) -> Result<Exchange, String> {
    let mut asked = request("POST", "/a");
    for media in types {
        asked = asked.header("content-type", media.as_bytes());
    }
    let reply = scene.send(asked, Chunks::of([body.as_bytes()]));
    scene.seen().ok_or_else(|| detail(reply))
}

fn consumed(scene: &Scene, media: &str) -> Result<u8, String> {
    send(scene, &[media], "{}").map(|exchange| exchange.consumed)
}

#[test]
fn json_is_taken_in_utf8_only() {
    let scene = Scene::new(taking(&["application/json"]));
    for good in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF8\"",
        "application/json ; v=1",
        "application/problem+json",
        "application/vnd.api+JSON;charset=utf-8",
    ] {
        assert_eq!(consumed(&scene, good), Ok(0), "{good}");
    }
    for bad in [
        "text/plain",
        "text/json",
        "application/jsonp",
        "application/+json",
        "application",
        "json",
        "application/json; charset=latin-1",
        "application/json;charset",
        "application/json; charset=utf-8; charset=utf-16",
        "application/json, text/plain",
        "multipart/form-data",
        "application/msgpack",
    ] {
        let expected = format!(
            "415 Expected `application/json` in UTF-8, given `{bad}`: correct the header `Content-Type`."
        );
        assert_eq!(consumed(&scene, bad), Err(expected), "{bad}");
    }
    let none = send(&scene, &[], "{}").unwrap_err();
    assert_eq!(
        none,
        "415 Expected `application/json` in UTF-8, given none: correct the header `Content-Type`."
    );
    assert!(
        send(&scene, &["application/json", "application/json"], "{}")
            .unwrap_err()
            .starts_with("415")
    );
}

#[test]
fn a_body_is_of_the_type_that_names_it_best() {
    let scene = Scene::new(taking(&[
        "application/json",
        "application/msgpack",
        "application/vnd.city+json",
        "text/csv",
    ]));
    assert_eq!(consumed(&scene, "application/json"), Ok(0));
    assert_eq!(consumed(&scene, "application/problem+json"), Ok(0));
    assert_eq!(consumed(&scene, "application/vnd.city+json"), Ok(2));
    assert_eq!(consumed(&scene, "application/MsgPack; v=2"), Ok(1));
    assert_eq!(consumed(&scene, "text/csv; charset=latin-1"), Ok(3));
    let refused = consumed(&scene, "text/html").unwrap_err();
    let expected = "415 Expected `application/json` in UTF-8 or `application/msgpack` or `application/vnd.city+json` in UTF-8 or \
                    `text/csv`, given `text/html`: correct the header `Content-Type`.";
    assert_eq!(refused, expected);
    let other = Scene::new(taking(&["application/vnd.city+json"]));
    assert!(
        consumed(&other, "application/json").is_err()
            && consumed(&other, "application/problem+json").is_err()
    );
}

#[test]
fn only_json_is_read_as_json() {
    let scene = Scene::new(taking(&[
        "application/json",
        "application/msgpack",
        "application/vnd.city+json",
    ]));
    assert_eq!(
        send(&scene, &["application/msgpack"], "{").unwrap().body,
        "{"
    );
    for json in [
        "application/json",
        "application/vnd.city+json",
        "application/x+json",
    ] {
        assert!(
            send(&scene, &[json], "{")
                .unwrap_err()
                .starts_with("400 Expected `\"` before a key"),
            "{json}"
        );
    }
    assert!(!send(&scene, &["application/json"], "[1]").unwrap().exact);
    assert!(
        send(&scene, &["application/json"], "[18446744073709551616]")
            .unwrap()
            .exact
    );
    assert!(
        send(&scene, &["application/json"], " ")
            .unwrap_err()
            .starts_with("400 Expected a JSON value, given the end")
    );
}

#[test]
fn the_limits_of_json_are_the_plans() {
    let limited = Scene::new(Plan {
        json_depth: 2,
        json_keys: 3,
        ..taking(&["application/json"])
    });
    let send = |body: &str| send(&limited, &["application/json"], body).map(drop);
    assert_eq!(send("[{\"a\":1,\"b\":2},{\"a\":3}]"), Ok(()));
    assert!(
        send("[[[]]]")
            .unwrap_err()
            .contains("nested at most 2 deep")
    );
    assert!(
        send("[{\"a\":1,\"b\":2},{\"a\":3,\"b\":4}]")
            .unwrap_err()
            .contains("at most 3 keys")
    );
    assert!(
        send("{\"a\":1,\"a\":2}")
            .unwrap_err()
            .contains("each key of an object once")
    );
}

#[test]
fn a_coded_body_is_refused() {
    let scene = Scene::new(taking(&["application/json", "application/msgpack"]));
    for media in ["application/json", "application/msgpack"] {
        for (coding, status) in [
            ("gzip", 415),
            ("identity", 200),
            ("Identity", 200),
            ("gzip, gzip", 415),
            ("", 415),
        ] {
            let asked = request("POST", "/a")
                .header("content-type", media.as_bytes())
                .header("content-encoding", coding.as_bytes());
            assert_eq!(
                scene.send(asked, Chunks::of([&b"1"[..]])).status.as_u16(),
                status,
                "{coding}"
            );
        }
    }
}

fn accepted(scene: &Scene, fields: &[&str]) -> Result<u8, String> {
    let mut asked = request("GET", "/a");
    for field in fields {
        asked = asked.header("accept", field.as_bytes());
    }
    let reply = scene.ask(asked);
    scene
        .seen()
        .map(|exchange| exchange.accepted)
        .ok_or_else(|| detail(reply))
}

#[test]
fn accept_chooses_by_weight_and_then_by_the_order_of_the_server() {
    let scene = Scene::new(serving(&[
        "application/json",
        "application/msgpack",
        "text/csv",
    ]));
    for (accept, place) in [
        ("", 0),
        ("*/*", 0),
        ("application/json", 0),
        ("application/json, text/plain, */*", 0),
        ("application/jsonp, text/csv", 2),
        ("application/msgpack", 1),
        ("APPLICATION/MsgPack", 1),
        ("text/*", 2),
        ("application/*", 0),
        ("text/csv, application/msgpack", 1),
        ("text/csv, application/msgpack;q=0.9", 2),
        ("text/html, application/xhtml+xml, */*;q=0.8", 0),
        ("*/*;q=0.1, text/csv;q=0.2", 2),
        ("application/json;q=0, */*", 1),
        ("application/*;q=0, */*", 2),
        ("application/json;q=0.001, text/csv;q=0.002", 2),
        ("*;q=.2", 0),
        ("text/csv;q=1.000", 2),
        ("application/json;charset=UTF-8", 0),
        ("text/*;q=0.3, text/csv;q=0.1, */*;q=0.2", 0),
        ("text/csv;Q=0.5, image/png", 2),
        ("text/csv;q=0.5;ext=1, application/json;q=0.4", 2),
        (" , ,text/csv,,", 2),
        ("text/csv ; q=1, */* ; q=0.5", 2),
        ("image/png;note=\"a,text/csv;q=0\", text/csv", 2),
        ("garbage", 0),
        ("/, */json, q=1", 0),
        ("text/csv;q=oops, application/msgpack", 1),
    ] {
        assert_eq!(accepted(&scene, &[accept]), Ok(place), "{accept}");
    }
    assert_eq!(accepted(&scene, &[]), Ok(0));
    assert_eq!(accepted(&scene, &["text/html", "text/csv"]), Ok(2));
    assert_eq!(accepted(&scene, &["*/*", "application/json;q=0"]), Ok(1));
}

#[test]
fn what_nobody_serves_is_406_and_says_what_is_served() {
    let scene = Scene::new(serving(&["application/json", "application/msgpack"]));
    for accept in [
        "text/html",
        "application/json;q=0, application/msgpack;q=0.0",
        "*/*;q=0",
        "image/*",
        "application/json;v=2",
    ] {
        let expected = format!(
            "406 Expected one of the types that are served here, `application/json`, `application/msgpack`, given `{accept}`: \
             correct the header `Accept`."
        );
        assert_eq!(accepted(&scene, &[accept]), Err(expected), "{accept}");
    }
    let reply = scene.ask(request("GET", "/a").header("accept", b"text/html"));
    assert_eq!(reply.headers[CONTENT_TYPE], "application/problem+json");
    assert_eq!(
        scene.sink.take().pop().unwrap().problem.as_deref(),
        Some("not_acceptable")
    );
}

#[test]
fn parameters_of_a_range_must_be_the_types_own() {
    let scene = Scene::new(serving(&[
        "text/html;level=2",
        "text/html",
        "text/html; level=1; charset=utf-8",
    ]));
    assert_eq!(accepted(&scene, &["text/html;level=1"]), Ok(2));
    assert_eq!(
        accepted(
            &scene,
            &["text/html;level=2;q=0.4, text/html;q=0.7, text/html;level=1"]
        ),
        Ok(2)
    );
    assert_eq!(accepted(&scene, &["text/html;level=\"2\""]), Ok(0));
    assert_eq!(
        accepted(
            &scene,
            &["text/html;level=2;q=0.1, text/html;q=0.7, text/html;level=1;q=0.6"]
        ),
        Ok(1)
    );
    assert!(accepted(&scene, &["text/html;level=3"]).is_err());
}

#[test]
fn where_the_handler_decides_accept_says_nothing() {
    let scene = Scene::new(serving(&[]));
    assert_eq!(accepted(&scene, &["image/png;q=0"]), Ok(0));
}

#[test]
fn accept_is_read_before_the_body() {
    let mut plan = taking(&["application/json"]);
    plan.operations[0].produces = vec!["application/json".into()];
    let scene = Scene::new(plan);
    let asked = request("POST", "/a")
        .header("accept", b"text/csv")
        .header("content-type", b"text/plain");
    assert_eq!(
        scene.send(asked, Chunks::of([&b"x"[..]])).status.as_u16(),
        406
    );
}

#[test]
fn caches_are_told_where_accept_decides() {
    let vary = |produces: &[&str]| {
        let reply = Scene::new(serving(produces)).ask(request("GET", "/a"));
        reply
            .headers
            .get(VARY)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(
        vary(&["application/json", "text/csv"]).as_deref(),
        Some("accept")
    );
    assert_eq!(vary(&["application/json"]), None);
}

#[test]
fn a_plan_names_real_media_types() {
    for wrong in [
        "json",
        "*/*",
        "text/*",
        "text/",
        "/json",
        "text/a b",
        "text/html;level",
        "text/html;=1",
        "",
    ] {
        let expected = format!(
            "POST /a (POST /a): Expected a media type like `application/json`, given `{wrong}`: write type, slash and subtype."
        );
        assert_eq!(refusal(taking(&["application/json", wrong])), expected);
        assert!(
            refusal(serving(&[wrong])).contains("Expected a media type"),
            "{wrong}"
        );
    }
    assert_eq!(
        refusal(serving(&[
            "text/html;level=1",
            "application/vnd.a.b-c+json"
        ])),
        ""
    );
    assert!(refusal(taking(&[])).contains("Expected at least one media type"));
    let mut form = taking(&["application/json"]);
    form.operations[0].body.as_mut().unwrap().kind = BodyKind::Form;
    assert!(refusal(form).contains("Expected no media types for a form"));
    let many: Vec<String> = (0..257).map(|place| format!("a/b{place}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(refusal(serving(&many)).contains("Expected at most 256 media types, given 257"));
}

#[test]
fn a_plan_places_its_operations_in_its_apis() {
    let mut plan = plan(&[("GET", "/a")]);
    plan.operations[0].api = 1;
    assert!(refusal(plan.clone()).contains("Expected the place of one of 1 APIs, given 1"));
    plan.operations[0].api = 0;
    plan.apis.clear();
    assert!(refusal(plan.clone()).contains("Expected the place of one of 0 APIs, given 0"));
    plan.json_depth = 0;
    assert!(refusal(plan).contains("at least one level and one key, given 0 and 10000"));
}
