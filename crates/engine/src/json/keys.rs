//! The keys of an object: each of them once.
//!
//! Few keys are compared with each other, by eight bytes of print before the texts; many are sorted when their object ends. No key
//! is hashed, so there is nothing that a client could make collide: the worst that can be sent costs a sort.

use smallvec::SmallVec;

use super::escape;
use super::flaw::{Flaw, What};

/// More keys than these in one object are sorted.
const FEW: usize = 48;

/// The keys of all objects that are open.
pub(super) struct Keys<'a> {
    document: &'a [u8],
    /// The texts of keys with escapes.
    decoded: Vec<u8>,
    open: SmallVec<[Key; 32]>,
}

/// One object that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object {
    /// The place of its first key among those that are open.
    first: usize,
    /// A bit for each sixty-fourth of all prints: where it is not set, a key is new.
    seen: u64,
}

#[derive(Clone, Copy)]
struct Key {
    print: u64,
    /// The place in the document; of a decoded one, in what comes behind it.
    start: usize,
    end: usize,
    /// Where the key stands in the document.
    at: usize,
}

impl<'a> Keys<'a> {
    pub(super) fn new(document: &'a [u8]) -> Self {
        Self {
            document,
            decoded: Vec::new(),
            open: SmallVec::new(),
        }
    }

    pub(super) fn open(&self) -> Object {
        Object {
            first: self.open.len(),
            seen: 0,
        }
    }

    /// Takes the key whose text is from `start` to `end`.
    pub(super) fn add(
        &mut self,
        object: &mut Object,
        start: usize,
        end: usize,
        escaped: bool,
    ) -> Result<(), Flaw> {
        let at = start;
        let (start, end) = if escaped {
            self.decode(start, end)
        } else {
            (start, end)
        };
        let print = print(self.text(start, end));
        let key = Key {
            print,
            start,
            end,
            at,
        };
        let bit = 1 << (print >> 58);
        if object.seen & bit != 0 && self.open.len() - object.first < FEW {
            let before = self.open.get(object.first..).unwrap_or_default();
            if before.iter().any(|other| self.same(other, &key)) {
                return Err(self.twice(&key));
            }
        }
        object.seen |= bit;
        self.open.push(key);
        Ok(())
    }

    /// Ends an object.
    pub(super) fn close(&mut self, object: Object) -> Result<(), Flaw> {
        if self.open.len() - object.first > FEW {
            self.sort(object)?;
        }
        self.open.truncate(object.first);
        Ok(())
    }

    fn sort(&self, object: Object) -> Result<(), Flaw> {
        let mut keys = self.open.get(object.first..).unwrap_or_default().to_vec();
        let text = |key: &Key| self.text(key.start, key.end);
        keys.sort_unstable_by(|one, other| {
            let prints = one.print.cmp(&other.print);
            prints
                .then_with(|| text(one).cmp(text(other)))
                .then(one.at.cmp(&other.at))
        });
        let mut pairs = keys.iter().zip(keys.iter().skip(1));
        match pairs.find(|(one, other)| self.same(one, other)) {
            Some((_, again)) => Err(self.twice(again)),
            None => Ok(()),
        }
    }

    fn same(&self, one: &Key, other: &Key) -> bool {
        one.print == other.print
            && self.text(one.start, one.end) == self.text(other.start, other.end)
    }

    fn text(&self, start: usize, end: usize) -> &[u8] {
        let text = match start.checked_sub(self.document.len()) {
            None => self.document.get(start..end),
            Some(place) => self.decoded.get(place..end - self.document.len()),
        };
        text.unwrap_or_default()
    }

    fn decode(&mut self, start: usize, end: usize) -> (usize, usize) {
        let from = self.decoded.len();
        let text = self.document.get(start..end).unwrap_or_default();
        escape::decode(text, &mut self.decoded);
        let behind = self.document.len();
        (behind + from, behind + self.decoded.len())
    }

    fn twice(&self, key: &Key) -> Flaw {
        let text = self.text(key.start, key.end);
        Flaw {
            at: key.at - 1,
            what: What::Twice(String::from_utf8_lossy(text).into_owned()),
        }
    }
}

/// Eight bytes of a text that differ for most texts that do. Anyone can make two that agree; then the texts decide.
fn print(text: &[u8]) -> u64 {
    let (head, tail) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
        _ => match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            (Some(head), Some(tail)) => (
                u32::from_le_bytes(*head).into(),
                u32::from_le_bytes(*tail).into(),
            ),
            _ => (short(text), 0),
        },
    };
    let mixed = head ^ tail.rotate_left(29) ^ (text.len() as u64) << 56;
    mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (mixed >> 32)
}

fn short(text: &[u8]) -> u64 {
    text.iter()
        .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}
