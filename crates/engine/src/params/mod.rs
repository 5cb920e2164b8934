//! Stage 11: scalar parameters of path, query, header and cookie, typed and constrained before any Python runs.
//!
//! All faults of a request are reported in one 422.

mod constraint;
mod cookie;
mod fault;
mod query;
mod scalar;
mod stage;

pub use scalar::Scalar;
pub use stage::field_text;

pub(crate) use fault::quote;
pub(crate) use stage::Params;
