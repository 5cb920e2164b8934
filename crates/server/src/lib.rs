//! Bytes to exchanges, replies to bytes.
//!
//! A [`Reactor`] owns one poll descriptor and the connections behind it. Whoever runs the thread (an asyncio loop, a test) calls
//! [`Reactor::turn`] when the descriptor is readable and [`Reactor::tick`] a few times a second.
#![forbid(unsafe_code)]

mod access_log;
mod chunked;
mod config;
mod connection;
mod exchange;
mod head;
mod link;
mod listen;
mod reactor;
mod wake;
mod wire;

pub use access_log::AccessLog;
pub use config::{AccessLogFormat, ServerConfig};
pub use listen::listen;
pub use reactor::{Reactor, TICK};
pub use wake::Wakes;
