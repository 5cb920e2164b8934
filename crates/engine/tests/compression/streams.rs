//! Bodies that come in chunks.

use std::io::{self, Read};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, VARY};
use ultrafox_engine::{Body, ChunkSource, Reply};
use ultrafox_testkit::{Scene, Source, body_of};

use super::{CODINGS, ask, coding, decoded, field, scene};

/// As much as a client can read of a stream that goes on.
fn decoded_so_far(coding: &str, coded: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut reader: Box<dyn Read + '_> = match coding {
        "br" => Box::new(brotli::Decompressor::new(coded, 4096)),
        "zstd" => Box::new(zstd::Decoder::new(coded).unwrap()),
        _ => Box::new(flate2::read::GzDecoder::new(coded)),
    };
    let mut byte = [0];
    while let Ok(1) = reader.read(&mut byte) {
        out.push(byte[0]);
    }
    out
}

fn streamed(chunks: &'static [&'static str]) -> Scene {
    scene(move || {
        let source = Source::of(chunks.iter().map(|chunk| chunk.as_bytes()));
        let reply = Reply::stream(StatusCode::OK, Box::new(source));
        reply.with(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"))
    })
}

#[test]
fn a_stream_comes_back_as_it_was() {
    for chunks in [&["one", "", "two", "three"][..], &[], &[""], &["a"; 1000]] {
        for name in CODINGS {
            let reply = ask(&streamed(chunks), name);
            assert_eq!(
                (
                    coding(&reply).as_str(),
                    field(&reply.headers, VARY).as_str()
                ),
                (name, "accept-encoding")
            );
            let (body, broken) = body_of(reply);
            assert!(!broken);
            assert_eq!(decoded(name, &body), chunks.concat().as_bytes(), "{name}");
        }
    }
    let plain = ask(&streamed(&["one", "two"]), "identity");
    assert_eq!(
        (
            coding(&plain).as_str(),
            field(&plain.headers, VARY).as_str()
        ),
        ("", "accept-encoding")
    );
    assert_eq!(body_of(plain).0, b"onetwo");
}

/// A source that gives a chunk when the test does.
#[derive(Clone, Default)]
struct Paced(Arc<Mutex<Option<Bytes>>>);

impl ChunkSource for Paced {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        match self.0.lock().unwrap().take() {
            Some(chunk) => Poll::Ready(Some(Ok(chunk))),
            None => Poll::Pending,
        }
    }
}

#[test]
fn each_chunk_can_be_read_before_the_next_one_is_there() {
    for name in CODINGS {
        let paced = Paced::default();
        let source = paced.clone();
        let scene = scene(move || {
            let reply = Reply::stream(StatusCode::OK, Box::new(source.clone()));
            reply.with(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"))
        });
        let Body::Stream(mut stream) = ask(&scene, name).body else {
            unreachable!()
        };
        let mut context = Context::from_waker(std::task::Waker::noop());
        let (mut sent, mut got) = (Vec::new(), Vec::new());
        for event in 0..20 {
            assert!(stream.poll_chunk(&mut context).is_pending());
            let event = format!("data: {event} {}\n\n", "x".repeat(event * 13_000));
            sent.extend_from_slice(event.as_bytes());
            *paced.0.lock().unwrap() = Some(event.into());
            while let Poll::Ready(chunk) = stream.poll_chunk(&mut context) {
                let chunk = chunk.unwrap().unwrap();
                assert!(!chunk.is_empty(), "an empty chunk would end a chunked body");
                got.extend_from_slice(&chunk);
            }
            assert_eq!(decoded_so_far(name, &got), sent, "{name}");
        }
    }
}

#[test]
fn a_stream_that_breaks_off_has_no_end() {
    for name in CODINGS {
        let scene = scene(|| {
            let source = Source::of([&b"one"[..], b"two"]).breaking();
            let reply = Reply::stream(StatusCode::OK, Box::new(source));
            reply.with(CONTENT_TYPE, HeaderValue::from_static("text/plain"))
        });
        let (body, broken) = body_of(ask(&scene, name));
        assert!(broken);
        assert_eq!(decoded_so_far(name, &body), b"onetwo", "{name}");
        assert_eq!(scene.sink.take()[0].bytes, body.len() as u64);
    }
}

#[test]
fn the_source_of_a_stream_goes_with_it() {
    for name in CODINGS {
        let source = Mutex::new(Some(Source::of([&b"one"[..], b"two"])));
        let dropped = source.lock().unwrap().as_ref().unwrap().dropped();
        let scene = scene(move || {
            let reply = Reply::stream(
                StatusCode::OK,
                Box::new(source.lock().unwrap().take().unwrap()),
            );
            reply.with(CONTENT_TYPE, HeaderValue::from_static("text/plain"))
        });
        let Body::Stream(mut stream) = ask(&scene, name).body else {
            unreachable!()
        };
        assert!(
            stream
                .poll_chunk(&mut Context::from_waker(std::task::Waker::noop()))
                .is_ready()
        );
        drop(stream);
        assert!(dropped.load(std::sync::atomic::Ordering::Relaxed), "{name}");
    }
}

#[test]
fn a_long_chunk_comes_in_pieces_and_is_never_held_twice() {
    for name in CODINGS {
        let noise: Bytes = (0..1_000_000).map(|_| fastrand::u8(..)).collect();
        let sent = noise.clone();
        let scene = scene(move || {
            let reply = Reply::stream(StatusCode::OK, Box::new(Source::of([&sent[..]])));
            reply
                .with(CONTENT_TYPE, HeaderValue::from_static("text/plain"))
                .with(CONTENT_LENGTH, HeaderValue::from_static("1000000"))
        });
        let reply = ask(&scene, name);
        assert!(!reply.headers.contains_key(CONTENT_LENGTH));
        let Body::Stream(mut stream) = reply.body else {
            unreachable!()
        };
        let mut all = Vec::new();
        while let Poll::Ready(Some(chunk)) =
            stream.poll_chunk(&mut Context::from_waker(std::task::Waker::noop()))
        {
            let chunk = chunk.unwrap();
            assert!(chunk.len() < 300_000, "{name} {}", chunk.len());
            all.extend_from_slice(&chunk);
        }
        assert_eq!(decoded(name, &all), noise, "{name}");
    }
}

#[test]
fn a_stream_that_says_it_is_short_is_left_alone() {
    let scene = scene(|| {
        let reply = Reply::stream(StatusCode::OK, Box::new(Source::of([&b"one"[..]])));
        reply
            .with(CONTENT_TYPE, HeaderValue::from_static("text/plain"))
            .with(CONTENT_LENGTH, HeaderValue::from_static("3"))
    });
    let reply = ask(&scene, "br");
    assert_eq!(
        (coding(&reply), field(&reply.headers, CONTENT_LENGTH)),
        (String::new(), "3".to_owned())
    );
}
