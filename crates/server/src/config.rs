//! What the server is told at start.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// Where to listen, how many and how slow clients may be. Durations are seconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address to bind.
    pub host: String,
    /// Port to bind; 0 lets the system choose.
    pub port: u16,
    /// Length of the kernel's queue of connections that wait to be accepted.
    pub backlog: i32,
    /// Connections open at once; more wait in the kernel's queue.
    pub connections: usize,
    /// The form of the access log.
    pub access_log: AccessLogFormat,
    /// From accept to the first byte.
    #[serde(deserialize_with = "seconds")]
    pub first_byte: Duration,
    /// From the first byte of a head to its end.
    #[serde(deserialize_with = "seconds")]
    pub head: Duration,
    /// Between two pieces of a body.
    #[serde(deserialize_with = "seconds")]
    pub body_idle: Duration,
    /// Bytes per second that a body must reach once it has taken ten seconds.
    pub body_rate: u64,
    /// Between two pieces of a reply that the client takes.
    #[serde(deserialize_with = "seconds")]
    pub write_stall: Duration,
    /// Between two requests of a connection.
    #[serde(deserialize_with = "seconds")]
    pub keep_alive: Duration,
    /// Requests of one connection.
    pub keep_alive_requests: u32,
}

/// The form of the access log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessLogFormat {
    /// One JSON object per line.
    Json,
    /// One line for people.
    Text,
    /// None.
    Off,
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds).map_err(|_| {
        serde::de::Error::custom(format!("expected a number of seconds, given {seconds}"))
    })
}
