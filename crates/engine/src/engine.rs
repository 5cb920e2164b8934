//! The engine: a plan in running form, and the ways into it.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use bytes::Bytes;

use crate::aside::Aside;
use crate::body::BodyRule;
use crate::form::Disk;
use crate::incoming::BodyError;
use crate::manner::Manner;
use crate::media::Produces;
use crate::params::Params;
use crate::routing::{self, Captures, Routing, Template};
use crate::sight::{Sight, Visit};
use crate::{
    Clock, ErrorStyle, Exchange, Handler, OperationId, OperationPlan, Plan, PlanError, Problem,
    Reply, Sink, Target, TraceId, pipeline, request_id,
};

/// A plan in running form. Several can live in one process; none keeps anything outside itself.
pub struct Engine<H> {
    pub(crate) sight: Arc<Sight>,
    pub(crate) routing: Routing,
    pub(crate) disk: Disk,
    pub(crate) aside: Aside,
    operations: Box<[Operation]>,
    handler: H,
}

/// What the stages know about one operation.
struct Operation {
    params: Params,
    produces: Produces,
    body: BodyRule,
    manner: Manner,
    hears_faults: bool,
}

impl<H: Handler> Engine<H> {
    /// Compiles a plan, or says what is wrong with it.
    pub fn new(
        plan: Plan,
        handler: H,
        sink: Arc<dyn Sink>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PlanError> {
        plan.check()?;
        let templates = plan
            .operations
            .iter()
            .map(Template::of)
            .collect::<Result<Vec<_>, _>>()?;
        let routing = Routing::compile(&plan, &templates)?;
        let operations = plan
            .operations
            .iter()
            .zip(&templates)
            .map(|(operation, template)| Operation::compile(&plan, operation, template))
            .collect::<Result<_, _>>()?;
        let sight = Arc::new(Sight {
            plan,
            sink,
            clock,
            in_flight: AtomicU32::new(0),
        });
        Ok(Self {
            sight,
            routing,
            disk: Disk::default(),
            aside: Aside::default(),
            operations,
            handler,
        })
    }

    /// Answers one request. Dropping the future before it is ready means that the client has gone away.
    ///
    /// It borrows the engine, so a service that holds an `Rc` or `Arc` of it answers without a box:
    /// `let engine = Rc::clone(&engine); async move { engine.handle(exchange, body).await }`.
    pub fn handle<B>(
        &self,
        exchange: Box<Exchange>,
        body: B,
    ) -> impl Future<Output = Reply> + use<'_, H, B>
    where
        B: http_body::Body<Data = Bytes> + Unpin,
        B::Error: Into<BodyError>,
    {
        pipeline::run(self, exchange, body)
    }

    /// The answer to a request that a door could not read, recorded as any other.
    pub fn refuse(&self, problem: Problem, peer: Option<SocketAddr>, started: Instant) -> Reply {
        let trace = TraceId::random();
        let visit = Visit {
            method: None,
            target: None,
            started,
            trace,
            peer,
            operation: None,
        };
        let code = problem.code_owned();
        let mut reply = problem.render(ErrorStyle::Problem, trace);
        self.sight
            .record(&visit, reply.status, Some(&code), reply.length());
        request_id::leave(&mut reply, trace);
        reply
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.sight.plan
    }

    /// An operation of the plan.
    pub fn operation(&self, id: OperationId) -> Option<&OperationPlan> {
        self.plan().operation(id)
    }

    /// Who runs the user's code.
    pub fn handler(&self) -> &H {
        &self.handler
    }

    /// How many requests are on their way, streamed answers included.
    pub fn in_flight(&self) -> u32 {
        self.sight.in_flight.load(Ordering::Relaxed)
    }

    /// How the answers to a request leave, once it has been routed or refused before.
    pub(crate) fn manner(&self, exchange: &Exchange) -> Manner {
        if let Target::Operation(OperationId(id)) = exchange.target
            && let Some(operation) = self.operations.get(id as usize)
        {
            return operation.manner;
        }
        Manner::at(self.plan(), &routing::routed_path(exchange))
    }

    /// Stage 11 for the operation that routing chose, and what it says about the body. The fallback has no parameters and reads
    /// every body.
    pub(crate) fn enter_params(
        &self,
        exchange: &mut Exchange,
        captures: Captures,
    ) -> Result<BodyRule, Problem> {
        let Target::Operation(OperationId(id)) = exchange.target else {
            return Ok(BodyRule::Keep);
        };
        let Some(operation) = self.operations.get(id as usize) else {
            return Ok(BodyRule::Ignore);
        };
        exchange.accepted = operation.produces.choose(&exchange.headers)?;
        match operation.params.enter(exchange, &captures) {
            Ok(()) => Ok(operation.body),
            Err(problem) => {
                operation.hear(exchange, problem)?;
                Ok(BodyRule::Ignore)
            }
        }
    }

    /// Stage 11's second half: the parameters that come from a form that has been read.
    pub(crate) fn enter_form(&self, exchange: &mut Exchange) -> Result<(), Problem> {
        let Target::Operation(OperationId(id)) = exchange.target else {
            return Ok(());
        };
        match self.operations.get(id as usize) {
            Some(operation) => match operation.params.enter_form(exchange) {
                Ok(()) => Ok(()),
                Err(problem) => operation.hear(exchange, problem),
            },
            None => Ok(()),
        }
    }
}

impl Operation {
    fn compile(
        plan: &Plan,
        operation: &OperationPlan,
        template: &Template,
    ) -> Result<Self, PlanError> {
        Ok(Self {
            params: Params::compile(operation, template)?,
            produces: Produces::compile(&operation.produces),
            body: BodyRule::of(operation),
            manner: Manner::of(plan, operation),
            hears_faults: operation.hears_faults,
        })
    }

    /// Leaves a refusal of the parameters to the handler's side, where it asked for that.
    fn hear(&self, exchange: &mut Exchange, problem: Problem) -> Result<(), Problem> {
        if !self.hears_faults {
            return Err(problem);
        }
        exchange.refused = Some(problem);
        Ok(())
    }
}
