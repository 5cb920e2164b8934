//! The access log: a line for every answer, written by a thread of its own.
//!
//! Lines are formatted where the answer is made, into one buffer; the thread only writes. When its output blocks, lines beyond a
//! bound are dropped and counted, and requests go on.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ultrafox_engine::{Record, Sink};

use crate::AccessLogFormat;

/// Bytes that make it worth waking the thread.
const BATCH: usize = 32 * 1024;
/// Bytes that may wait for a blocked output.
const BACKLOG: usize = 8 * 1024 * 1024;
/// How long a stop waits for the output to take the last lines.
const CLOSING: Duration = Duration::from_secs(1);
/// How old a line may get before the thread is woken for it.
const AGE: Duration = Duration::from_millis(50);

/// The access log of one process.
pub struct AccessLog {
    format: AccessLogFormat,
    lines: Mutex<Lines>,
    outbox: Arc<Outbox>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

struct Lines {
    buffer: Vec<u8>,
    handed_over: Instant,
    second: u64,
    /// `2026-11-21T06:12:00`, for `second`.
    stamp: String,
}

#[derive(Default)]
struct Outbox {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    bytes: Vec<u8>,
    dropped: u64,
    closed: bool,
    written: bool,
}

impl AccessLog {
    /// A log of this form, written to `output`.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn new(
        format: AccessLogFormat,
        output: impl Write + Send + 'static,
    ) -> std::io::Result<Self> {
        let outbox = Arc::new(Outbox::default());
        let writer = match format {
            AccessLogFormat::Off => None,
            _ => {
                let outbox = Arc::clone(&outbox);
                let thread = std::thread::Builder::new().name("ultrafox-access-log".into());
                Some(thread.spawn(move || write_out(&outbox, format, output))?)
            }
        };
        Ok(Self {
            format,
            lines: Mutex::new(Lines {
                buffer: Vec::new(),
                handed_over: Instant::now(),
                second: u64::MAX,
                stamp: String::new(),
            }),
            outbox,
            writer: Mutex::new(writer),
        })
    }

    /// Hands lines over that have waited long enough. Called after every turn of the reactor.
    pub fn flush(&self, now: Instant) {
        if self.format == AccessLogFormat::Off {
            return;
        }
        let mut lines = lock(&self.lines);
        if !lines.buffer.is_empty() && now.saturating_duration_since(lines.handed_over) > AGE {
            lines.handed_over = now;
            self.hand_over(&mut lines);
        }
    }

    /// Writes what is left and ends the thread.
    pub fn close(&self) {
        self.hand_over(&mut lock(&self.lines));
        lock(&self.outbox.waiting).closed = true;
        self.outbox.changed.notify_all();
        let Some(writer) = lock(&self.writer).take() else {
            return;
        };
        let mut waiting = lock(&self.outbox.waiting);
        let end = Instant::now() + CLOSING;
        while !waiting.written && Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now());
            let waited = self.outbox.changed.wait_timeout(waiting, left);
            waiting = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        // Blocked by an output that nobody reads, the thread is left behind.
        if std::mem::take(&mut waiting.written) {
            drop(waiting);
            // A panic of the thread has been reported by itself.
            let _ = writer.join();
        }
    }

    fn hand_over(&self, lines: &mut Lines) {
        let mut waiting = lock(&self.outbox.waiting);
        if waiting.bytes.is_empty() {
            std::mem::swap(&mut waiting.bytes, &mut lines.buffer);
        } else if waiting.bytes.len() + lines.buffer.len() <= BACKLOG {
            waiting.bytes.append(&mut lines.buffer);
        } else {
            waiting.dropped += lines.buffer.iter().filter(|byte| **byte == b'\n').count() as u64;
            lines.buffer.clear();
        }
        drop(waiting);
        self.outbox.changed.notify_one();
    }
}

impl Sink for AccessLog {
    fn listens(&self) -> bool {
        self.format != AccessLogFormat::Off
    }

    fn record(&self, record: &Record<'_>) {
        let mut lines = lock(&self.lines);
        lines.date(record.at);
        match self.format {
            AccessLogFormat::Json => lines.json(record),
            _ => lines.text(record),
        }
        if lines.buffer.len() >= BATCH {
            lines.handed_over = Instant::now();
            self.hand_over(&mut lines);
        }
    }
}

impl Lines {
    fn date(&mut self, at: SystemTime) {
        let second = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        if second != self.second {
            self.second = second;
            self.stamp = stamp(second);
        }
    }

