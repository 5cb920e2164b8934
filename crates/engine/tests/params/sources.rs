//! Where values come from, and how they are decoded.

use super::*;

#[test]
fn reads_the_values_of_a_path_and_a_query() {
    let mut plan = plan(&[("GET", "/items/{id}")]);
    let operation = &mut plan.operations[0];
    operation.params[0].kinds = vec![ParamKind::Int];
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
        .header("x-one", b"caf\xe9")
        .header("x-two", b"2");
    assert_eq!(
        outcome(&scene(&params), asked).unwrap(),
        [text("caf\u{e9}"), Scalar::Int(2)]
    );
    let asked = request("GET", "/a")
        .header("x-one", b"x")
        .header("x-two", b"");
    let faults = outcome(&scene(&params), asked).unwrap_err();
    assert_eq!(
        faults[0],
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
fn one_query_name_may_feed_two_parameters() {
    assert_eq!(
        read(&[query(ParamKind::Int), query(ParamKind::Str)], "x=1").unwrap(),
        [Scalar::Int(1), text("1")]
    );
}
