//! What a JSON body must be.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::Value;
use ultrafox_engine::json::{Checked, check};

const DEPTH: u32 = 100;

fn verdict(document: &[u8]) -> Result<Checked, String> {
    check(document, DEPTH, 10_000, true).map_err(|problem| {
        assert_eq!(
            (problem.code(), problem.status().as_u16()),
            ("invalid_json", 400)
        );
        problem.to_string().replace("400 invalid_json: ", "")
    })
}

fn refuses(document: &str, sentence: &str) {
    assert_eq!(
        verdict(document.as_bytes()).unwrap_err(),
        sentence,
        "{document}"
    );
}

fn accepts(document: &str) {
    assert_eq!(
        verdict(document.as_bytes()),
        Ok(Checked { exact: false }),
        "{document}"
    );
}

#[test]
fn accepts_what_the_standard_calls_json() {
    for document in [
        "{}",
        "[]",
        "\"\"",
        "0",
        "-0",
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
    refuses(
        "",
        "Expected a JSON value, given the end at line 1, column 1.",
    );
    refuses(
        " \n",
        "Expected a JSON value, given the end at line 2, column 1.",
    );
    refuses(
        "{\"a\": 1,\n \"é\": x}",
        "Expected a JSON value, given `x` at line 2, column 7.",
    );
    refuses(
        "[1 2]",
        "Expected `,` or `]`, given `2` at line 1, column 4.",
    );
    refuses(
        "[1,]",
        "Expected a JSON value, given `]` at line 1, column 4.",
    );
    refuses("[1}", "Expected `,` or `]`, given `}` at line 1, column 3.");
    refuses(
        "{\"a\":1,}",
        "Expected `\"` before a key, given `}` at line 1, column 8.",
    );
    refuses(
        "{a:1}",
        "Expected `\"` before a key, or `}`, given `a` at line 1, column 2.",
    );
    refuses(
        "{\"a\" 1}",
        "Expected `:` after a key, given `1` at line 1, column 6.",
    );
    refuses(
        "{\"a\":1",
        "Expected `,` or `}`, given the end at line 1, column 7.",
    );
    refuses(
        "\"a",
        "Expected `\"` at the end of a string, given the end at line 1, column 3.",
    );
    refuses(
        "\"a\tb\"",
        "Expected control characters as `\\u` escapes, given the control character U+0009 at line 1, column 3.",
    );
    refuses(
        r#""\x""#,
        "Expected one of `\"`, `\\`, `/`, `b`, `f`, `n`, `r`, `t`, `u` after `\\`, given `x` at line 1, column 3.",
    );
    refuses(
        r#""\u12g4""#,
        "Expected four hexadecimal digits after `\\u`, given `g4` at line 1, column 6.",
    );
    refuses(
        "1.",
        "Expected a digit after `.`, given the end at line 1, column 3.",
    );
    refuses(
        "-",
        "Expected a digit after `-`, given the end at line 1, column 2.",
    );
    refuses(
        "1e+",
        "Expected a digit in an exponent, given the end at line 1, column 4.",
    );
    refuses(
        "01",
        "Expected the end of the document, given `1` at line 1, column 2.",
    );
    refuses(
        "'a'",
        "Expected a JSON value, given `'` at line 1, column 1.",
    );
    refuses(
        "tru",
        "Expected a JSON value, given `tru` at line 1, column 1.",
    );
    refuses(
        "\0",
        "Expected a JSON value, given the control character U+0000 at line 1, column 1.",
    );
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

/// What `serde_json` says, less the rules that only we have.
fn judge(document: &[u8]) -> Option<bool> {
    match serde_json::from_slice::<Value>(document) {
        Ok(_) => Some(true),
        // Its numbers end at 64 bits; whole ones of any length are ours to accept.
        Err(error) if error.to_string().contains("number out of range") => None,
        Err(_) => Some(false),
    }
}

fn compare(document: &[u8]) {
    let Some(theirs) = judge(document) else {
        return;
    };
    let ours = check(document, DEPTH, u32::MAX, false);
    let text = String::from_utf8_lossy(document);
    match ours {
        Ok(_) => assert!(theirs, "accepted {text}"),
        Err(problem) if problem.to_string().contains("digits") && theirs => {}
        Err(problem) => assert!(!theirs, "{problem}\n{text}"),
    }
}

fn random_value(random: &mut fastrand::Rng, depth: usize, out: &mut String) {
    let space = |random: &mut fastrand::Rng, out: &mut String| {
        for _ in 0..random.usize(0..20).saturating_sub(16) {
            out.push(*random.choice(&[' ', '\n', '\t', '\r']).unwrap());
        }
    };
    space(random, out);
    let kinds = if depth < 6 { 0..9 } else { 0..7 };
    match random.u8(kinds) {
        0 => out.push_str(["true", "false", "null"][random.usize(0..3)]),
        1 => out.push_str(&random.i64(..).to_string()),
        2 => out.push_str(&random.u32(0..1000).to_string()),
        3 => out.push_str(&format!(
            "{:e}",
            f64::from_bits(random.u64(..) & !(1 << 62))
        )),
        4 => out.push_str(&format!("{}", random.f64() * 1000.0)),
        5 | 6 => random_text(random, out),
        7 => {
            out.push('[');
            for place in 0..random.usize(0..5) {
                out.push_str(if place > 0 { "," } else { "" });
                random_value(random, depth + 1, out);
            }
            out.push(']');
        }
        _ => {
            out.push('{');
            for place in 0..random.usize(0..5) {
                out.push_str(if place > 0 { "," } else { "" });
                random_text(random, out);
                space(random, out);
                out.push(':');
                random_value(random, depth + 1, out);
            }
            out.push('}');
        }
    }
    space(random, out);
}

fn random_text(random: &mut fastrand::Rng, out: &mut String) {
    out.push('"');
    for _ in 0..random.usize(0..12) {
        match random.u8(0..8) {
            0 => out.push_str(
                random
                    .choice([
                        "\\n",
                        "\\\"",
                        "\\\\",
                        "\\/",
                        "\\u00e9",
                        "\\ud83d\\ude00",
                        "\\u0000",
                    ])
                    .unwrap(),
            ),
            1 => out.push(random.char('\u{80}'..)),
            _ => out.push(random.char('#'..'[')),
        }
    }
    out.push('"');
}

#[test]
fn agrees_with_serde_json_on_random_and_broken_documents() {
    let mut random = fastrand::Rng::with_seed(20_261_121);
    let alphabet = b"{}[]:,\"\\0123456789eE+-. \n\ttrufalsn\x00\x1f\xff\xc3\xa9\xed";
    for _ in 0..20_000 {
        let mut text = String::new();
        random_value(&mut random, 0, &mut text);
        compare(text.as_bytes());
        let mut bytes = text.into_bytes();
        for _ in 0..4 {
            match random.u8(0..4) {
                0 if !bytes.is_empty() => {
                    let place = random.usize(0..bytes.len());
                    bytes[place] = *random.choice(alphabet).unwrap();
                }
                1 if !bytes.is_empty() => drop(bytes.remove(random.usize(0..bytes.len()))),
                2 => bytes.truncate(random.usize(0..=bytes.len())),
                _ => bytes.insert(
                    random.usize(0..=bytes.len()),
                    *random.choice(alphabet).unwrap(),
                ),
            }
            compare(&bytes);
        }
    }
}

#[test]
fn agrees_with_serde_json_on_short_noise() {
    let mut random = fastrand::Rng::with_seed(7);
    let pieces = [
        "{", "}", "[", "]", ":", ",", "\"", "\"a\"", "1", "0", "-", ".", "e", "E+", "true", "null",
        " ", "\\u", "d83d", "\\",
    ];
    for _ in 0..200_000 {
        let document: String = (0..random.usize(0..8))
            .map(|_| pieces[random.usize(0..pieces.len())])
            .collect();
        compare(document.as_bytes());
    }
}

#[test]
fn agrees_with_a_map_on_which_keys_come_twice() {
    let mut random = fastrand::Rng::with_seed(99);
    for _ in 0..3_000 {
        let count = random.usize(0..120);
        let keys: Vec<String> = (0..count)
            .map(|_| {
                let length = random.usize(0..12);
                (0..length).map(|_| random.char('a'..='c')).collect()
            })
            .collect();
        let members: Vec<String> = keys
            .iter()
            .map(|key| {
                let escaped = key.replace('b', if random.bool() { "\\u0062" } else { "b" });
                format!("\"{escaped}\": {{\"{escaped}\":0}}")
            })
            .collect();
        let document = format!("{{{}}}", members.join(","));
        let unique: std::collections::HashSet<&String> = keys.iter().collect();
        assert_eq!(
            verdict(document.as_bytes()).is_ok(),
            unique.len() == keys.len(),
            "{document}"
        );
    }
}
