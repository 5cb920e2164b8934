//! Stage 14: the body, read within its limit and no further.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use crate::incoming::{BodyError, Incoming};
use crate::{BodyKind, Exchange, OperationPlan, Plan, Problem, ProblemKind, Target};

/// As much room as a client gets by only announcing a body.
const FIRST_ROOM: u64 = 64 * 1024;

/// What an operation does with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyRule {
    /// Leaves it unread; the door drains it or closes.
    Ignore,
    /// Reads any.
    Keep,
    /// Reads JSON.
    Json { required: bool },
    /// Reads a form: `form::enter`.
    Form,
}

impl BodyRule {
    pub(crate) fn of(plan: &OperationPlan) -> Self {
        match &plan.body {
            Some(body) if body.kind == BodyKind::Form => Self::Form,
            Some(body) => Self::Json {
                required: body.required,
            },
            None if plan.keeps_body => Self::Keep,
            None => Self::Ignore,
        }
    }
}

/// Reads what the rule asks for.
pub(crate) async fn enter<B>(
    exchange: &mut Exchange,
    body: B,
    rule: BodyRule,
    plan: &Plan,
) -> Result<(), Problem>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    if rule == BodyRule::Ignore {
        return Ok(());
    }
    if !body.is_end_stream() {
        let limit = match exchange.target {
            Target::Fallback => plan.upload_limit,
            Target::Operation(id) => plan.limit_of(id),
            Target::Nobody => plan.body_limit,
        };
        exchange.body = read(&exchange.headers, body, rule, limit).await?;
    }
    if exchange.body.is_empty() && rule == (BodyRule::Json { required: true }) {
        let detail =
            "Expected a JSON body, given none. Send one with `Content-Type: application/json`.";
        return Err(Problem::from(ProblemKind::BodyRequired).detail(detail));
    }
    Ok(())
}

async fn read<B>(headers: &HeaderMap, body: B, rule: BodyRule, limit: u64) -> Result<Bytes, Problem>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    let body = Incoming::new(headers, body, limit)?;
    if let BodyRule::Json { .. } = rule {
        check_media(headers)?;
    }
    collect(body).await
}

/// The whole body: one chunk as it is, more in one buffer.
pub(crate) async fn collect<B>(mut body: Incoming<B>) -> Result<Bytes, Problem>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(data) = body.next().await? {
        if first.is_empty() {
            first = data;
            continue;
        }
        if rest.is_empty() {
            let room = body.declared().min(FIRST_ROOM).max(body.length());
            rest.reserve(usize::try_from(room).unwrap_or(0));
            rest.extend_from_slice(&first);
        }
        rest.extend_from_slice(&data);
    }
    Ok(if rest.is_empty() {
        first
    } else {
        rest.freeze()
    })
}

/// Only JSON in UTF-8, and only plain: a form or a text that happens to parse could come from any web page without a preflight.
fn check_media(headers: &HeaderMap) -> Result<(), Problem> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let given = types.next().map_or(&b""[..], |value| value.as_bytes());
    if types.next().is_some() || !is_json(given) {
        return Err(unsupported(
            "`application/json` in UTF-8",
            given,
            "Content-Type",
        ));
    }
    match headers.get(CONTENT_ENCODING) {
        Some(coding) if !coding.as_bytes().eq_ignore_ascii_case(b"identity") => Err(unsupported(
            "a body without coding",
            coding.as_bytes(),
            "Content-Encoding",
        )),
        _ => Ok(()),
    }
}

fn unsupported(expected: &str, given: &[u8], field: &str) -> Problem {
    let given = if given.is_empty() {
        "none".to_owned()
    } else {
        crate::params::quote(&String::from_utf8_lossy(given))
    };
    let detail = format!("Expected {expected}, given {given}: correct the header `{field}`.");
    Problem::from(ProblemKind::UnsupportedMediaType).detail(detail)
}

fn is_json(value: &[u8]) -> bool {
    if value == b"application/json" {
        return true;
    }
    let mut parts = value.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let json = match essence.strip_prefix(b"application/") {
        Some(b"json") => true,
        Some(subtype) => subtype.len() > 5 && subtype.ends_with(b"+json"),
        None => false,
    };
    json && parts.all(is_utf8_or_no_charset)
}

fn is_utf8_or_no_charset(parameter: &[u8]) -> bool {
    let Some((name, value)) = split_once(parameter, b'=') else {
        return !parameter.trim_ascii().eq_ignore_ascii_case(b"charset");
    };
    if !name.trim_ascii().eq_ignore_ascii_case(b"charset") {
        return true;
    }
    let value = value.trim_ascii();
    let bare = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""))
        .unwrap_or(value);
    bare.eq_ignore_ascii_case(b"utf-8") || bare.eq_ignore_ascii_case(b"utf8")
}

fn split_once(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = memchr::memchr(at, text)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}
