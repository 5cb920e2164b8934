//! Fake ports and a request builder, for tests and benches.
