//! A thread for what takes longer than whoever polls the engine has. It is started when first needed and ends with the engine.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

type Job = Box<dyn FnOnce() + Send>;

/// The thread, while there is one.
#[derive(Default)]
pub(crate) struct Aside {
    jobs: Mutex<Option<Sender<Job>>>,
}

impl Aside {
    /// What `work` gives, done on the thread; here and now where the system has no thread for it.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Awaited<T> {
        let slot = Arc::new(Mutex::new(Slot {
            done: None,
            waker: None,
            lost: false,
        }));
        let there = Promise(Arc::clone(&slot));
        self.hand_over(Box::new(move || {
            // Nobody waits for what a client has left; the work is dropped with what it holds.
            if Arc::strong_count(&there.0) > 1 {
                there.keep(work());
            }
        }));
        Awaited(slot)
    }

    fn hand_over(&self, job: Job) {
        let mut jobs = locked(&self.jobs);
        if jobs.is_none() {
            let (sender, receiver) = channel::<Job>();
            let thread = std::thread::Builder::new().name("ultrafox-aside".to_owned());
            let work = move || receiver.iter().for_each(run);
            if thread.spawn(work).is_ok() {
                *jobs = Some(sender);
            }
        }
        let left = match &*jobs {
            Some(sender) => sender.send(job).err().map(|error| error.0),
            None => Some(job),
        };
        drop(jobs);
        if let Some(job) = left {
            run(job);
        }
    }
}

/// One panic costs one answer, not the thread.
fn run(job: Job) {
    // The default hook has reported it.
    let _ = catch_unwind(AssertUnwindSafe(job));
}

struct Slot<T> {
    done: Option<T>,
    waker: Option<Waker>,
    lost: bool,
}

/// The thread's end. Dropped without a value, the work has panicked.
struct Promise<T>(Arc<Mutex<Slot<T>>>);

impl<T> Promise<T> {
    fn keep(self, value: T) {
        locked(&self.0).done = Some(value);
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        let mut slot = locked(&self.0);
        slot.lost = slot.done.is_none();
        let waker = slot.waker.take();
        drop(slot);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The value to come; None where the work has panicked.
pub(crate) struct Awaited<T>(Arc<Mutex<Slot<T>>>);

impl<T> Future for Awaited<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut slot = locked(&self.0);
        if slot.done.is_some() || slot.lost {
            return Poll::Ready(slot.done.take());
        }
        slot.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use ultrafox_testkit::finish;

    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::channel;

    use super::Aside;

    #[test]
    fn work_is_done_elsewhere() {
        let aside = Aside::default();
        let here = std::thread::current().id();
        let there = finish(aside.run(move || std::thread::current().id()));
        assert!(there.is_some_and(|there| there != here));
    }

    #[test]
    fn work_that_panics_gives_nothing_and_the_next_is_done() {
        let aside = Aside::default();
        let lost: Option<u8> = finish(aside.run(|| panic!("on purpose")));
        assert_eq!(lost, None);
        assert_eq!(finish(aside.run(|| 1)), Some(1));
    }

    #[test]
    fn work_that_nobody_waits_for_is_not_done() {
        let aside = Aside::default();
        let (release, gate) = channel::<()>();
        let first = aside.run(move || gate.recv().is_ok());
        let done = Arc::new(AtomicBool::new(false));
        let mark = Arc::clone(&done);
        drop(aside.run(move || mark.store(true, Ordering::Relaxed)));
        assert!(release.send(()).is_ok());
        assert_eq!(finish(first), Some(true));
        assert_eq!(finish(aside.run(|| 1)), Some(1));
        assert!(!done.load(Ordering::Relaxed));
    }

    #[test]
    fn a_future_that_is_dropped_leaves_the_thread_in_peace() {
        let aside = Aside::default();
        drop(aside.run(|| 1));
        assert_eq!(finish(aside.run(|| 2)), Some(2));
    }
}
