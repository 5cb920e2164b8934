//! Django's path converters: text that one does not match belongs to another path.

use smallvec::SmallVec;

use crate::ParamPlan;

/// A path converter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Converter {
    /// `str`, and what has none: whatever the tree found, which is never empty and, but for the rest of a path, has no slash.
    Any,
    /// `[0-9]+`
    Int,
    /// `[-a-zA-Z0-9_]+`
    Slug,
    /// In the spelling that Django accepts: lower case, with hyphens.
    Uuid,
    /// `.+`, and so no line break.
    Path,
}

/// One for each parameter in the path.
pub(super) type Converters = SmallVec<[Converter; 2]>;

impl Converter {
    /// The converter of a parameter; an error says what was expected.
    pub(super) fn of(param: &ParamPlan, rest: bool) -> Result<Self, &'static str> {
        match (param.converter.as_deref(), rest) {
            (None, _) | (Some("str"), false) => Ok(Self::Any),
            (Some("int"), false) => Ok(Self::Int),
            (Some("slug"), false) => Ok(Self::Slug),
            (Some("uuid"), false) => Ok(Self::Uuid),
            (Some("path"), true) => Ok(Self::Path),
            (Some("path"), false) => {
                Err("a converter for one segment; `path` needs `{*name}` at the end of the path")
            }
            (Some(_), true) => Err("`path`, the only converter for the rest of a path"),
            (Some(_), false) => Err("one of the converters `int`, `str`, `slug`, `uuid`, `path`"),
        }
    }

    /// Whether the text is one of its own. It is canonical: what is still escaped is a slash or a percent sign.
    pub(super) fn matches(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Int => text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Slug => text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')),
            Self::Uuid => is_uuid(text.as_bytes()),
            Self::Path => !text.contains('\n'),
        }
    }
}

fn is_uuid(text: &[u8]) -> bool {
    let fits = |(place, byte): (usize, &u8)| match place {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    };
    text.len() == 36 && text.iter().enumerate().all(fits)
}