    fn json(&mut self, record: &Record<'_>) {
        self.put(b"{\"time\":\"");
        self.time(record.at);
        self.put(b"\",\"method\":");
        match record.method {
            Some(method) => {
                self.put(b"\"");
                self.put(method.as_str().as_bytes());
                self.put(b"\"");
            }
            None => self.put(b"null"),
        }
        self.put(b",\"target\":\"");
        escape(&mut self.buffer, record.target);
        self.put(b"\",\"status\":");
        self.number(record.status.as_u16());
        self.put(b",\"bytes\":");
        self.number(record.bytes);
        self.put(b",\"duration_us\":");
        self.number(u64::try_from(record.duration.as_micros()).unwrap_or(u64::MAX));
        self.put(b",\"ip\":");
        match record.peer {
            Some(ip) => {
                let _ = write!(self.buffer, "\"{ip}\"");
            }
            None => self.put(b"null"),
        }
        self.put(b",\"trace_id\":\"");
        self.put(&record.trace.hex());
        self.put(b"\"");
        if let Some(operation) = record.operation {
            self.put(b",\"operation\":\"");
            escape(&mut self.buffer, &operation.label);
            self.put(b"\"");
        }
        if let Some(problem) = record.problem {
            self.put(b",\"problem\":\"");
            escape(&mut self.buffer, problem);
            self.put(b"\"");
        }
        self.put(b"}\n");
    }

    fn text(&mut self, record: &Record<'_>) {
        self.time(record.at);
        self.put(b" ");
        match record.peer {
            Some(ip) => {
                let _ = write!(self.buffer, "{ip}");
            }
            None => self.put(b"-"),
        }
        self.put(b" \"");
        self.put(
            record
                .method
                .map_or("-", |method| method.as_str())
                .as_bytes(),
        );
        self.put(b" ");
        escape(&mut self.buffer, record.target);
        self.put(b"\" ");
        self.number(record.status.as_u16());
        self.put(b" ");
        self.number(record.bytes);
        let _ = write!(
            self.buffer,
            " {:.3}ms ",
            record.duration.as_secs_f64() * 1e3
        );
        self.put(&record.trace.hex());
        if let Some(problem) = record.problem {
            self.put(b" ");
            escape(&mut self.buffer, problem);
        }
        self.put(b"\n");
    }

    fn put(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    fn number(&mut self, number: impl itoa::Integer) {
        self.buffer
            .extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    fn time(&mut self, at: SystemTime) {
        let millis = at
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .subsec_millis();
        self.buffer.extend_from_slice(self.stamp.as_bytes());
        let digit = |n: u32| b'0' + u8::try_from(n % 10).unwrap_or_default();
        self.put(&[
            b'.',
            digit(millis / 100),
            digit(millis / 10),
            digit(millis),
            b'Z',
        ]);
    }
}

fn write_out(outbox: &Outbox, format: AccessLogFormat, mut output: impl Write) {
    let mut batch = Vec::new();
    loop {
        let mut waiting = lock(&outbox.waiting);
        while waiting.bytes.is_empty() && waiting.dropped == 0 && !waiting.closed {
            waiting = outbox
                .changed
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(&mut batch, &mut waiting.bytes);
        let (dropped, closed) = (std::mem::take(&mut waiting.dropped), waiting.closed);
        drop(waiting);
        // Nobody is left to tell when the output of the log fails.
        let _ = output.write_all(&batch);
        if dropped > 0 {
            let _ = match format {
                AccessLogFormat::Json => writeln!(output, "{{\"dropped_lines\":{dropped}}}"),
                _ => writeln!(
                    output,
                    "{dropped} lines were dropped: the output was blocked"
                ),
            };
        }
        let _ = output.flush();
        batch.clear();
        if closed {
            lock(&outbox.waiting).written = true;
            outbox.changed.notify_all();
            return;
        }
    }
}

/// JSON's escapes; they also keep control characters out of the text form.
fn escape(buffer: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'"' => buffer.extend_from_slice(b"\\\""),
            b'\\' => buffer.extend_from_slice(b"\\\\"),
            0x20..=0x7e | 0x80.. => buffer.push(byte),
            _ => {
                let _ = write!(buffer, "\\u{byte:04x}");
            }
        }
    }
}

/// Seconds since 1970 as RFC 3339 without zone (Howard Hinnant's civil-from-days).
fn stamp(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{escape, stamp};

    #[test]
    fn writes_dates_as_people_read_them() {
        assert_eq!(stamp(0), "1970-01-01T00:00:00");
        assert_eq!(stamp(951_782_400), "2000-02-29T00:00:00");
        assert_eq!(stamp(1_795_240_799), "2026-11-21T05:59:59");
        assert_eq!(stamp(4_102_444_799), "2099-12-31T23:59:59");
    }

    #[test]
    fn keeps_a_line_one_line() {
        let mut buffer = Vec::new();
        escape(&mut buffer, "a\"\\\n\r\u{1b}é");
        assert_eq!(
            String::from_utf8(buffer).unwrap(),
            "a\\\"\\\\\\u000a\\u000d\\u001bé"
        );
    }
}
