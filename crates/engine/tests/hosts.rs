//! ALLOWED_HOSTS.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use http::StatusCode;
use ultrafox_engine::Plan;
use ultrafox_testkit::{Scene, body_of, plan, refusal, request};

fn scene(hosts: &[&str], debug: bool) -> Scene {
    let allowed_hosts = hosts.iter().map(ToString::to_string).collect();
    Scene::new(Plan {
        allowed_hosts,
        debug,
        ..plan(&[("GET", "/")])
    })
}

fn serves(scene: &Scene, host: &[u8]) -> bool {
    let status = scene.ask(request("GET", "/").host(host)).status;
    let problem = scene.sink.take()[0].problem.clone();
    assert_eq!(problem.is_some(), status == StatusCode::BAD_REQUEST);
    assert!(problem.is_none_or(|code| code == "disallowed_host"));
    status == StatusCode::OK
}

#[test]
fn serves_the_hosts_that_are_named() {
    let scene = scene(&["example.com", "[::1]", "10.0.0.7"], false);
    for host in [
        "example.com",
        "EXAMPLE.com",
        "example.com.",
        "example.com:8000",
        "[::1]",
        "[::1]:80",
        "10.0.0.7",
    ] {
        assert!(serves(&scene, host.as_bytes()), "{host}");
    }
    for host in [
        "www.example.com",
        "example.org",
        "example.com.evil.org",
        "evil-example.com",
        "[::2]",
        "::1",
    ] {
        assert!(!serves(&scene, host.as_bytes()), "{host}");
    }
}

#[test]
fn a_leading_dot_serves_the_domain_and_all_below() {
    let scene = scene(&[".example.com"], false);
    assert!(serves(&scene, b"example.com"));
    assert!(serves(&scene, b"a.b.Example.com:81"));
    assert!(!serves(&scene, b"notexample.com"));
    assert!(!serves(&scene, b"example.com.org"));
}

#[test]
fn refuses_odd_hosts_even_where_any_is_served() {
    let scene = scene(&["*"], false);
    assert!(serves(&scene, b"anything.example"));
    let odd: [&[u8]; 18] = [
        b"",
        b"a b",
        b"a/b",
        b"user@a",
        b"a#b",
        b"a\\b",
        b"a,b",
        b"a:",
        b"a:b",
        b"a:65536",
        b"a:99999999999999999999",
        b"[::1",
        b"[zz]",
        b"[::1]x",
        b":80",
        b"a_b",
        b"\xc3\xa9",
        b".",
    ];
    for host in odd {
        assert!(!serves(&scene, host), "{}", String::from_utf8_lossy(host));
    }
    assert!(serves(&scene, b"a:65535"));
}

#[test]
fn refuses_none_and_two() {
    let scene = scene(&["*"], false);
    let none = scene.ask(request("GET", "/").no_host());
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    let two = scene.ask(request("GET", "/").host(b"a").header("host", b"a"));
    assert_eq!(two.status, StatusCode::BAD_REQUEST);
}

#[test]
fn the_host_of_a_whole_url_is_the_one_truth() {
    let scene = scene(&["good.com"], false);
    let ask = |target: &str, host: Option<&[u8]>| {
        let asked = request("GET", target).no_host();
        let asked = if let Some(host) = host {
            asked.header("host", host)
        } else {
            asked
        };
        scene.ask(asked).status
    };
    assert_eq!(ask("http://good.com/", Some(b"good.com")), StatusCode::OK);
    assert_eq!(
        ask("http://good.com/", Some(b"evil.com")),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        ask("http://evil.com/", Some(b"good.com")),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(ask("http://user@good.com/", None), StatusCode::BAD_REQUEST);
    assert_eq!(ask("http://good.com:81/", None), StatusCode::OK);
    assert_eq!(scene.seen().unwrap().headers["host"], "good.com:81");
}

#[test]
fn in_development_without_hosts_only_this_machine_is_served() {
    let development = scene(&[], true);
    for host in [
        "localhost:8000",
        "app.localhost",
        "127.0.0.1:8000",
        "[::1]:8000",
    ] {
        assert!(serves(&development, host.as_bytes()), "{host}");
    }
    assert!(!serves(&development, b"example.com"));
    assert!(!serves(&scene(&[], false), b"localhost"));
}

#[test]
fn only_development_says_how_to_cure_it() {
    let text = |debug| {
        let reply = scene(&["a"], debug).ask(request("GET", "/").host(b"b"));
        String::from_utf8(body_of(reply).0).unwrap()
    };
    assert!(text(true).contains("given `b`; add it to ALLOWED_HOSTS"));
    assert!(text(false).contains("given `b`.") && !text(false).contains("ALLOWED_HOSTS"));
}

#[test]
fn a_pattern_that_is_no_host_stops_the_start() {
    for pattern in ["https://a.com", "a.com:80", "", ".", "a b", "*.a.com"] {
        let plan = Plan {
            allowed_hosts: vec![pattern.into()],
            ..plan(&[])
        };
        assert!(
            refusal(plan).contains(&format!("given `{pattern}`")),
            "{pattern}"
        );
    }
}

#[test]
fn what_a_proxy_says_counts_where_the_plan_says_so() {
    let forwarded = |forwarded_host, host: &str, said: &[&str]| {
        let scene = Scene::new(Plan {
            allowed_hosts: vec!["example.com".into()],
            forwarded_host,
            ..plan(&[("GET", "/")])
        });
        let request = said.iter().fold(
            request("GET", "/").host(host.as_bytes()),
            |request, said| request.header("x-forwarded-host", said.as_bytes()),
        );
        scene.ask(request).status == StatusCode::OK
    };
    assert!(forwarded(true, "10.0.0.7", &["example.com:443"]));
    assert!(!forwarded(true, "example.com", &["evil.org"]));
    assert!(!forwarded(
        true,
        "example.com",
        &["example.com", "evil.org"]
    ));
    assert!(!forwarded(true, "10.0.0.7", &[]));
    assert!(forwarded(true, "example.com", &[]));
    assert!(!forwarded(false, "10.0.0.7", &["example.com"]));
}
