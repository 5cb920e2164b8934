//! Scalar parameters.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::Value;
use ultrafox_engine::{Bound, ParamKind, ParamPlan, ParamSource, Plan, Scalar};
use ultrafox_testkit::{RequestBuilder, Scene, body_of, plan, request};

fn param(name: &str, source: ParamSource, kind: ParamKind) -> ParamPlan {
    ParamPlan {
        source,
        kind,
        ..plan(&[("GET", &format!("/{{{name}}}"))])
            .operations
            .remove(0)
            .params
            .remove(0)
    }
}

fn query(kind: ParamKind) -> ParamPlan {
    param("x", ParamSource::Query, kind)
}

fn scene(params: &[ParamPlan]) -> Scene {
    let mut plan: Plan = plan(&[("GET", "/a")]);
    plan.operations[0].params = params.to_vec();
    Scene::new(plan)
}

/// The values, or what is said about each fault: `query.x int_expected Expected …`.
fn outcome(scene: &Scene, asked: RequestBuilder) -> Result<Vec<Scalar>, Vec<String>> {
    let reply = scene.ask(asked);
    if let Some(exchange) = scene.seen() {
        return Ok(exchange.values.into_vec());
    }
    assert_eq!(reply.status, 422);
    let document: Value = serde_json::from_slice(&body_of(reply).0).unwrap();
    assert_eq!(document["code"], "invalid_parameters");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let line = |fault: &Value| {
        let loc = &fault["loc"];
        format!(
            "{}.{} {} {}",
            text(&loc[0]),
            text(&loc[1]),
            text(&fault["code"]),
            text(&fault["message"])
        )
    };
    Err(document["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect())
}

fn read(params: &[ParamPlan], query: &str) -> Result<Vec<Scalar>, Vec<String>> {
    outcome(&scene(params), request("GET", &format!("/a?{query}")))
}

fn value(kind: ParamKind, sent: &str) -> Option<Scalar> {
    read(&[query(kind)], &format!("x={sent}"))
        .ok()
        .map(|mut values| values.remove(0))
}

fn code(param: &ParamPlan, sent: &str) -> String {
    match read(std::slice::from_ref(param), &format!("x={sent}")) {
        Ok(_) => "ok".to_owned(),
        Err(faults) => faults[0].split(' ').nth(1).unwrap().to_owned(),
    }
}

fn text(text: &str) -> Scalar {
    Scalar::Text(text.into())
}

#[test]
fn reads_the_values_of_a_path_and_a_query() {
    let mut plan = plan(&[("GET", "/items/{id}")]);
    let operation = &mut plan.operations[0];
    operation.params[0].kind = ParamKind::Int;
    operation
        .params
        .push(param("limit", ParamSource::Query, ParamKind::Int));
    operation
        .params
        .insert(0, param("q", ParamSource::Query, ParamKind::Str));
    let values = outcome(
        &Scene::new(plan),
        request("GET", "/items/42?q=hello&limit=25"),
    );
    assert_eq!(
        values.unwrap(),
        [text("hello"), Scalar::Int(42), Scalar::Int(25)]
    );
}

#[test]
fn reports_all_faults_of_a_request_at_once() {
    let params = [
        query(ParamKind::Int),
        param("y", ParamSource::Query, ParamKind::Bool),
        param("x-key", ParamSource::Header, ParamKind::Str),
        param("sid", ParamSource::Cookie, ParamKind::Uuid),
        param("fine", ParamSource::Query, ParamKind::Int),
    ];
    let asked = request("GET", "/a?x=abc&y=perhaps&fine=1").header("cookie", b"sid=7");
    assert_eq!(
        outcome(&scene(&params), asked).unwrap_err(),
        [
            "query.x int_expected Expected an integer, given `abc`.",
            "query.y bool_expected Expected true, false, 1, 0, yes, no, on or off, given `perhaps`.",
            "header.x-key missing Expected `x-key` among the header fields, given none.",
            "cookie.sid uuid_expected Expected a UUID, given `7`.",
        ]
    );
}

#[test]
fn what_is_not_required_may_be_absent() {
    let absent = ParamPlan {
        required: false,
        ..query(ParamKind::Int)
    };
    assert_eq!(
        read(std::slice::from_ref(&absent), "y=1").unwrap(),
        [Scalar::Absent]
    );
    assert_eq!(code(&absent, "abc"), "int_expected");
    assert_eq!(code(&absent, ""), "int_expected");
}

#[test]
fn reads_integers_of_any_size_up_to_4300_digits() {
    let int = |sent| value(ParamKind::Int, sent);
    assert_eq!(int("0"), Some(Scalar::Int(0)));
    assert_eq!(int("-0"), Some(Scalar::Int(0)));
    assert_eq!(int("%2B5"), Some(Scalar::Int(5)));
    assert_eq!(int("007"), Some(Scalar::Int(7)));
    assert_eq!(int("9223372036854775807"), Some(Scalar::Int(i64::MAX)));
    assert_eq!(int("-9223372036854775808"), Some(Scalar::Int(i64::MIN)));
    assert_eq!(
        int("%2B09223372036854775808"),
        Some(Scalar::BigInt("9223372036854775808".into()))
    );
    assert_eq!(
        int("-9223372036854775809"),
        Some(Scalar::BigInt("-9223372036854775809".into()))
    );
    let most = "9".repeat(4300);
    assert_eq!(int(&most), Some(Scalar::BigInt(most.as_str().into())));
    assert_eq!(
        code(&query(ParamKind::Int), &"9".repeat(4301)),
        "int_too_long"
    );
}

#[test]
fn refuses_what_is_no_integer() {
    for sent in [
        "",
        "-",
        "%2B",
        "1_000",
        "+1",
        "1+",
        "1.0",
        "1e3",
        "0x1",
        "%D9%A1%D9%A2",
        "--1",
        "1%00",
        "%C2%B2",
    ] {
        assert_eq!(code(&query(ParamKind::Int), sent), "int_expected", "{sent}");
    }
}

#[test]
fn reads_finite_numbers_only() {
    let float = |sent| value(ParamKind::Float, sent);
    assert_eq!(float("1.5"), Some(Scalar::Float(1.5)));
    assert_eq!(float("-1e-3"), Some(Scalar::Float(-0.001)));
    assert_eq!(float("7"), Some(Scalar::Float(7.0)));
    for sent in [
        "nan",
        "inf",
        "-Infinity",
        "1e999",
        "-1e999",
        "",
        ".",
        "e5",
        "1_0",
        "1,5",
        "+1",
        "0x1p3",
    ] {
        assert_eq!(
            code(&query(ParamKind::Float), sent),
            "float_expected",
            "{sent}"
        );
    }
}

#[test]
fn reads_booleans_in_any_case() {
    for sent in ["true", "1", "yes", "on", "TRUE", "Yes"] {
        assert_eq!(
            value(ParamKind::Bool, sent),
            Some(Scalar::Bool(true)),
            "{sent}"
        );
    }
    for sent in ["false", "0", "no", "off", "FALSE", "oFF"] {
        assert_eq!(
            value(ParamKind::Bool, sent),
            Some(Scalar::Bool(false)),
            "{sent}"
        );
    }
    for sent in ["", "2", "t", "y", "truee", "+true"] {
        assert_eq!(
            code(&query(ParamKind::Bool), sent),
            "bool_expected",
            "{sent}"
        );
    }
}

#[test]
fn reads_uuids_with_or_without_hyphens() {
    let expected = Some(Scalar::Uuid(
        *b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef",
    ));
    for sent in [
        "01234567-89ab-cdef-0123-456789abcdef",
        "0123456789ABCDEF0123456789abcdef",
    ] {
        assert_eq!(value(ParamKind::Uuid, sent), expected, "{sent}");
    }
    let odd = [
        "",
        "%7B01234567-89ab-cdef-0123-456789abcdef%7D",
        "urn:uuid:01234567-89ab-cdef-0123-456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdeg",
        "0123456-789ab-cdef-0123-456789abcdef0",
    ];
    for sent in odd {
        assert_eq!(
            code(&query(ParamKind::Uuid), sent),
            "uuid_expected",
            "{sent}"
        );
    }
}

#[test]
fn the_last_value_of_a_name_counts() {
    assert_eq!(
        read(&[query(ParamKind::Int)], "x=1&x=2&y=3&x=4").unwrap(),
        [Scalar::Int(4)]
    );
}

#[test]
fn decodes_names_and_values_of_a_query() {
    let odd = param("a b[é]", ParamSource::Query, ParamKind::Str);
    let read_one = |sent: &str| {
        read(
            &[
                odd.clone(),
                ParamPlan {
                    required: false,
                    ..query(ParamKind::Str)
                },
            ],
            sent,
        )
    };
    assert_eq!(read_one("a+b%5B%c3%A9]=1").unwrap()[0], text("1"));
    assert_eq!(
        value(ParamKind::Str, "a+b%2Bc%26d=e"),
        Some(text("a b+c&d=e"))
    );
    assert_eq!(value(ParamKind::Str, ""), Some(text("")));
    assert_eq!(read(&[query(ParamKind::Str)], "&&x&&").unwrap(), [text("")]);
}

#[test]
fn a_broken_escape_is_a_fault_of_its_parameter() {
    for sent in ["%", "%4", "%zz", "%FF", "%C0%AE", "a%+1"] {
        assert_eq!(
            code(&query(ParamKind::Str), sent),
            "encoding_invalid",
            "{sent}"
        );
    }
    assert_eq!(
        read(&[query(ParamKind::Str)], "x=%zz&x=fine").unwrap(),
        [text("fine")]
    );
    assert_eq!(
        read(&[query(ParamKind::Str)], "%zz=1&x=fine").unwrap(),
        [text("fine")]
    );
}

#[test]
fn reads_header_fields() {
    let params = [
        param("x-one", ParamSource::Header, ParamKind::Str),
        param("x-two", ParamSource::Header, ParamKind::Int),
    ];
    let asked = request("GET", "/a")
        .header("X-One", "caf\u{e9}".as_bytes())
        .header("x-two", b"2");
    assert_eq!(
        outcome(&scene(&params), asked).unwrap(),
        [text("caf\u{e9}"), Scalar::Int(2)]
    );
    let asked = request("GET", "/a")
        .header("x-one", b"\xff")
        .header("x-two", b"");
    let faults = outcome(&scene(&params), asked).unwrap_err();
    assert!(
        faults[0].starts_with("header.x-one encoding_invalid Expected UTF-8"),
        "{faults:?}"
    );
    assert_eq!(
        faults[1],
        "header.x-two int_expected Expected an integer, given an empty text."
    );
}

#[test]
fn several_fields_of_one_name_are_a_list_and_never_the_first() {
    let scene = scene(&[param("x-one", ParamSource::Header, ParamKind::Str)]);
    let asked = request("GET", "/a")
        .header("x-one", b"a")
        .header("x-one", b"b")
        .header("x-one", b"c");
    assert_eq!(outcome(&scene, asked).unwrap(), [text("a, b, c")]);
    let asked = request("GET", "/a")
        .header("x-one", b"")
        .header("x-one", b"b");
    assert_eq!(outcome(&scene, asked).unwrap(), [text(", b")]);
}

#[test]
fn reads_cookies_as_django_does() {
    let params = ["a", "b", "c"].map(|name| ParamPlan {
        required: false,
        ..param(name, ParamSource::Cookie, ParamKind::Str)
    });
    let cookies = |sent: &str| {
        outcome(
            &scene(&params),
            request("GET", "/a").header("cookie", sent.as_bytes()),
        )
        .unwrap()
    };
    assert_eq!(cookies("a=b; c=d"), [text("b"), Scalar::Absent, text("d")]);
    assert_eq!(
        cookies(r#"a="x y"; b="q\"\\\073"; c=%20"#),
        [text("x y"), text(r#"q"\;"#), text("%20")]
    );
    assert_eq!(
        cookies("a=1;b=x=y;;a=2"),
        [text("2"), text("x=y"), Scalar::Absent]
    );
    assert_eq!(
        cookies(r#"a="; b="\"; c=\""#),
        [text("\""), text("\\"), text("\\\"")]
    );
    let two = request("GET", "/a")
        .header("cookie", b"a=1")
        .header("cookie", b"b=2");
    assert_eq!(
        outcome(&scene(&params), two).unwrap(),
        [text("1"), text("2"), Scalar::Absent]
    );
}

#[test]
fn checks_the_bounds_of_numbers() {
    let int = ParamPlan {
        gt: Some(Bound::Int(0)),
        le: Some(Bound::Int(10)),
        ..query(ParamKind::Int)
    };
    assert_eq!(
        read(std::slice::from_ref(&int), "x=0").unwrap_err()[0],
        "query.x greater_than Expected a number greater than 0, given `0`."
    );
    assert_eq!(code(&int, "1"), "ok");
    assert_eq!(code(&int, "10"), "ok");
    assert_eq!(code(&int, "11"), "less_than_equal");
    assert_eq!(code(&int, &"9".repeat(40)), "less_than_equal");
    assert_eq!(code(&int, &format!("-{}", "9".repeat(40))), "greater_than");
    let float = ParamPlan {
        ge: Some(Bound::Int(1)),
        lt: Some(Bound::Float(2.5)),
        ..query(ParamKind::Float)
    };
    assert_eq!(code(&float, "0.99"), "greater_than_equal");
    assert_eq!(code(&float, "1"), "ok");
    assert_eq!(code(&float, "2.5"), "less_than");
}

#[test]
fn compares_integers_and_fractions_exactly() {
    let at_least = |bound| ParamPlan {
        ge: Some(bound),
        ..query(ParamKind::Int)
    };
    let half = at_least(Bound::Float(1.5));
    assert_eq!(
        (code(&half, "1").as_str(), code(&half, "2").as_str()),
        ("greater_than_equal", "ok")
    );
    let minus = at_least(Bound::Float(-1.5));
    assert_eq!(
        (code(&minus, "-2").as_str(), code(&minus, "-1").as_str()),
        ("greater_than_equal", "ok")
    );
    // 2^53 + 1 is no float: rounding would let 2^53 pass.
    let above = ParamPlan {
        gt: Some(Bound::Float(9_007_199_254_740_992.0)),
        ..query(ParamKind::Int)
    };
    assert_eq!(code(&above, "9007199254740993"), "ok");
    assert_eq!(code(&above, "9007199254740992"), "greater_than");
    let most = ParamPlan {
        lt: Some(Bound::Float(9.3e18)),
        ..query(ParamKind::Int)
    };
    assert_eq!(code(&most, "9223372036854775807"), "ok");
    let big = ParamPlan {
        lt: Some(Bound::Float(1e30)),
        ..query(ParamKind::Int)
    };
    assert_eq!(
        (
            code(&big, &"9".repeat(29)).as_str(),
            code(&big, &"9".repeat(31)).as_str()
        ),
        ("ok", "less_than")
    );
    let whole = ParamPlan {
        gt: Some(Bound::Int(-2)),
        ..query(ParamKind::Float)
    };
    assert_eq!(
        (code(&whole, "-2.0").as_str(), code(&whole, "-1.9").as_str()),
        ("greater_than", "ok")
    );
}

#[test]
fn counts_characters_and_not_bytes() {
    let short = ParamPlan {
        min_length: Some(2),
        max_length: Some(3),
        ..query(ParamKind::Str)
    };
    assert_eq!(code(&short, "%C3%A9%C3%A9%C3%A9"), "ok");
    assert_eq!(
        read(std::slice::from_ref(&short), "x=%C3%A9").unwrap_err()[0],
        "query.x too_short Expected at least 2 characters, given 1: `é`."
    );
    assert_eq!(
        read(std::slice::from_ref(&short), "x=abcd").unwrap_err()[0],
        "query.x too_long Expected at most 3 characters, given 4: `abcd`."
    );
}

#[test]
fn searches_for_the_pattern() {
    let pattern = |text: &str| ParamPlan {
        pattern: Some(text.into()),
        ..query(ParamKind::Str)
    };
    assert_eq!(code(&pattern("b+"), "abbc"), "ok");
    assert_eq!(code(&pattern(r"^\w+$"), "%C3%A9t%C3%A9"), "ok");
    assert_eq!(
        read(&[pattern("^b")], "x=abc").unwrap_err()[0],
        "query.x pattern_mismatch Expected text that matches `^b`, given `abc`."
    );
}

#[test]
fn checks_path_parameters_after_their_last_decode() {
    let mut plan = plan(&[("GET", "/a/{x}")]);
    plan.operations[0].params[0].max_length = Some(3);
    let scene = Scene::new(plan);
    assert_eq!(
        outcome(&scene, request("GET", "/a/x%2Fy")).unwrap(),
        [text("x/y")]
    );
    assert_eq!(
        outcome(&scene, request("GET", "/a/abcd")).unwrap_err(),
        ["path.x too_long Expected at most 3 characters, given 4: `abcd`."]
    );
}

#[test]
fn cuts_long_values_in_messages() {
    let faults = read(
        &[query(ParamKind::Int)],
        &format!("x={}", "%C3%A9".repeat(500)),
    )
    .unwrap_err();
    assert_eq!(
        faults[0],
        format!(
            "query.x int_expected Expected an integer, given `{}…`.",
            "é".repeat(60)
        )
    );
}

#[test]
fn one_query_name_may_feed_two_parameters() {
    assert_eq!(
        read(&[query(ParamKind::Int), query(ParamKind::Str)], "x=1").unwrap(),
        [Scalar::Int(1), text("1")]
    );
}
