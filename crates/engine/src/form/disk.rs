//! The thread that writes uploads to disk: a write may take its time, and whoever polls the engine has none.
//!
//! It is started by the first long upload and ends with the engine. Files have no name, so that nothing is left of them when the
//! client leaves or the process dies; TMPDIR says where they are.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use crate::{Problem, ProblemKind};

/// Bytes of one upload that may wait to be written.
const QUEUE: usize = 192 * 1024;

/// Makes a file without a name.
type Open = Arc<dyn Fn() -> io::Result<File> + Send + Sync>;

/// Where uploads go.
pub(crate) struct Disk {
    jobs: Mutex<Option<Sender<Job>>>,
    open: Open,
}

/// What the thread is asked to do.
enum Job {
    Write(Arc<Slot>, Bytes),
    End(Arc<Slot>),
    /// Nobody waits for the file any more; closing a long one takes time too.
    Leave(Arc<Slot>),
}

/// One file between the thread and the upload that fills it.
#[derive(Default)]
struct Slot {
    /// The thread's own until the file is complete.
    file: Mutex<Option<File>>,
    progress: Mutex<Progress>,
    left: AtomicBool,
}

#[derive(Default)]
struct Progress {
    waiting: usize,
    failed: bool,
    complete: Option<File>,
    waker: Option<Waker>,
}

impl Default for Disk {
    fn default() -> Self {
        Self::new(Arc::new(tempfile::tempfile))
    }
}

impl Disk {
    pub(super) fn new(open: Open) -> Self {
        Self {
            jobs: Mutex::default(),
            open,
        }
    }

    /// Begins a file.
    pub(super) fn begin(&self) -> Result<Writing, Problem> {
        let mut jobs = locked(&self.jobs);
        let jobs = match &*jobs {
            Some(jobs) => jobs.clone(),
            None => jobs.insert(self.start()?).clone(),
        };
        Ok(Writing {
            slot: Arc::default(),
            jobs,
        })
    }

    fn start(&self) -> Result<Sender<Job>, Problem> {
        let (sender, jobs) = channel();
        let open = Arc::clone(&self.open);
        let thread = std::thread::Builder::new().name("ultrafox-disk".to_owned());
        match thread.spawn(move || work(&jobs, &*open)) {
            Ok(_) => Ok(sender),
            Err(_) => Err(no_room()),
        }
    }
}

/// A file that is being written. Dropping it before its end gives the file up.
pub(super) struct Writing {
    slot: Arc<Slot>,
    jobs: Sender<Job>,
}

impl Writing {
    /// Ready when so many bytes may be handed over.
    pub(super) fn poll_room(
        &mut self,
        length: usize,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Problem>> {
        let mut progress = locked(&self.slot.progress);
        if progress.failed {
            return Poll::Ready(Err(no_room()));
        }
        if progress.waiting > 0 && progress.waiting + length > QUEUE {
            progress.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    /// Hands bytes over.
    pub(super) fn write(&mut self, piece: Bytes) -> Result<(), Problem> {
        locked(&self.slot.progress).waiting += piece.len();
        self.ask(Job::Write(Arc::clone(&self.slot), piece))
    }

    /// Says that there are no more bytes.
    pub(super) fn end(&mut self) -> Result<(), Problem> {
        self.ask(Job::End(Arc::clone(&self.slot)))
    }

    /// The file, when all of it has been written.
    pub(super) fn poll_file(&mut self, context: &mut Context<'_>) -> Poll<Result<File, Problem>> {
        let mut progress = locked(&self.slot.progress);
        if progress.failed {
            return Poll::Ready(Err(no_room()));
        }
        match progress.complete.take() {
            Some(file) => Poll::Ready(Ok(file)),
            None => {
                progress.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    fn ask(&self, job: Job) -> Result<(), Problem> {
        self.jobs.send(job).map_err(|_| no_room())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.slot.left.store(true, Ordering::Relaxed);
        let _ = self.ask(Job::Leave(Arc::clone(&self.slot)));
    }
}

fn work(jobs: &Receiver<Job>, open: &dyn Fn() -> io::Result<File>) {
    for job in jobs {
        match job {
            Job::Write(slot, piece) => {
                let (outcome, length) = (slot.write(&piece, open), piece.len());
                // Before others may take its room.
                drop(piece);
                slot.report(outcome, |progress| progress.waiting -= length);
            }
            Job::End(slot) => match slot.complete() {
                Ok(file) => slot.report(Ok(()), |progress| progress.complete = file),
                Err(error) => slot.report(Err(error), |_| ()),
            },
            Job::Leave(slot) => slot.close(),
        }
    }
}

impl Slot {
    /// Writes a piece, unless the upload has failed or nobody waits for it.
    fn write(&self, piece: &[u8], open: &dyn Fn() -> io::Result<File>) -> io::Result<()> {
        if self.left.load(Ordering::Relaxed) || locked(&self.progress).failed {
            return Ok(());
        }
        let mut file = locked(&self.file);
        let file = match &mut *file {
            Some(file) => file,
            None => file.insert(open()?),
        };
        file.write_all(piece)
    }

    /// Gives the file up to whoever waits for it.
    fn complete(&self) -> io::Result<Option<File>> {
        let mut file = locked(&self.file).take();
        if let Some(file) = &mut file {
            file.rewind()?;
        }
        Ok(file)
    }

    fn close(&self) {
        drop(locked(&self.file).take());
        drop(locked(&self.progress).complete.take());
    }

    /// Notes how far the file is and wakes whoever waits; after an error the file is gone.
    fn report(&self, outcome: io::Result<()>, note: impl FnOnce(&mut Progress)) {
        if outcome.is_err() {
            drop(locked(&self.file).take());
        }
        let waker = {
            let mut progress = locked(&self.progress);
            progress.failed |= outcome.is_err();
            note(&mut progress);
            progress.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn no_room() -> Problem {
    Problem::from(ProblemKind::InsufficientStorage).detail("The upload could not be stored.")
}
