//! Stage 14: the body, read within its limit and no further.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;

use crate::{Exchange, OperationPlan, Plan, Problem, ProblemKind, Target, json, media};

/// What a door's body may fail with. One that is, or is caused by, a [`Problem`] is answered with that problem.
pub type BodyError = Box<dyn Error + Send + Sync>;

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
}

impl BodyRule {
    pub(crate) fn of(plan: &OperationPlan) -> Self {
        match &plan.body {
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
            _ => plan.body_limit,
        };
        exchange.body = read(exchange, body, rule, plan, limit).await?;
        json::enter(exchange, plan)?;
    }
    if exchange.body.is_empty() && rule == (BodyRule::Json { required: true }) {
        let detail =
            "Expected a JSON body, given none. Send one with `Content-Type: application/json`.";
        return Err(Problem::from(ProblemKind::BodyRequired).detail(detail));
    }
    Ok(())
}

async fn read<B>(
    exchange: &mut Exchange,
    body: B,
    rule: BodyRule,
    plan: &Plan,
    limit: u64,
) -> Result<Bytes, Problem>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    let declared = declared_length(&exchange.headers, &body);
    if declared > limit {
        return Err(too_large(limit));
    }
    if let BodyRule::Json { .. } = rule {
        media::enter(exchange, plan)?;
    }
    collect(body, declared, limit).await
}

fn declared_length<B: http_body::Body>(headers: &HeaderMap, body: &B) -> u64 {
    let hint = body.size_hint();
    hint.exact().unwrap_or_else(|| {
        let text = headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok());
        let length = text.and_then(|text| text.parse().ok()).unwrap_or(0);
        length.max(hint.lower())
    })
}

async fn collect<B>(mut body: B, declared: u64, limit: u64) -> Result<Bytes, Problem>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    let mut length: u64 = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| unreadable(error.into()))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len() as u64);
        if length > limit {
            return Err(too_large(limit));
        }
        if first.is_empty() {
            first = data;
            continue;
        }
        if rest.is_empty() {
            let room = declared.min(FIRST_ROOM).max(length);
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

fn too_large(limit: u64) -> Problem {
    let detail = format!("Expected a body of at most {limit} bytes, given a longer one.");
    Problem::from(ProblemKind::BodyTooLarge).detail(detail)
}

fn unreadable(error: BodyError) -> Problem {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error.as_ref());
    while let Some(error) = cause {
        if let Some(problem) = error.downcast_ref::<Problem>() {
            return problem.clone();
        }
        cause = error.source();
    }
    Problem::from(ProblemKind::BadRequest).detail("The body broke off or was not well formed.")
}
