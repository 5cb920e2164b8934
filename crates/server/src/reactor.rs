//! The poll descriptor and the connections behind it.

use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use ultrafox_engine::{Engine, Handler};

use crate::connection::{Connection, Life};
use crate::link::{Link, State};
use crate::wake::{Key, Wakes};
use crate::{AccessLog, ServerConfig};

/// How often [`Reactor::tick`] wants to be called: the grain of all deadlines.
pub const TICK: Duration = Duration::from_millis(250);

const LISTENER: Token = Token(usize::MAX);
const WAKER: Token = Token(usize::MAX - 1);
/// What one turn may do before the thread's other work gets its share.
const REQUESTS: u32 = 256;
const TIME: Duration = Duration::from_millis(1);
const ROUNDS: u32 = 4;
/// Connections between two looks at the clock. What the engine answers reads it anyway; bodies and streams do not.
const LOOK: usize = 16;
/// Connections that one turn accepts.
const ACCEPTED: u32 = 64;
const SCRATCH: usize = 64 * 1024;

struct Slot<H: Handler + 'static> {
    key: Key,
    connection: Option<Connection<H>>,
}

/// Serves the connections of one listener on one thread.
pub struct Reactor<H: Handler + 'static> {
    poll: Poll,
    events: Events,
    wakes: Arc<Wakes>,
    engine: Arc<Engine<H>>,
    log: Arc<AccessLog>,
    listener: Option<TcpListener>,
    accepting: bool,
    /// More connections wait than the last turn accepted.
    backlog: bool,
    slots: Vec<Slot<H>>,
    free: Vec<u32>,
    open: usize,
    ready: Vec<Key>,
    config: Rc<ServerConfig>,
    now: Rc<Cell<Instant>>,
    scratch: Rc<RefCell<Box<[u8]>>>,
    taken: Rc<Cell<u32>>,
    draining: Rc<Cell<bool>>,
}

