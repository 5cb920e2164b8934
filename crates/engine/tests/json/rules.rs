//! Each rule, and the sentence about what breaks it.

use ultrafox_engine::json::check;

use super::{accepts, refuses, verdict};

#[test]
fn accepts_what_the_standard_calls_json() {
    for document in [
        "{}",
        "[]",
        "\"\"",
        "0",
        "-0.0",
        "1.5e3",
        "1E-7",
        "0e999",
        "1e+2",
        "true",
        "false",
        "null",
        " \t\r\n[ 1 , {\"a\" : [ ] , \"b\":{ }} ] \n",
        "\"\u{7f}\u{2028}é😀\"",
        r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000""#,
        "[[[]],[{}],{\"\":\"\"}]",
        r#"{"__proto__":1,"constructor":{}}"#,
        "1e-999",
    ] {
        accepts(document);
    }
}

#[test]
fn says_what_it_expected_and_what_was_given_where() {
    for (document, expected, given, column) in [
        ("", "a JSON value", "the end", 1),
        ("[1 2]", "`,` or `]`", "`2`", 4),
        ("[1,]", "a JSON value", "`]`", 4),
        ("[1}", "`,` or `]`", "`}`", 3),
        ("{\"a\":1,}", "`\"` before a key", "`}`", 8),
        ("{a:1}", "`\"` before a key, or `}`", "`a`", 2),
        ("{\"a\" 1}", "`:` after a key", "`1`", 6),
        ("{\"a\":1", "`,` or `}`", "the end", 7),
        ("\"a", "`\"` at the end of a string", "the end", 3),
        (r#""\x""#, ESCAPES, "`x`", 3),
        (
            r#""\u12g4""#,
            "four hexadecimal digits after `\\u`",
            "`g4`",
            6,
        ),
        ("1.", "a digit after `.`", "the end", 3),
        ("-", "a digit after `-`", "the end", 2),
        ("1e+", "a digit in an exponent", "the end", 4),
        ("01", "the end of the document", "`1`", 2),
        ("'a'", "a JSON value", "`'`", 1),
        ("tru", "a JSON value", "`tru`", 1),
        ("\0", "a JSON value", "the control character U+0000", 1),
    ] {
        let place = format!("at line 1, column {column}");
        refuses(
            document,
            &format!("Expected {expected}, given {given} {place}."),
        );
    }
}

const ESCAPES: &str = "one of `\"`, `\\`, `/`, `b`, `f`, `n`, `r`, `t`, `u` after `\\`";

#[test]
fn lines_and_columns_count_from_one_in_characters() {
    let value = "Expected a JSON value, given";
    refuses(" \n", &format!("{value} the end at line 2, column 1."));
    refuses(
        "{\"a\": 1,\n \"é\": x}",
        &format!("{value} `x` at line 2, column 7."),
    );
    let control =
        "Expected control characters as `\\u` escapes, given the control character U+0009";
    refuses("\"a\tb\"", &format!("{control} at line 1, column 3."));
}

#[test]
fn one_document_and_nothing_behind_it() {
    refuses(
        "{} x",
        "Expected the end of the document, given `x` at line 1, column 4.",
    );
    refuses(
        "{}{}",
        "Expected the end of the document, given `{` at line 1, column 3.",
    );
    refuses(
        "1 2",
        "Expected the end of the document, given `2` at line 1, column 3.",
    );
    refuses(
        "nullnull",
        "Expected the end of the document, given `null` at line 1, column 5.",
    );
}

#[test]
fn numbers_that_no_float_holds_are_refused() {
    refuses(
        "NaN",
        "Expected a JSON value, given `NaN` at line 1, column 1.",
    );
    refuses(
        "[Infinity]",
        "Expected a JSON value, given `Infinity` at line 1, column 2.",
    );
    refuses(
        "-Infinity",
        "Expected a digit after `-`, given `Infinity` at line 1, column 2.",
    );
    refuses(
        "[1e999]",
        "Expected a number that a 64-bit float can hold, given `1e999` at line 1, column 2.",
    );
    let long = format!("-{}.5", "9".repeat(400));
    assert!(
        verdict(long.as_bytes())
            .unwrap_err()
            .starts_with("Expected a number that a 64-bit float")
    );
    accepts("1.7976931348623157e308");
    accepts(&format!("{}e99", "9".repeat(200)));
    assert!(verdict(format!("{}e99", "9".repeat(210)).as_bytes()).is_err());
    accepts(&format!("0.{}", "1".repeat(5000)));
    accepts(&format!("{}.5", "9".repeat(300)));
}

#[test]
fn whole_numbers_beyond_64_bits_are_noted_and_bounded() {
    let exact = |document: &str| verdict(document.as_bytes()).unwrap().exact;
    assert!(!exact(
        "[18446744073709551615, -9223372036854775808, 9223372036854775807]"
    ));
    assert!(!exact("-0") && !exact("100000000000000000000.0") && !exact("1e20"));
    assert!(exact("18446744073709551616") && exact("[1,{\"a\":-9223372036854775809}]"));
    assert!(exact(&"1".repeat(4300)) && exact(&format!("-{}", "1".repeat(4300))));
    let refusal = verdict("1".repeat(4301).as_bytes()).unwrap_err();
    assert_eq!(
        refusal,
        "Expected a whole number of at most 4,300 digits, given `11111111111111111111…` at line 1, column 1."
    );
}

#[test]
fn depth_is_bounded_without_recursion() {
    let nested = |depth: usize, open: &str, close: &str| {
        format!("{}0{}", open.repeat(depth), close.repeat(depth))
    };
    accepts(&nested(100, "[", "]"));
    accepts(&nested(100, "{\"a\":", "}"));
    let sentence = "Expected arrays and objects nested at most 100 deep, given one more level";
    refuses(
        &nested(101, "[", "]"),
        &format!("{sentence} at line 1, column 101."),
    );
    refuses(
        &nested(101, "{\"a\":", "}"),
        &format!("{sentence} at line 1, column 501."),
    );
    assert!(verdict(&vec![b'['; 10_000_000]).is_err());
    let deep = 1_000_000;
    assert!(check(nested(deep, "[", "]").as_bytes(), u32::MAX, 0, true).is_ok());
}

#[test]
fn a_key_comes_once() {
    refuses(
        r#"{"a":1,"b":2,"a":3}"#,
        "Expected each key of an object once, given `a` again at line 1, column 14.",
    );
    refuses(
        r#"{"a":1,"\u0061":2}"#,
        "Expected each key of an object once, given `a` again at line 1, column 8.",
    );
    refuses(
        r#"{"\ud83d\ude00":1,"😀":2}"#,
        "Expected each key of an object once, given `😀` again at line 1, column 19.",
    );
    refuses(
        r#"[{"x":{"y":{},"y":1}}]"#,
        "Expected each key of an object once, given `y` again at line 1, column 15.",
    );
    refuses(
        r#"{"":1,"":2}"#,
        "Expected each key of an object once, given an empty text again at line 1, column 7.",
    );
    accepts(r#"[{"a":1},{"a":{"a":{"a":1}}},{"A":1,"a":2}]"#);
    accepts(r#"{"a":{"b":1},"b":{"a":1},"c":[{"a":1,"b":2}]}"#);
    accepts(
        r#"{"a":1,"aa":1,"aaa":1,"aaaaaaaa":1,"aaaaaaaaa":1,"\u0061\u0000":1,"\u0000a":1,"\u0000":1,"":1}"#,
    );
    assert!(check(br#"{"a":1,"a":2}"#, 9, 9, false).is_ok());
}

/// Where few keys end and many begin must not be seen from outside: each key of a large object is found when it comes again.
#[test]
fn a_key_comes_once_among_many() {
    for count in [2, 10, 47, 48, 49, 50, 64, 65, 300] {
        let name = |place: usize| format!("{}{place}", "key".repeat(place % 4));
        let keys: Vec<String> = (0..count)
            .map(|place| format!("\"{}\":[]", name(place)))
            .collect();
        accepts(&format!("{{{}}}", keys.join(",")));
        for again in [0, 1, count / 2, count - 1] {
            let document = format!("{{{},\"{}\":1}}", keys.join(","), name(again));
            let refusal = verdict(document.as_bytes()).unwrap_err();
            assert!(
                refusal.contains(&format!("once, given `{}` again", name(again))),
                "{count} {again} {refusal}"
            );
        }
    }
}

#[test]
fn keys_are_counted_in_the_whole_document() {
    let many = |count: usize| {
        let objects: Vec<String> = (0..count / 2)
            .map(|_| "{\"a\":1,\"b\":{}}".to_owned())
            .collect();
        format!("[{}]", objects.join(","))
    };
    accepts(&many(10_000));
    let refusal = verdict(many(10_002).as_bytes()).unwrap_err();
    assert!(
        refusal.starts_with("Expected at most 10000 keys in all objects together, given one more"),
        "{refusal}"
    );
}

/// Keys whose prints agree (the middle of a long key has no part in them) cost a comparison of texts, never more than a sort.
#[test]
fn keys_made_to_collide_are_read_in_time() {
    let keys: Vec<String> = (0..10_000)
        .map(|place| format!("\"aaaaaaaa{place:06}bbbbbbbb\":0"))
        .collect();
    let document = format!("{{{}}}", keys.join(","));
    let start = std::time::Instant::now();
    accepts(&document);
    assert!(start.elapsed().as_millis() < 200, "{:?}", start.elapsed());
    let twice = document.replacen("aaaaaaaa000007", "aaaaaaaa009000", 1);
    assert!(verdict(twice.as_bytes()).unwrap_err().contains("once"));
}

#[test]
fn only_utf8_and_whole_characters() {
    for bytes in [
        &b"\"\xff\""[..],
        b"\"\xc0\xaf\"",
        b"\"\xed\xa0\x80\"",
        b"\"\xf4\x90\x80\x80\"",
        b"\xe9",
    ] {
        assert!(
            verdict(bytes)
                .unwrap_err()
                .starts_with("Expected JSON in UTF-8"),
            "{bytes:?}"
        );
    }
    refuses(
        "\u{feff}{}",
        "Expected a JSON document, given a byte order mark: leave it out at line 1, column 1.",
    );
    assert!(verdict(b"\xff\xfe{\0}\0").is_err() && verdict(b"{\0}\0").is_err());
    for (document, column) in [
        (r#""\ud800""#, 2),
        (r#"["\udc00"]"#, 3),
        (r#""\ud800\u0041""#, 2),
        (r#""\ud800\ud800""#, 2),
        (r#""\ud83dx""#, 2),
    ] {
        let refusal = verdict(document.as_bytes()).unwrap_err();
        assert!(
            refusal.starts_with("Expected both halves of a surrogate pair"),
            "{refusal}"
        );
        assert!(refusal.ends_with(&format!("column {column}.")), "{refusal}");
    }
}

/// Every place of every special byte in texts of every length around the words of eight.
#[test]
fn finds_the_end_of_a_text_at_every_place() {
    for length in 0..40 {
        for place in 0..length {
            for (special, good) in [
                (b'\\', false),
                (b'\n', false),
                (0x1f, false),
                (0x20, true),
                (0x7f, true),
                (b'!', true),
                (b'#', true),
                (b'[', true),
                (b']', true),
            ] {
                let mut text = vec![b'a'; length];
                text[place] = special;
                let document = [b"[\"", text.as_slice(), b"\",1]"].concat();
                assert_eq!(
                    verdict(&document).is_ok(),
                    good,
                    "{length} {place} {special}"
                );
            }
            let mut text = "x".repeat(place);
            text.push('ÿ');
            text.push_str(&"\u{80}".repeat(length - place));
            accepts(&format!("\"{text}\""));
        }
        accepts(&format!(
            "{{\"{}\":\"{}\"}}",
            "k".repeat(length),
            "\\\"".repeat(length)
        ));
    }
}

#[test]
fn a_zero_may_have_a_sign() {
    assert!(check(b"[-0, {\"a\":-0}, -0.0, -0e1, -1]", 100, 10_000, true).is_ok());
}
