//! `a=b&c=d`.

use super::*;

fn read(body: &[u8]) -> Result<Vec<(String, String)>, String> {
    outcome(&scene(), urlencoded(), Chunks::of([body])).map(|form| form.0)
}

#[test]
fn reads_the_fields_in_order() {
    assert_eq!(
        read(b"a=1&b=x+y%26z&a=2&&empty=&alone&%C3%A9+t=%c3%a9&d=e=f").unwrap(),
        [
            pair("a", "1"),
            pair("b", "x y&z"),
            pair("a", "2"),
            pair("empty", ""),
            pair("alone", ""),
            pair("é t", "é"),
            pair("d", "e=f")
        ]
    );
    assert_eq!(read(b"&&&").unwrap(), []);
    assert_eq!(read("a=é".as_bytes()).unwrap(), [pair("a", "é")]);
}

#[test]
fn each_cut_reads_the_same() {
    let body = b"a=1&b=x+y%26z&%C3%A9=%e2%82%ac";
    let expected = read(body).unwrap();
    for size in 1..body.len() {
        let form = outcome(&scene(), urlencoded(), Chunks::cut(body, size).waiting()).unwrap();
        assert_eq!(form.0, expected);
    }
}

#[test]
fn broken_escapes_and_other_character_sets_are_400() {
    for body in [
        &b"a=%"[..],
        b"a=%4",
        b"a=%zz",
        b"%=1",
        b"a=%FF",
        b"a=%C0%AE",
        b"a=\xff",
        b"\xe9=1",
        b"a=1&b=%ED%A0%80",
    ] {
        assert_eq!(read(body).unwrap_err(), "400 malformed_form");
    }
    assert_eq!(
        detail(urlencoded(), b"a=%zz"),
        "Expected percent-encoded UTF-8 in the form, given `%zz`."
    );
}

#[test]
fn too_many_and_too_long_fields_are_413() {
    assert_eq!(read(&b"a=1&".repeat(10)).unwrap().len(), 10);
    assert_eq!(read(&b"a=1&".repeat(11)).unwrap_err(), "413 form_too_large");
    let long = |length| [b"a=".as_slice(), &vec![b'x'; length]].concat();
    assert!(read(&long(1_000)).is_ok());
    assert_eq!(read(&long(1_001)).unwrap_err(), "413 form_too_large");
    assert_eq!(
        detail(urlencoded(), &long(1_001)),
        "Expected a field of at most 1000 bytes, given a longer one as `a`: send it as a file."
    );
}
