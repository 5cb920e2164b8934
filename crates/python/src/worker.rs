//! One worker: reactor, engine and bridge on the event loop's thread.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use ultrafox_engine::{Engine, Plan, SystemClock};
use ultrafox_server::{AccessLog, Reactor, ServerConfig, TICK, listen};

use crate::bridge::{Bridge, give_way};
use crate::call::Call;
use crate::fallback::Fallback;
use crate::file::Reader;
use crate::plan;
use crate::pool::{Pool, Queue};
use crate::side::Side;
use crate::task::Tasks;
use crate::watchdog::{Heartbeat, Watchdog, Watched};

/// Serves one listener from the thread of one event loop. The loop calls it when `fileno()` is readable.
#[pyclass(unsendable)]
pub(crate) struct Worker {
    reactor: RefCell<Reactor<Bridge>>,
    watchdog: RefCell<Watchdog>,
    engine: Arc<Engine<Bridge>>,
    log: Arc<AccessLog>,
    queue: Arc<Queue>,
    heartbeat: Arc<Heartbeat>,
    /// Host and port that are listened on.
    #[pyo3(get)]
    address: (String, u16),
}

#[pymethods]
impl Worker {
    /// Seconds between two calls of `tick`.
    #[classattr]
    const TICK: f64 = TICK.as_millis() as f64 / 1000.0;

    #[new]
    #[pyo3(signature = (*, plan, calls, fallback, explain, report, server, event_loop, pool))]
    #[allow(clippy::too_many_arguments, reason = "keywords, given once at start")]
    fn new(
        py: Python<'_>,
        plan: &[u8],
        calls: Vec<Bound<'_, PyAny>>,
        fallback: Option<Py<PyAny>>,
        explain: Py<PyAny>,
        report: Py<PyAny>,
        server: &[u8],
        event_loop: Py<PyAny>,
        pool: &Bound<'_, Pool>,
    ) -> PyResult<Self> {
        let plan = plan::parse(plan)?;
        let calls: Box<[Arc<Call>]> = read_calls(&plan, &calls)?.into();
        let queue = Arc::clone(&pool.get().queue);
        let heartbeat = Arc::new(Heartbeat::default());
        let side = Arc::new(Side {
            calls: calls.clone(),
            fallback: Fallback {
                handler: fallback,
                explain,
            },
            tasks: Tasks::new(py, event_loop)?,
            reader: Reader::default(),
            queue: Arc::clone(&queue),
            heartbeat: Arc::clone(&heartbeat),
            thread: std::thread::current().id(),
            worker: OnceLock::new(),
        });
        pool.get().serve(Arc::clone(&side))?;
        let config: ServerConfig = serde_json::from_slice(server).map_err(|error| {
            PyValueError::new_err(format!("the server's settings are not understood: {error}"))
        })?;
        let log = Arc::new(AccessLog::new(config.access_log, std::io::stdout())?);
        let engine = Engine::new(
            plan,
            Bridge { side },
            Arc::clone(&log) as _,
            Arc::new(SystemClock),
        )
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
        let engine = Arc::new(engine);
        let listener = listen(&config.host, config.port, config.backlog).map_err(|error| {
            PyOSError::new_err(format!(
                "cannot listen on {}:{}: {error}",
                config.host, config.port
            ))
        })?;
        let address = (config.host.clone(), listener.local_addr()?.port());
        let reactor = Reactor::new(listener, config, Arc::clone(&engine), Arc::clone(&log))?;
        let watched = Watched {
            calls,
            wakes: Arc::clone(reactor.wakes()),
            in_flight: {
                let engine = Arc::clone(&engine);
                Box::new(move || engine.in_flight())
            },
            report,
            thread: crate::modules::thread_ident(py)?.call0()?.extract()?,
        };
        Ok(Self {
            watchdog: RefCell::new(Watchdog::start(Arc::clone(&heartbeat), watched)?),
            reactor: RefCell::new(reactor),
            engine,
            log,
            queue,
            heartbeat,
            address,
        })
    }

    /// Makes answers of tasks go out at once. To be called once, after construction.
    fn attach(slf: Bound<'_, Self>) -> PyResult<()> {
        let side = Arc::clone(&slf.borrow().engine.handler().side);
        side.worker
            .set(slf.unbind())
            .map_err(|_| PyRuntimeError::new_err("the worker is attached already"))
    }

    /// The descriptor that the event loop watches for readability.
    fn fileno(&self) -> i32 {
        self.reactor.borrow().descriptor()
    }

    /// Does what can be done now. The event loop calls it when `fileno()` is readable.
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        let Ok(mut reactor) = self.reactor.try_borrow_mut() else {
            return Ok(());
        };
        if self.heartbeat.turn_begins() {
            self.watchdog.borrow().wake();
        }
        let queue = &self.queue;
        let result = reactor.turn(&mut || {
            if queue.at_work() > 0 {
                give_way(py);
            }
        });
        self.heartbeat.turn_ends();
        Ok(result?)
    }

    /// Lets connections go on that were woken outside a turn.
    #[pyo3(name = "_run_ready")]
    fn run_ready_later(&self) {
        self.run_ready();
    }

    /// Enforces deadlines; to be called every `TICK` seconds.
    fn tick(&self) {
        if let Ok(mut reactor) = self.reactor.try_borrow_mut() {
            reactor.tick();
        }
    }

    /// Accepts nothing more and finishes what is in flight.
    fn drain(&self) {
        if let Ok(mut reactor) = self.reactor.try_borrow_mut() {
            reactor.drain();
        }
    }

    /// Ends every connection; handlers that still run are cancelled.
    fn abort(&self) {
        if let Ok(mut reactor) = self.reactor.try_borrow_mut() {
            reactor.abort();
        }
    }

    /// Connections that are open.
    #[getter]
    fn connections(&self) -> usize {
        self.reactor.borrow().open()
    }

    /// Requests under way, and answers that their clients have still to take.
    #[getter]
    fn in_flight(&self) -> usize {
        self.engine.in_flight() as usize + self.reactor.borrow().sending()
    }

    /// Writes the rest of the access log and ends the worker's threads.
    fn close(&self, py: Python<'_>) {
        let (log, mut watchdog) = (&self.log, self.watchdog.borrow_mut());
        let watchdog = &mut *watchdog;
        py.detach(|| {
            watchdog.stop();
            log.close();
        });
    }
}

impl Worker {
    /// Lets connections go on that were woken outside a turn.
    pub(crate) fn run_ready(&self) {
        if let Ok(mut reactor) = self.reactor.try_borrow_mut() {
            reactor.run_ready();
        }
    }
}

pub(crate) fn read_calls(plan: &Plan, calls: &[Bound<'_, PyAny>]) -> PyResult<Vec<Arc<Call>>> {
    if plan.operations.len() != calls.len() {
        return Err(PyValueError::new_err(format!(
            "expected one call for each of {} operations, given {}",
            plan.operations.len(),
            calls.len()
        )));
    }
    plan.operations
        .iter()
        .zip(calls)
        .map(|(operation, call)| Call::read(call, &operation.label).map(Arc::new))
        .collect()
}
