//! Routes below a base: where another URLconf has mounted the APIs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use http::StatusCode;
use http::header::{ALLOW, LOCATION};
use ultrafox_engine::{ApiPlan, ErrorStyle, Plan, Reply, Scalar, SlashPolicy};
use ultrafox_testkit::{Chunks, Scene, finish, plan, request};

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

/// What a request gets whose first bytes of the path are not the engine's.
fn below(scene: &Scene, base: &str, method: &str, rest: &str) -> Reply {
    let mut exchange = request(method, &format!("{base}{rest}")).exchange();
    exchange.base = base.len();
    finish(scene.engine.handle(exchange, Chunks::default()))
}

#[test]
fn below_a_base_routes_are_what_stands_behind_it() {
    let scene = Scene::new(plan(&[
        ("GET", "/a/{x}/{y}"),
        ("GET", "/site/{x}"),
        ("GET", "/f/{*rest}"),
    ]));
    let values = |base: &str, rest: &str| -> Vec<String> {
        assert_eq!(
            below(&scene, base, "GET", rest).status,
            StatusCode::OK,
            "{base}{rest}"
        );
        let values = scene.seen().unwrap().values;
        let text = |value: &Scalar| {
            if let Scalar::Text(text) = value {
                text.to_string()
            } else {
                String::new()
            }
        };
        values.iter().map(text).collect()
    };
    assert_eq!(values("/site", "/a/one/two"), ["one", "two"]);
    assert_eq!(values("", "/site/a"), ["a"]);
    assert_eq!(values("/caf%C3%A9/x", "/a/%C3%A9/two"), ["é", "two"]);
    assert_eq!(values("/%zz", "/a/one/%2F"), ["one", "/"]);
    assert_eq!(values("/site", "/f/a/b"), ["a/b"]);
    assert_eq!(
        below(&scene, "/site", "GET", "/b").status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        below(&scene, "/site", "GET", "x/a").status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        below(&scene, "/site", "GET", "/a/%zz/x").status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        field(&below(&scene, "/site", "PUT", "/site/a"), ALLOW),
        "GET, HEAD, OPTIONS"
    );
}

#[test]
fn below_a_base_a_redirect_names_the_whole_path() {
    let scene = with_slashes(
        SlashPolicy::Redirect,
        &[("GET", "/"), ("GET", "/a"), ("GET", "/b/{x}/")],
    );
    let location =
        |base: &str, rest: &str| field(&below(&scene, base, "GET", rest), LOCATION).to_owned();
    assert_eq!(location("/site", "/a/?q=1"), "/site/a?q=1");
    assert_eq!(location("/site", "/b/%C3%A9"), "/site/b/%C3%A9/");
    assert_eq!(location("/site", "?q"), "/site/?q");
    assert_eq!(location("//evil.com", "/a/"), "");
    assert_eq!(location(r"/\evil.com", "/a/"), "");
    let relaxed = with_slashes(SlashPolicy::Ignore, &[("GET", "/"), ("GET", "/b/{x}/")]);
    assert_eq!(below(&relaxed, "/site", "GET", "").status, StatusCode::OK);
    assert_eq!(
        below(&relaxed, "/site", "GET", "/b/two").status,
        StatusCode::OK
    );
    assert!(matches!(&relaxed.seen().unwrap().values[0], Scalar::Text(text) if &**text == "two"));
}

#[test]
fn below_a_base_claims_are_of_what_stands_behind_it() {
    let scene = Scene::new(Plan {
        fallback: true,
        apis: vec![claiming("/api/")],
        ..plan(&[])
    });
    let reaches = |base: &str, rest: &str| {
        (
            below(&scene, base, "GET", rest).status.as_u16(),
            scene.seen().is_some(),
        )
    };
    assert_eq!(reaches("/site", "/api/x"), (404, false));
    assert_eq!(reaches("/api", "/x"), (200, true));
    assert_eq!(reaches("/api/longer", ""), (200, true));
    let mut short = request("GET", "/a").exchange();
    short.base = 9;
    assert_eq!(
        finish(scene.engine.handle(short, Chunks::default())).status,
        StatusCode::NOT_FOUND
    );
}
