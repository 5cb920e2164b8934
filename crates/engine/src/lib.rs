//! What an API does with a request.
//!
//! The engine takes an [`Exchange`] and answers with a [`Reply`]. It knows neither sockets nor Python: the outside supplies
//! what it needs through the traits of `ports.rs`. Read `pipeline.rs` first: it is the order in which things happen.

#![forbid(unsafe_code)]

mod aside;
mod body;
mod compression;
mod engine;
mod exchange;
mod form;
mod incoming;
pub mod json;
mod manner;
mod media;
mod params;
mod pipeline;
mod plan;
mod ports;
mod problem;
mod reply;
mod request_id;
mod routing;
mod sight;
mod vary;
mod weighted;

pub use engine::Engine;
pub use exchange::{Content, Exchange, Form, OperationId, Target, Upload};
pub use incoming::BodyError;
pub use params::{Scalar, field_text};
pub use plan::{
    ApiPlan, BodyKind, BodyPlan, Bound, ErrorStyle, OperationPlan, ParamKind, ParamPlan,
    ParamSource, Plan, PlanError, SlashPolicy,
};
pub use ports::{Clock, Handler, Record, Sink, SystemClock};
pub use problem::{Fault, Loc, Problem, ProblemKind};
pub use reply::{Body, ChunkSource, Reply};
pub use request_id::TraceId;
