//! What a JSON document must be before any decoder sees it.
//!
//! Decoders differ: one takes the first of two equal keys and another the last, some round what they cannot hold, some know `NaN`.
//! What has more than one reading is refused here, in one pass that does not recurse, so that nobody behind this room has to
//! choose. What is accepted is RFC 8259, less what [`check`] names.

mod document;
mod escape;
mod flaw;
mod keys;
mod number;
mod text;
mod words;

use crate::{Exchange, Plan, Problem, media};

/// What was found out about a document that may go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Whether it holds whole numbers beyond 64 bits, which a decoder must not round.
    pub exact: bool,
}

/// Checks a document: one value of RFC 8259 in UTF-8 without a byte order mark. Refused with `invalid_json` (400) are also arrays
/// and objects nested deeper than `depth`, more than `keys` keys in all objects together, a key that an object has twice (where
/// `unique` asks for it; escapes are decoded before they are compared), lone surrogates, numbers with a fraction or an exponent
/// that no 64-bit float can hold, and whole numbers of more than 4,300 digits.
pub fn check(document: &[u8], depth: u32, keys: u32, unique: bool) -> Result<Checked, Problem> {
    document::check(document, depth, keys, unique).map_err(|flaw| flaw.problem(document))
}

/// Checks the body that was read, where it is one by its type. Whether there must be one is not the question here.
pub(crate) fn enter(exchange: &mut Exchange, plan: &Plan) -> Result<(), Problem> {
    if !exchange.body.is_empty() && media::chose_json(exchange, plan) {
        let checked = check(&exchange.body, plan.json_depth, plan.json_keys, true)?;
        exchange.exact = checked.exact;
    }
    Ok(())
}
