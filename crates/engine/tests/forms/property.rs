//! What is rendered is what is read, however it is cut; and no bytes do harm.

use super::*;

/// Random numbers that can be had again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }

    fn text(&mut self) -> String {
        let pieces = [
            "a",
            "é",
            "\"",
            "\\",
            "\r\n",
            "--",
            "AaB03x",
            "\r\n--AaB03",
            ";",
            "=",
            "&",
            "%",
            "+",
            " ",
            "日本",
            "\0",
            "\r",
            "\n-",
        ];
        (0..self.roll(8)).map(|_| self.of(&pieces)).collect()
    }

    fn name(&mut self) -> String {
        self.text()
            .replace(|letter: char| letter.is_control(), "_")
            .replace('%', "_")
    }

    fn cut(&mut self, body: &[u8]) -> Chunks {
        let (mut pieces, mut rest) = (Vec::new(), body);
        while !rest.is_empty() {
            let (front, after) = rest.split_at(1 + self.roll(rest.len().min(40)));
            pieces.push(front);
            rest = after;
        }
        Chunks::of(pieces)
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

fn unsafe_text(text: &str) -> bool {
    text.contains("\r\n--AaB03x")
}

#[test]
fn multipart_is_read_as_it_was_rendered() {
    let scene = scene();
    let mut dice = Dice(1);
    for round in 0..2_000 {
        let (mut parts, mut fields, mut files) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..dice.roll(6) {
            let (name, text) = (dice.name(), dice.text());
            if unsafe_text(&format!("\r\n{text}")) {
                continue;
            }
            let disposition = format!("Content-Disposition: form-data; name={}", quoted(&name));
            if dice.roll(2) == 0 {
                parts.push(part(&disposition, text.as_bytes()));
                fields.push((name, text));
            } else {
                let filename = format!("f{}", dice.name());
                let head = format!(
                    "{disposition}; filename={}\r\nContent-Type: image/png",
                    quoted(&filename)
                );
                parts.push(part(&head, text.as_bytes()));
                files.push((
                    name,
                    filename,
                    Some("image/png".to_owned()),
                    text.into_bytes(),
                ));
            }
        }
        let body = whole(&parts);
        let read = outcome(&scene, multipart(), dice.cut(&body));
        assert_eq!(
            read,
            Ok((fields, files)),
            "round {round}: {}",
            String::from_utf8_lossy(&body)
        );
    }
}

fn escape(text: &str, dice: &mut Dice) -> String {
    let byte = |byte: u8| match byte {
        b' ' if dice.roll(2) == 0 => "+".to_owned(),
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[test]
fn urlencoded_is_read_as_it_was_rendered() {
    let scene = scene();
    let mut dice = Dice(2);
    for _ in 0..2_000 {
        let fields: Vec<_> = (0..dice.roll(8))
            .map(|_| (format!("n{}", dice.text()), dice.text()))
            .collect();
        let pieces: Vec<_> = fields
            .iter()
            .map(|(name, value)| {
                format!("{}={}", escape(name, &mut dice), escape(value, &mut dice))
            })
            .collect();
        let body = pieces.join("&");
        assert_eq!(
            outcome(&scene, urlencoded(), dice.cut(body.as_bytes())),
            Ok((fields, vec![])),
            "{body}"
        );
    }
}

#[test]
fn mutated_bodies_are_read_the_same_whole_and_cut() {
    let scene = scene();
    let mut dice = Dice(3);
    let sound = whole(&[
        field("a", b"1\r\n2"),
        file("f", "x", b"\r\n--AaB03"),
        field("b", "é".as_bytes()),
    ]);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..5_000 {
        let mut body = sound.clone();
        for _ in 0..=dice.roll(3) {
            let place = dice.roll(body.len());
            match dice.roll(4) {
                0 => body[place] = dice.roll(256) as u8,
                1 => drop(body.remove(place)),
                2 => body.insert(place, b"\r\n-:;\"="[dice.roll(7)]),
                _ => body.truncate(place.max(1)),
            }
        }
        let whole = outcome(&scene, multipart(), Chunks::of([&body[..]]));
        let cut = outcome(&scene, multipart(), dice.cut(&body));
        assert_eq!(whole, cut, "{}", String::from_utf8_lossy(&body));
        match whole {
            Ok(_) => read += 1,
            Err(code) => {
                assert!(
                    code.starts_with("400 ") || code.starts_with("415 "),
                    "{code}"
                );
                refused += 1;
            }
        }
    }
    assert!(
        read > 100 && refused > 1_000,
        "{read} read, {refused} refused"
    );
}
