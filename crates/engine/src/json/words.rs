//! Eight bytes at a time: where a run of bytes ends.

/// Each byte 1, and each byte's high bit.
pub(super) const LOW: u64 = u64::from_le_bytes([0x01; 8]);
pub(super) const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// How many bytes come before the first one that `ends` is true for. `marks` says the same of eight bytes, by their high bits; only
/// the lowest bit that it sets must be right.
#[inline(always)]
pub(super) fn run(text: &[u8], marks: impl Fn(u64) -> u64, ends: impl Fn(&u8) -> bool) -> usize {
    let mut rest = text;
    while let Some((word, more)) = rest.split_first_chunk() {
        let marks = marks(u64::from_le_bytes(*word)) & HIGH;
        if marks != 0 {
            return text.len() - rest.len() + (marks.trailing_zeros() / 8) as usize;
        }
        rest = more;
    }
    text.len() - rest.len() + rest.iter().position(ends).unwrap_or(rest.len())
}

/// The eight bytes at a place; `None` where the document ends before.
#[inline(always)]
pub(super) fn word(document: &[u8], at: usize) -> Option<u64> {
    let bytes = document.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}
