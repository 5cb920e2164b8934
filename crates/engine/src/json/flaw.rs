//! Why a document is refused, and the sentence about it.

use std::ops::Range;

use crate::{Problem, ProblemKind};

/// As much of a document as a sentence repeats, in characters.
const SHOWN: usize = 20;

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) at: usize,
    pub(super) what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Something else was expected.
    Expected(&'static str),
    /// The same, where what was given is a whole token.
    Instead(&'static str, Range<usize>),
    NotUtf8,
    ByteOrderMark,
    TooDeep(u32),
    TooManyKeys(u32),
    /// The key, decoded.
    Twice(String),
}

impl Flaw {
    #[cold]
    pub(super) fn new(at: usize, what: What) -> Box<Self> {
        Box::new(Self { at, what })
    }

    #[cold]
    pub(super) fn expected(at: usize, what: &'static str) -> Box<Self> {
        Self::new(at, What::Expected(what))
    }

    /// The refusal. Lines and columns count from 1, columns in characters.
    pub(super) fn problem(&self, document: &[u8]) -> Problem {
        let (line, column) = place(document, self.at);
        let sentence = self.sentence(document);
        let detail = format!("{sentence} at line {line}, column {column}.");
        Problem::from(ProblemKind::InvalidJson).detail(detail)
    }

    fn sentence(&self, document: &[u8]) -> String {
        match &self.what {
            What::Expected(what) => {
                format!("Expected {what}, given {}", given(document, self.at))
            }
            What::Instead(what, range) => {
                let token = document.get(range.clone()).unwrap_or_default();
                format!("Expected {what}, given {}", shown(token))
            }
            What::NotUtf8 => "Expected JSON in UTF-8, given bytes that are not".to_owned(),
            What::ByteOrderMark => {
                "Expected a JSON document, given a byte order mark: leave it out".to_owned()
            }
            What::TooDeep(most) => {
                format!(
                    "Expected arrays and objects nested at most {most} deep, given one more level"
                )
            }
            What::TooManyKeys(most) => {
                format!("Expected at most {most} keys in all objects together, given one more")
            }
            What::Twice(key) => {
                let key = crate::params::quote(key);
                format!("Expected each key of an object once, given {key} again")
            }
        }
    }
}

/// Line and column of a byte.
fn place(document: &[u8], at: usize) -> (usize, usize) {
    let before = document.get(..at).unwrap_or(document);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let column = before.get(start..).unwrap_or_default();
    // Every byte of a character but its first is 10xxxxxx.
    let characters = column.iter().filter(|byte| *byte & 0xC0 != 0x80).count();
    (line, characters + 1)
}

/// The word, or else the character, at a place.
fn given(document: &[u8], at: usize) -> String {
    let rest = document.get(at..).unwrap_or_default();
    let word = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric());
    match word.count() {
        0 if rest.is_empty() => "the end".to_owned(),
        0 => match String::from_utf8_lossy(rest.get(..4).unwrap_or(rest))
            .chars()
            .next()
        {
            Some(character) if character.is_control() => {
                format!("the control character U+{:04X}", u32::from(character))
            }
            Some(character) => format!("`{character}`"),
            None => "the end".to_owned(),
        },
        length => shown(rest.get(..length).unwrap_or_default()),
    }
}

fn shown(token: &[u8]) -> String {
    let text = String::from_utf8_lossy(token);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}
