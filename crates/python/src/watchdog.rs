//! Notices that a handler blocks the event loop, and says which.
//!
//! The reactor's turns are the loop's heartbeat. While requests are under way this thread looks every [`LOOK`]: when the heart has
//! not beaten although it was asked to, something holds the loop. With nothing under way it sleeps until the next turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use ultrafox_server::Wakes;

use crate::call::Call;

/// How long the loop may be held without a word.
const LAG: Duration = Duration::from_millis(50);
/// How often the thread looks.
const LOOK: Duration = Duration::from_millis(20);
/// Looks without anything under way before the thread sleeps.
const IDLE: u32 = 50;

/// What the loop's thread leaves behind for the watchdog.
#[derive(Default)]
pub(crate) struct Heartbeat {
    beats: AtomicU64,
    in_turn: AtomicBool,
    /// The operation whose function is being called, plus one.
    current: AtomicU32,
    asleep: AtomicBool,
    stopped: AtomicBool,
}

impl Heartbeat {
    /// A turn begins. True when the watchdog sleeps and must be woken.
    pub(crate) fn turn_begins(&self) -> bool {
        self.beats.fetch_add(1, Ordering::Relaxed);
        self.in_turn.store(true, Ordering::Relaxed);
        self.asleep.load(Ordering::Relaxed) && self.asleep.swap(false, Ordering::AcqRel)
    }

    /// A turn is over.
    pub(crate) fn turn_ends(&self) {
        self.in_turn.store(false, Ordering::Relaxed);
    }

    /// An operation's function is about to be called on the loop's thread.
    pub(crate) fn enter(&self, operation: u32) {
        self.current
            .store(operation.wrapping_add(1), Ordering::Relaxed);
    }

    /// It has returned.
    pub(crate) fn leave(&self) {
        self.current.store(0, Ordering::Relaxed);
    }
}

/// The thread that looks.
pub(crate) struct Watchdog {
    heartbeat: Arc<Heartbeat>,
    thread: Option<JoinHandle<()>>,
}

/// What a report needs.
pub(crate) struct Watched {
    pub(crate) calls: Box<[Arc<Call>]>,
    pub(crate) wakes: Arc<Wakes>,
    /// Requests under way.
    pub(crate) in_flight: Box<dyn Fn() -> u32 + Send>,
    /// `report(thread, label | None, milliseconds)`.
    pub(crate) report: Py<PyAny>,
    /// The loop's thread, as Python numbers it.
    pub(crate) thread: u64,
}

impl Watchdog {
    pub(crate) fn start(heartbeat: Arc<Heartbeat>, watched: Watched) -> std::io::Result<Self> {
        let thread = {
            let heartbeat = Arc::clone(&heartbeat);
            thread::Builder::new()
                .name("ultrafox-watchdog".into())
                .spawn(move || watch(&heartbeat, &watched))?
        };
        Ok(Self {
            heartbeat,
            thread: Some(thread),
        })
    }

    pub(crate) fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }

    /// Ends the thread. The caller must not hold the interpreter.
    pub(crate) fn stop(&mut self) {
        self.heartbeat.stopped.store(true, Ordering::Release);
        self.wake();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by itself.
            let _ = thread.join();
        }
    }
}

fn watch(heartbeat: &Heartbeat, watched: &Watched) {
    let mut beats = heartbeat.beats.load(Ordering::Relaxed);
    let mut since = Instant::now();
    let (mut idle, mut reported) = (0, false);
    while !heartbeat.stopped.load(Ordering::Acquire) {
        thread::sleep(LOOK);
        let now = heartbeat.beats.load(Ordering::Relaxed);
        let in_turn = heartbeat.in_turn.load(Ordering::Relaxed);
        if now != beats {
            (beats, since, idle, reported) = (now, Instant::now(), 0, false);
        } else if in_turn || (watched.in_flight)() > 0 {
            idle = 0;
            if since.elapsed() > LAG && !reported {
                reported = true;
                report(heartbeat, watched, since);
            } else if !in_turn {
                watched.wakes.request_turn();
            }
        } else {
            since = Instant::now();
            idle += 1;
            if idle > IDLE {
                sleep(heartbeat);
                (since, idle) = (Instant::now(), 0);
            }
        }
    }
}

fn sleep(heartbeat: &Heartbeat) {
    heartbeat.asleep.store(true, Ordering::Release);
    while heartbeat.asleep.load(Ordering::Acquire) && !heartbeat.stopped.load(Ordering::Acquire) {
        thread::park();
    }
}

fn report(heartbeat: &Heartbeat, watched: &Watched, since: Instant) {
    let current = heartbeat.current.load(Ordering::Relaxed);
    let call = (current as usize)
        .checked_sub(1)
        .and_then(|index| watched.calls.get(index));
    let label = call.map(|call| call.label.as_str());
    Python::try_attach(|py| {
        let milliseconds = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Err(error) = watched
            .report
            .bind(py)
            .call1((watched.thread, label, milliseconds))
        {
            error.display(py);
        }
    });
}
