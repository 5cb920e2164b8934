//! `Accept`: which of the types that an operation serves the client wants (RFC 9110 §12.5.1).

use http::HeaderMap;
use http::header::ACCEPT;
use smallvec::SmallVec;

use super::{essence, halves};
use crate::weighted::{FULL, members, parameter, pieces, weight};
use crate::{Problem, ProblemKind};

/// The types that an operation serves, the first of which is meant when the client does not care.
#[derive(Debug, Default)]
pub(crate) struct Produces(Box<[String]>);

/// One member of `Accept`.
struct Range<'a> {
    media: &'a [u8],
    parameters: SmallVec<[(&'a [u8], &'a [u8]); 2]>,
    weight: u16,
}

impl Produces {
    pub(crate) fn compile(types: &[String]) -> Self {
        Self(types.into())
    }

    /// The place of the type that the client wants most; of several, the first. A field of which nothing can be read is none.
    pub(crate) fn choose(&self, headers: &HeaderMap) -> Result<u8, Problem> {
        let Some(first) = self.0.first() else {
            return Ok(0);
        };
        let mut fields = headers.get_all(ACCEPT).iter();
        let Some(field) = fields.next() else {
            return Ok(0);
        };
        if fields.next().is_none() && wants(field.as_bytes(), first) {
            return Ok(0);
        }
        let ranges: SmallVec<[Range<'_>; 8]> =
            members(headers, &ACCEPT).filter_map(Range::read).collect();
        if ranges.is_empty() {
            return Ok(0);
        }
        self.best(&ranges).ok_or_else(|| self.refusal(headers))
    }

    fn best(&self, ranges: &[Range<'_>]) -> Option<u8> {
        let mut best = None;
        let mut most = 0;
        for (place, media) in self.0.iter().enumerate() {
            let weight = weight_of(media.as_bytes(), ranges);
            if weight > most {
                (best, most) = (u8::try_from(place).ok(), weight);
            }
        }
        best
    }

    fn refusal(&self, headers: &HeaderMap) -> Problem {
        let served: Vec<String> = self.0.iter().map(|media| format!("`{media}`")).collect();
        let given = headers
            .get(ACCEPT)
            .map_or(&b""[..], |field| field.as_bytes());
        let given = crate::params::quote(&String::from_utf8_lossy(given));
        let detail = format!(
            "Expected one of the types that are served here, {}, given {given}: correct the header `Accept`.",
            served.join(", ")
        );
        Problem::from(ProblemKind::NotAcceptable).detail(detail)
    }
}

/// Whether a field is one of those that need no further reading: `*/*`, or one that starts with the type, which has its full
/// weight then.
fn wants(field: &[u8], media: &str) -> bool {
    let rest = field.strip_prefix(media.as_bytes());
    field == b"*/*" || matches!(rest, Some([] | [b',', ..]))
}

/// The weight of a type: that of the most specific range that it is in.
fn weight_of(media: &[u8], ranges: &[Range<'_>]) -> u16 {
    let fits = |range: &Range<'_>| Some((range.fits(media)?, range.weight));
    // Of equally specific ranges the last one counts, as `max_by_key` has it.
    let best = ranges
        .iter()
        .filter_map(fits)
        .max_by_key(|(specific, _)| *specific);
    best.map_or(0, |(_, weight)| weight)
}

impl<'a> Range<'a> {
    /// `None` for what is no range.
    fn read(member: &'a [u8]) -> Option<Self> {
        let mut parts = pieces(member, b';');
        let media = match parts.next()? {
            // Java's own client used to send it so.
            b"*" => b"*/*",
            media => media,
        };
        let (kind, subtype) = halves(media);
        if kind.is_empty() || subtype.is_empty() || (kind == b"*" && subtype != b"*") {
            return None;
        }
        let mut range = Self {
            media,
            parameters: SmallVec::new(),
            weight: FULL,
        };
        for piece in parts {
            if let Some(weight) = weight(piece).ok()? {
                // What comes behind the weight is no part of the range.
                range.weight = weight;
                break;
            }
            range.parameters.extend(parameter(piece));
        }
        Some(range)
    }

    /// How specifically the range names a type that it holds.
    fn fits(&self, media: &[u8]) -> Option<usize> {
        let ((kind, subtype), name) = (halves(self.media), essence(media));
        let (its_kind, its_subtype) = halves(name);
        match (kind, subtype) {
            (b"*", b"*") => Some(0),
            (_, b"*") => kind.eq_ignore_ascii_case(its_kind).then_some(1),
            _ => {
                let same = kind.eq_ignore_ascii_case(its_kind)
                    && subtype.eq_ignore_ascii_case(its_subtype)
                    && self.parameters.iter().all(|one| carries(media, *one));
                same.then_some(2 + self.parameters.len())
            }
        }
    }
}

/// Whether a type has a parameter. All that is text is sent in UTF-8, whether its type says so or not.
fn carries(media: &[u8], (name, value): (&[u8], &[u8])) -> bool {
    let mut own = pieces(media, b';').skip(1).filter_map(parameter);
    match own.find(|(own, _)| own.eq_ignore_ascii_case(name)) {
        Some((_, own)) => own.eq_ignore_ascii_case(value),
        None => name.eq_ignore_ascii_case(b"charset") && value.eq_ignore_ascii_case(b"utf-8"),
    }
}
