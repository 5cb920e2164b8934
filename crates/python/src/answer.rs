//! What the end of an operation's function means: a value as a reply, an error as a refusal or as what its handler makes of it.

use std::cell::{Cell, RefCell};

use pyo3::prelude::*;
use ultrafox_engine::{Exchange, Problem, ProblemKind, Reply};

use crate::call::{Call, Held, Raised};
use crate::interpreter::{self, Arguments};
use crate::reply::{self, Way};
use crate::request::Request;
use crate::{modules, pipe, problem};

thread_local! {
    /// The error that was last explained as a fault of ours, for the test client to raise.
    static FAULT: RefCell<Option<PyErr>> = const { RefCell::new(None) };
    static NOTING: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives, and the error that made it a 500.
pub(crate) fn noting<T>(work: impl FnOnce() -> T) -> (T, Option<PyErr>) {
    let outer = (NOTING.replace(true), FAULT.take());
    let done = work();
    NOTING.set(outer.0);
    (done, FAULT.replace(outer.1))
}

/// Closes a response that nobody will send: what waits for its end must hear of it.
pub(crate) fn discard(py: Python<'_>, value: &Bound<'_, PyAny>) {
    let is_response = modules::response(py).and_then(|class| value.is_instance(class));
    if is_response.unwrap_or(false) {
        pipe::close(py, value);
    }
}

/// A reply, and the iterator that gives its body where that is still to come.
pub(crate) struct Finished {
    pub(crate) reply: Reply,
    pub(crate) stream: Option<Stream>,
}

/// What gives a body piece by piece.
pub(crate) enum Stream {
    /// An iterable of bytes.
    Sync(Py<PyAny>),
    /// An async iterable of bytes.
    Async(Py<PyAny>),
}

/// How a function ends.
pub(crate) type Ending = Result<Finished, Problem>;

impl From<Reply> for Finished {
    fn from(reply: Reply) -> Self {
        Self {
            reply,
            stream: None,
        }
    }
}

impl Call {
    /// Runs a sync function to its end on the calling thread.
    pub(crate) fn run(&self, py: Python<'_>, exchange: Box<Exchange>, held: &mut Held) -> Ending {
        match self.invoke(py, exchange, held) {
            Ok(value) => self.conclude(py, &value, held),
            Err(raised) => self.explained(py, raised, held),
        }
    }

    /// Turns a value into a reply on the calling thread, which may touch the database.
    pub(crate) fn conclude(&self, py: Python<'_>, value: &Bound<'_, PyAny>, held: &Held) -> Ending {
        let finished =
            reply::way(self, value, held).and_then(|way| self.reply(py, way, value, held));
        self.told(py, finished, held)
    }

    /// Turns a value into a reply; None where that may wait for the database, which the event loop's thread must not.
    pub(crate) fn conclude_on_loop(
        &self,
        py: Python<'_>,
        value: &Bound<'_, PyAny>,
        held: &Held,
    ) -> Option<Ending> {
        match self.way_on_loop(py, value, held) {
            Ok(None) => None,
            Ok(Some(way)) => {
                let finished = self.reply(py, way, value, held);
                Some(self.told(py, finished, held))
            }
            Err(error) => Some(self.explained(py, error.into(), held)),
        }
    }

    fn way_on_loop(
        &self,
        py: Python<'_>,
        value: &Bound<'_, PyAny>,
        held: &Held,
    ) -> PyResult<Option<Way>> {
        let way = reply::way(self, value, held)?;
        let blocks = held.leaves(py)
            || (matches!(way, Way::Finish)
                && interpreter::call_one(py, &self.blocks, value)?.is_truthy()?);
        Ok(if blocks { None } else { Some(way) })
    }

    fn reply(
        &self,
        py: Python<'_>,
        way: Way,
        value: &Bound<'_, PyAny>,
        held: &Held,
    ) -> PyResult<Finished> {
        match way {
            Way::Encode => reply::encoded(py, self, value).map(Finished::from),
            Way::Octets => reply::octets(self, value).map(Finished::from),
            Way::Empty => Ok(reply::empty(self).into()),
            Way::Finish => {
                let arguments = finishing(py, value, held)?;
                let answer = interpreter::call(py, &self.finish, &arguments, None)?;
                reply::finished(&answer, false)
            }
        }
    }

    fn told(&self, py: Python<'_>, finished: PyResult<Finished>, held: &Held) -> Ending {
        match finished.and_then(|finished| leave(py, finished, held)) {
            Ok(finished) => Ok(finished),
            Err(error) => self.explained(py, error.into(), held),
        }
    }

    /// What the client is told of an error.
    pub(crate) fn explained(&self, py: Python<'_>, raised: Raised, held: &Held) -> Ending {
        let error = NOTING.get().then(|| raised.error.clone_ref(py));
        let told = explaining(py, raised, held)
            .and_then(|arguments| interpreter::call(py, &self.explain, &arguments, None));
        match told {
            Ok(told) if told.len().is_ok_and(|length| length == reply::ANSWER) => {
                let finished = reply::finished(&told, false);
                finished
                    .and_then(|finished| leave(py, finished, held))
                    .map_err(|error| broken(py, error))
            }
            told => {
                let problem = problem::read(py, told);
                if problem.code() == ProblemKind::InternalError.code() {
                    FAULT.set(error);
                }
                Err(leave_problem(py, problem, held))
            }
        }
    }
}

impl Held {
    /// Whether something is to be added to the answer that may wait for the database.
    pub(crate) fn leaves(&self, py: Python<'_>) -> bool {
        self.of_ours(py)
            .is_some_and(|request| request.get().leaves())
    }

    fn of_ours<'a, 'py>(&'a self, py: Python<'py>) -> Option<&'a Bound<'py, Request>> {
        self.request.as_ref()?.bind(py).cast::<Request>().ok()
    }

    fn request<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        match &self.request {
            Some(request) => request.bind(py).clone(),
            None => py.None().into_bound(py),
        }
    }
}

