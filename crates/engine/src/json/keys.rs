//! The keys of an object: each of them once.
//!
//! Few keys are compared with each other, by eight bytes of print before the texts; many are sorted when their object ends. No key
//! is hashed, so there is nothing that a client could make collide: the worst that can be sent costs a sort.

use smallvec::SmallVec;

use super::escape;
use super::flaw::{Flaw, What};
use super::words::word;

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
    #[inline(always)]
    pub(super) fn add(
        &mut self,
        object: &mut Object,
        start: usize,
        end: usize,
        escaped: bool,
    ) -> Result<(), Box<Flaw>> {
        let key = if escaped {
            self.decode(start, end)
        } else {
            Key {
                print: print(self.document, start, end),
                start,
                end,
                at: start,
            }
        };
        let bit = 1 << (key.print >> 58);
        if object.seen & bit != 0 {
            self.compare(*object, &key)?;
        }
        object.seen |= bit;
        self.open.push(key);
        Ok(())
    }

    fn compare(&self, object: Object, key: &Key) -> Result<(), Box<Flaw>> {
        let before = self.open.get(object.first..).unwrap_or_default();
        if before.len() < FEW && before.iter().any(|other| self.same(other, key)) {
            return Err(self.twice(key));
        }
        Ok(())
    }

    /// Ends an object.
    pub(super) fn close(&mut self, object: Object) -> Result<(), Box<Flaw>> {
        if self.open.len() - object.first > FEW {
            self.sort(object)?;
        }
        self.open.truncate(object.first);
        Ok(())
    }

    fn sort(&self, object: Object) -> Result<(), Box<Flaw>> {
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

    #[cold]
    fn decode(&mut self, start: usize, end: usize) -> Key {
        let from = self.decoded.len();
        let text = self.document.get(start..end).unwrap_or_default();
        escape::decode(text, &mut self.decoded);
        let to = self.decoded.len();
        let behind = self.document.len();
        Key {
            print: print(&self.decoded, from, to),
            start: behind + from,
            end: behind + to,
            at: start,
        }
    }

    #[cold]
    fn twice(&self, key: &Key) -> Box<Flaw> {
        let text = self.text(key.start, key.end);
        let what = What::Twice(String::from_utf8_lossy(text).into_owned());
        Flaw::new(key.at - 1, what)
    }
}

/// Eight bytes of a text that differ for most texts that do. Anyone can make two that agree; then the texts decide.
#[inline(always)]
fn print(document: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    let whole = (word(document, start), word(document, end.wrapping_sub(8)));
    let (Some(head), Some(tail)) = whole else {
        return print_edge(document.get(start..end).unwrap_or_default());
    };
    // Of a text shorter than eight bytes, what is not its own is shifted out.
    let foreign = 64 - 8 * length.min(8) as u32;
    mix(
        head.checked_shl(foreign).unwrap_or(0),
        tail.checked_shr(foreign).unwrap_or(0),
        length,
    )
}

/// The same for a text too near to an end of what it stands in.
#[cold]
fn print_edge(text: &[u8]) -> u64 {
    let short = text.len().min(8);
    let number = |part: Option<&[u8]>| {
        let bytes = part.unwrap_or_default().iter().rev();
        bytes.fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    };
    let (head, tail) = (text.get(..short), text.get(text.len() - short..));
    let foreign = 64 - 8 * short as u32;
    let head = number(head).checked_shl(foreign).unwrap_or(0);
    mix(head, number(tail), text.len())
}

#[inline(always)]
fn mix(head: u64, tail: u64, length: usize) -> u64 {
    let mixed = head ^ tail.rotate_left(29) ^ (length as u64) << 56;
    mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (mixed >> 32)
}
