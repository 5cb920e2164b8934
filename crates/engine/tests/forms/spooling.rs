//! What happens to files on disk when things go wrong.

use std::process::Command;
use std::time::{Duration, Instant};

use super::*;
use ultrafox_testkit::poll_once;

/// Each runs alone in a process of its own: it counts that process's descriptors, or has another place for its files.
fn alone(name: &str, directory: Option<&str>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        "--exact",
        &format!("spooling::{name}"),
        "--ignored",
        "--test-threads=1",
    ]);
    if let Some(directory) = directory {
        command.env("TMPDIR", directory);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

/// Files without a name that this process has open.
fn nameless() -> usize {
    let entries = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let targets = entries.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    targets
        .filter(|target| target.to_string_lossy().ends_with("(deleted)"))
        .count()
}

fn becomes(expected: usize) {
    let end = Instant::now() + Duration::from_secs(1);
    while nameless() != expected {
        assert!(
            Instant::now() < end,
            "expected {expected} files, found {}",
            nameless()
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn half() -> Vec<u8> {
    let body = whole(&[file("f", "x", &[b'x'; 300_000])]);
    body[..200_000].to_vec()
}

#[test]
fn a_client_that_leaves_takes_its_file_along() {
    alone("leaves", None);
}

#[test]
#[ignore = "run by a_client_that_leaves_takes_its_file_along"]
fn leaves() {
    let scene = scene();
    let body = Stalled(Chunks::cut(&half(), 10_000));
    let mut future = Box::pin(scene.engine.handle(multipart().exchange(), body));
    for _ in 0..100 {
        assert!(poll_once(future.as_mut()).is_none());
        std::thread::sleep(Duration::from_millis(1));
    }
    becomes(1);
    drop(future);
    becomes(0);
    // The thread is there for the next one.
    let whole = whole(&[file("f", "x", &[b'x'; 300_000])]);
    let reply = scene.send(multipart(), Chunks::cut(&whole, 10_000));
    assert_eq!(reply.status, 200);
    becomes(1);
    drop(scene.seen());
    becomes(0);
}

/// A body that stops coming instead of ending.
struct Stalled(Chunks);

impl http_body::Body for Stalled {
    type Data = bytes::Bytes;
    type Error = ultrafox_testkit::Broken;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
        match std::pin::Pin::new(&mut self.get_mut().0).poll_frame(context) {
            std::task::Poll::Ready(None) => std::task::Poll::Pending,
            other => other,
        }
    }
}

#[test]
fn a_form_that_breaks_off_or_is_refused_leaves_no_file() {
    alone("breaks", None);
}

#[test]
#[ignore = "run by a_form_that_breaks_off_or_is_refused_leaves_no_file"]
fn breaks() {
    let scene = scene();
    let broken = Chunks::cut(&half(), 10_000).breaking(ultrafox_testkit::Broken(None));
    assert_eq!(
        outcome(&scene, multipart(), broken).unwrap_err(),
        "400 bad_request"
    );
    becomes(0);
    assert_eq!(
        outcome(&scene, multipart(), Chunks::cut(&half(), 10_000)).unwrap_err(),
        "400 malformed_form"
    );
    becomes(0);
    let late = [
        file("f", "x", &[b'x'; 300_000]),
        file("g", "x", &[b'x'; 300_000]),
        part("X: y", b""),
    ];
    assert_eq!(
        outcome(&scene, multipart(), Chunks::cut(&whole(&late), 10_000)).unwrap_err(),
        "400 malformed_form"
    );
    becomes(0);
}

#[test]
fn a_directory_that_takes_no_files_is_507() {
    alone("full", Some("/nowhere/at/all"));
}

#[test]
#[ignore = "run by a_directory_that_takes_no_files_is_507"]
fn full() {
    let long = whole(&[file("f", "x", &[b'x'; 300_000])]);
    for chunk in [1_000, 100_000, 1_000_000] {
        assert_eq!(
            outcome(&scene(), multipart(), Chunks::cut(&long, chunk)).unwrap_err(),
            "507 insufficient_storage"
        );
    }
    let short = whole(&[file("f", "x", &[b'x'; 1_000])]);
    assert!(outcome(&scene(), multipart(), Chunks::of([&short[..]])).is_ok());
}

#[test]
fn the_thread_ends_with_its_engine() {
    alone("thread", None);
}

#[test]
#[ignore = "run by the_thread_ends_with_its_engine"]
fn thread() {
    let threads = || {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
        tasks
            .filter(|task| {
                std::fs::read_to_string(task.path().join("comm"))
                    .is_ok_and(|name| name.starts_with("ultrafox-disk"))
            })
            .count()
    };
    let scene = scene();
    let short = whole(&[file("f", "x", b"short")]);
    assert!(outcome(&scene, multipart(), Chunks::of([&short[..]])).is_ok());
    assert_eq!(threads(), 0);
    for _ in 0..3 {
        let long = whole(&[file("f", "x", &[b'x'; 300_000])]);
        assert!(outcome(&scene, multipart(), Chunks::of([&long[..]])).is_ok());
        assert_eq!(threads(), 1);
    }
    drop(scene);
    let end = Instant::now() + Duration::from_secs(1);
    while threads() > 0 {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(1));
    }
}
