//! The bytes of one file: in memory while they are few, then on disk.

use std::future::poll_fn;

use bytes::{Bytes, BytesMut};

use super::disk::{Disk, Writing};
use crate::{Content, Problem};

/// A file up to this stays in memory; a longer one is written in pieces of this size.
const PIECE: usize = 64 * 1024;

/// A file that is being read.
pub(super) struct Spool<'a> {
    disk: &'a Disk,
    size: u64,
    held: BytesMut,
    /// As much may be held before there is a file on disk.
    room: usize,
    writing: Option<Writing>,
}

impl<'a> Spool<'a> {
    /// A file that may keep so many bytes in memory, though never more than 64 KiB.
    pub(super) fn new(disk: &'a Disk, room: u64) -> Self {
        Self {
            disk,
            size: 0,
            held: BytesMut::new(),
            room: usize::try_from(room).unwrap_or(PIECE).min(PIECE),
            writing: None,
        }
    }

    /// Takes bytes. Waits while too many others have not been written.
    pub(super) async fn push(&mut self, mut data: Bytes) -> Result<(), Problem> {
        self.size = self.size.saturating_add(data.len() as u64);
        while self.held.len() + data.len() > self.room {
            let piece = if self.held.is_empty() {
                data.split_to(data.len().min(PIECE))
            } else {
                self.held.split().freeze()
            };
            self.write(piece).await?;
        }
        if self.writing.is_some() && self.held.is_empty() {
            self.held.reserve(PIECE);
        }
        self.held.extend_from_slice(&data);
        Ok(())
    }

    /// Bytes that were pushed.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Bytes that stay in memory when the file ends here.
    pub(super) fn in_memory(&self) -> u64 {
        match self.writing {
            Some(_) => 0,
            None => self.size,
        }
    }

    /// The whole file, ready to be read from its start.
    pub(super) async fn finish(mut self) -> Result<Content, Problem> {
        if self.writing.is_some() && !self.held.is_empty() {
            let piece = self.held.split().freeze();
            self.write(piece).await?;
        }
        match self.writing {
            None => Ok(Content::Memory(self.held.freeze())),
            Some(mut writing) => {
                writing.end()?;
                let file = poll_fn(|context| writing.poll_file(context)).await?;
                Ok(Content::Disk(file))
            }
        }
    }

    async fn write(&mut self, piece: Bytes) -> Result<(), Problem> {
        if piece.is_empty() {
            return Ok(());
        }
        let writing = match &mut self.writing {
            Some(writing) => writing,
            None => {
                // From here on only whole pieces are worth a write.
                self.room = PIECE;
                self.writing.insert(self.disk.begin()?)
            }
        };
        poll_fn(|context| writing.poll_room(piece.len(), context)).await?;
        writing.write(piece)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs::File;
    use std::io::Read;
    use std::pin::pin;
    use std::sync::mpsc::channel;
    use std::sync::{Arc, Mutex};

    use ultrafox_testkit::{finish, poll_once};

    use super::*;

    const CHUNK: usize = 16 * 1024;

    fn chunk(place: usize) -> Bytes {
        Bytes::from(vec![place as u8; CHUNK])
    }

    #[test]
    fn a_disk_that_does_not_write_stops_the_upload_until_it_does() {
        let (release, gate) = channel();
        let gate = Mutex::new(gate);
        let disk = Disk::new(Arc::new(move || {
            gate.lock().unwrap().recv().unwrap();
            tempfile::tempfile()
        }));
        let mut spool = Spool::new(&disk, u64::MAX);
        let taken = Cell::new(0);
        let mut upload = pin!(async {
            for place in 0..100 {
                spool.push(chunk(place)).await?;
                taken.set(place + 1);
            }
            spool.finish().await
        });
        for _ in 0..3 {
            assert!(poll_once(upload.as_mut()).is_none());
            // What is held, what waits, and nothing more.
            assert_eq!(taken.get(), (PIECE + 3 * PIECE) / CHUNK);
        }
        release.send(()).unwrap();
        let Content::Disk(mut file) = finish(upload).unwrap() else {
            panic!("expected a file on disk");
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len(), 100 * CHUNK);
        assert!(
            bytes
                .chunks(CHUNK)
                .enumerate()
                .all(|(place, part)| part == &chunk(place)[..])
        );
    }

    #[test]
    fn a_full_disk_is_507() {
        let disk = Disk::new(Arc::new(|| File::options().write(true).open("/dev/full")));
        let mut spool = Spool::new(&disk, u64::MAX);
        let refused = (0..1_000).find_map(|place| finish(spool.push(chunk(place))).err());
        assert_eq!(refused.unwrap().code(), "insufficient_storage");
        assert_eq!(
            finish(spool.finish()).unwrap_err().code(),
            "insufficient_storage"
        );
        // Also when the error comes with the last piece.
        let mut spool = Spool::new(&disk, 0);
        finish(spool.push(chunk(0))).unwrap();
        assert_eq!(
            finish(spool.finish()).unwrap_err().code(),
            "insufficient_storage"
        );
    }
}
