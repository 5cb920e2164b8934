//! Problems and how they are rendered.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::HashSet;

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde_json::{Value, json};
use ultrafox_engine::{Fault, Loc, Problem, ProblemKind, Reply, TraceId};
use ultrafox_testkit::{Scene, body_of, plan, request};

fn document(reply: Reply) -> Value {
    serde_json::from_slice(&body_of(reply).0).unwrap()
}

fn rendered(problem: Problem) -> Value {
    document(problem.into_reply(TraceId::from_bytes([0xab; 16])))
}

#[test]
fn a_bare_problem_says_what_it_is_and_no_more() {
    let reply = Problem::from(ProblemKind::NotFound).into_reply(TraceId::from_bytes([0xab; 16]));
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(reply.headers[CONTENT_TYPE], "application/problem+json");
    let expected = json!({
        "type": "about:blank", "title": "Not Found", "status": 404, "code": "not_found", "trace_id": "ab".repeat(16),
    });
    assert_eq!(document(reply), expected);
}

#[test]
fn members_come_in_the_order_of_the_contract() {
    let fault = Fault {
        loc: vec![],
        code: "a".into(),
        message: "b".into(),
    };
    let extra = json!({"zeta": 1}).as_object().cloned();
    let problem = Problem::from(ProblemKind::InvalidBody)
        .detail("Why.")
        .errors(vec![fault])
        .extra(extra);
    let text = String::from_utf8(body_of(problem.into_reply(TraceId::default())).0).unwrap();
    let names = [
        "type", "title", "status", "code", "detail", "trace_id", "errors", "zeta",
    ];
    let places: Vec<_> = names
        .iter()
        .map(|name| text.find(&format!("\"{name}\":")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn lists_the_faults() {
    let loc = vec![
        Loc::Name("body".into()),
        Loc::Name("tags".into()),
        Loc::Index(3),
    ];
    let fault = Fault {
        loc,
        code: "int_expected".into(),
        message: "Expected an integer.".into(),
    };
    let document = rendered(Problem::from(ProblemKind::InvalidBody).errors(vec![fault]));
    let expected = json!([{"loc": ["body", "tags", 3], "code": "int_expected", "message": "Expected an integer."}]);
    assert_eq!(document["errors"], expected);
}

#[test]
fn carries_fields_but_only_one_media_type() {
    let value = HeaderValue::from_static;
    let problem = Problem::from(ProblemKind::Overloaded)
        .header(RETRY_AFTER, value("1"))
        .header(CONTENT_TYPE, value("text/html"));
    let reply = problem.into_reply(TraceId::default());
    assert_eq!(reply.headers[RETRY_AFTER], "1");
    let types: Vec<_> = reply.headers.get_all(CONTENT_TYPE).iter().collect();
    assert_eq!(types, ["application/problem+json"]);
}

#[test]
fn further_members_do_not_replace_its_own() {
    let extra = json!({"status": 200, "trace_id": "x", "balance": 30})
        .as_object()
        .cloned();
    let teapot =
        Problem::custom(StatusCode::IM_A_TEAPOT, "teapot".to_owned(), "Teapot").extra(extra);
    assert_eq!((teapot.status().as_u16(), teapot.code()), (418, "teapot"));
    assert_eq!(teapot.to_string(), "418 teapot");
    let document = rendered(teapot);
    assert_eq!(
        (&document["status"], &document["balance"]),
        (&json!(418), &json!(30))
    );
    assert_eq!(document["trace_id"], "ab".repeat(16));
}

#[test]
fn what_a_handler_refuses_is_rendered_with_the_requests_id() {
    let scene = Scene::answering(plan(&[("GET", "/a")]), |_| {
        Err(
            Problem::custom(StatusCode::CONFLICT, "conflict", "Conflict")
                .detail("There is one already."),
        )
    });
    let reply = scene.ask(request("GET", "/a"));
    let id = reply.headers["x-trace-id"].to_str().unwrap().to_owned();
    let document = document(reply);
    assert_eq!(
        (&document["code"], &document["trace_id"]),
        (&json!("conflict"), &json!(id))
    );
    assert_eq!(scene.sink.take()[0].problem.as_deref(), Some("conflict"));
}

#[test]
fn codes_are_snake_case_and_stand_for_one_problem_each() {
    let codes: HashSet<&str> = ProblemKind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(codes.len(), ProblemKind::ALL.len());
    for kind in ProblemKind::ALL {
        assert!(
            kind.code()
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{kind:?}"
        );
        assert!(
            kind.status().is_client_error() || kind.status().is_server_error(),
            "{kind:?}"
        );
        assert!(
            !kind.title().is_empty() && !kind.title().ends_with('.'),
            "{kind:?}"
        );
    }
}

#[test]
fn permanent_codes_have_not_changed() {
    let all: Vec<String> = ProblemKind::ALL
        .iter()
        .map(|kind| format!("{} {}", kind.status().as_u16(), kind.code()))
        .collect();
    let expected = "400 bad_request, 400 malformed_path, 400 disallowed_host, 400 body_required, 400 invalid_json, 400 malformed_form, 404 not_found, \
                    405 method_not_allowed, 408 request_timeout, 413 body_too_large, 413 form_too_large, 414 uri_too_long, 415 unsupported_media_type, \
                    417 expectation_failed, 422 invalid_parameters, 422 invalid_body, 431 headers_too_large, 500 internal_error, \
                    501 not_implemented, 503 overloaded, 505 http_version_not_supported, 507 insufficient_storage";
    assert_eq!(all.join(", "), expected);
}
