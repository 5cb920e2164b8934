//! Scalar parameters.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines
)]

mod constraints;
mod kinds;
mod lists;
mod moments;
mod scalars;
mod sources;

use serde_json::Value;
use ultrafox_engine::{Bound, ParamKind, ParamPlan, ParamSource, Plan, Scalar};
use ultrafox_testkit::{RequestBuilder, Scene, body_of, plan, request};

fn param(name: &str, source: ParamSource, kind: ParamKind) -> ParamPlan {
    ParamPlan {
        kinds: vec![kind],
        ..ultrafox_testkit::param(name, source)
    }
}

fn query(kind: ParamKind) -> ParamPlan {
    param("x", ParamSource::Query, kind)
}

fn scene(params: &[ParamPlan]) -> Scene {
    let mut plan: Plan = plan(&[("GET", "/a")]);
    plan.operations[0].params = params.to_vec();
    Scene::new(plan)
}

/// The values, or what is said about each fault: `query.x int_expected Expected …`.
fn outcome(scene: &Scene, asked: RequestBuilder) -> Result<Vec<Scalar>, Vec<String>> {
    let reply = scene.ask(asked);
    if let Some(exchange) = scene.seen() {
        return Ok(exchange.values.into_vec());
    }
    assert_eq!(reply.status, 422);
    let document: Value = serde_json::from_slice(&body_of(reply).0).unwrap();
    assert_eq!(document["code"], "invalid_parameters");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let line = |fault: &Value| {
        let loc = &fault["loc"];
        let index = loc
            .get(2)
            .map_or_else(String::new, |index| format!(".{index}"));
        format!(
            "{}.{}{index} {} {}",
            text(&loc[0]),
            text(&loc[1]),
            text(&fault["code"]),
            text(&fault["message"])
        )
    };
    Err(document["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect())
}

fn read(params: &[ParamPlan], query: &str) -> Result<Vec<Scalar>, Vec<String>> {
    outcome(&scene(params), request("GET", &format!("/a?{query}")))
}

fn value(kind: ParamKind, sent: &str) -> Option<Scalar> {
    read(&[query(kind)], &format!("x={sent}"))
        .ok()
        .map(|mut values| values.remove(0))
}

fn code(param: &ParamPlan, sent: &str) -> String {
    match read(std::slice::from_ref(param), &format!("x={sent}")) {
        Ok(_) => "ok".to_owned(),
        Err(faults) => faults[0].split(' ').nth(1).unwrap().to_owned(),
    }
}

fn text(text: &str) -> Scalar {
    Scalar::Text(text.into())
}
