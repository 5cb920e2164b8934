//! Parts between boundaries (RFC 7578, RFC 2046 §5.1): bytes in, events out. Strict: nothing but one line end may stand before the
//! first boundary and after the last one, and boundaries have no padding. Every byte is looked at a bounded number of times, however
//! the bytes are cut into chunks.

use bytes::{Buf, Bytes};
use memchr::memmem::{self, Finder};

use super::malformed;
use super::part::PartHead;
use crate::Problem;

/// Bytes of the head of one part.
const LONGEST_HEAD: usize = 8 * 1024;

/// What was read.
#[derive(Debug)]
pub(super) enum Event {
    /// A part begins.
    Part(PartHead),
    /// Some of its bytes.
    Data(Bytes),
    /// It ends.
    End,
}

/// A parser of one form.
pub(super) struct Parser {
    state: State,
    /// Bytes that no event has taken: never more than a boundary between two chunks.
    buffer: Bytes,
    /// The head that is being read.
    head: Vec<u8>,
    /// A line end, two hyphens and the boundary.
    delimiter: Finder<'static>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the first boundary.
    Start,
    /// Right behind a boundary.
    Boundary,
    Head,
    Data,
    /// Behind the last boundary.
    Last,
}

impl Parser {
    pub(super) fn new(boundary: &str) -> Self {
        let delimiter = format!("\r\n--{boundary}");
        Self {
            state: State::Start,
            buffer: Bytes::new(),
            head: Vec::new(),
            delimiter: Finder::new(delimiter.as_bytes()).into_owned(),
        }
    }

    /// Takes a chunk. The events of the former one must have been taken.
    pub(super) fn push(&mut self, chunk: Bytes) {
        self.buffer = if self.buffer.is_empty() {
            chunk
        } else {
            [&self.buffer[..], &chunk[..]].concat().into()
        };
    }

    /// The next event; `None` when more bytes are needed.
    pub(super) fn next(&mut self) -> Result<Option<Event>, Problem> {
        loop {
            let more = match self.state {
                State::Start => self.start()?,
                State::Boundary => self.boundary()?,
                State::Head => {
                    return Ok(self.read_head()?.map(Event::Part));
                }
                State::Data => return Ok(self.data()),
                State::Last => self.last()?,
            };
            if !more {
                return Ok(None);
            }
        }
    }

    /// Whether the form is complete, now that there are no more bytes.
    pub(super) fn finish(&self) -> Result<(), Problem> {
        if self.state == State::Last && matches!(&self.buffer[..], b"" | b"\r\n") {
            Ok(())
        } else {
            Err(malformed(
                "Expected the form to end with its boundary, given less: it broke off.",
            ))
        }
    }

    fn start(&mut self) -> Result<bool, Problem> {
        let delimiter = self.delimiter.needle();
        let expected = match self.buffer.first() {
            Some(b'\r') => delimiter,
            _ => delimiter.get(2..).unwrap_or_default(),
        };
        let length = expected.len();
        if !expected
            .iter()
            .zip(&self.buffer)
            .all(|(one, other)| one == other)
        {
            return Err(malformed(
                "Expected the form to begin with the boundary of `Content-Type`, given other bytes.",
            ));
        }
        Ok(self.advance(length, State::Boundary))
    }

    fn boundary(&mut self) -> Result<bool, Problem> {
        let next = match self.buffer.get(..2) {
            Some(b"\r\n") => State::Head,
            Some(b"--") => State::Last,
            Some(_) => {
                return Err(malformed(
                    "Expected a line end or `--` behind a boundary, given other bytes.",
                ));
            }
            None => return Ok(false),
        };
        Ok(self.advance(2, next))
    }

    fn last(&self) -> Result<bool, Problem> {
        if b"\r\n".starts_with(&self.buffer) {
            Ok(false)
        } else {
            Err(malformed(
                "Expected nothing behind the last boundary, given more bytes.",
            ))
        }
    }

    /// Steps over bytes when they are there.
    fn advance(&mut self, length: usize, next: State) -> bool {
        let there = self.buffer.len() >= length;
        if there {
            self.buffer.advance(length);
            self.state = next;
        }
        there
    }

    fn read_head(&mut self) -> Result<Option<PartHead>, Problem> {
        let former = self.head.len();
        let room = (LONGEST_HEAD + 4).saturating_sub(former);
        let taken = self.buffer.len().min(room);
        self.head
            .extend_from_slice(self.buffer.get(..taken).unwrap_or_default());
        let from = former.saturating_sub(3);
        let end = memmem::find(self.head.get(from..).unwrap_or_default(), b"\r\n\r\n");
        let Some(end) = end.map(|place| place + from) else {
            self.buffer.advance(taken);
            if taken == room {
                return Err(malformed(format!(
                    "Expected the head of a part within {LONGEST_HEAD} bytes, given a longer one."
                )));
            }
            return Ok(None);
        };
        self.buffer.advance(end + 4 - former);
        let head = PartHead::parse(self.head.get(..end).unwrap_or_default())?;
        self.head.clear();
        self.state = State::Data;
        Ok(Some(head))
    }

    fn data(&mut self) -> Option<Event> {
        let end = match self.delimiter.find(&self.buffer) {
            Some(0) => {
                self.advance(self.delimiter.needle().len(), State::Boundary);
                return Some(Event::End);
            }
            Some(place) => place,
            None => self.buffer.len() - self.kept(),
        };
        (end > 0).then(|| Event::Data(self.buffer.split_to(end)))
    }

    /// How many of the last bytes may be the beginning of a boundary. It can only begin at the last CR, for it has no other.
    fn kept(&self) -> usize {
        let delimiter = self.delimiter.needle();
        let from = self.buffer.len().saturating_sub(delimiter.len() - 1);
        let tail = self.buffer.get(from..).unwrap_or_default();
        let rest = memchr::memrchr(b'\r', tail).and_then(|place| tail.get(place..));
        rest.filter(|rest| delimiter.starts_with(rest))
            .map_or(0, <[u8]>::len)
    }
}