impl<H: Handler + 'static> Reactor<H> {
    /// A reactor that accepts from `listener` and answers with `engine`.
    ///
    /// # Errors
    /// When the system gives no poll descriptor.
    pub fn new(
        listener: std::net::TcpListener,
        config: ServerConfig,
        engine: Arc<Engine<H>>,
        log: Arc<AccessLog>,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let wakes = Wakes::new(mio::Waker::new(poll.registry(), WAKER)?);
        listener.set_nonblocking(true)?;
        let mut listener = TcpListener::from_std(listener);
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)?;
        Ok(Self {
            poll,
            events: Events::with_capacity(512),
            wakes,
            engine,
            log,
            listener: Some(listener),
            accepting: true,
            backlog: false,
            slots: Vec::new(),
            free: Vec::new(),
            open: 0,
            ready: Vec::new(),
            config: Rc::new(config),
            now: Rc::new(Cell::new(Instant::now())),
            scratch: Rc::new(RefCell::new(vec![0; SCRATCH].into_boxed_slice())),
            taken: Rc::new(Cell::new(0)),
            draining: Rc::new(Cell::new(false)),
        })
    }

    /// The descriptor to watch for readability.
    pub fn descriptor(&self) -> RawFd {
        self.poll.as_raw_fd()
    }

    /// How other threads make the reactor take a turn.
    pub fn wakes(&self) -> &Arc<Wakes> {
        &self.wakes
    }

    /// Connections whose client has still to take what has been answered.
    pub fn sending(&self) -> usize {
        let connections = self
            .slots
            .iter()
            .filter_map(|slot| slot.connection.as_ref());
        connections
            .filter(|connection| connection.link.stalled.get().is_some())
            .count()
    }

    /// Connections that are open.
    pub fn open(&self) -> usize {
        self.open
    }

    /// Does what can be done now, within the turn's budget. `pause` is called between two batches: the moment to let other threads
    /// have what this one holds.
    ///
    /// # Errors
    /// When the poll descriptor fails.
    pub fn turn(&mut self, pause: &mut dyn FnMut()) -> io::Result<()> {
        self.wakes.adopt_thread();
        let began = self.clock();
        self.taken.set(0);
        self.take_backlog();
        for round in 0..ROUNDS {
            if round > 0 {
                pause();
            }
            match self.poll.poll(&mut self.events, Some(Duration::ZERO)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            }
            let quiet = self.events.is_empty();
            self.note_events();
            if !self.run_within(began) || quiet {
                break;
            }
        }
        if self.backlog {
            // After the last poll, which would have taken the wake as seen.
            self.wakes.request_turn();
        }
        self.log.flush(self.now.get());
        Ok(())
    }

    fn take_backlog(&mut self) {
        if self.backlog {
            self.accept();
        }
    }

    /// Polls the connections that were woken since the last turn.
    pub fn run_ready(&mut self) {
        let began = self.clock();
        self.taken.set(0);
        self.run_within(began);
    }

    /// Polls what is ready until nothing is left, or the budget: then the rest gets its share in the next turn.
    fn run_within(&mut self, began: Instant) -> bool {
        loop {
            self.wakes.take(&mut self.ready);
            let mut done = 0;
            while let Some(key) = self.ready.get(done).copied() {
                if self.taken.get() >= REQUESTS
                    || self.now.get().saturating_duration_since(began) > TIME
                {
                    self.ready.drain(..done);
                    self.wakes.request_turn();
                    return false;
                }
                done += 1;
                if done.is_multiple_of(LOOK) {
                    self.clock();
                }
                self.drive(key);
            }
            self.ready.clear();
            if done == 0 {
                return true;
            }
        }
    }

    /// Enforces the deadlines. To be called every [`TICK`].
    pub fn tick(&mut self) {
        self.wakes.adopt_thread();
        let now = self.clock();
        for index in 0..self.slots.len() {
            let Some(slot) = self.slots.get_mut(index) else {
                break;
            };
            if let Some(connection) = &mut slot.connection
                && connection.tick(now) == Life::Over
            {
                self.remove(index);
            }
        }
        self.listen_again();
        self.take_backlog();
        self.run_ready();
        self.log.flush(now);
    }

    /// Takes no new connection and no further request; what is in flight is finished.
    pub fn drain(&mut self) {
        self.wakes.adopt_thread();
        self.draining.set(true);
        if let Some(mut listener) = self.listener.take() {
            // Closing the listener ends its registration in any case.
            let _ = self.poll.registry().deregister(&mut listener);
        }
        for index in 0..self.slots.len() {
            let over = self
                .slots
                .get_mut(index)
                .and_then(|slot| slot.connection.as_mut())
                .is_some_and(|connection| connection.drain() == Life::Over);
            if over {
                self.remove(index);
            }
        }
        self.run_ready();
    }

    /// Ends every connection at once; running handlers are cancelled.
    pub fn abort(&mut self) {
        self.wakes.adopt_thread();
        self.drain();
        for index in 0..self.slots.len() {
            self.remove(index);
        }
    }

    fn clock(&self) -> Instant {
        let now = Instant::now();
        self.now.set(now);
        now
    }

    /// Marks what the events say; the connections that can go on become ready.
    fn note_events(&mut self) {
        let events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        for event in &events {
            match event.token() {
                LISTENER => self.accept(),
                WAKER => {}
                Token(index) => self.note(index, event),
            }
        }
        self.events = events;
    }

    fn note(&mut self, index: usize, event: &mio::event::Event) {
        let Some(slot) = self.slots.get(index) else {
            return;
        };
        let Some(connection) = &slot.connection else {
            return;
        };
        let link = &connection.link;
        if event.is_read_closed() || event.is_error() {
            link.finished.set(true);
        }
        if event.is_readable() || link.finished.get() {
            link.readable.set(true);
        }
        if event.is_writable() || event.is_error() {
            link.writable.set(true);
        }
        if event.is_error() && !matches!(link.state.get(), State::Lingering { .. }) {
            // A reset. hyper would not look while it has nothing to read or write.
            link.state.set(State::Aborted);
        }
        // Room to write matters to those alone who wait for it.
        if link.readable.get() || link.stalled.get().is_some() {
            self.ready.push(slot.key);
        }
    }

    fn accept(&mut self) {
        self.backlog = false;
        for _ in 0..ACCEPTED {
            if self.open >= self.config.connections {
                return self.stop_listening();
            }
            let Some(listener) = &self.listener else {
                return;
            };
            match listener.accept() {
                Ok((stream, _)) => self.admit(stream),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The client has gone already.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                // No descriptor left: the tick tries again.
                Err(_) => return self.stop_listening(),
            }
        }
        // The listener will not say again what it has said: the turn asks for another.
        self.backlog = true;
    }

    fn admit(&mut self, mut stream: TcpStream) {
        let index = self
            .free
            .pop()
            .map_or(self.slots.len(), |index| index as usize);
        let Ok(index32) = u32::try_from(index) else {
            return;
        };
        let both = Interest::READABLE | Interest::WRITABLE;
        if self
            .poll
            .registry()
            .register(&mut stream, Token(index), both)
            .is_err()
        {
            self.free.push(index32);
            return;
        }
        // A client that is gone before this shows by the first read.
        let _ = stream.set_nodelay(true);
        if index == self.slots.len() {
            self.slots.push(Slot {
                key: Key {
                    index: index32,
                    generation: 0,
                },
                connection: None,
            });
        }
        let link = Rc::new(self.link(stream));
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        slot.key.generation = slot.key.generation.wrapping_add(1);
        let waker = self.wakes.waker(slot.key);
        slot.connection = Some(Connection::new(link, waker, Arc::clone(&self.engine)));
        self.open += 1;
        self.drive_index(index);
    }

    fn link(&self, stream: TcpStream) -> Link {
        Link {
            peer: stream.peer_addr().ok(),
            stream,
            config: Rc::clone(&self.config),
            now: Rc::clone(&self.now),
            scratch: Rc::clone(&self.scratch),
            taken: Rc::clone(&self.taken),
            state: Cell::new(State::Fresh {
                since: self.now.get(),
            }),
            readable: Cell::new(true),
            writable: Cell::new(true),
            finished: Cell::new(false),
            at_work: Cell::new(false),
            waiting: Cell::new(false),
            refusal: RefCell::new(None),
            stalled: Cell::new(None),
            requests: Cell::new(0),
            draining: Rc::clone(&self.draining),
        }
    }

    fn drive(&mut self, key: Key) {
        let index = key.index as usize;
        if self.slots.get(index).is_some_and(|slot| slot.key == key) {
            self.drive_index(index);
        }
    }

    fn drive_index(&mut self, index: usize) {
        let connection = self
            .slots
            .get_mut(index)
            .and_then(|slot| slot.connection.as_mut());
        if connection.is_some_and(|connection| connection.poll() == Life::Over) {
            self.remove(index);
        }
    }

    fn remove(&mut self, index: usize) {
        let Some(connection) = self
            .slots
            .get_mut(index)
            .and_then(|slot| slot.connection.take())
        else {
            return;
        };
        drop(connection);
        self.open -= 1;
        if let Ok(index) = u32::try_from(index) {
            self.free.push(index);
        }
        if !self.accepting && self.open < self.config.connections {
            self.listen_again();
        }
    }

    fn stop_listening(&mut self) {
        if let Some(listener) = &mut self.listener {
            self.accepting = false;
            // Failing means that it is not registered, which is what is wanted.
            let _ = self.poll.registry().deregister(listener);
        }
    }

    fn listen_again(&mut self) {
        if self.accepting || self.open >= self.config.connections {
            return;
        }
        if let Some(listener) = &mut self.listener {
            // Failing leaves it for the next tick.
            self.accepting = self
                .poll
                .registry()
                .register(listener, LISTENER, Interest::READABLE)
                .is_ok();
        }
    }
}
