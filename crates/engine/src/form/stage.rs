//! A form as a stage: which coding, within which limit.

use bytes::Bytes;
use http::HeaderMap;

use super::disk::Disk;
use super::media::{self, Coding};
use super::{Limits, gather, urlencoded};
use crate::body::collect;
use crate::incoming::{BodyError, Incoming};
use crate::{Exchange, Form, Plan, Problem, ProblemKind, Target};

/// Reads the form of the exchange's operation. A form that is not required and not sent is an empty one.
pub(crate) async fn enter<B>(
    plan: &Plan,
    disk: &Disk,
    exchange: &mut Exchange,
    body: B,
) -> Result<(), Problem>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    let Target::Operation(id) = exchange.target else {
        return Ok(());
    };
    let operation = plan.operation(id);
    let form = if body.is_end_stream() {
        None
    } else {
        let room = Room {
            plan,
            disk,
            own_limit: operation.and_then(|operation| operation.body_limit),
        };
        room.read(&exchange.headers, body).await?
    };
    let declared = operation.and_then(|operation| operation.body.as_ref());
    let required = declared.is_some_and(|body| body.required);
    if form.is_none() && required && !is_empty_form(&exchange.headers) {
        let detail = "Expected a form, given no body. Send one as `application/x-www-form-urlencoded` or `multipart/form-data`.";
        return Err(Problem::from(ProblemKind::BodyRequired).detail(detail));
    }
    exchange.form = Some(Box::new(form.unwrap_or_default()));
    Ok(())
}

/// Whether no bytes are the form: a browser sends a form without values as such.
fn is_empty_form(headers: &HeaderMap) -> bool {
    matches!(media::coding(headers), Ok(Coding::Urlencoded))
}

/// What reading a form needs.
struct Room<'a> {
    plan: &'a Plan,
    disk: &'a Disk,
    own_limit: Option<u64>,
}

impl Room<'_> {
    /// The form; `None` where the body has no bytes.
    async fn read<B>(&self, headers: &HeaderMap, body: B) -> Result<Option<Form>, Problem>
    where
        B: http_body::Body<Data = Bytes> + Unpin,
        B::Error: Into<BodyError>,
    {
        let plan = self.plan;
        let coding = media::coding(headers);
        let usual = match coding {
            Ok(Coding::Multipart(_)) => plan.upload_limit,
            _ => plan.body_limit,
        };
        let body = Incoming::new(headers, body, self.own_limit.unwrap_or(usual))?;
        let limits = Limits {
            parts: plan.parts,
            files: plan.files,
            field: plan.field_limit,
            memory: plan.body_limit,
        };
        match coding? {
            Coding::Urlencoded => {
                let bytes = collect(body).await?;
                let form = urlencoded::parse(&bytes, &limits)?;
                Ok((!bytes.is_empty()).then_some(form))
            }
            Coding::Multipart(boundary) => gather::read(body, &boundary, limits, self.disk).await,
        }
    }
}
