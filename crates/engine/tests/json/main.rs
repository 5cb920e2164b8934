//! What a JSON body must be.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod agreement;
mod rules;

use ultrafox_engine::json::{Checked, check};

const DEPTH: u32 = 100;

fn verdict(document: &[u8]) -> Result<Checked, String> {
    check(document, DEPTH, 10_000, true).map_err(|problem| {
        assert_eq!(
            (problem.code(), problem.status().as_u16()),
            ("invalid_json", 400)
        );
        problem.to_string().replace("400 invalid_json: ", "")
    })
}

fn refuses(document: &str, sentence: &str) {
    assert_eq!(
        verdict(document.as_bytes()).unwrap_err(),
        sentence,
        "{document}"
    );
}

fn accepts(document: &str) {
    assert_eq!(
        verdict(document.as_bytes()),
        Ok(Checked { exact: false }),
        "{document}"
    );
}
