//! ALLOWED_HOSTS: Django's rules, decided on the one host that the request names.

use std::sync::OnceLock;

use http::header::{HOST, HeaderName, HeaderValue};

use crate::params::quote;
use crate::{Exchange, Plan, PlanError, Problem, ProblemKind};

/// USE_X_FORWARDED_HOST.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What Django serves in development when nothing is set.
const IN_DEBUG: [&str; 3] = [".localhost", "127.0.0.1", "[::1]"];

/// The host names that are served.
pub(super) struct Hosts {
    any: bool,
    exact: Vec<String>,
    /// `.example.com`, with the dot.
    suffixes: Vec<String>,
    /// Whether X-Forwarded-Host counts before Host.
    forwarded: bool,
    debug: bool,
    /// A field that was checked and found good: nearly every request has the same.
    known: OnceLock<Box<[u8]>>,
}

impl Hosts {
    pub(super) fn compile(plan: &Plan) -> Result<Self, PlanError> {
        let mut hosts = Self {
            any: false,
            exact: Vec::new(),
            suffixes: Vec::new(),
            forwarded: plan.forwarded_host,
            debug: plan.debug,
            known: OnceLock::new(),
        };
        for pattern in &plan.allowed_hosts {
            hosts.add(pattern)?;
        }
        if plan.debug && plan.allowed_hosts.is_empty() {
            IN_DEBUG.iter().try_for_each(|pattern| hosts.add(pattern))?;
        }
        Ok(hosts)
    }

    fn add(&mut self, pattern: &str) -> Result<(), PlanError> {
        let name = pattern.strip_prefix('.').unwrap_or(pattern);
        if pattern == "*" {
            self.any = true;
        } else if !is_domain(name.as_bytes()) {
            return Err(PlanError(format!(
                "Expected a host name like `example.com`, `.example.com`, `[::1]` or `*` in ALLOWED_HOSTS, given `{pattern}`; \
                 name the host without scheme and port."
            )));
        } else if name.len() < pattern.len() {
            self.suffixes.push(pattern.to_ascii_lowercase());
        } else {
            self.exact.push(pattern.to_ascii_lowercase());
        }
        Ok(())
    }

    /// Refuses a host that is not served. Afterwards the request has one Host field, and it is the one that was checked.
    pub(super) fn enter(&self, exchange: &mut Exchange) -> Result<(), Problem> {
        if self.forwarded && exchange.headers.contains_key(FORWARDED) {
            return self.enter_forwarded(exchange);
        }
        let mut fields = exchange.headers.get_all(HOST).iter();
        let field = fields.next();
        if fields.next().is_some() {
            return Err(disallowed("two of them", ""));
        }
        let authority = exchange.uri.authority().map(http::uri::Authority::as_str);
        match (field, authority) {
            (Some(field), None) => {
                let field = field.as_bytes();
                if self.known.get().is_some_and(|known| **known == *field) {
                    return Ok(());
                }
                self.check(field)?;
                self.known.get_or_init(|| field.into());
                Ok(())
            }
            (Some(field), Some(authority)) => {
                if !field.as_bytes().eq_ignore_ascii_case(authority.as_bytes()) {
                    return Err(disallowed("two that differ", ""));
                }
                self.check(field.as_bytes())
            }
            (None, Some(authority)) => {
                self.check(authority.as_bytes())?;
                if let Ok(value) = HeaderValue::from_str(authority) {
                    exchange.headers.insert(HOST, value);
                }
                Ok(())
            }
            (None, None) => Err(disallowed("none", "")),
        }
    }

    /// The proxy has a Host of its own, and that is nobody's claim.
    fn enter_forwarded(&self, exchange: &Exchange) -> Result<(), Problem> {
        let mut fields = exchange.headers.get_all(FORWARDED).iter();
        match (fields.next(), fields.next()) {
            (Some(field), None) => self.check(field.as_bytes()),
            _ => Err(disallowed("two of them", "")),
        }
    }

    fn check(&self, given: &[u8]) -> Result<(), Problem> {
        let Some(domain) = domain(given) else {
            return Err(disallowed(&quote(&String::from_utf8_lossy(given)), ""));
        };
        if self.any || self.allows(domain) {
            return Ok(());
        }
        // Which hosts are served is nobody's business but the developer's.
        let cure = if self.debug {
            "; add it to ALLOWED_HOSTS"
        } else {
            ""
        };
        Err(disallowed(&quote(&String::from_utf8_lossy(given)), cure))
    }

    fn allows(&self, domain: &[u8]) -> bool {
        let same = |pattern: &String| pattern.as_bytes().eq_ignore_ascii_case(domain);
        let below = |pattern: &String| {
            let pattern = pattern.as_bytes();
            let tail = domain
                .len()
                .checked_sub(pattern.len())
                .and_then(|at| domain.get(at..));
            let bare = pattern.get(1..).unwrap_or_default();
            bare.eq_ignore_ascii_case(domain)
                || tail.is_some_and(|tail| tail.eq_ignore_ascii_case(pattern))
        };
        self.exact.iter().any(same) || self.suffixes.iter().any(below)
    }
}

/// The host without its port and without the dot at its end; `None` when it is not one.
fn domain(host: &[u8]) -> Option<&[u8]> {
    let end = match host.first()? {
        b'[' => memchr::memchr(b']', host)? + 1,
        _ => memchr::memchr(b':', host).unwrap_or(host.len()),
    };
    let (name, port) = host.split_at_checked(end)?;
    let name = name.strip_suffix(b".").unwrap_or(name);
    (is_domain(name) && is_port(port)).then_some(name)
}

fn is_domain(name: &[u8]) -> bool {
    if let Some(address) = name
        .strip_prefix(b"[")
        .and_then(|rest| rest.strip_suffix(b"]"))
    {
        return std::str::from_utf8(address)
            .is_ok_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    !name.is_empty() && name.iter().all(plain) && !name.starts_with(b".")
}

/// Nothing, or a colon and a number that is a port.
fn is_port(text: &[u8]) -> bool {
    let Some(digits) = text.strip_prefix(b":") else {
        return text.is_empty();
    };
    let number = digits.iter().try_fold(0_u32, |sum, byte| {
        byte.is_ascii_digit().then(|| {
            sum.saturating_mul(10)
                .saturating_add(u32::from(byte - b'0'))
        })
    });
    !digits.is_empty() && number.is_some_and(|number| number <= 65_535)
}

fn disallowed(given: &str, cure: &str) -> Problem {
    let detail = format!("Expected the name of a host that is served here, given {given}{cure}.");
    Problem::from(ProblemKind::DisallowedHost).detail(detail)
}
