//! Which operation answers a request.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use http::StatusCode;
use http::header::{ALLOW, LOCATION};
use ultrafox_engine::{ApiPlan, ErrorStyle, Plan, Reply, Scalar, SlashPolicy};
use ultrafox_testkit::{Scene, plan, request};

fn field(reply: &Reply, name: http::HeaderName) -> &str {
    reply
        .headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

fn with_slashes(policy: SlashPolicy, routes: &[(&str, &str)]) -> Scene {
    Scene::new(Plan {
        slashes: policy,
        ..plan(routes)
    })
}

fn claiming(prefix: &str) -> ApiPlan {
    ApiPlan {
        prefix: prefix.into(),
        claims: true,
        errors: ErrorStyle::Problem,
        compress: true,
    }
}

fn values(scene: &Scene, target: &str) -> Vec<String> {
    scene.ask(request("GET", target));
    let texts = scene.seen().unwrap().values;
    texts
        .iter()
        .map(|value| {
            if let Scalar::Text(text) = value {
                text.to_string()
            } else {
                String::new()
            }
        })
        .collect()
}

#[test]
fn finds_fixed_paths_before_parameters_before_the_rest_of_a_path() {
    let scene = Scene::new(plan(&[
        ("GET", "/files/{*rest}"),
        ("GET", "/files/{name}"),
        ("GET", "/files/index"),
        ("GET", "/"),
    ]));
    assert_eq!(
        scene.reaches(request("GET", "/files/index")),
        "GET /files/index"
    );
    assert_eq!(
        scene.reaches(request("GET", "/files/other")),
        "GET /files/{name}"
    );
    assert_eq!(
        scene.reaches(request("GET", "/files/a/b")),
        "GET /files/{*rest}"
    );
    assert_eq!(scene.reaches(request("GET", "/")), "GET /");
    assert_eq!(scene.reaches(request("GET", "/fil")), "404");
}

#[test]
fn answers_404_for_an_unknown_path() {
    let scene = Scene::new(plan(&[("GET", "/a")]));
    let reply = scene.ask(request("GET", "/b"));
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(scene.sink.take()[0].problem.as_deref(), Some("not_found"));
}

#[test]
fn names_of_parameters_do_not_divide_a_path() {
    let scene = Scene::new(plan(&[
        ("GET", "/a/{x}"),
        ("POST", "/a/{y}"),
        ("GET", "/a/{z}/b"),
    ]));
    assert_eq!(scene.reaches(request("GET", "/a/1")), "GET /a/{x}");
    assert_eq!(scene.reaches(request("POST", "/a/1")), "POST /a/{y}");
    assert_eq!(scene.reaches(request("GET", "/a/1/b")), "GET /a/{z}/b");
}

#[test]
fn parameters_may_have_a_prefix_or_a_suffix() {
    let scene = Scene::new(plan(&[("GET", "/img-{id}"), ("GET", "/data/{name}.json")]));
    assert_eq!(values(&scene, "/img-7"), ["7"]);
    assert_eq!(values(&scene, "/data/cities.json"), ["cities"]);
}

#[test]
fn answers_405_with_the_methods_that_are_served() {
    let scene = Scene::new(plan(&[("GET", "/a"), ("POST", "/a"), ("DELETE", "/{x}")]));
    let reply = scene.ask(request("PUT", "/a"));
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(field(&reply, ALLOW), "DELETE, GET, HEAD, OPTIONS, POST");
    assert_eq!(scene.reaches(request("DELETE", "/a")), "DELETE /{x}");
}

#[test]
fn a_method_that_nobody_knows_is_405_on_a_known_path() {
    let scene = Scene::new(plan(&[("GET", "/a")]));
    assert_eq!(scene.reaches(request("BREW", "/a")), "405");
}

#[test]
fn head_is_answered_by_get_and_stays_head() {
    let scene = Scene::new(plan(&[
        ("GET", "/a"),
        ("GET", "/b"),
        ("HEAD", "/b"),
        ("POST", "/c"),
    ]));
    assert_eq!(scene.reaches(request("HEAD", "/a")), "GET /a");
    assert_eq!(scene.reaches(request("HEAD", "/b")), "HEAD /b");
    assert_eq!(scene.reaches(request("HEAD", "/c")), "405");
    scene.ask(request("HEAD", "/a"));
    assert_eq!(scene.seen().unwrap().method, http::Method::HEAD);
}

#[test]
fn options_is_answered_unless_declared() {
    let scene = Scene::new(plan(&[("POST", "/a"), ("OPTIONS", "/b")]));
    let reply = scene.ask(request("OPTIONS", "/a"));
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(field(&reply, ALLOW), "OPTIONS, POST");
    assert_eq!(scene.reaches(request("OPTIONS", "/b")), "OPTIONS /b");
    assert_eq!(scene.reaches(request("OPTIONS", "/c")), "404");
    assert_eq!(scene.reaches(request("OPTIONS", "*")), "204");
}

#[test]
fn trace_is_refused_unless_declared_and_connect_always() {
    let plan = Plan {
        fallback: true,
        ..plan(&[("GET", "/a"), ("TRACE", "/b")])
    };
    let scene = Scene::new(plan);
    assert_eq!(scene.reaches(request("TRACE", "/a")), "405");
    assert_eq!(scene.reaches(request("TRACE", "/b")), "TRACE /b");
    assert_eq!(scene.reaches(request("TRACE", "/elsewhere")), "501");
    assert_eq!(
        scene.reaches(request("CONNECT", "testserver:443").host(b"testserver:443")),
        "501"
    );
}

#[test]
fn an_unknown_path_goes_to_the_project_with_any_method() {
    let plan = Plan {
        fallback: true,
        apis: vec![claiming("/api/")],
        ..plan(&[("GET", "/api/a")])
    };
    let scene = Scene::new(plan);
    for method in ["GET", "POST", "PROPFIND", "OPTIONS"] {
        assert_eq!(scene.reaches(request(method, "/admin/")), "fallback");
    }
    assert_eq!(scene.reaches(request("GET", "/apix")), "fallback");
    assert_eq!(scene.reaches(request("GET", "/api/a")), "GET /api/a");
}

#[test]
fn a_claimed_prefix_never_goes_to_the_project() {
    let plan = Plan {
        fallback: true,
        apis: vec![claiming("/api")],
        ..plan(&[("GET", "/api/a")])
    };
    let scene = Scene::new(plan);
    for target in ["/api", "/api/", "/api/b", "/api/a/b", "/%61pi/b"] {
        assert_eq!(scene.reaches(request("GET", target)), "404", "{target}");
    }
    let everything = Plan {
        fallback: true,
        apis: vec![claiming("/")],
        ..ultrafox_testkit::plan(&[])
    };
    assert_eq!(
        Scene::new(everything).reaches(request("GET", "/admin")),
        "404"
    );
}

#[test]
fn redirects_to_the_spelling_that_exists_and_keeps_the_query() {
    let scene = with_slashes(SlashPolicy::Redirect, &[("GET", "/a"), ("POST", "/b/{x}/")]);
    let reply = scene.ask(request("GET", "/a/?q=1&r=%2F"));
    assert_eq!(reply.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(field(&reply, LOCATION), "/a?q=1&r=%2F");
    let reply = scene.ask(request("POST", "/b/caf%C3%A9"));
    assert_eq!(field(&reply, LOCATION), "/b/caf%C3%A9/");
    assert_eq!(scene.reaches(request("GET", "/c/")), "404");
}

#[test]
fn strict_slashes_are_404_and_ignored_slashes_are_served() {
    let routes = [("GET", "/a"), ("GET", "/b/{x}/"), ("GET", "/c/{y}")];
    let strict = with_slashes(SlashPolicy::Strict, &routes);
    assert_eq!(strict.reaches(request("GET", "/a/")), "404");
    let relaxed = with_slashes(SlashPolicy::Ignore, &routes);
    assert_eq!(relaxed.reaches(request("GET", "/a/")), "GET /a");
    assert_eq!(values(&relaxed, "/b/one"), ["one"]);
    assert_eq!(values(&relaxed, "/c/two/"), ["two"]);
    assert_eq!(values(&relaxed, "/c/%C3%A9/"), ["é"]);
    assert_eq!(relaxed.reaches(request("POST", "/a/")), "405");
}

#[test]
fn a_slash_never_redirects_to_another_host() {
    let scene = with_slashes(
        SlashPolicy::Redirect,
        &[
            ("GET", "/{x}/{y}/"),
            ("GET", "/{x}/"),
            ("GET", "/a/{*rest}"),
            ("GET", "//evil.com/"),
        ],
    );
    for target in [
        "//evil.com",
        "//evil.com/x",
        r"/\evil.com",
        r"/a\..\b",
        "///evil.com",
    ] {
        let reply = scene.ask(request("GET", target));
        assert_eq!(field(&reply, LOCATION), "", "{target}");
    }
    let reply = scene.ask(request("GET", "/%5Cevil.com"));
    assert_eq!(field(&reply, LOCATION), "/%5Cevil.com/");
    let reply = scene.ask(request("GET", "/%2Fevil.com"));
    assert_eq!(field(&reply, LOCATION), "/%2Fevil.com/");
}

#[test]
fn a_redirect_of_a_whole_url_names_no_host() {
    let scene = with_slashes(SlashPolicy::Redirect, &[("GET", "/a")]);
    let reply = scene.ask(request("GET", "http://testserver/a/?q"));
    assert_eq!(field(&reply, LOCATION), "/a?q");
}

#[test]
fn a_parameter_does_not_take_the_projects_paths_by_their_slash() {
    let plan = Plan {
        fallback: true,
        ..plan(&[("GET", "/{slug}"), ("GET", "/about")])
    };
    let scene = Scene::new(plan);
    assert_eq!(scene.reaches(request("GET", "/admin/")), "fallback");
    assert_eq!(scene.reaches(request("GET", "/about/")), "308");
}

#[test]
fn converters_choose_among_operations_of_one_shape() {
    let scene = Scene::new(plan(&[
        ("GET", "/a/{int:id}"),
        ("GET", "/a/{uuid:id}"),
        ("GET", "/a/{slug:name}"),
        ("POST", "/a/{int:id}"),
    ]));
    assert_eq!(scene.reaches(request("GET", "/a/42")), "GET /a/{int:id}");
    let uuid = "/a/0185e2a4-7f3c-7aaa-8bbb-0123456789ab";
    assert_eq!(scene.reaches(request("GET", uuid)), "GET /a/{uuid:id}");
    assert_eq!(
        scene.reaches(request("GET", &uuid.to_uppercase().replace("/A/", "/a/"))),
        "GET /a/{slug:name}"
    );
    assert_eq!(
        scene.reaches(request("GET", "/a/x-y_Z")),
        "GET /a/{slug:name}"
    );
    assert_eq!(scene.reaches(request("GET", "/a/-1")), "GET /a/{slug:name}");
    assert_eq!(scene.reaches(request("GET", "/a/x.y")), "404");
    assert_eq!(scene.reaches(request("GET", "/a/%D9%A1%D9%A2")), "404");
    assert_eq!(scene.reaches(request("POST", "/a/x")), "405");
    assert_eq!(scene.reaches(request("POST", "/a/x.y")), "404");
}

#[test]
fn the_path_converter_takes_slashes_but_no_line_break() {
    let scene = Scene::new(plan(&[("GET", "/f/{path:rest}")]));
    assert_eq!(values(&scene, "/f/a/b/c"), ["a/b/c"]);
    assert_eq!(values(&scene, "/f/a/"), ["a/"]);
    assert_eq!(scene.reaches(request("GET", "/f/a%0Ab")), "404");
    assert_eq!(scene.reaches(request("GET", "/f/")), "404");
}

#[test]
fn a_path_whose_converter_refuses_may_be_the_rest_of_another() {
    let scene = Scene::new(plan(&[("GET", "/a/{int:id}"), ("GET", "/{*rest}")]));
    assert_eq!(scene.reaches(request("GET", "/a/x")), "GET /{*rest}");
}

#[test]
fn decodes_a_path_exactly_once() {
    let scene = Scene::new(plan(&[
        ("GET", "/a/{x}"),
        ("GET", "/caf\u{e9}"),
        ("GET", "/100%"),
    ]));
    assert_eq!(values(&scene, "/a/caf%C3%A9%20x"), ["café x"]);
    assert_eq!(values(&scene, "/a/%2541"), ["%41"]);
    assert_eq!(values(&scene, "/a/%25252F"), ["%252F"]);
    assert_eq!(
        scene.reaches(request("GET", "/caf%c3%a9")),
        "GET /caf\u{e9}"
    );
    assert_eq!(scene.reaches(request("GET", "/100%25")), "GET /100%");
    assert_eq!(scene.reaches(request("GET", "/%61/1")), "GET /a/{x}");
}

#[test]
fn an_encoded_slash_stays_in_its_segment() {
    let scene = Scene::new(plan(&[
        ("GET", "/a/{x}"),
        ("GET", "/a/{x}/{y}"),
        ("GET", "/b/{*rest}"),
    ]));
    assert_eq!(values(&scene, "/a/x%2Fy"), ["x/y"]);
    assert_eq!(values(&scene, "/a/x%2fy%252F"), ["x/y%2F"]);
    assert_eq!(values(&scene, "/b/x%2Fy/z"), ["x/y/z"]);
    assert_eq!(scene.reaches(request("GET", "/a%2Fx")), "404");
}

#[test]
fn a_path_that_cannot_be_decoded_is_400() {
    let plan = Plan {
        fallback: true,
        ..plan(&[("GET", "/{*rest}")])
    };
    let scene = Scene::new(plan);
    for target in [
        "/%00",
        "/a%00b",
        "/%",
        "/%4",
        "/%zz",
        "/%+1",
        "/%FF",
        "/%C0%AE",
        "/%ED%A0%80",
    ] {
        assert_eq!(
            scene.ask(request("GET", target)).status,
            StatusCode::BAD_REQUEST,
            "{target}"
        );
        assert_eq!(
            scene.sink.take()[0].problem.as_deref(),
            Some("malformed_path"),
            "{target}"
        );
    }
}

#[test]
fn dots_are_text() {
    let scene = Scene::new(plan(&[("GET", "/static/{*rest}"), ("GET", "/secret")]));
    for target in [
        "/static/../secret",
        "/static/%2e%2e/secret",
        "/static/./",
        "/static/..%2fsecret",
    ] {
        assert_eq!(
            scene.reaches(request("GET", target)),
            "GET /static/{*rest}",
            "{target}"
        );
    }
}

#[test]
fn method_override_fields_are_ignored() {
    let scene = Scene::new(plan(&[("GET", "/a"), ("DELETE", "/a")]));
    let asked = request("GET", "/a").header("x-http-method-override", b"DELETE");
    assert_eq!(scene.reaches(asked), "GET /a");
}
