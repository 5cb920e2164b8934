//! Fake ports and a request builder, for tests and benches.

mod bodies;
mod ports;
mod request;
mod run;
mod scene;

pub use bodies::{Broken, Chunks, Source};
pub use ports::{Answers, FakeClock, Pending, Remembered, RememberingSink};
pub use request::{RequestBuilder, param, plan, request};
pub use run::{body_of, finish, poll_once};
pub use scene::{Scene, refusal};
