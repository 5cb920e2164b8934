use http::StatusCode;

use super::{Framing, Head};

fn whole(bytes: &[u8]) -> Result<Option<(usize, Framing)>, StatusCode> {
    Head::default()
        .accept(bytes)
        .map_err(|fault| fault.kind.status())
}

fn by_bytes(bytes: &[u8]) -> Result<Option<(usize, Framing)>, StatusCode> {
    let mut head = Head::default();
    for end in 1..=bytes.len() {
        if let Some(done) = head
            .accept(&bytes[..end])
            .map_err(|fault| fault.kind.status())?
        {
            return Ok(Some(done));
        }
    }
    Ok(None)
}

fn both(bytes: &[u8]) -> Result<Option<(usize, Framing)>, StatusCode> {
    let answer = whole(bytes);
    assert_eq!(
        answer,
        by_bytes(bytes),
        "{:?}",
        String::from_utf8_lossy(bytes)
    );
    answer
}

fn with(line: &str) -> Vec<u8> {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n").into_bytes()
}

#[test]
fn reads_the_framing_of_the_body() {
    let get = b"GET /x?y=1 HTTP/1.1\r\nHost: a.example:8000\r\n\r\n";
    assert_eq!(both(get), Ok(Some((get.len(), Framing::Empty))));
    let sized = with("Content-Length: 12");
    assert_eq!(both(&sized), Ok(Some((sized.len(), Framing::Length(12)))));
    let chunked = with("transfer-encoding:  Chunked ");
    assert_eq!(both(&chunked), Ok(Some((chunked.len(), Framing::Chunked))));
    let old = b"GET / HTTP/1.0\r\n\r\n";
    assert_eq!(both(old), Ok(Some((old.len(), Framing::Empty))));
}

#[test]
fn leaves_what_follows_the_head() {
    let bytes = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next";
    assert_eq!(whole(bytes), Ok(Some((bytes.len() - 9, Framing::Empty))));
}

#[test]
fn waits_for_the_rest() {
    let bytes = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for end in 0..bytes.len() {
        assert_eq!(whole(&bytes[..end]), Ok(None));
    }
}

#[test]
fn refuses_a_framing_with_two_readings() {
    for line in [
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Content-Length: 3\r\nContent-Length: 3",
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: +3",
        "Content-Length: -1",
        "Content-Length: 0x3",
        "Content-Length: 0_3",
        "Content-Length:",
        "Content-Length: 3 4",
        "Content-Length: 3, 3",
        "Content-Length: 9223372036854775808",
        "Content-Length: 18446744073709551617",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding\t: chunked",
        "Transfer-Encoding: chunked\x0b",
        "Host: b",
        " folded: yes",
        "no colon",
        ": empty",
        "X: a\rb",
        "X: a\0b",
        "X(: a",
    ] {
        assert_eq!(both(&with(line)), Err(StatusCode::BAD_REQUEST), "{line:?}");
    }
}

#[test]
fn refuses_codings_it_does_not_undo() {
    for line in [
        "xchunked",
        "identity",
        "gzip, chunked",
        "chunked, identity",
        "",
    ] {
        let head = with(&format!("Transfer-Encoding: {line}"));
        assert_eq!(both(&head), Err(StatusCode::NOT_IMPLEMENTED), "{line:?}");
    }
    let old = b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(both(old), Err(StatusCode::BAD_REQUEST));
    assert_eq!(
        both(&with("Expect: 200-ok")),
        Err(StatusCode::EXPECTATION_FAILED)
    );
}

#[test]
fn refuses_first_lines_that_are_none() {
    for (line, status) in [
        ("GET /", 400),
        ("GET  / HTTP/1.1", 400),
        ("GET / x HTTP/1.1", 400),
        ("GET /#a HTTP/1.1", 400),
        ("GET x HTTP/1.1", 400),
        ("GET * HTTP/1.1", 400),
        ("GET ftp://a/ HTTP/1.1", 400),
        ("G(T / HTTP/1.1", 400),
        ("GET / HTTP/0.9", 505),
        ("GET / HTTP/2.0", 505),
        ("GET / HTTP/01.1", 505),
        ("GET / http/1.1", 400),
        ("CONNECT a:1 HTTP/1.1", 501),
    ] {
        let head = format!("{line}\r\nHost: a\r\n\r\n").into_bytes();
        assert_eq!(
            both(&head).map_err(|status| status.as_u16()),
            Err(status),
            "{line:?}"
        );
    }
    assert_eq!(
        both(b"GET /\xe9 HTTP/1.1\r\n"),
        Err(StatusCode::BAD_REQUEST)
    );
    assert_eq!(
        both(b"GET / HTTP/1.1\nHost: a\r\n"),
        Err(StatusCode::BAD_REQUEST)
    );
}

#[test]
fn wants_one_sound_host_that_agrees_with_the_target() {
    for host in ["", "a b", "a/b", "a@b", "a:99999", "a:", "a,b", "a:x"] {
        let head = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes();
        assert_eq!(both(&head), Err(StatusCode::BAD_REQUEST), "{host:?}");
    }
    assert_eq!(
        both(b"GET / HTTP/1.1\r\n\r\n"),
        Err(StatusCode::BAD_REQUEST)
    );
    assert!(both(b"GET http://A.b:1/x HTTP/1.1\r\nHost: a.B:1\r\n\r\n").is_ok());
    assert!(both(b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n").is_ok());
    assert_eq!(
        both(b"GET http://evil/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Err(StatusCode::BAD_REQUEST)
    );
}

#[test]
fn bounds_target_lines_and_their_number() {
    let target = format!("GET /{} HTTP/1.1\r\n", "a".repeat(8 * 1024)).into_bytes();
    assert_eq!(both(&target), Err(StatusCode::URI_TOO_LONG));
    let endless = vec![b'a'; 9000];
    assert_eq!(whole(&endless), Err(StatusCode::URI_TOO_LONG));
    let large = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    assert_eq!(
        whole(&with(&format!("X: {}", "a".repeat(8190)))),
        Err(large)
    );
    assert_eq!(whole(&with("X: a\r\n".repeat(100).trim_end())), Err(large));
    assert!(whole(&with("X: a\r\n".repeat(99).trim_end())).is_ok());
    let fat = format!("X: {}\r\n", "a".repeat(8000)).repeat(6);
    assert_eq!(whole(&with(fat.trim_end())), Err(large));
    let unfinished = [b"GET / HTTP/1.1\r\nX: ".to_vec(), vec![b'a'; 8200]].concat();
    assert_eq!(whole(&unfinished), Err(large));
}
