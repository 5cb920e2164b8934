//! Answers that are shorter on the wire.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod streams;
mod whole;

use std::io::Read;

use http::header::{CONTENT_ENCODING, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use ultrafox_engine::{Exchange, Reply};
use ultrafox_testkit::{Scene, plan, request};

const CODINGS: [&str; 3] = ["br", "zstd", "gzip"];

fn text(length: usize) -> Vec<u8> {
    (0..length)
        .map(|place| b"some words, again and again: "[place % 29] ^ (place / 997 % 3) as u8)
        .collect()
}

fn decoded(coding: &str, coded: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let done = match coding {
        "br" => brotli::Decompressor::new(coded, 4096).read_to_end(&mut out),
        "zstd" => zstd::Decoder::new(coded).unwrap().read_to_end(&mut out),
        "gzip" => flate2::read::GzDecoder::new(coded).read_to_end(&mut out),
        "" => return coded.to_vec(),
        other => unreachable!("{other}"),
    };
    done.unwrap();
    out
}

fn answer(length: usize, media: &'static str) -> Reply {
    Reply::full(
        StatusCode::OK,
        HeaderValue::from_static(media),
        text(length).into(),
    )
}

fn scene(answer: impl Fn() -> Reply + 'static) -> Scene {
    Scene::answering(plan(&[("GET", "/a")]), move |_: &Exchange| Ok(answer()))
}

fn ask(scene: &Scene, accept: &str) -> Reply {
    scene.ask(request("GET", "/a").header("accept-encoding", accept.as_bytes()))
}

fn field(headers: &HeaderMap, name: HeaderName) -> String {
    headers
        .get(name)
        .map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

fn coding(reply: &Reply) -> String {
    field(&reply.headers, CONTENT_ENCODING)
}
