//! Problems and how they are rendered.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::HashSet;

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde_json::{Value, json};
use ultrafox_engine::{
    ApiPlan, ErrorStyle, Fault, Loc, OperationPlan, Plan, Problem, ProblemKind, Reply, TraceId,
};
use ultrafox_testkit::{Scene, body_of, plan, request};

fn document(reply: Reply) -> Value {
    serde_json::from_slice(&body_of(reply).0).unwrap()
}

fn rendered(problem: Problem) -> Value {
    document(problem.render(ErrorStyle::Problem, TraceId::from_bytes([0xab; 16])))
}

#[test]
fn a_bare_problem_says_what_it_is_and_no_more() {
    let reply = Problem::from(ProblemKind::NotFound)
        .render(ErrorStyle::Problem, TraceId::from_bytes([0xab; 16]));
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
    let text =
        String::from_utf8(body_of(problem.render(ErrorStyle::Problem, TraceId::default())).0)
            .unwrap();
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
    let reply = problem.render(ErrorStyle::Problem, TraceId::default());
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
    let expected = "400 bad_request, 400 malformed_path, 400 disallowed_host, 400 body_required, 400 invalid_json, \
                    400 malformed_form, 404 not_found, 405 method_not_allowed, 406 not_acceptable, 408 request_timeout, \
                    413 body_too_large, 413 form_too_large, 414 uri_too_long, 415 unsupported_media_type, \
                    417 expectation_failed, 422 invalid_parameters, 422 invalid_body, 431 headers_too_large, \
                    500 internal_error, 501 not_implemented, 503 overloaded, 505 http_version_not_supported, \
                    507 insufficient_storage";
    assert_eq!(all.join(", "), expected);
}

fn full() -> Problem {
    let loc = vec![
        Loc::Name("query".into()),
        Loc::Name("page".into()),
        Loc::Index(2),
    ];
    let fault = Fault {
        loc,
        code: "int_expected".into(),
        message: "Expected an integer.".into(),
    };
    let extra = json!({"hint": "count", "ok": true, "detail": "no", "code": "no", "error": "no", "errors": "no"});
    Problem::from(ProblemKind::InvalidParameters)
        .detail("One parameter does not fit.")
        .errors(vec![fault])
        .extra(extra.as_object().cloned())
}

fn styled(problem: Problem, style: ErrorStyle) -> Value {
    let status = problem.status();
    let reply = problem.render(style, TraceId::default());
    assert_eq!(reply.status, status);
    assert_eq!(reply.headers[CONTENT_TYPE], "application/json");
    document(reply)
}

#[test]
fn the_boost_style_is_an_envelope() {
    let bare = styled(Problem::from(ProblemKind::NotFound), ErrorStyle::Boost);
    assert_eq!(
        bare,
        json!({"ok": false, "error": "Not Found", "code": 404})
    );
    let errors = json!([{"loc": ["query", "page", 2], "code": "int_expected", "message": "Expected an integer."}]);
    let expected = json!({
        "ok": false, "error": "One parameter does not fit.", "code": 422, "errors": errors, "hint": "count", "detail": "no",
    });
    assert_eq!(styled(full(), ErrorStyle::Boost), expected);
}

#[test]
fn the_ninja_style_is_a_detail() {
    let bare = styled(Problem::from(ProblemKind::NotFound), ErrorStyle::Ninja);
    assert_eq!(bare, json!({"detail": "Not Found"}));
    let said = styled(
        Problem::from(ProblemKind::NotFound).detail("No city."),
        ErrorStyle::Ninja,
    );
    assert_eq!(said, json!({"detail": "No city."}));
    let listed = styled(full().extra(None), ErrorStyle::Ninja);
    let expected = json!([{"type": "int_expected", "loc": ["query", "page", 2], "msg": "Expected an integer."}]);
    assert_eq!(listed, json!({"detail": expected}));
    assert_eq!(styled(full(), ErrorStyle::Ninja)["hint"], "count");
}

