//! Parameters that come from a form.

use super::*;
use ultrafox_engine::{Bound, ParamKind};

fn text(text: &str) -> Scalar {
    Scalar::Text(text.into())
}

fn of(kind: ParamKind, name: &str) -> ParamPlan {
    ParamPlan {
        kinds: vec![kind],
        ..param(name, ParamSource::Form)
    }
}

/// The values, or what is said about each fault.
fn values(
    params: &[ParamPlan],
    asked: RequestBuilder,
    body: &[u8],
) -> Result<Vec<Scalar>, Vec<String>> {
    let scene = Scene::new(form_plan(params));
    let reply = scene.send(asked, Chunks::of([body]));
    if let Some(exchange) = scene.seen() {
        return Ok(exchange.values.into_vec());
    }
    assert_eq!(reply.status, 422);
    let document: Value = serde_json::from_slice(&body_of(reply).0).unwrap();
    assert_eq!(document["code"], "invalid_parameters");
    let line = |fault: &Value| {
        format!(
            "{} {} {}",
            fault["loc"],
            fault["code"].as_str().unwrap(),
            fault["message"].as_str().unwrap()
        )
    };
    Err(document["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect())
}

#[test]
fn fields_are_typed_in_both_codings() {
    let params = [
        of(ParamKind::Int, "n"),
        param("s", ParamSource::Form),
        ParamPlan {
            many: true,
            ..of(ParamKind::Bool, "flags")
        },
        ParamPlan {
            required: false,
            ..of(ParamKind::Date, "day")
        },
    ];
    let expected = [
        Scalar::Int(2),
        text("x y"),
        Scalar::List(vec![Scalar::Bool(true), Scalar::Bool(false)]),
        Scalar::Absent,
    ];
    assert_eq!(
        values(&params, urlencoded(), b"n=1&flags=on&s=x+y&flags=0&n=2").unwrap(),
        expected
    );
    let body = whole(&[
        field("n", b"1"),
        field("flags", b"on"),
        field("s", b"x y"),
        field("flags", b"0"),
        field("n", b"2"),
    ]);
    assert_eq!(values(&params, multipart(), &body).unwrap(), expected);
}

#[test]
fn values_of_a_form_stand_at_their_places_among_the_others() {
    let mut params = vec![
        param("a", ParamSource::Form),
        param("q", ParamSource::Query),
        param("f", ParamSource::File),
    ];
    params[1].kinds = vec![ParamKind::Int];
    let asked = request("POST", "/form?q=7").header(
        "content-type",
        format!("multipart/form-data; boundary={BOUNDARY}").as_bytes(),
    );
    let body = whole(&[file("f", "x.txt", b"abc"), field("a", b"1")]);
    assert_eq!(
        values(&params, asked, &body).unwrap(),
        [text("1"), Scalar::Int(7), Scalar::File(0)]
    );
}

#[test]
fn all_faults_of_a_form_are_one_answer() {
    let params = [
        ParamPlan {
            gt: Some(Bound::Int(0)),
            ..of(ParamKind::Int, "n")
        },
        ParamPlan {
            many: true,
            max_items: Some(3),
            ..of(ParamKind::Int, "list")
        },
        param("gone", ParamSource::Form),
        param("photo", ParamSource::File),
    ];
    assert_eq!(
        values(&params, urlencoded(), b"n=0&list=1&list=a").unwrap_err(),
        [
            r#"["form","n"] greater_than Expected a number greater than 0, given `0`."#,
            r#"["form","list",1] int_expected Expected an integer, given `a`."#,
            r#"["form","gone"] missing Expected `gone` among the fields of the form, given none."#,
            r#"["file","photo"] missing Expected `photo` among the files of the form, given none."#,
        ]
    );
    assert_eq!(
        values(&params[1..2], urlencoded(), b"list=1&list=2&list=3&list=4").unwrap_err(),
        [r#"["form","list"] too_many_items Expected at most 3 values, given 4."#]
    );
}

#[test]
fn faults_outside_the_form_come_first_and_leave_it_unread() {
    let params = [of(ParamKind::Int, "n"), param("q", ParamSource::Query)];
    let unread = values(&params, urlencoded(), b"n=a").unwrap_err();
    assert_eq!(
        unread,
        [r#"["query","q"] missing Expected `q` among the query, given none."#]
    );
}

#[test]
fn a_form_that_was_not_sent_lacks_its_fields() {
    let scene = Scene::new(form_plan(&[param("a", ParamSource::Form)]));
    assert_eq!(scene.ask(request("POST", "/form")).status, 422);
}

#[test]
fn a_text_is_no_file_and_a_file_no_text() {
    let file_param = [param("a", ParamSource::File)];
    assert_eq!(
        values(&file_param, urlencoded(), b"a=photo.jpg").unwrap_err(),
        [
            r#"["file","a"] file_expected Expected a file for `a`, given a text: send the form as `multipart/form-data`, with a file name."#
        ]
    );
    let body = whole(&[file("a", "x", b"1")]);
    assert_eq!(
        values(&[param("a", ParamSource::Form)], multipart(), &body).unwrap_err(),
        [r#"["form","a"] text_expected Expected a text for `a`, given a file."#]
    );
    let both = [param("a", ParamSource::File), param("a", ParamSource::Form)];
    let body = whole(&[file("a", "x", b"1"), field("a", b"2")]);
    assert_eq!(
        values(&both, multipart(), &body).unwrap(),
        [Scalar::File(0), text("2")]
    );
}

#[test]
fn an_empty_file_input_counts_as_not_given() {
    let params = [ParamPlan {
        required: false,
        ..param("a", ParamSource::File)
    }];
    assert_eq!(
        values(&params, multipart(), &whole(&[file("a", "", b"")])).unwrap(),
        [Scalar::Absent]
    );
    assert_eq!(
        values(&params, multipart(), &whole(&[file("a", "x", b"")])).unwrap(),
        [Scalar::File(0)]
    );
    assert_eq!(
        values(&params, multipart(), &whole(&[file("a", "", b"1")])).unwrap(),
        [Scalar::File(0)]
    );
}

#[test]
fn files_have_their_limits() {
    let one = ParamPlan {
        min_length: Some(2),
        max_length: Some(4),
        ..param("f", ParamSource::File)
    };
    let list = ParamPlan {
        many: true,
        max_items: Some(3),
        ..one.clone()
    };
    let send = |param: &ParamPlan, files: &[&[u8]]| {
        let parts: Vec<_> = files.iter().map(|bytes| file("f", "x", bytes)).collect();
        values(std::slice::from_ref(param), multipart(), &whole(&parts))
    };
    assert_eq!(send(&one, &[b"", b"123"]).unwrap(), [Scalar::File(1)]);
    assert_eq!(
        send(&one, &[b"1"]).unwrap_err(),
        [r#"["file","f"] file_too_small Expected a file of at least 2 bytes, given 1."#]
    );
    assert_eq!(
        send(&one, &[b"12345"]).unwrap_err(),
        [r#"["file","f"] file_too_large Expected a file of at most 4 bytes, given 5."#]
    );
    assert_eq!(
        send(&list, &[b"12", b"123"]).unwrap(),
        [Scalar::List(vec![Scalar::File(0), Scalar::File(1)])]
    );
    assert_eq!(
        send(&list, &[b"12", b"12345"]).unwrap_err(),
        [r#"["file","f",1] file_too_large Expected a file of at most 4 bytes, given 5."#]
    );
    assert_eq!(
        send(&list, &[b"12".as_slice(); 4]).unwrap_err(),
        [r#"["file","f"] too_many_items Expected at most 3 values, given 4."#]
    );
    assert_eq!(
        send(&list, &[]).unwrap_err(),
        [r#"["file","f"] missing Expected `f` among the files of the form, given none."#]
    );
}
