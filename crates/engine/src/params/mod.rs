//! Stage 11: parameters of path, query, header and cookie, typed and constrained before any Python runs; those of a form follow
//! after the body stage.
//!
//! All faults of a stage are reported in one 422.

mod bounds;
mod constraint;
mod cookie;
mod decimal;
mod duration;
mod fault;
mod form;
mod header;
mod kinds;
mod moment;
mod number;
mod param;
mod query;
mod scalar;
mod stage;
mod text;

pub use header::field_text;
pub use scalar::Scalar;

pub(crate) use fault::quote;
pub(crate) use query::decode;
pub(crate) use stage::Params;
