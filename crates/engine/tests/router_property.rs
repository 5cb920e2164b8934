//! The router against a matcher that is too simple to be wrong.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::cmp::Ordering;

use ultrafox_engine::{OperationPlan, Plan, SlashPolicy};
use ultrafox_testkit::{Scene, plan, refusal, request};

const PIECES: [&str; 7] = ["a", "b", "1", "{x}", "{int:x}", "{slug:x}", ""];
const SENT: [&str; 8] = ["a", "b", "1", "22", "x.y", "a%2Fb", "%61", ""];
const METHODS: [&str; 3] = ["GET", "POST", "HEAD"];

struct Route {
    method: String,
    label: String,
    segments: Vec<Piece>,
}

#[derive(Clone, PartialEq)]
enum Piece {
    Text(String),
    One(String),
    Rest,
}

fn piece(text: &str) -> Piece {
    match text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
    {
        None => Piece::Text(text.to_owned()),
        Some(name) if name.starts_with('*') => Piece::Rest,
        Some(name) => Piece::One(
            name.split_once(':')
                .map_or("str", |(converter, _)| converter)
                .to_owned(),
        ),
    }
}

impl Route {
    fn of(operation: &OperationPlan) -> Self {
        let path = operation.label.split_once(' ').unwrap().1;
        Self {
            method: operation.method.clone(),
            label: operation.label.clone(),
            segments: path.split('/').skip(1).map(piece).collect(),
        }
    }

    /// 0 without parameters, 1 with some, 2 with the rest of the path.
    fn tier(&self) -> u8 {
        let one = self
            .segments
            .iter()
            .any(|piece| matches!(piece, Piece::One(_)));
        if self.segments.contains(&Piece::Rest) {
            2
        } else {
            u8::from(one)
        }
    }

    fn has_shape_of(&self, path: &[String]) -> bool {
        let rest = self.segments.last() == Some(&Piece::Rest);
        let fixed = if rest {
            self.segments.len() - 1
        } else {
            self.segments.len()
        };
        let tail = path.get(fixed..).map(|tail| tail.join("/"));
        let lengths = if rest {
            tail.is_some_and(|tail| !tail.is_empty())
        } else {
            path.len() == fixed
        };
        lengths
            && self
                .segments
                .iter()
                .zip(path)
                .all(|(piece, sent)| match piece {
                    Piece::Text(text) => text == sent,
                    Piece::One(_) => !sent.is_empty(),
                    Piece::Rest => true,
                })
    }

    fn converts(&self, path: &[String]) -> bool {
        self.segments
            .iter()
            .zip(path)
            .all(|(piece, sent)| match piece {
                Piece::One(converter) if converter == "int" => {
                    sent.bytes().all(|byte| byte.is_ascii_digit())
                }
                Piece::One(converter) if converter == "slug" => sent
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'),
                _ => true,
            })
    }

    /// Text before a parameter, from the left.
    fn precedes(&self, other: &Self) -> Ordering {
        let rank = |piece: &Piece| match piece {
            Piece::Text(_) => 0,
            Piece::One(_) => 1,
            Piece::Rest => 2,
        };
        self.segments
            .iter()
            .map(rank)
            .cmp(other.segments.iter().map(rank))
    }

    fn same_shape(&self, other: &Self) -> bool {
        self.precedes(other) == Ordering::Equal
    }
}

fn expected(routes: &[Route], method: &str, path: &[String]) -> String {
    let mut known = false;
    for tier in 0..3 {
        let fitting = || {
            routes
                .iter()
                .filter(|route| route.tier() == tier && route.has_shape_of(path))
        };
        let Some(best) = fitting().min_by(|one, other| one.precedes(other)) else {
            continue;
        };
        let candidates: Vec<_> = fitting()
            .filter(|route| route.same_shape(best) && route.converts(path))
            .collect();
        let wanted = if method == "HEAD" {
            &["HEAD", "GET"][..]
        } else {
            std::slice::from_ref(&method)
        };
        for method in wanted {
            if let Some(route) = candidates.iter().find(|route| route.method == *method) {
                return route.label.clone();
            }
        }
        known |= !candidates.is_empty();
    }
    if known {
        "405".to_owned()
    } else {
        "404".to_owned()
    }
}

fn pick<'a>(random: &mut fastrand::Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(..from.len())]
}

fn random_plan(random: &mut fastrand::Rng) -> Plan {
    let mut routes: Vec<(&str, String)> = Vec::new();
    for _ in 0..random.usize(1..12) {
        let mut path = String::new();
        let length = random.usize(1..4);
        for place in 0..length {
            let rest = place + 1 == length && random.u8(..5) == 0;
            let piece = if rest {
                "{*rest}"
            } else {
                pick(random, &PIECES)
            };
            path.push('/');
            path.push_str(&piece.replace('x', &format!("x{place}")));
        }
        routes.push((pick(random, &METHODS), path));
        let listed: Vec<(&str, &str)> = routes
            .iter()
            .map(|(method, path)| (*method, path.as_str()))
            .collect();
        if !refusal(strict(&listed)).is_empty() {
            routes.pop();
        }
    }
    let listed: Vec<(&str, &str)> = routes
        .iter()
        .map(|(method, path)| (*method, path.as_str()))
        .collect();
    strict(&listed)
}

fn strict(routes: &[(&str, &str)]) -> Plan {
    Plan {
        slashes: SlashPolicy::Strict,
        ..plan(routes)
    }
}

#[test]
fn agrees_with_a_naive_matcher() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..300 {
        let plan = random_plan(&mut random);
        let routes: Vec<Route> = plan.operations.iter().map(Route::of).collect();
        let scene = Scene::new(plan);
        for _ in 0..60 {
            let sent: Vec<&str> = (0..random.usize(1..5))
                .map(|_| pick(&mut random, &SENT))
                .collect();
            let method = pick(&mut random, &METHODS);
            let decoded: Vec<String> = sent.iter().map(|text| text.replace("%61", "a")).collect();
            let target = format!("/{}", sent.join("/"));
            let given = scene.reaches(request(method, &target));
            let labels: Vec<&str> = routes.iter().map(|route| route.label.as_str()).collect();
            assert_eq!(
                given,
                expected(&routes, method, &decoded),
                "{method} {target} in {labels:?}"
            );
        }
    }
}

#[test]
fn no_path_breaks_it() {
    let mut random = fastrand::Rng::with_seed(8);
    let scene = Scene::new(Plan {
        fallback: true,
        slashes: SlashPolicy::Ignore,
        ..plan(&[
            ("GET", "/{x}"),
            ("GET", "/a/{path:y}"),
            ("GET", "/{x}/{int:y}/"),
            ("GET", "/a"),
        ])
    });
    let letters = [
        "/", "a", "%", "2", "F", "f", "0", "5", ".", "\\", "?", "é", "%2F", "%25", "%00", "%C3%A9",
        "1",
    ];
    for _ in 0..20_000 {
        let length = random.usize(..12);
        let text: String = (0..length).map(|_| pick(&mut random, &letters)).collect();
        let Ok(uri) = format!("/{text}").parse::<http::Uri>() else {
            continue;
        };
        let reached = scene.reaches(request("GET", &uri.to_string()));
        assert!(reached != "500" && !reached.is_empty(), "{uri}");
    }
}
