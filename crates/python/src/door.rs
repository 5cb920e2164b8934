//! Ways in without a socket: a URLconf under WSGI or ASGI, the test client.
//!
//! The engine runs as far as it can and stops where Python has something to do: `advance` hands that out as a job, the door does it
//! where it does such things (its own thread, its own task), and `advance` goes on.

use std::cell::RefCell;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use futures_channel::oneshot;
use pyo3::exceptions::{PyConnectionAbortedError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyBytes, PyList};
use ultrafox_engine::{
    Body, Engine, Exchange, Handler, OperationId, Problem, ProblemKind, Reply, SystemClock, Target,
};

use crate::call::Call;
use crate::job::{Fault, Job, Work, locked};
use crate::sent::Sent;
use crate::side::Outcome;
use crate::{plan, reply, worker};

thread_local! {
    /// What the engine has asked for since it was last polled on this thread.
    static ASKED: RefCell<Option<Work>> = const { RefCell::new(None) };
}

/// Notes what is to be done before the engine can go on.
pub(crate) fn ask(work: Work) {
    ASKED.set(Some(work));
}

/// The engine's handler in a door: it only says what is to be done.
struct Doorway {
    calls: Box<[Arc<Call>]>,
}

impl Handler for Doorway {
    type Call = Answered;

    fn call(&self, exchange: Box<Exchange>) -> Answered {
        let (answer, receiver) = oneshot::channel();
        let call = match exchange.target {
            Target::Operation(OperationId(id)) => self.calls.get(id as usize),
            _ => None,
        };
        match call {
            Some(call) => ask(Work::handler(Arc::clone(call), exchange, answer)),
            None => {
                let _ = answer.send(Err(ProblemKind::NotFound.into()));
            }
        }
        Answered(receiver)
    }
}

/// The outcome of a job.
struct Answered(oneshot::Receiver<Outcome>);

impl Future for Answered {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        Pin::new(&mut self.get_mut().0)
            .poll(context)
            .map(|outcome| {
                outcome.unwrap_or_else(|_| Err(Problem::from(ProblemKind::InternalError)))
            })
    }
}

/// An engine without a socket. All threads may share one.
#[pyclass(frozen)]
pub(crate) struct Door {
    engine: Arc<Engine<Doorway>>,
}

#[pymethods]
impl Door {
    #[new]
    #[pyo3(signature = (*, plan, calls))]
    fn new(plan: &[u8], calls: Vec<Bound<'_, PyAny>>) -> PyResult<Self> {
        let plan = plan::parse(plan)?;
        let calls = worker::read_calls(&plan, &calls)?.into();
        let engine = Engine::new(
            plan,
            Doorway { calls },
            Arc::new(plan::Nobody),
            Arc::new(SystemClock),
        )
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self {
            engine: Arc::new(engine),
        })
    }

    /// A request on its way. `body` is bytes or `read(size)`; `base` are the bytes of the path before the API.
    #[pyo3(signature = (*, method, target, headers, body=None, peer=None, secure=false, base=0, inherit=None, keeps_fault=false))]
    #[allow(clippy::too_many_arguments, reason = "keywords of Python")]
    fn open(
        &self,
        py: Python<'_>,
        method: &str,
        target: &str,
        headers: Vec<(String, String)>,
        body: Option<Bound<'_, PyAny>>,
        peer: Option<&str>,
        secure: bool,
        base: usize,
        inherit: Option<Py<PyAny>>,
        keeps_fault: bool,
    ) -> PyResult<Flight> {
        let head = head(method, target, headers)?;
        let sent = Sent::new(body, &head.headers)?;
        let peer = peer
            .and_then(|peer| peer.parse::<IpAddr>().ok())
            .map(|address| SocketAddr::new(address, 0));
        let mut exchange = Exchange::new(head, peer, Instant::now());
        exchange.secure = secure;
        exchange.base = base;
        let engine = Arc::clone(&self.engine);
        Ok(Flight {
            state: Mutex::new(State::Handled(Box::pin(async move {
                engine.handle(exchange, sent).await
            }))),
            inherit: Mutex::new(inherit),
            fault: keeps_fault.then(Fault::default),
            afterwards: PyList::empty(py).unbind(),
        })
    }
}

fn head(
    method: &str,
    target: &str,
    headers: Vec<(String, String)>,
) -> PyResult<http::request::Parts> {
    let mut builder = http::Request::builder().method(method).uri(target);
    for (name, value) in headers {
        builder = builder.header(&name, reply::header_value(&name, &value)?);
    }
    let request = builder.body(()).map_err(|error| {
        PyValueError::new_err(format!(
            "expected a method, a target and header fields as HTTP has them: {error}"
        ))
    })?;
    Ok(request.into_parts().0)
}

