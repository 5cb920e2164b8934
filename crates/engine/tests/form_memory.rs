//! An upload of any length takes the same little memory.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use ultrafox_engine::{BodyKind, BodyPlan, Content, Plan};
use ultrafox_testkit::{Chunks, Scene, plan, request};

struct Peak;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn grow(size: usize) {
    let now = NOW.fetch_add(size, Ordering::Relaxed) + size;
    MOST.fetch_max(now, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Peak {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Peak = Peak;

const MIB: usize = 1024 * 1024;
static ZEROS: [u8; MIB] = [0; MIB];

/// Bytes of memory that an upload of so many MiB takes in chunks of a size.
fn most(mib: usize, chunk: usize) -> usize {
    let mut plan = Plan {
        upload_limit: u64::MAX,
        ..plan(&[("POST", "/form")])
    };
    plan.operations[0].body = Some(BodyPlan {
        required: true,
        kind: BodyKind::Form,
        consumes: Vec::new(),
    });
    let scene = Scene::new(plan);
    let head =
        Bytes::from_static(b"--x\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n");
    let data = Bytes::from_static(&ZEROS).slice(..chunk);
    let data = std::iter::repeat_n(data, mib * MIB / chunk);
    let end = Bytes::from_static(b"\r\n--x--");
    let body = Chunks::shared([head].into_iter().chain(data).chain([end]));
    let asked = request("POST", "/form").header("content-type", b"multipart/form-data; boundary=x");
    let before = NOW.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let reply = scene.send(asked, body);
    let most = MOST.load(Ordering::Relaxed) - before;
    assert_eq!(reply.status, 200);
    let file = scene.seen().unwrap().form.unwrap().files.remove(0);
    assert_eq!(file.size, (mib * MIB / chunk * chunk) as u64);
    assert!(matches!(file.content, Content::Disk(_)));
    most
}

#[test]
fn an_upload_takes_a_quarter_of_a_mib_however_long_it_is() {
    // A quarter of a MiB waits or is held; the rest is one file's own parts.
    for (mib, chunk) in [
        (1, 16_384),
        (64, 16_384),
        (64, 100_003),
        (256, 65_536),
        (64, MIB),
    ] {
        let most = most(mib, chunk);
        assert!(
            most < 300 * 1024,
            "{mib} MiB in chunks of {chunk} took {most} bytes"
        );
    }
}
