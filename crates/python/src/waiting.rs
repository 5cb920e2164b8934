//! Chunks of a body between the one who makes them and the one who sends them.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// Bytes, and chunks, of one body that may wait for its client.
const BYTES: usize = 64 * 1024;
const CHUNKS: usize = 64;

/// What has been made and not been sent. Never empty chunks.
#[derive(Default)]
pub(crate) struct Waiting {
    chunks: VecDeque<Bytes>,
    bytes: usize,
}

impl Waiting {
    pub(crate) fn push(&mut self, chunk: Bytes) {
        self.bytes += chunk.len();
        self.chunks.push_back(chunk);
    }

    /// Whether the next chunk must wait to be made. One fits always.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes >= BYTES || self.chunks.len() >= CHUNKS
    }

    /// All that waits, as one piece: many small ones would each cost a system call. One alone is not copied.
    pub(crate) fn take(&mut self) -> Option<Bytes> {
        let bytes = std::mem::take(&mut self.bytes);
        if self.chunks.len() <= 1 {
            return self.chunks.pop_front();
        }
        let mut all = BytesMut::with_capacity(bytes);
        self.chunks
            .drain(..)
            .for_each(|chunk| all.extend_from_slice(&chunk));
        Some(all.freeze())
    }
}
