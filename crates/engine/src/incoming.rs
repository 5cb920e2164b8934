//! A body on its way in, counted against its limit: what is declared too long is refused at once, what is too long when it is.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;

use crate::{Problem, ProblemKind};

/// What a door's body may fail with. One that is, or is caused by, a [`Problem`] is answered with that problem.
pub type BodyError = Box<dyn Error + Send + Sync>;

/// A body that is being read.
pub(crate) struct Incoming<B> {
    body: B,
    limit: u64,
    declared: u64,
    length: u64,
}

impl<B> Incoming<B>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    pub(crate) fn new(headers: &HeaderMap, body: B, limit: u64) -> Result<Self, Problem> {
        let declared = declared_length(headers, &body);
        if declared > limit {
            return Err(too_large(limit));
        }
        Ok(Self {
            body,
            limit,
            declared,
            length: 0,
        })
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let body = &mut self.body;
        while let Some(frame) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
            let frame = frame.map_err(|error| unreadable(error.into()))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            self.length = self.length.saturating_add(data.len() as u64);
            if self.length > self.limit {
                return Err(too_large(self.limit));
            }
            if !data.is_empty() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// The length that was declared, true or not; zero where none was.
    pub(crate) fn declared(&self) -> u64 {
        self.declared
    }

    /// Bytes that have been read.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }
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
