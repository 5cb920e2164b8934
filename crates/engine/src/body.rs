//! Stage 14: the body, read within its limit and no further.

use bytes::{Bytes, BytesMut};

use crate::incoming::{BodyError, Incoming};
use crate::{BodyKind, Exchange, OperationPlan, Plan, Problem, ProblemKind, Target, json, media};

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
    let body = Incoming::new(&exchange.headers, body, limit)?;
    if let BodyRule::Json { .. } = rule {
        media::enter(exchange, plan)?;
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
