//! Stage 4: which operation answers a request.
//!
//! In this order: the host, the path (decoded once, here), the method, the slash at the end, and who else the path may belong to.
//! What is decided here is decided on the same text that the handler's parameters are cut from.

mod allow;
mod converter;
mod hosts;
mod path;
mod router;
mod slashes;
mod stage;
mod template;

pub(crate) use path::{nibble, unescape};
pub(crate) use router::Captures;
pub(crate) use stage::{Routed, Routing, is_below, routed_path};
pub(crate) use template::Template;
