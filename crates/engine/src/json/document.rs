//! One walk over a document, without recursion.

use smallvec::SmallVec;

use super::flaw::{Flaw, What};
use super::keys::{Keys, Object};
use super::{Checked, number, text};

/// What a value may start with, as a sentence says it.
const VALUE: &str = "a JSON value";

/// An array or object that is open.
enum Open {
    Array,
    Object(Object),
}

struct Walk<'a> {
    document: &'a [u8],
    at: usize,
    open: SmallVec<[Open; 16]>,
    depth: u32,
    keys: Keys<'a>,
    /// How many more keys there may be, and how many there may be in all.
    keys_left: u32,
    most_keys: u32,
    unique: bool,
    exact: bool,
}

pub(super) fn check(
    document: &[u8],
    depth: u32,
    keys: u32,
    unique: bool,
) -> Result<Checked, Box<Flaw>> {
    utf8(document)?;
    let mut walk = Walk {
        document,
        at: 0,
        open: SmallVec::new(),
        depth,
        keys: Keys::new(document),
        keys_left: keys,
        most_keys: keys,
        unique,
        exact: false,
    };
    walk.run()?;
    Ok(Checked { exact: walk.exact })
}

fn utf8(document: &[u8]) -> Result<(), Box<Flaw>> {
    let (at, what) = match std::str::from_utf8(document) {
        Err(error) => (error.valid_up_to(), What::NotUtf8),
        Ok(text) if text.starts_with('\u{feff}') => (0, What::ByteOrderMark),
        Ok(_) => return Ok(()),
    };
    Err(Flaw::new(at, what))
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), Box<Flaw>> {
        loop {
            // A container that is not empty is followed by its first value.
            if self.value()? {
                continue;
            }
            if !self.ends()? {
                return Ok(());
            }
        }
    }

    /// Reads a value, or the start of a container up to its first value; true when that is to come.
    fn value(&mut self) -> Result<bool, Box<Flaw>> {
        match self.next() {
            b'"' => self.at = text::read(self.document, self.at + 1)?.0,
            b'{' => return self.object(),
            b'[' => return self.array(),
            b'-' | b'0'..=b'9' => {
                let (end, exact) = number::read(self.document, self.at)?;
                self.at = end;
                self.exact |= exact;
            }
            b't' => self.word(b"true")?,
            b'f' => self.word(b"false")?,
            b'n' => self.word(b"null")?,
            _ => return Err(Flaw::expected(self.at, VALUE)),
        }
        Ok(false)
    }

    fn array(&mut self) -> Result<bool, Box<Flaw>> {
        self.enter(Open::Array)?;
        if self.next() == b']' {
            self.at += 1;
            self.open.pop();
            return Ok(false);
        }
        Ok(true)
    }

    fn object(&mut self) -> Result<bool, Box<Flaw>> {
        let object = self.keys.open();
        self.enter(Open::Object(object))?;
        if self.next() == b'}' {
            self.at += 1;
            self.open.pop();
            return Ok(false);
        }
        self.key("`\"` before a key, or `}`")?;
        Ok(true)
    }

    fn enter(&mut self, open: Open) -> Result<(), Box<Flaw>> {
        if self.open.len() >= self.depth as usize {
            let what = What::TooDeep(self.depth);
            return Err(Flaw::new(self.at, what));
        }
        self.open.push(open);
        self.at += 1;
        Ok(())
    }

    /// Reads what stands behind a value, up to the next one; false at the end of the document.
    fn ends(&mut self) -> Result<bool, Box<Flaw>> {
        loop {
            let byte = self.next();
            match (self.open.last(), byte) {
                (Some(Open::Array), b',') => {
                    self.at += 1;
                    return Ok(true);
                }
                (Some(Open::Object(_)), b',') => {
                    self.at += 1;
                    self.key("`\"` before a key")?;
                    return Ok(true);
                }
                (Some(Open::Array), b']') => {
                    self.open.pop();
                }
                (Some(Open::Object(object)), b'}') => {
                    self.keys.close(*object)?;
                    self.open.pop();
                }
                (Some(Open::Array), _) => return Err(Flaw::expected(self.at, "`,` or `]`")),
                (Some(Open::Object(_)), _) => return Err(Flaw::expected(self.at, "`,` or `}`")),
                (None, _) if self.at == self.document.len() => return Ok(false),
                (None, _) => {
                    return Err(Flaw::expected(self.at, "the end of the document"));
                }
            }
            self.at += 1;
        }
    }

    /// Reads a key and its colon.
    #[inline(always)]
    fn key(&mut self, expected: &'static str) -> Result<(), Box<Flaw>> {
        if self.next() != b'"' {
            return Err(Flaw::expected(self.at, expected));
        }
        let start = self.at + 1;
        let (end, escaped) = text::read(self.document, start)?;
        let Some(left) = self.keys_left.checked_sub(1) else {
            let what = What::TooManyKeys(self.most_keys);
            return Err(Flaw::new(self.at, what));
        };
        self.keys_left = left;
        if self.unique
            && let Some(Open::Object(object)) = self.open.last_mut()
        {
            self.keys.add(object, start, end - 1, escaped)?;
        }
        self.at = end;
        if self.next() != b':' {
            return Err(Flaw::expected(self.at, "`:` after a key"));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &'static [u8]) -> Result<(), Box<Flaw>> {
        let rest = self.document.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(Flaw::expected(self.at, VALUE));
        }
        self.at += word.len();
        Ok(())
    }

    /// Skips white space. At the end it is a NUL, which nothing here may start with.
    #[inline(always)]
    fn next(&mut self) -> u8 {
        match self.document.get(self.at) {
            Some(byte) if *byte > b' ' => *byte,
            _ => self.space(),
        }
    }

    fn space(&mut self) -> u8 {
        loop {
            match self.document.get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                Some(byte) => return *byte,
                None => return 0,
            }
        }
    }
}
