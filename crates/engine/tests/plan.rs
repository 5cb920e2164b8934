//! Plans that stop the start, and what is said about them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use ultrafox_engine::{
    BodyKind, BodyPlan, Bound, OperationId, ParamKind, ParamPlan, ParamSource, Plan,
};
use ultrafox_testkit::{Scene, param, plan, refusal, request};

fn changed(routes: &[(&str, &str)], change: impl FnOnce(&mut Plan)) -> String {
    let mut plan = plan(routes);
    change(&mut plan);
    refusal(plan)
}

fn with_param(change: impl FnOnce(&mut ParamPlan)) -> String {
    changed(&[("GET", "/{x}")], |plan| {
        let param = &mut plan.operations[0].params[0];
        change(param);
    })
}

fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "expected `{part}` in: {text}");
    }
}

#[test]
fn a_plan_of_another_version() {
    says(
        &changed(&[], |plan| plan.version = 99),
        &["Expected a plan of version 2, given 99", "rebuild"],
    );
}

#[test]
fn no_room_for_any_request_and_an_odd_claim() {
    says(
        &changed(&[], |plan| plan.in_flight = 0),
        &["at least one", "given 0", "IN_FLIGHT"],
    );
    says(
        &changed(&[], |plan| plan.apis[0].prefix = "api".into()),
        &["starts with `/`", "given `api`"],
    );
}

#[test]
fn the_same_operation_twice_names_both() {
    let twice = changed(&[("GET", "/a/{x}"), ("GET", "/a/{y}")], |_| ());
    says(
        &twice,
        &[
            "GET /a/{x}",
            "GET /a/{y}",
            "Expected one operation",
            "remove one",
        ],
    );
    says(
        &changed(&[("GET", "/a"), ("GET", "/a")], |_| ()),
        &["Expected one operation"],
    );
    says(
        &changed(&[("GET", "/{int:a}"), ("GET", "/{int:b}")], |_| ()),
        &["Expected one operation"],
    );
    says(
        &changed(&[("GET", "/{a}"), ("GET", "/{str:b}")], |_| ()),
        &["Expected one operation"],
    );
    assert_eq!(
        changed(
            &[
                ("GET", "/{int:a}"),
                ("GET", "/{slug:b}"),
                ("POST", "/{int:c}")
            ],
            |_| ()
        ),
        ""
    );
}

#[test]
fn paths_that_overlap_within_a_segment_name_both() {
    let text = changed(&[("GET", "/a-{x}"), ("GET", "/{x}-b")], |_| ());
    says(&text, &["GET /a-{x}", "GET /{x}-b", "overlaps"]);
}

#[test]
fn converters_that_are_unknown_or_out_of_place() {
    says(
        &changed(&[("GET", "/{hex:x}")], |_| ()),
        &["`int`, `str`, `slug`, `uuid`, `path`", "given `hex`"],
    );
    says(
        &with_param(|param| param.converter = Some("path".into())),
        &["`{*name}`", "given `path`"],
    );
    let rest = changed(&[("GET", "/{*x}")], |plan| {
        plan.operations[0].params[0].converter = Some("int".into())
    });
    says(&rest, &["`path`", "given `int`"]);
    let query = with_param(|param| {
        param.source = ParamSource::Query;
        param.converter = Some("int".into());
    });
    says(&query, &["Expected"]);
}

#[test]
fn parameters_and_path_that_do_not_agree() {
    says(
        &with_param(|param| param.name = "y".into()),
        &["path parameter for `{x}`"],
    );
    let more = changed(&[("GET", "/{x}")], |plan| {
        let mut extra = plan.operations[0].params[0].clone();
        extra.name = "z".into();
        plan.operations[0].params.push(extra);
    });
    says(
        &more,
        &["only path parameters that the path has", "given `z`"],
    );
}

#[test]
fn odd_paths() {
    for path in [
        "", "a", "/{", "/}", "/{}", "/{a b}", "/{a}{b}", "/{a", "/a}", "/{*a}/b", "/x{*a}",
        "/{a}/{a}", "/{a:int}",
    ] {
        let text = changed(&[("GET", "/")], |plan| {
            plan.operations[0].path = path.into()
        });
        says(&text, &["Expected", &format!("given `{path}`")]);
    }
}

#[test]
fn odd_methods() {
    for method in ["get", "", "Get", "G T", "CONNECT", "G\u{c9}T"] {
        says(
            &changed(&[(method, "/")], |_| ()),
            &["upper-case method", &format!("given `{method}`")],
        );
    }
    assert_eq!(changed(&[("M-SEARCH", "/"), ("QUERY", "/")], |_| ()), "");
}