fn finishing<'py>(
    py: Python<'py>,
    value: &Bound<'py, PyAny>,
    held: &Held,
) -> PyResult<Arguments<'py>> {
    let accepted = held.accepted.into_pyobject(py)?.into_any();
    Ok(Arguments::from_iter([
        value.clone(),
        accepted,
        held.request(py),
    ]))
}

fn explaining<'py>(py: Python<'py>, raised: Raised, held: &Held) -> PyResult<Arguments<'py>> {
    let error = raised.error.into_value(py).into_bound(py).into_any();
    let from_body = raised.from_body.into_pyobject(py)?.to_owned().into_any();
    Ok(Arguments::from_iter([error, held.request(py), from_body]))
}

/// The last line of defence: it can only be told to the operator.
fn broken(py: Python<'_>, error: PyErr) -> Problem {
    error.display(py);
    Problem::from(ProblemKind::InternalError)
}

/// Adds what the request leaves on its answer: the session's cookie, messages.
fn leave(py: Python<'_>, mut finished: Finished, held: &Held) -> PyResult<Finished> {
    if held.leaves(py)
        && let Some(request) = held.of_ours(py)
    {
        let reply = &mut finished.reply;
        let headers: Vec<(String, String)> = reply::fields(&reply.headers);
        let left = request
            .as_any()
            .call_method1("_leave", (reply.status.as_u16(), headers))?;
        reply.headers = reply::header_map(left.extract()?)?;
    }
    Ok(finished)
}

fn leave_problem(py: Python<'_>, mut problem: Problem, held: &Held) -> Problem {
    if !held.leaves(py) {
        return problem;
    }
    let empty = Reply::empty(problem.status()).into();
    match leave(py, empty, held) {
        Ok(finished) => {
            for (name, value) in &finished.reply.headers {
                problem = problem.header(name.clone(), value.clone());
            }
            problem
        }
        Err(error) => broken(py, error),
    }
}
