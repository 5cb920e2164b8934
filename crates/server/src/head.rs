//! The strict reading of a request's head (RFC 9112 §2–§6), before hyper sees it.
//!
//! hyper forgives much; what two parsers read differently is how requests are smuggled. So a head that has more than one reading is
//! refused here, and hyper is handed whole heads only. Lines are checked as they arrive: a byte is looked at once, however slowly
//! it comes.

use ultrafox_engine::ProblemKind;

/// Bytes of a request target.
const TARGET: usize = 8 * 1024;
/// Bytes of one header line.
const LINE: usize = 8 * 1024;
/// Bytes of all header lines.
const LINES: usize = 32 * 1024;
/// Header lines.
const FIELDS: u32 = 100;

/// A refusal of the head, in the terms of the problem catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeadFault {
    pub(crate) kind: ProblemKind,
    pub(crate) detail: &'static str,
}

const fn bad(detail: &'static str) -> HeadFault {
    HeadFault {
        kind: ProblemKind::BadRequest,
        detail,
    }
}

/// How the body that follows a head is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is none.
    Empty,
    /// So many bytes.
    Length(u64),
    /// Chunks.
    Chunked,
}

/// The head that is being received.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    scanned: usize,
    line_start: usize,
    fields_start: usize,
    fields: u32,
    started: bool,
    old_version: bool,
    absolute: Option<(usize, usize)>,
    host: Option<(usize, usize)>,
    length: Option<u64>,
    chunked: bool,
}

impl Head {
    /// Looks at the bytes that are new in `bytes`, which starts where the last head or body ended.
    /// `Some` when the head is complete: its length, and how its body is delimited.
    pub(crate) fn accept(&mut self, bytes: &[u8]) -> Result<Option<(usize, Framing)>, HeadFault> {
        while let Some(offset) =
            memchr::memchr(b'\n', bytes.get(self.scanned..).unwrap_or_default())
        {
            let end = self.scanned + offset;
            let line = bytes.get(self.line_start..end).unwrap_or_default();
            let [line @ .., b'\r'] = line else {
                return Err(bad(
                    "Expected every line to end with CR LF, given a bare LF.",
                ));
            };
            let start = self.line_start;
            self.scanned = end + 1;
            self.line_start = end + 1;
            if line.is_empty() {
                if self.started {
                    return self.finish(bytes).map(|framing| Some((end + 1, framing)));
                }
                // RFC 9112 §2.2: one empty line before a request is ignored. hyper ignores it too.
                if start != 0 {
                    return Err(bad("Expected a request line, given empty lines."));
                }
            } else if self.started {
                self.field(line, start)?;
            } else {
                self.request_line(line, start)?;
                self.fields_start = end + 1;
            }
        }
        self.scanned = bytes.len();
        self.bounds(bytes.len()).map(|()| None)
    }

    fn bounds(&self, received: usize) -> Result<(), HeadFault> {
        let line = received - self.line_start;
        if !self.started && line > TARGET + 32 {
            return Err(target_too_long());
        }
        if self.started && (line > LINE || received - self.fields_start > LINES) {
            return Err(fields_too_large());
        }
        Ok(())
    }

    fn request_line(&mut self, line: &[u8], start: usize) -> Result<(), HeadFault> {
        self.started = true;
        let mut parts = line.splitn(3, |byte| *byte == b' ');
        let (Some(method), Some(target), Some(version)) =
            (parts.next(), parts.next(), parts.next())
        else {
            return Err(bad("Expected `METHOD target HTTP/1.1` as the first line."));
        };
        if method.is_empty() || method.len() > 32 || !method.iter().copied().all(is_token) {
            return Err(bad("Expected a method of letters, as in `GET`."));
        }
        if target.len() > TARGET {
            return Err(target_too_long());
        }
        self.old_version = match version {
            b"HTTP/1.1" => false,
            b"HTTP/1.0" => true,
            _ if version.starts_with(b"HTTP/") => {
                return Err(HeadFault {
                    kind: ProblemKind::HttpVersionNotSupported,
                    detail: "Expected HTTP/1.1 or HTTP/1.0.",
                });
            }
            _ => return Err(bad("Expected `METHOD target HTTP/1.1` as the first line.")),
        };
        self.target(method, target, start + method.len() + 1)
    }

