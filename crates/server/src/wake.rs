//! Wakers of connections, on the reactor's thread and on others.
//!
//! A wake on the reactor's own thread appends to a plain list. A wake from another thread goes through a lock-free queue and
//! writes the poll's wake descriptor only when no such wake is pending, so a batch of results costs one system call.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};

use crossbeam_queue::SegQueue;

thread_local! {
    static LOCAL: RefCell<Vec<Key>> = const { RefCell::new(Vec::new()) };
    static OWNER: Cell<usize> = const { Cell::new(0) };
}

/// A connection's slot. The generation tells a slot's present tenant from those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

/// The reactor's mailbox for wakes.
pub struct Wakes {
    remote: SegQueue<Key>,
    pending: AtomicBool,
    poll: mio::Waker,
}

impl Wakes {
    pub(crate) fn new(poll: mio::Waker) -> Arc<Self> {
        Arc::new(Self {
            remote: SegQueue::new(),
            pending: AtomicBool::new(false),
            poll,
        })
    }

    /// Declares the calling thread to be the reactor's.
    pub(crate) fn adopt_thread(self: &Arc<Self>) {
        OWNER.set(Arc::as_ptr(self) as usize);
    }

    /// Makes the poll descriptor readable, so that the reactor gets a turn.
    pub fn request_turn(&self) {
        if !self.pending.swap(true, Ordering::AcqRel) {
            // A failing write means a full counter: the descriptor is readable already.
            let _ = self.poll.wake();
        }
    }

    fn push(&self, key: Key) {
        if OWNER.get() == std::ptr::from_ref(self) as usize {
            LOCAL.with_borrow_mut(|local| local.push(key));
        } else {
            self.remote.push(key);
            self.request_turn();
        }
    }

    /// Appends the connections that were woken to `ready`.
    pub(crate) fn take(&self, ready: &mut Vec<Key>) {
        LOCAL.with_borrow_mut(|local| ready.append(local));
        // The flag falls before the queue is emptied, and by a swap: whoever still found it raised has pushed before.
        if self.pending.load(Ordering::Relaxed) && self.pending.swap(false, Ordering::AcqRel) {
            while let Some(key) = self.remote.pop() {
                ready.push(key);
            }
        }
    }

    pub(crate) fn waker(self: &Arc<Self>, key: Key) -> Waker {
        Waker::from(Arc::new(ConnectionWaker {
            key,
            wakes: Arc::clone(self),
        }))
    }
}

struct ConnectionWaker {
    key: Key,
    wakes: Arc<Wakes>,
}

impl Wake for ConnectionWaker {
    fn wake(self: Arc<Self>) {
        self.wakes.push(self.key);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wakes.push(self.key);
    }
}
