//! Requests and plans in a line or two.

use std::time::Instant;

use http::Request;
use ultrafox_engine::{
    ApiPlan, ErrorStyle, Exchange, OperationPlan, ParamKind, ParamPlan, ParamSource, Plan,
    SlashPolicy,
};

/// A request to the host `testserver`: `request("GET", "/items/1").header("x-key", "a").exchange()`.
#[must_use]
pub fn request(method: &str, target: &str) -> RequestBuilder {
    RequestBuilder {
        builder: Request::builder().method(method).uri(target),
        host: Some("testserver"),
        started: Instant::now(),
    }
}

/// A request on its way to the engine.
pub struct RequestBuilder {
    builder: http::request::Builder,
    host: Option<&'static str>,
    started: Instant,
}

impl RequestBuilder {
    /// With one more header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: &[u8]) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Without the Host field.
    #[must_use]
    pub fn no_host(mut self) -> Self {
        self.host = None;
        self
    }

    /// To another host.
    #[must_use]
    pub fn host(self, host: &[u8]) -> Self {
        self.no_host().header("host", host)
    }

    /// Whose head was complete at that time.
    #[must_use]
    pub fn started(mut self, at: Instant) -> Self {
        self.started = at;
        self
    }

    /// The exchange.
    ///
    /// # Panics
    /// When method, target or a field is not one that `http` accepts.
    #[must_use]
    #[allow(clippy::expect_used)]
    pub fn exchange(self) -> Box<Exchange> {
        let builder = match self.host {
            Some(host) => self.builder.header("host", host),
            None => self.builder,
        };
        let (head, ()) = builder
            .body(())
            .expect("a request that http accepts")
            .into_parts();
        let peer = std::net::SocketAddr::from(([192, 0, 2, 7], 4711));
        Exchange::new(head, Some(peer), self.started)
    }
}

/// A plan for the host `testserver` with these methods and paths. Each name in a path becomes a parameter of text, or of the
/// converter before its colon: `{int:id}`. The label of an operation is its method and path as given here.
#[must_use]
pub fn plan(routes: &[(&str, &str)]) -> Plan {
    Plan {
        version: Plan::VERSION,
        debug: false,
        allowed_hosts: vec!["testserver".into()],
        forwarded_host: false,
        slashes: SlashPolicy::Redirect,
        in_flight: 100,
        body_limit: 1000,
        upload_limit: 1000,
        field_limit: 1000,
        parts: 100,
        files: 50,
        json_depth: 128,
        json_keys: 10_000,
        apis: vec![ApiPlan {
            prefix: String::new(),
            claims: false,
            errors: ErrorStyle::Problem,
            compress: true,
        }],
        fallback: false,
        operations: routes
            .iter()
            .map(|(method, path)| operation(method, path))
            .collect(),
    }
}

fn operation(method: &str, path: &str) -> OperationPlan {
    let mut params = Vec::new();
    let mut canonical = String::new();
    for (place, piece) in path.split('{').enumerate() {
        let Some((name, after)) = piece.split_once('}').filter(|_| place > 0) else {
            canonical.push_str(piece);
            continue;
        };
        let (converter, name) = match name.split_once(':') {
            Some((converter, name)) => (Some(converter), name),
            None => (None, name),
        };
        let star = if converter == Some("path") && !name.starts_with('*') {
            "*"
        } else {
            ""
        };
        canonical.push_str(&format!("{{{star}{name}}}{after}"));
        params.push(ParamPlan {
            converter: converter.map(Into::into),
            ..param(name.trim_start_matches('*'), ParamSource::Path)
        });
    }
    OperationPlan {
        method: method.into(),
        path: canonical,
        label: format!("{method} {path}"),
        api: 0,
        params,
        body: None,
        keeps_body: false,
        body_limit: None,
        produces: Vec::new(),
        compress: true,
        hears_faults: false,
    }
}

/// A required parameter of text, or of what it is changed to: `ParamPlan { many: true, ..param("tag", ParamSource::Query) }`. One of
/// the source `file` is a file.
#[must_use]
pub fn param(name: &str, source: ParamSource) -> ParamPlan {
    let kind = if source == ParamSource::File {
        ParamKind::File
    } else {
        ParamKind::Str
    };
    ParamPlan {
        name: name.into(),
        source,
        kinds: vec![kind],
        choices: Vec::new(),
        many: false,
        required: true,
        converter: None,
        gt: None,
        ge: None,
        lt: None,
        le: None,
        multiple_of: None,
        min_length: None,
        max_length: None,
        min_items: None,
        max_items: None,
        pattern: None,
    }
}
