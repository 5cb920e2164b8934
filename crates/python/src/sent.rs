//! The body of a request in a door.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::{Frame, SizeHint};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use ultrafox_engine::BodyError;

use crate::reply;

/// Bytes that are asked for at once.
const PIECE: usize = 64 * 1024;

/// Bytes that are all there, or that `read(size)` gives, blocking.
pub(crate) enum Sent {
    Whole(Option<Bytes>),
    Read { read: Py<PyAny>, over: bool },
}

impl Sent {
    pub(crate) fn new(body: Option<Bound<'_, PyAny>>, headers: &HeaderMap) -> PyResult<Self> {
        Ok(match body {
            None => Self::Whole(None),
            Some(body) if body.is_instance_of::<PyBytes>() => {
                let bytes = reply::bytes(&body)?;
                Self::Whole((!bytes.is_empty()).then_some(bytes))
            }
            Some(read) => {
                let length = headers
                    .get(CONTENT_LENGTH)
                    .and_then(|length| length.to_str().ok());
                let declared = length.and_then(|length| length.parse::<u64>().ok());
                Self::Read {
                    read: read.unbind(),
                    over: declared == Some(0),
                }
            }
        })
    }
}

impl http_body::Body for Sent {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Poll::Ready(match self.get_mut() {
            Self::Whole(bytes) => bytes.take().map(|bytes| Ok(Frame::data(bytes))),
            Self::Read { over: true, .. } => None,
            Self::Read { read, over, .. } => {
                let piece = Python::attach(|py| reply::bytes(&read.bind(py).call1((PIECE,))?));
                match piece {
                    Ok(piece) if piece.is_empty() => {
                        *over = true;
                        None
                    }
                    Ok(piece) => Some(Ok(Frame::data(piece))),
                    Err(error) => {
                        *over = true;
                        Some(Err(error.into()))
                    }
                }
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_none(),
            Self::Read { over, .. } => *over,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Read { .. } => SizeHint::default(),
        }
    }
}