#[test]
fn fields_of_a_problem_are_kept_in_every_style() {
    for style in [ErrorStyle::Problem, ErrorStyle::Boost, ErrorStyle::Ninja] {
        let problem = Problem::from(ProblemKind::Overloaded)
            .header(RETRY_AFTER, HeaderValue::from_static("1"));
        assert_eq!(
            problem.render(style, TraceId::default()).headers[RETRY_AFTER],
            "1"
        );
    }
}

#[test]
fn a_problem_can_be_read_by_others() {
    let problem = full().header(RETRY_AFTER, HeaderValue::from_static("1"));
    assert_eq!(
        (problem.title(), problem.detail_text()),
        ("Invalid Parameters", Some("One parameter does not fit."))
    );
    assert_eq!((problem.faults().len(), problem.fields().len()), (1, 1));
    assert_eq!(problem.members().unwrap()["hint"], "count");
}

fn api(prefix: &str, errors: ErrorStyle) -> ApiPlan {
    ApiPlan {
        prefix: prefix.into(),
        claims: true,
        errors,
        compress: true,
    }
}

/// The style in which a request is refused.
fn style_of(scene: &Scene, target: &str) -> &'static str {
    let document = document(scene.ask(request("GET", target)));
    match (
        document.get("ok"),
        document.get("detail"),
        document.get("type"),
    ) {
        (Some(_), _, _) => "boost",
        (_, _, Some(_)) => "problem",
        _ => "ninja",
    }
}

#[test]
fn a_refusal_has_the_style_of_the_api_that_it_belongs_to() {
    let routes = plan(&[("GET", "/api/a"), ("GET", "/other/b")]);
    let [first, second] = &routes.operations[..] else {
        unreachable!()
    };
    let operations = vec![
        first.clone(),
        OperationPlan {
            api: 2,
            ..second.clone()
        },
    ];
    let apis = vec![
        api("/api", ErrorStyle::Boost),
        api("/api/v2/", ErrorStyle::Problem),
        api("/v", ErrorStyle::Ninja),
    ];
    let scene = Scene::answering(
        Plan {
            apis,
            operations,
            ..routes
        },
        |_| Err(ProblemKind::InternalError.into()),
    );
    assert_eq!(style_of(&scene, "/api/a"), "boost");
    assert_eq!(style_of(&scene, "/other/b"), "ninja");
    for (target, style) in [
        ("/api", "boost"),
        ("/api/x", "boost"),
        ("/%61pi/x", "boost"),
        ("/api/v2", "problem"),
        ("/api/v2/x", "problem"),
        ("/api/v22", "boost"),
        ("/v/%zz", "ninja"),
        ("/vv", "problem"),
        ("/", "problem"),
        ("/api/%zz", "boost"),
    ] {
        assert_eq!(style_of(&scene, target), style, "{target}");
    }
    let mut exchange = request("GET", "/v/api/x").exchange();
    exchange.base = 2;
    let reply = ultrafox_testkit::finish(
        scene
            .engine
            .handle(exchange, ultrafox_testkit::Chunks::default()),
    );
    assert_eq!(document(reply)["ok"], false);
}

#[test]
fn where_there_is_one_api_it_speaks_for_the_whole_site() {
    let alone = |apis| Scene::new(Plan { apis, ..plan(&[]) });
    assert_eq!(
        style_of(&alone(vec![api("/api", ErrorStyle::Ninja)]), "/elsewhere"),
        "ninja"
    );
    assert_eq!(style_of(&alone(vec![]), "/elsewhere"), "problem");
    let two = vec![api("/a", ErrorStyle::Ninja), api("/b", ErrorStyle::Ninja)];
    assert_eq!(style_of(&alone(two), "/elsewhere"), "problem");
    let unreadable = alone(vec![api("", ErrorStyle::Boost)]);
    let refused = unreadable.engine.refuse(
        ProblemKind::BadRequest.into(),
        None,
        std::time::Instant::now(),
    );
    assert_eq!(refused.headers[CONTENT_TYPE], "application/problem+json");
}
