//! What is accepted is what others accept, but for the rules that are ours.

use serde_json::Value;
use ultrafox_engine::json::check;

use super::{DEPTH, verdict};

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
