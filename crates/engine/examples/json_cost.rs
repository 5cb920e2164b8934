//! What checking a JSON body costs: `cargo run --release -p ultrafox-engine --example json_cost`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use ultrafox_engine::json;

fn main() {
    measure("1 KB, one flat object", &flat(1_000));
    measure("100 KB, a list of objects", &list(100_000, ""));
    measure("100 KB, the same indented", &list(100_000, "\n        "));
    measure("100 KB, one text", &format!("\"{}\"", "a".repeat(100_000)));
    measure(
        "100 KB, one Greek text",
        &format!("\"{}\"", "αβγδ ".repeat(11_111)),
    );
    measure("100 KB, one object of many keys", &flat(100_000));
    measure("100 KB, whole numbers", &numbers(100_000));
}

fn flat(size: usize) -> String {
    let mut text = String::from("{");
    while text.len() < size {
        let place = text.len();
        write!(text, "\"field_{place}\":\"value {place}\",").unwrap();
    }
    text + "\"last\":null}"
}

fn list(size: usize, space: &str) -> String {
    let mut text = String::from("[");
    while text.len() < size {
        let id = text.len();
        write!(
            text,
            "{{{space}\"id\":{id},{space}\"name\":\"City number {id}\",{space}\"country\":\"Sweden\",{space}\"latitude\":59.{id},\
             {space}\"longitude\":-18.06,{space}\"capital\":false,{space}\"tags\":[\"old\",\"harbour\"],{space}\"population\":{id}0}},"
        )
        .unwrap();
    }
    text + "null]"
}

fn numbers(size: usize) -> String {
    let mut text = String::from("[");
    while text.len() < size {
        let number = text.len() * 7919;
        write!(text, "{number},").unwrap();
    }
    text + "0]"
}

/// Prints the best of many short runs: whatever else the machine does makes a run longer, never shorter.
fn measure(name: &str, document: &str) {
    let rounds = (20_000 / document.len()).max(1);
    let mut best = f64::INFINITY;
    for _ in 0..2_000 {
        let start = Instant::now();
        for _ in 0..rounds {
            json::check(black_box(document.as_bytes()), 128, 100_000, true).unwrap();
        }
        best = best.min(start.elapsed().as_secs_f64() / rounds as f64);
    }
    let per_kilobyte = best * 1e6 / (document.len() as f64 / 1000.0);
    println!("{per_kilobyte:6.3} µs/KB  {name}");
}
