//! Parameters that may be given several times.

use super::*;

fn many(name: &str, source: ParamSource, kind: ParamKind) -> ParamPlan {
    ParamPlan {
        many: true,
        ..param(name, source, kind)
    }
}

fn ints(values: &[i64]) -> Scalar {
    Scalar::List(values.iter().copied().map(Scalar::Int).collect())
}

fn texts(values: &[&str]) -> Scalar {
    Scalar::List(values.iter().copied().map(text).collect())
}

#[test]
fn all_values_of_a_query_name_are_the_list() {
    let list = many("x", ParamSource::Query, ParamKind::Int);
    let one = query(ParamKind::Int);
    assert_eq!(
        read(std::slice::from_ref(&list), "x=1&y=5&x=2&%78=3").unwrap(),
        [ints(&[1, 2, 3])]
    );
    assert_eq!(
        read(&[list, one], "x=1&x=2").unwrap(),
        [ints(&[1, 2]), Scalar::Int(2)]
    );
    assert_eq!(
        read(&[many("x", ParamSource::Query, ParamKind::Str)], "x=a,b&x=").unwrap(),
        [texts(&["a,b", ""])]
    );
}

#[test]
fn faults_of_items_have_their_place() {
    let list = ParamPlan {
        ge: Some(Bound::Int(0)),
        ..many("x", ParamSource::Query, ParamKind::Int)
    };
    assert_eq!(
        read(&[list], "x=1&x=a&x=-1&x=%zz&x=2").unwrap_err(),
        [
            "query.x.1 int_expected Expected an integer, given `a`.",
            "query.x.2 greater_than_equal Expected a number greater than or equal to 0, given `-1`.",
            "query.x.3 encoding_invalid Expected percent-encoded UTF-8, given `%zz`.",
        ]
    );
}

#[test]
fn a_list_that_is_not_given_is_absent_or_missing() {
    let list = many("x", ParamSource::Query, ParamKind::Int);
    assert_eq!(
        read(std::slice::from_ref(&list), "y=1").unwrap_err(),
        ["query.x missing Expected `x` among the query, given none."]
    );
    let maybe = ParamPlan {
        required: false,
        min_items: Some(2),
        ..list
    };
    assert_eq!(
        read(std::slice::from_ref(&maybe), "x[]=1").unwrap(),
        [Scalar::Absent]
    );
    assert_eq!(code(&maybe, "1"), "too_few_items");
}

#[test]
fn counts_the_items() {
    let list = ParamPlan {
        min_items: Some(1),
        max_items: Some(2),
        ..many("x-tag", ParamSource::Header, ParamKind::Str)
    };
    let scene = scene(&[list]);
    let ask = |value: &str| {
        outcome(
            &scene,
            request("GET", "/a").header("x-tag", value.as_bytes()),
        )
    };
    assert_eq!(ask("a, b").unwrap(), [texts(&["a", "b"])]);
    assert_eq!(
        ask("a,b,c").unwrap_err(),
        ["header.x-tag too_many_items Expected at most 2 values, given 3."]
    );
    assert_eq!(
        ask(" , ").unwrap_err(),
        ["header.x-tag too_few_items Expected at least 1 value, given 0."]
    );
}

#[test]
fn header_fields_are_split_at_their_commas() {
    let scene = scene(&[many("x-n", ParamSource::Header, ParamKind::Int)]);
    let asked = request("GET", "/a")
        .header("x-n", b"1,2 ,\t3")
        .header("x-n", b"")
        .header("x-n", b"4,,5");
    assert_eq!(outcome(&scene, asked).unwrap(), [ints(&[1, 2, 3, 4, 5])]);
    let asked = request("GET", "/a").header("x-n", b"1, a");
    assert_eq!(
        outcome(&scene, asked).unwrap_err(),
        ["header.x-n.1 int_expected Expected an integer, given `a`."]
    );
}

#[test]
fn a_cookie_and_a_path_have_one_value() {
    let mut plan = plan(&[("GET", "/a/{x}")]);
    plan.operations[0].params[0].many = true;
    plan.operations[0]
        .params
        .push(many("c", ParamSource::Cookie, ParamKind::Str));
    let asked = request("GET", "/a/1,2").header("cookie", b"c=3,4; c=5,6");
    assert_eq!(
        outcome(&Scene::new(plan), asked).unwrap(),
        [texts(&["1,2"]), texts(&["5,6"])]
    );
}

#[test]
fn an_answer_lists_a_hundred_faults_at_most() {
    let list = many("x", ParamSource::Query, ParamKind::Int);
    assert_eq!(read(&[list], &"x=a&".repeat(500)).unwrap_err().len(), 100);
}
