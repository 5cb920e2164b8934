//! `Accept-Encoding`: which coding the client wants most (RFC 9110 §12.5.3).

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

use crate::weighted::{FULL, members, pieces, weight};

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Brotli,
    Zstd,
    Gzip,
}

/// In our order of preference, which decides among equal weights.
const ALL: [Coding; 3] = [Coding::Brotli, Coding::Zstd, Coding::Gzip];

/// What a client says about each coding.
#[derive(Default)]
struct Weights {
    named: [Option<u16>; ALL.len()],
    identity: Option<u16>,
    others: Option<u16>,
}

impl Coding {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// The coding to use; none where the client names no coding of ours, or would rather have none. A client that refuses even the
    /// plain body gets it all the same: an answer that it can perhaps not read is better than none.
    pub(crate) fn choose(headers: &HeaderMap) -> Option<Self> {
        let mut fields = headers.get_all(ACCEPT_ENCODING).iter();
        let first = fields.next()?;
        if fields.next().is_none()
            && let Some(usual) = usual(first.as_bytes())
        {
            return usual;
        }
        let mut weights = Weights::default();
        for member in members(headers, &ACCEPT_ENCODING) {
            weights.read(member);
        }
        weights.best()
    }
}

/// What nearly every client sends: a few bare names. `None` where there is more to read.
fn usual(field: &[u8]) -> Option<Option<Coding>> {
    let mut best = None;
    for name in field.split(|byte| *byte == b',') {
        let coding = match name.strip_prefix(b" ").unwrap_or(name) {
            b"br" => Coding::Brotli,
            b"zstd" => Coding::Zstd,
            b"gzip" => Coding::Gzip,
            b"deflate" => continue,
            _ => return None,
        };
        if best.is_none_or(|best| (coding as u8) < best as u8) {
            best = Some(coding);
        }
    }
    Some(best)
}

impl Weights {
    fn read(&mut self, member: &[u8]) {
        let mut parts = pieces(member, b';');
        let name = parts.next().unwrap_or_default();
        let weight = match parts.next().map_or(Ok(None), weight) {
            Ok(weight) => Some(weight.unwrap_or(FULL)),
            Err(()) => return,
        };
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        if is("identity") {
            self.identity = weight;
        } else if name == b"*" {
            self.others = weight;
        } else if is("x-gzip") {
            self.name(Coding::Gzip, weight);
        } else if let Some(coding) = ALL.into_iter().find(|coding| is(coding.name())) {
            self.name(coding, weight);
        }
    }

    fn name(&mut self, coding: Coding, weight: Option<u16>) {
        if let Some(slot) = self.named.get_mut(coding as usize) {
            *slot = weight;
        }
    }

    fn best(&self) -> Option<Coding> {
        let mut most = self.identity.unwrap_or(1).max(1) - 1;
        let mut best = None;
        for (coding, named) in ALL.into_iter().zip(self.named) {
            let weight = named.or(self.others).unwrap_or(0);
            if weight > most {
                (best, most) = (Some(coding), weight);
            }
        }
        best
    }
}