#[test]
fn odd_header_names() {
    for name in ["X-Key", "a b", ""] {
        let text = changed(&[("GET", "/a/{x}")], |plan| {
            let mut param = plan.operations[0].params[0].clone();
            param.source = ParamSource::Header;
            param.name = name.into();
            plan.operations[0].params.push(param);
        });
        says(
            &text,
            &["header name in lower case", &format!("given `{name}`")],
        );
    }
}

#[test]
fn constraints_that_do_not_fit_the_type() {
    says(
        &with_param(|param| param.gt = Some(Bound::Int(1))),
        &["gt, ge, lt, le, multiple_of on a number", "`x`"],
    );
    let length = with_param(|param| {
        param.kinds = vec![ParamKind::Int];
        param.min_length = Some(1);
    });
    says(&length, &["on text", "`x`"]);
    let order = with_param(|param| {
        param.min_length = Some(3);
        param.max_length = Some(2);
    });
    says(&order, &["given 3 and 2"]);
    says(
        &with_param(|param| param.pattern = Some("(?=a)".into())),
        &["Rust's regex crate", "given `(?=a)`", "look-around"],
    );
}

#[test]
fn kinds_and_choices_that_do_not_agree() {
    says(
        &with_param(|param| param.kinds.clear()),
        &["at least one kind", "`x`"],
    );
    for change in [
        (|param| param.kinds = vec![ParamKind::Choice]) as fn(&mut ParamPlan),
        |param| param.choices = vec!["a".into()],
    ] {
        says(
            &with_param(change),
            &["choices where the kind is `choice`", "`x`"],
        );
    }
    says(
        &with_param(|param| param.kinds = vec![ParamKind::Str, ParamKind::File]),
        &["the kind `file` for files and for nothing else", "`x`"],
    );
}

#[test]
fn limits_of_lists_and_steps_that_make_no_sense() {
    says(
        &with_param(|param| param.min_items = Some(1)),
        &["min_items, max_items on a list", "`x`"],
    );
    let order = with_param(|param| {
        param.many = true;
        param.min_items = Some(3);
        param.max_items = Some(2);
    });
    says(&order, &["min_items of `x`", "given 3 and 2"]);
    for step in [Bound::Int(0), Bound::Int(-1), Bound::Float(-0.5)] {
        let text = with_param(|param| {
            param.kinds = vec![ParamKind::Int];
            param.multiple_of = Some(step);
        });
        says(&text, &["positive multiple_of for `x`"]);
    }
    says(
        &with_param(|param| param.multiple_of = Some(Bound::Int(2))),
        &["multiple_of on a number"],
    );
}

#[test]
fn fields_and_files_need_a_form() {
    for source in [ParamSource::Form, ParamSource::File] {
        let change = |kind: Option<BodyKind>| {
            changed(&[("POST", "/a")], |plan| {
                plan.operations[0].params.push(param("f", source));
                plan.operations[0].body = kind.map(|kind| BodyPlan {
                    required: true,
                    kind,
                    consumes: match kind {
                        BodyKind::Document => vec!["application/json".into()],
                        BodyKind::Form => Vec::new(),
                    },
                });
            })
        };
        says(&change(None), &["a body of the kind `form`", "`f`"]);
        says(
            &change(Some(BodyKind::Document)),
            &["a body of the kind `form`"],
        );
        assert_eq!(change(Some(BodyKind::Form)), "");
    }
}

#[test]
fn a_plan_survives_its_crossing_and_unknown_fields_do_not() {
    let mut written = serde_json::to_value(plan(&[("GET", "/{int:x}")])).unwrap();
    let read: Plan = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), written);
    written["operations"][0]["cors"] = serde_json::json!({});
    assert!(
        serde_json::from_value::<Plan>(written)
            .unwrap_err()
            .to_string()
            .contains("unknown field `cors`")
    );
}

#[test]
fn an_operation_is_found_by_its_place() {
    let scene = Scene::new(plan(&[("GET", "/a"), ("GET", "/b")]));
    assert_eq!(scene.engine.operation(OperationId(1)).unwrap().path, "/b");
    assert!(scene.engine.operation(OperationId(2)).is_none());
    assert_eq!(scene.engine.plan().operations.len(), 2);
    assert_eq!(scene.reaches(request("GET", "/b")), "GET /b");
}
