//! Bodies of `multipart/form-data`, sound and not.

use super::*;

/// A case, and the form or the refusal.
pub(super) type Case = (&'static str, Vec<u8>, Result<Sent, String>);

pub(super) fn fields(fields: &[(&str, &str)]) -> Result<Sent, String> {
    Ok((
        fields
            .iter()
            .map(|(name, value)| pair(name, value))
            .collect(),
        vec![],
    ))
}

fn one_file(name: &str, filename: &str, bytes: &[u8]) -> Result<Sent, String> {
    Ok((
        vec![],
        vec![(name.into(), filename.into(), None, bytes.to_vec())],
    ))
}

pub(super) fn malformed() -> Result<Sent, String> {
    Err("400 malformed_form".into())
}

fn disposition(rest: &str) -> Vec<u8> {
    whole(&[part(&format!("Content-Disposition: form-data{rest}"), b"v")])
}

pub(super) fn head(lines: &str) -> Vec<u8> {
    whole(&[part(
        &format!("Content-Disposition: form-data; name=a\r\n{lines}"),
        b"v",
    )])
}

fn framing() -> Vec<Case> {
    let sound = whole(&[field("a", b"1")]);
    let cut = |end: usize| sound[..sound.len() - end].to_vec();
    let around = |before: &[u8], after: &[u8]| [before, &sound, after].concat();
    vec![
        ("one", sound.clone(), fields(&[("a", "1")])),
        (
            "two",
            whole(&[field("a", b"1"), field("b", b"")]),
            fields(&[("a", "1"), ("b", "")]),
        ),
        ("none", whole(&[]), fields(&[])),
        ("no last line end", cut(2), fields(&[("a", "1")])),
        (
            "a line end before",
            around(b"\r\n", b""),
            fields(&[("a", "1")]),
        ),
        ("half a last line end", cut(1), malformed()),
        ("no last boundary", cut(4), malformed()),
        ("half of it", cut(6), malformed()),
        ("in the data", cut(15), malformed()),
        ("in the head", sound[..40].to_vec(), malformed()),
        ("in the first boundary", sound[..5].to_vec(), malformed()),
        (
            "two line ends before",
            around(b"\r\n\r\n", b""),
            malformed(),
        ),
        ("a preamble", around(b"hello\r\n", b""), malformed()),
        ("line ends behind", around(b"", b"\r\n"), malformed()),
        ("an epilogue", around(b"", b"bye"), malformed()),
        ("a second form", around(b"", &sound), malformed()),
        (
            "another boundary",
            whole(&[field("a", b"1")]).to_ascii_lowercase(),
            malformed(),
        ),
        (
            "text behind the boundary",
            b"--AaB03xyz\r\n".to_vec(),
            malformed(),
        ),
        (
            "padding behind the boundary",
            b"--AaB03x \r\n".to_vec(),
            malformed(),
        ),
        (
            "a bare LF behind the boundary",
            b"--AaB03x\nContent-Disposition: form-data; name=a\n\n1\n--AaB03x--".to_vec(),
            malformed(),
        ),
        (
            "what looks like a boundary",
            whole(&[field("a", b"\r\n--AaB03\r\n--\r\r\n-\r\n--aAb03X")]),
            fields(&[("a", "\r\n--AaB03\r\n--\r\r\n-\r\n--aAb03X")]),
        ),
        (
            "a boundary without a line end before",
            whole(&[field("a", b"x--AaB03x\n--AaB03x")]),
            fields(&[("a", "x--AaB03x\n--AaB03x")]),
        ),
        (
            "line ends in the data",
            whole(&[field("a", b"\r\n\r\n")]),
            fields(&[("a", "\r\n\r\n")]),
        ),
        (
            "a file",
            whole(&[part(
                "Content-Disposition: form-data; name=f; filename=x",
                b"\0\xff\r\n",
            )]),
            one_file("f", "x", b"\0\xff\r\n"),
        ),
    ]
}

fn heads() -> Vec<Case> {
    let mut cases: Vec<Case> = vec![
        ("no head", whole(&[part("", b"v")]), malformed()),
        (
            "no disposition",
            whole(&[part("Content-Type: text/plain", b"v")]),
            malformed(),
        ),
        (
            "an attachment",
            whole(&[part("Content-Disposition: attachment; name=a", b"v")]),
            malformed(),
        ),
        (
            "two dispositions",
            head("Content-Disposition: form-data; name=b"),
            malformed(),
        ),
        (
            "two types",
            head("Content-Type: text/plain\r\nContent-Type: text/plain"),
            malformed(),
        ),
        (
            "case and spaces",
            whole(&[part("content-disposition:FORM-DATA ;\tNAME=\"a\" ;", b"v")]),
            fields(&[("a", "v")]),
        ),
        (
            "other fields",
            head("X-Else: \u{e9}\r\nContent-Length: 99"),
            fields(&[("a", "v")]),
        ),
        ("folding", head("X-Else: a\r\n b"), malformed()),
        ("a bare CR", head("X-Else: a\rb"), malformed()),
        ("a bare LF", head("X-Else: a\nb: c"), malformed()),
        ("NUL", head("X-Else: a\0b"), malformed()),
        ("no colon", head("X-Else"), malformed()),
        ("no name", head(": x"), malformed()),
        ("a space before the colon", head("X-Else : x"), malformed()),
        (
            "16 fields",
            head(&["X: y"; 15].join("\r\n")),
            fields(&[("a", "v")]),
        ),
        ("17 fields", head(&["X: y"; 16].join("\r\n")), malformed()),
        (
            "UTF-8 text",
            head("Content-Type: text/plain; charset=\"utf-8\""),
            fields(&[("a", "v")]),
        ),
        (
            "ASCII text",
            head("Content-Type: text/plain;charset=US-ASCII"),
            fields(&[("a", "v")]),
        ),
        (
            "Latin-1 text",
            head("Content-Type: text/plain; charset=iso-8859-1"),
            Err("415 unsupported_media_type".into()),
        ),
        (
            "an odd type",
            head("Content-Type: text/plain; charset"),
            Err("415 unsupported_media_type".into()),
        ),
        ("no UTF-8", whole(&[field("a", b"\xff")]), malformed()),
    ];
    for coding in ["7bit", "8BIT", "binary"] {
        cases.push((
            "plain transfer",
            head(&format!("Content-Transfer-Encoding: {coding}")),
            fields(&[("a", "v")]),
        ));
    }
    for coding in ["base64", "quoted-printable", "", "7bit, base64", "x"] {
        cases.push((
            "coded transfer",
            head(&format!("Content-Transfer-Encoding: {coding}")),
            malformed(),
        ));
    }
    cases
}

fn names() -> Vec<Case> {
    vec![
        ("no name", disposition(""), malformed()),
        ("a file name only", disposition("; filename=a"), malformed()),
        (
            "an empty name",
            disposition("; name=\"\""),
            fields(&[("", "v")]),
        ),
        ("two names", disposition("; name=a; name=a"), malformed()),
        (
            "two names in two cases",
            disposition("; name=a; NAME=b"),
            malformed(),
        ),
        (
            "an extended name",
            disposition("; name=a; name*=UTF-8''b"),
            malformed(),
        ),
        (
            "two file names",
            disposition("; name=a; filename=b; filename=c"),
            malformed(),
        ),
        ("an open quote", disposition("; name=\"a"), malformed()),
        (
            "behind the quote",
            disposition("; name=\"a\"b"),
            malformed(),
        ),
        ("no semicolon", disposition(" name=a"), malformed()),
        ("bare spaces", disposition("; name=a b"), malformed()),
        (
            "a semicolon and escapes",
            disposition(r#"; name="a;\"b\\c\d""#),
            fields(&[(r#"a;"b\c\d"#, "v")]),
        ),
        (
            "a quote as browsers write it",
            disposition("; name=\"a%22b%0D%0A%41\""),
            fields(&[("a\"b%0D%0A%41", "v")]),
        ),
        (
            "beyond ASCII",
            disposition("; name=\"é\"; filename=\"日本.txt\""),
            one_file("é", "日本.txt", b"v"),
        ),
        (
            "a path of Windows",
            disposition(r#"; name=a; filename="C:\dir\x.txt""#),
            one_file("a", r"C:\dir\x.txt", b"v"),
        ),
        (
            "an extended file name",
            disposition("; name=a; filename=\"na.txt\"; filename*=UTF-8''na%C3%AFve+1.txt"),
            one_file("a", "naïve+1.txt", b"v"),
        ),
        (
            "in Latin-1",
            disposition("; name=a; filename*=ISO-8859-1''na%EFve.txt"),
            malformed(),
        ),
        (
            "with a line end",
            disposition("; name=a; filename*=UTF-8''a%0D%0Ab"),
            malformed(),
        ),
        (
            "broken",
            disposition("; name=a; filename*=UTF-8''%zz"),
            malformed(),
        ),
        (
            "not extended",
            disposition("; name=a; filename*=b"),
            malformed(),
        ),
        (
            "other parameters",
            disposition("; size=7; name=a"),
            fields(&[("a", "v")]),
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    [framing(), heads(), names()].concat()
}
