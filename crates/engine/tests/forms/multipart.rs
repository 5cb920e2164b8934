//! `multipart/form-data`: what is read, and what is refused, however it is cut.

use super::cases::{cases, fields, head, malformed};
use super::*;

#[test]
fn reads_and_refuses() {
    let scene = scene();
    for (name, body, expected) in cases() {
        assert_eq!(
            outcome(&scene, multipart(), Chunks::of([&body[..]])),
            expected,
            "{name}"
        );
    }
}

#[test]
fn cut_at_each_byte_it_is_the_same() {
    let scene = scene();
    for (name, body, expected) in cases() {
        for place in 0..body.len() {
            let halves = Chunks::of([&body[..place], &body[place..]]);
            assert_eq!(
                outcome(&scene, multipart(), halves),
                expected,
                "{name} at {place}"
            );
        }
        for size in 1..4 {
            let pieces = Chunks::cut(&body, size).waiting();
            assert_eq!(
                outcome(&scene, multipart(), pieces),
                expected,
                "{name} by {size}"
            );
        }
    }
}

#[test]
fn a_head_has_8_kib_at_most() {
    let with = |length: usize| head(&format!("X-Else: {}", "x".repeat(length)));
    let usual = "Content-Disposition: form-data; name=a\r\nX-Else: ".len();
    assert_eq!(sent(&with(8192 - usual)), fields(&[("a", "v")]));
    for body in [with(8193 - usual), with(100_000)] {
        for size in [1, 8191, 8192, 8193, body.len()] {
            assert_eq!(
                outcome(&scene(), multipart(), Chunks::cut(&body, size)),
                malformed()
            );
        }
    }
}

#[test]
fn floods_are_refused_at_once() {
    let flood = || Chunks::of([&b"\r\n\r\n\r\n\r\n"[..]]).endless();
    assert_eq!(outcome(&scene(), multipart(), flood()), malformed());
    let mut behind =
        Chunks::shared([whole(&[]).into(), bytes::Bytes::from_static(b"\r\n\r\n")]).endless();
    let polls = behind.polled();
    assert_eq!(outcome(&scene(), multipart(), behind), malformed());
    assert!(polls.load(std::sync::atomic::Ordering::Relaxed) <= 3);
}

#[test]
fn too_long_fields_and_too_many_parts_are_413() {
    let too_large = Err("413 form_too_large".to_owned());
    assert!(sent(&whole(&[field("a", &[b'x'; 1_000])])).is_ok());
    let long = whole(&[field("a", &[b'x'; 1_001])]);
    assert_eq!(sent(&long), too_large);
    assert_eq!(
        outcome(&scene(), multipart(), Chunks::cut(&long, 10)),
        too_large
    );
    assert!(sent(&whole(&vec![field("a", b"1"); 10])).is_ok());
    assert_eq!(sent(&whole(&vec![field("a", b"1"); 11])), too_large);
    assert_eq!(sent(&whole(&vec![file("a", "f", b"1"); 11])), too_large);
    // Empty file inputs are no values, but they are parts.
    assert_eq!(sent(&whole(&vec![file("a", "", b""); 11])), too_large);
}

#[test]
fn too_many_files_are_413_also_where_as_many_fields_are_not() {
    let few = Scene::new(Plan {
        files: 3,
        ..form_plan(&[])
    });
    let outcome = |parts: &[Vec<u8>]| outcome(&few, multipart(), Chunks::of([&whole(parts)[..]]));
    assert!(outcome(&vec![field("a", b"1"); 10]).is_ok());
    assert!(outcome(&vec![file("a", "f", b"1"); 3]).is_ok());
    assert_eq!(
        outcome(&vec![file("a", "f", b"1"); 4]),
        Err("413 form_too_large".to_owned())
    );
}

#[test]
fn an_endless_field_is_413_when_its_limit_is_reached() {
    let start = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=a\r\n\r\n");
    let mut body = Chunks::of([start.as_bytes(), b"0123456789"]).endless();
    let polls = body.polled();
    assert_eq!(
        outcome(&scene(), multipart(), body).unwrap_err(),
        "413 form_too_large"
    );
    assert_eq!(polls.load(std::sync::atomic::Ordering::Relaxed), 102);
}

#[test]
fn what_is_in_memory_has_the_limit_of_a_body() {
    let scene = Scene::new(Plan {
        body_limit: 2_500,
        ..form_plan(&[])
    });
    let send = |count: usize| {
        outcome(
            &scene,
            multipart(),
            Chunks::of([&whole(&vec![field("a", &[b'x'; 800]); count])[..]]),
        )
    };
    assert!(send(3).is_ok());
    assert_eq!(send(4).unwrap_err(), "413 form_too_large");
    // Short files beyond it go to disk.
    let files = whole(&vec![file("f", "f", &[b'x'; 800]); 9]);
    assert_eq!(
        outcome(&scene, multipart(), Chunks::of([&files[..]]))
            .unwrap()
            .1
            .len(),
        9
    );
}