type Handling = Pin<Box<dyn Future<Output = Reply> + Send>>;

enum State {
    Handled(Handling),
    Answered(Reply),
    Over,
}

/// One request in a door; one thread at a time may use it.
#[pyclass(frozen)]
pub(crate) struct Flight {
    state: Mutex<State>,
    inherit: Mutex<Option<Py<PyAny>>>,
    fault: Option<Fault>,
    /// What runs after the reply.
    #[pyo3(get)]
    afterwards: Py<PyList>,
}

#[pymethods]
impl Flight {
    /// Goes on: what Python has to do next; None when the answer is there.
    fn advance(&self, py: Python<'_>) -> PyResult<Option<Job>> {
        let mut state = self.lock(py);
        let State::Handled(handling) = &mut *state else {
            return Ok(None);
        };
        match drive(py, |context| handling.as_mut().poll(context)) {
            Driven::Done(reply) => {
                *state = State::Answered(reply);
                Ok(None)
            }
            Driven::Asked(work) => Ok(Some(self.job(work))),
        }
    }

    /// The answer's status.
    #[getter]
    fn status(&self, py: Python<'_>) -> PyResult<u16> {
        self.answered(py, |reply| reply.status.as_u16())
    }

    /// The answer's header fields, without those of the connection.
    #[getter]
    fn headers(&self, py: Python<'_>) -> PyResult<Vec<(String, String)>> {
        self.answered(py, |reply| reply::fields(&reply.headers))
    }

    /// The answer's body; None where it comes in chunks.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        self.answered(py, |reply| match &reply.body {
            Body::Full(bytes) => Some(PyBytes::new(py, bytes)),
            Body::Stream(_) => None,
        })
    }

    /// Gives away what the handler raised that is no refusal, where `keeps_fault` asked for it.
    fn take_fault(&self) -> Option<Py<PyAny>> {
        self.fault.as_ref().and_then(|fault| locked(fault).take())
    }

    /// The next chunk; a job that must be awaited before it is there; None at the end.
    fn chunk<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut state = self.lock(py);
        let State::Answered(Reply {
            body: Body::Stream(source),
            ..
        }) = &mut *state
        else {
            return Ok(None);
        };
        match drive(py, |context| source.poll_chunk(context)) {
            Driven::Asked(work) => Ok(Some(Bound::new(py, self.job(work))?.into_any())),
            Driven::Done(Some(Ok(chunk))) => Ok(Some(PyBytes::new(py, &chunk).into_any())),
            Driven::Done(Some(Err(_))) => {
                let over = std::mem::replace(&mut *state, State::Over);
                drop(state);
                drop(over);
                Err(PyConnectionAbortedError::new_err("the stream broke off"))
            }
            Driven::Done(None) => {
                // What the body holds may have an end of its own to run.
                let over = std::mem::replace(&mut *state, State::Over);
                drop(state);
                drop(over);
                Ok(None)
            }
        }
    }

    /// Nobody reads any further.
    fn close(&self, py: Python<'_>) {
        let over = std::mem::replace(&mut *self.lock(py), State::Over);
        drop(over);
    }
}

impl Flight {
    fn job(&self, work: Work) -> Job {
        Job::new(work, locked(&self.inherit).take(), self.fault.clone())
    }

    fn answered<T>(&self, py: Python<'_>, read: impl FnOnce(&Reply) -> T) -> PyResult<T> {
        match &*self.lock(py) {
            State::Answered(reply) => Ok(read(reply)),
            _ => Err(PyRuntimeError::new_err(
                "expected `advance` to be called until it gives None, before the answer is read and until it is closed",
            )),
        }
    }

    /// Held while the body is read and the answer is made, in Python too: who waits for it lets go of the interpreter.
    fn lock(&self, py: Python<'_>) -> MutexGuard<'_, State> {
        self.state
            .lock_py_attached(py)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

enum Driven<T> {
    Done(T),
    Asked(Work),
}

/// Polls until there is something to do in Python. What other threads of the engine do is waited for.
fn drive<T>(py: Python<'_>, mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Driven<T> {
    let waker = unpark();
    let mut context = Context::from_waker(&waker);
    loop {
        ASKED.set(None);
        if let Poll::Ready(done) = poll(&mut context) {
            return Driven::Done(done);
        }
        if let Some(work) = ASKED.take() {
            return Driven::Asked(work);
        }
        py.detach(thread::park);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn unpark() -> Waker {
    thread_local! {
        static WAKER: Waker = Waker::from(Arc::new(Unpark(thread::current())));
    }
    WAKER.with(Waker::clone)
}
