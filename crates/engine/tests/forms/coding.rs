//! Which body is read as which form, and how long it may be.

use super::*;

#[test]
fn only_the_two_codings_of_forms_are_read() {
    for media in [
        "application/x-www-form-urlencoded",
        "APPLICATION/X-WWW-FORM-URLENCODED ; charset=\"UTF-8\"",
        "application/x-www-form-urlencoded;charset=utf8;",
    ] {
        assert_eq!(
            outcome(&scene(), typed(media), Chunks::of([&b"a=b"[..]]))
                .unwrap()
                .0,
            [pair("a", "b")],
            "{media}"
        );
    }
    for media in [
        "",
        "text/plain",
        "application/json",
        "multipart/mixed; boundary=x",
        "multipart/form-datax; boundary=x",
        "application/x-www-form-urlencoded, text/plain",
        "application/x-www-form-urlencoded; charset=latin-1",
        "multipart/form-data; boundary=AaB03x; charset=utf-16",
    ] {
        assert_eq!(
            outcome(&scene(), typed(media), Chunks::of([&b"a=b"[..]])).unwrap_err(),
            "415 unsupported_media_type",
            "{media}"
        );
    }
    let body = || Chunks::of([&b"a=b"[..]]);
    assert_eq!(
        outcome(&scene(), request("POST", "/form"), body()).unwrap_err(),
        "415 unsupported_media_type"
    );
    let two = urlencoded().header("content-type", b"application/x-www-form-urlencoded");
    assert_eq!(
        outcome(&scene(), two, body()).unwrap_err(),
        "415 unsupported_media_type"
    );
    let coded = urlencoded().header("content-encoding", b"gzip");
    assert_eq!(
        outcome(&scene(), coded, body()).unwrap_err(),
        "415 unsupported_media_type"
    );
    assert!(
        outcome(
            &scene(),
            urlencoded().header("content-encoding", b"Identity"),
            body()
        )
        .is_ok()
    );
    assert_eq!(
        detail(typed("text/plain"), b"a"),
        "Expected `application/x-www-form-urlencoded` or `multipart/form-data` in UTF-8, given `text/plain`: correct the header `Content-Type`."
    );
}

#[test]
fn a_boundary_is_1_to_70_letters() {
    let ask = |media: &str, boundary: &str| {
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--{boundary}--"
        );
        outcome(
            &scene(),
            typed(&format!("multipart/form-data{media}")),
            Chunks::of([body.as_bytes()]),
        )
    };
    let long = "x".repeat(70);
    for (media, boundary) in [
        ("; boundary=x", "x"),
        ("; Boundary = \"a b\"", "a b"),
        (";charset=utf-8;boundary=\"=:/?.,+_()'-\"", "=:/?.,+_()'-"),
        (&format!("; boundary={long}"), &long),
        (
            "; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
            "----WebKitFormBoundary7MA4YWxkTrZu0gW",
        ),
    ] {
        assert_eq!(ask(media, boundary).unwrap().0, [pair("a", "b")], "{media}");
    }
    let too_long = format!("; boundary={long}x");
    for media in [
        "",
        ";",
        "; boundary",
        "; boundary=",
        "; boundary=\"\"",
        &too_long,
        "; boundary=\"a \"",
        "; boundary=\"a",
        "; boundary=a;boundary=a",
        "; boundary=\"a;\"",
        "; boundary=\"\u{e9}\"",
        "; boundary=a b",
        "; boundary=\"a\\b\"",
        "; =a",
    ] {
        assert_eq!(
            ask(media, "a").unwrap_err(),
            "400 malformed_form",
            "{media}"
        );
    }
}

#[test]
fn a_form_that_need_not_be_sent_may_be_empty() {
    assert_eq!(
        outcome(&scene(), request("POST", "/form"), Chunks::default()).unwrap(),
        (vec![], vec![])
    );
    assert_eq!(
        outcome(&scene(), typed("text/plain"), Chunks::default()).unwrap(),
        (vec![], vec![])
    );
    let no_bytes = || Chunks::of([&b""[..]]);
    assert_eq!(
        outcome(&scene(), multipart(), no_bytes()).unwrap(),
        (vec![], vec![])
    );
    let mut plan = form_plan(&[]);
    plan.operations[0].body.as_mut().unwrap().required = true;
    let scene = Scene::new(plan);
    for asked in [request("POST", "/form"), typed("text/plain"), multipart()] {
        assert_eq!(
            outcome(&scene, asked, Chunks::default()).unwrap_err(),
            "400 body_required"
        );
    }
    assert_eq!(
        outcome(&scene, multipart(), no_bytes()).unwrap_err(),
        "400 body_required"
    );
    // A browser sends a form without values so.
    assert_eq!(
        outcome(&scene, urlencoded(), Chunks::default()).unwrap(),
        (vec![], vec![])
    );
    assert_eq!(
        outcome(&scene, urlencoded(), no_bytes()).unwrap(),
        (vec![], vec![])
    );
}

#[test]
fn each_coding_has_its_limit_and_the_operation_may_say_another() {
    let long =
        |length: usize| Chunks::cut(&[b"a=".as_slice(), &vec![b'x'; length - 2]].concat(), 500);
    let mut plan = Plan {
        body_limit: 2_000,
        field_limit: 1_000_000,
        upload_limit: 4_000,
        ..form_plan(&[])
    };
    let scene = Scene::new(plan.clone());
    assert!(outcome(&scene, urlencoded(), long(2_000)).is_ok());
    assert_eq!(
        outcome(&scene, urlencoded(), long(2_001)).unwrap_err(),
        "413 body_too_large"
    );
    assert_eq!(
        outcome(
            &scene,
            urlencoded(),
            Chunks::of([&b"a"[..]]).declaring(2_001)
        )
        .unwrap_err(),
        "413 body_too_large"
    );
    assert_eq!(
        outcome(&scene, urlencoded(), Chunks::of([&b"a=b&"[..]]).endless()).unwrap_err(),
        "413 body_too_large"
    );
    let empty = whole(&[file("f", "f", b"")]).len();
    let upload = |length: usize| whole(&[file("f", "f", &vec![b'x'; length - empty])]);
    assert!(outcome(&scene, multipart(), Chunks::cut(&upload(4_000), 77)).is_ok());
    assert_eq!(
        outcome(&scene, multipart(), Chunks::cut(&upload(4_001), 77)).unwrap_err(),
        "413 body_too_large"
    );
    let understated = Chunks::of([&upload(5_000)[..]]).declaring(10);
    assert_eq!(
        outcome(&scene, multipart(), understated).unwrap_err(),
        "413 body_too_large"
    );
    plan.operations[0].body_limit = Some(3_000);
    let scene = Scene::new(plan);
    assert!(outcome(&scene, urlencoded(), long(3_000)).is_ok());
    assert_eq!(
        outcome(&scene, urlencoded(), long(3_001)).unwrap_err(),
        "413 body_too_large"
    );
    assert_eq!(
        outcome(&scene, multipart(), Chunks::cut(&upload(3_001), 77)).unwrap_err(),
        "413 body_too_large"
    );
}
