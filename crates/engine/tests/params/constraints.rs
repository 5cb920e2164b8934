//! What values must satisfy.

use super::*;

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