    fn target(&mut self, method: &[u8], target: &[u8], start: usize) -> Result<(), HeadFault> {
        if method == b"CONNECT" {
            return Err(HeadFault {
                kind: ProblemKind::NotImplemented,
                detail: "This server is no proxy: CONNECT is not served.",
            });
        }
        if !target.iter().copied().all(is_target) {
            return Err(bad(
                "Expected a target of visible ASCII characters; percent-encode all others.",
            ));
        }
        if target.starts_with(b"/") || (method == b"OPTIONS" && target == b"*") {
            return Ok(());
        }
        let scheme = [&b"http://"[..], b"https://"].into_iter().find(|scheme| {
            target
                .get(..scheme.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        });
        let Some(scheme) = scheme else {
            return Err(bad("Expected a target that starts with `/`."));
        };
        let rest = target.get(scheme.len()..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b'/' | b'?'))
            .unwrap_or(rest.len());
        if http::uri::Authority::try_from(rest.get(..length).unwrap_or_default()).is_err() {
            return Err(bad("Expected `http://host/path` as an absolute target."));
        }
        self.absolute = Some((start + scheme.len(), start + scheme.len() + length));
        Ok(())
    }

    fn field(&mut self, line: &[u8], start: usize) -> Result<(), HeadFault> {
        self.fields += 1;
        if self.fields > FIELDS
            || line.len() > LINE
            || start + line.len() - self.fields_start > LINES
        {
            return Err(fields_too_large());
        }
        let colon = line
            .iter()
            .position(|byte| !is_token(*byte))
            .unwrap_or(line.len());
        let (name, rest) = line.split_at(colon);
        let Some((b':', value)) = rest.split_first() else {
            return Err(bad(
                "Expected `Name: value` on every header line, the name of token characters.",
            ));
        };
        if name.is_empty() {
            return Err(bad("Expected a header name before the colon."));
        }
        if !value.iter().copied().all(is_field) {
            return Err(bad("Expected header values without control characters."));
        }
        let trimmed = trim(value);
        let from = start + colon + 1 + (value.len() - value.trim_ascii_start().len());
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => self.host(trimmed, from),
            6 if name.eq_ignore_ascii_case(b"expect") => expect(trimmed),
            14 if name.eq_ignore_ascii_case(b"content-length") => self.length(trimmed),
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => self.coding(trimmed),
            _ => Ok(()),
        }
    }

    fn host(&mut self, value: &[u8], start: usize) -> Result<(), HeadFault> {
        if self.host.is_some() {
            return Err(bad("Expected one Host header, given two."));
        }
        let (name, port) = match value.iter().rposition(|byte| *byte == b':') {
            Some(colon) if value.last() != Some(&b']') => (
                value.get(..colon).unwrap_or_default(),
                value.get(colon + 1..).unwrap_or_default(),
            ),
            _ => (value, &b"80"[..]),
        };
        let sound = !name.is_empty() && name.iter().copied().all(is_host) && is_port(port);
        if !sound {
            return Err(bad("Expected `name` or `name:port` as Host."));
        }
        self.host = Some((start, start + value.len()));
        Ok(())
    }

    fn length(&mut self, value: &[u8]) -> Result<(), HeadFault> {
        if self.length.is_some() {
            return Err(bad("Expected one Content-Length header, given two."));
        }
        let digits = std::str::from_utf8(value)
            .ok()
            .filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
        let length = digits
            .and_then(|text| text.parse::<u64>().ok())
            .filter(|length| *length < 1 << 62);
        self.length =
            Some(length.ok_or(bad("Expected a decimal number of bytes as Content-Length."))?);
        Ok(())
    }

    fn coding(&mut self, value: &[u8]) -> Result<(), HeadFault> {
        if self.chunked {
            return Err(bad("Expected one Transfer-Encoding header, given two."));
        }
        if !value.eq_ignore_ascii_case(b"chunked") {
            return Err(HeadFault {
                kind: ProblemKind::NotImplemented,
                detail: "Expected `chunked` as the only transfer coding.",
            });
        }
        self.chunked = true;
        Ok(())
    }

    fn finish(&mut self, bytes: &[u8]) -> Result<Framing, HeadFault> {
        if self.host.is_none() && !self.old_version {
            return Err(bad("Expected a Host header."));
        }
        if let (Some((from, to)), Some((host_from, host_to))) = (self.absolute, self.host)
            && bytes.get(from..to).map(<[u8]>::to_ascii_lowercase)
                != bytes
                    .get(host_from..host_to)
                    .map(<[u8]>::to_ascii_lowercase)
        {
            return Err(bad(
                "Expected the target and the Host header to name the same host.",
            ));
        }
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(bad(
                "Expected either Content-Length or Transfer-Encoding, given both.",
            )),
            (true, None) if self.old_version => {
                Err(bad("Expected no Transfer-Encoding in HTTP/1.0."))
            }
            (true, None) => Ok(Framing::Chunked),
            (false, None | Some(0)) => Ok(Framing::Empty),
            (false, Some(length)) => Ok(Framing::Length(length)),
        }
    }
}

