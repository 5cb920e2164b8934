//! What a request costs in allocations: figures that do not depend on the machine.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use http::StatusCode;
use ultrafox_engine::{
    BodyKind, BodyPlan, Engine, Exchange, ParamKind, ParamSource, Plan, Record, Reply, Sink,
    SystemClock, Target,
};
use ultrafox_testkit::{Answers, Chunks, finish, param, plan, request};

struct Counting;

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Deaf;

impl Sink for Deaf {
    fn record(&self, _: &Record<'_>) {}
}

fn answer(_: Box<Exchange>) -> Result<Reply, ultrafox_engine::Problem> {
    Ok(Reply::empty(StatusCode::OK))
}

fn nobody(exchange: Box<Exchange>) -> Result<Reply, ultrafox_engine::Problem> {
    let status = if exchange.target == Target::Nobody {
        404
    } else {
        200
    };
    Ok(Reply::empty(StatusCode::from_u16(status).unwrap()))
}

type Function = fn(Box<Exchange>) -> Result<Reply, ultrafox_engine::Problem>;

fn engine(plan: Plan, function: Function) -> Engine<Answers<Function>> {
    Engine::new(
        plan,
        Answers(function),
        Arc::new(Deaf),
        Arc::new(SystemClock),
    )
    .unwrap()
}

/// Allocations between head and reply. Three are the reply's own: the trace id, and the two tables of its header map.
fn cost(engine: &Engine<Answers<Function>>, target: &str) -> u32 {
    let mut least = u32::MAX;
    for _ in 0..3 {
        let exchange = request("GET", target).exchange();
        // A door's request target shares the buffer that it was read into; one of a test does so after its first clone.
        let _shared = exchange.uri.clone();
        let before = COUNT.get();
        let reply = finish(engine.handle(exchange, Chunks::default()));
        let after = COUNT.get();
        assert_eq!(reply.status, StatusCode::OK);
        least = least.min(after - before);
    }
    least
}

const REPLY: u32 = 3;

#[test]
fn a_fixed_path_costs_nothing() {
    let engine = engine(plan(&[("GET", "/ping"), ("GET", "/items/{id}")]), answer);
    assert_eq!(cost(&engine, "/ping"), REPLY);
}

#[test]
fn a_path_and_a_query_cost_one_allocation_for_each_text() {
    let mut plan = plan(&[("GET", "/items/{id}")]);
    let operation = &mut plan.operations[0];
    let mut param = operation.params[0].clone();
    operation.params[0].kinds = vec![ParamKind::Int];
    param.source = ParamSource::Query;
    for (name, kind) in [("q", ParamKind::Str), ("limit", ParamKind::Int)] {
        param.name = name.into();
        param.kinds = vec![kind];
        operation.params.push(param.clone());
    }
    assert_eq!(
        cost(&engine(plan, answer), "/items/42?q=hello&limit=25"),
        REPLY + 1
    );
}

#[test]
fn ten_thousand_routes_cost_no_more_than_two() {
    let paths: Vec<(String, String)> = (0..5_000)
        .map(|n| {
            (
                format!("/api/v{}/things{n}", n % 7),
                format!("/api/v{}/things{n}/{{id}}/parts", n % 7),
            )
        })
        .collect();
    let routes: Vec<(&str, &str)> = paths
        .iter()
        .flat_map(|(one, two)| [("GET", one.as_str()), ("GET", two.as_str())])
        .collect();
    let engine = engine(plan(&routes), nobody);
    for (n, (fixed, _)) in paths.iter().enumerate().step_by(97) {
        assert_eq!(cost(&engine, fixed), REPLY, "{fixed}");
        assert_eq!(
            cost(&engine, &format!("{fixed}/{n}/parts")),
            REPLY + 1,
            "{fixed}"
        );
    }
}

#[test]
fn a_form_of_five_fields_costs_three_allocations_for_each() {
    let mut plan = plan(&[("POST", "/form")]);
    let operation = &mut plan.operations[0];
    operation.body = Some(BodyPlan {
        required: true,
        kind: BodyKind::Form,
        consumes: Vec::new(),
    });
    operation.params = ["a", "b", "c", "d", "e"]
        .map(|name| param(name, ParamSource::Form))
        .to_vec();
    let engine = engine(plan, answer);
    let ask = || {
        let asked = request("POST", "/form");
        let exchange = asked
            .header("content-type", b"application/x-www-form-urlencoded")
            .exchange();
        let _shared = exchange.uri.clone();
        let body = Chunks::of([&b"a=one&b=two&c=three&d=four&e=five"[..]]);
        let before = COUNT.get();
        let reply = finish(engine.handle(exchange, body));
        let after = COUNT.get();
        assert_eq!(reply.status, StatusCode::OK);
        after - before
    };
    // Name, value and parameter of each; the list of fields, the list of values, the form, the future that reads it.
    let least = (0..3).map(|_| ask()).min();
    assert_eq!(least, Some(REPLY + 3 * 5 + 4));
}
