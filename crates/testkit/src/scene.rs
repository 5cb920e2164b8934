//! An engine with fake ports, and what went through it.

use std::sync::{Arc, Mutex, PoisonError};

use ultrafox_engine::{Engine, Exchange, Plan, Problem, Reply, Target};

use crate::{Answers, Chunks, FakeClock, RememberingSink, RequestBuilder, finish};

type Function = Box<dyn Fn(Box<Exchange>) -> Result<Reply, Problem>>;

/// An engine whose handler keeps what it is given and answers 200.
pub struct Scene {
    /// The engine.
    pub engine: Engine<Answers<Function>>,
    /// Its sink.
    pub sink: Arc<RememberingSink>,
    /// Its clock.
    pub clock: Arc<FakeClock>,
    seen: Arc<Mutex<Vec<Exchange>>>,
}

impl Scene {
    /// A scene with a plan.
    ///
    /// # Panics
    /// When the plan is refused.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        Self::answering(plan, |_| Ok(Reply::empty(http::StatusCode::OK)))
    }

    /// A scene whose handler answers in its own way.
    ///
    /// # Panics
    /// When the plan is refused.
    #[must_use]
    #[allow(clippy::panic)]
    pub fn answering(
        plan: Plan,
        answer: impl Fn(&Exchange) -> Result<Reply, Problem> + 'static,
    ) -> Self {
        let (sink, clock) = (RememberingSink::new(), Arc::new(FakeClock::new()));
        let seen: Arc<Mutex<Vec<Exchange>>> = Arc::default();
        let keep = Arc::clone(&seen);
        let function: Function = Box::new(move |exchange| {
            let answer = answer(&exchange);
            keep.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(*exchange);
            answer
        });
        match Engine::new(plan, Answers(function), sink.clone(), clock.clone()) {
            Ok(engine) => Self {
                engine,
                sink,
                clock,
                seen,
            },
            Err(error) => panic!("expected a plan that can be served: {error}"),
        }
    }

    /// The answer to a request without a body.
    pub fn ask(&self, request: RequestBuilder) -> Reply {
        self.send(request, Chunks::default())
    }

    /// The answer to a request with a body.
    pub fn send(&self, request: RequestBuilder, body: Chunks) -> Reply {
        finish(self.engine.handle(request.exchange(), body))
    }

    /// The last exchange that reached the handler since the last call.
    #[must_use]
    pub fn seen(&self) -> Option<Exchange> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let last = seen.pop();
        seen.clear();
        last
    }

    /// The label of the operation that a request reaches, `fallback`, or the status of the refusal.
    pub fn reaches(&self, request: RequestBuilder) -> String {
        let reply = self.ask(request);
        match self.seen().map(|exchange| exchange.target) {
            Some(Target::Operation(id)) => self
                .engine
                .operation(id)
                .map_or_else(String::new, |operation| operation.label.clone()),
            Some(Target::Fallback) => "fallback".to_owned(),
            _ => reply.status.as_str().to_owned(),
        }
    }
}

/// What is said about a plan that is refused; empty when it is not.
#[must_use]
pub fn refusal(plan: Plan) -> String {
    let answer: Function = Box::new(|_| Ok(Reply::empty(http::StatusCode::OK)));
    let ports = (RememberingSink::new(), Arc::new(FakeClock::new()));
    match Engine::new(plan, Answers(answer), ports.0, ports.1) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}