fn expect(value: &[u8]) -> Result<(), HeadFault> {
    if value.eq_ignore_ascii_case(b"100-continue") {
        return Ok(());
    }
    Err(HeadFault {
        kind: ProblemKind::ExpectationFailed,
        detail: "Expected `100-continue` or no Expect header.",
    })
}

const fn target_too_long() -> HeadFault {
    HeadFault {
        kind: ProblemKind::UriTooLong,
        detail: "Expected a target of at most 8 KiB.",
    }
}

const fn fields_too_large() -> HeadFault {
    HeadFault {
        kind: ProblemKind::HeadersTooLarge,
        detail: "Expected at most 100 header lines of 8 KiB, 32 KiB in all.",
    }
}

fn trim(value: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value
        .iter()
        .position(|byte| !is_space(byte))
        .unwrap_or(value.len());
    let end = value
        .iter()
        .rposition(|byte| !is_space(byte))
        .map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

const TOKEN: u8 = 1;
const TARGET_BYTE: u8 = 2;
const FIELD: u8 = 4;
const HOST: u8 = 8;

static CLASSES: [u8; 256] = classes();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let value = byte as u8;
        if value.is_ascii_alphanumeric()
            || matches!(value, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
        {
            table[byte] |= TOKEN;
        }
        // What http::Uri takes in a path or query; it would refuse the rest after us, without a log line.
        if matches!(value, b'!' | b'$'..=b';' | b'=' | b'?'..=b'_' | b'a'..=b'~') {
            table[byte] |= TARGET_BYTE;
        }
        if value >= 0x20 && value != 0x7f || value == b'\t' {
            table[byte] |= FIELD;
        }
        if value.is_ascii_alphanumeric()
            || matches!(value, b'-' | b'.' | b'_' | b'~' | b'[' | b']' | b':')
        {
            table[byte] |= HOST;
        }
        byte += 1;
    }
    table
}

#[allow(
    clippy::indexing_slicing,
    reason = "a byte is a valid index of 256 entries"
)]
fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

fn is_token(byte: u8) -> bool {
    class(byte) & TOKEN != 0
}

fn is_target(byte: u8) -> bool {
    class(byte) & TARGET_BYTE != 0
}

fn is_host(byte: u8) -> bool {
    class(byte) & HOST != 0
}

fn is_port(digits: &[u8]) -> bool {
    let number = |total: u32, digit: &u8| match digit {
        b'0'..=b'9' => Some((total * 10 + u32::from(digit - b'0')).min(1 << 20)),
        _ => None,
    };
    !digits.is_empty()
        && digits
            .iter()
            .try_fold(0, number)
            .is_some_and(|port| port <= 65_535)
}

fn is_field(byte: u8) -> bool {
    class(byte) & FIELD != 0
}

#[cfg(test)]
#[path = "head_tests.rs"]
mod tests;
