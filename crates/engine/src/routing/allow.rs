//! The methods of a path, as a field of the reply.

use http::Method;
use http::header::HeaderValue;

/// `Allow`: what is served, with the HEAD that every GET serves and the OPTIONS that is answered everywhere.
pub(super) fn allow(methods: &[Method]) -> HeaderValue {
    let mut names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    if methods.contains(&Method::GET) {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    names.sort_unstable();
    names.dedup();
    // Methods are tokens: they always fit.
    HeaderValue::try_from(names.join(", ")).unwrap_or_else(|_| HeaderValue::from_static("OPTIONS"))
}
