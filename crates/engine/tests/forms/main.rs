//! Forms: urlencoded and multipart.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines
)]

mod cases;
mod coding;
mod files;
mod multipart;
mod property;
mod spooling;
mod urlencoded;
mod values;

use std::io::Read;

use serde_json::Value;
use ultrafox_engine::{BodyKind, BodyPlan, Content, Form, ParamPlan, ParamSource, Plan, Scalar};
use ultrafox_testkit::{Chunks, RequestBuilder, Scene, body_of, param, plan, request};

const BOUNDARY: &str = "AaB03x";

/// `POST /form` with these parameters, as a form that need not be sent.
fn form_plan(params: &[ParamPlan]) -> Plan {
    let mut plan = Plan {
        body_limit: 100_000,
        upload_limit: 1_000_000,
        field_limit: 1_000,
        parts: 10,
        ..plan(&[("POST", "/form")])
    };
    plan.operations[0].params = params.to_vec();
    plan.operations[0].body = Some(BodyPlan {
        required: false,
        kind: BodyKind::Form,
        consumes: Vec::new(),
    });
    plan
}

fn scene() -> Scene {
    Scene::new(form_plan(&[]))
}

fn urlencoded() -> RequestBuilder {
    typed("application/x-www-form-urlencoded")
}

fn multipart() -> RequestBuilder {
    typed(&format!("multipart/form-data; boundary={BOUNDARY}"))
}

fn typed(media: &str) -> RequestBuilder {
    request("POST", "/form").header("content-type", media.as_bytes())
}

/// A part with this head and these bytes.
fn part(head: &str, bytes: &[u8]) -> Vec<u8> {
    [
        format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes(),
        bytes,
        b"\r\n",
    ]
    .concat()
}

fn field(name: &str, bytes: &[u8]) -> Vec<u8> {
    part(
        &format!("Content-Disposition: form-data; name=\"{name}\""),
        bytes,
    )
}

fn file(name: &str, filename: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "Content-Disposition: form-data; name=\"{name}\"; filename=\"{filename}\"\r\nContent-Type: text/plain"
    );
    part(&head, bytes)
}

/// Parts and the last boundary.
fn whole(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), format!("--{BOUNDARY}--\r\n").into_bytes()].concat()
}

/// A file, read: its field, its own name, its type, its bytes.
type ReadFile = (String, String, Option<String>, Vec<u8>);

type Sent = (Vec<(String, String)>, Vec<ReadFile>);

fn read_form(form: Form) -> Sent {
    let files = form.files.into_iter().map(|file| {
        let bytes = match file.content {
            Content::Memory(bytes) => bytes.to_vec(),
            Content::Disk(mut disk) => {
                let mut bytes = Vec::new();
                disk.read_to_end(&mut bytes).unwrap();
                bytes
            }
        };
        assert_eq!(bytes.len() as u64, file.size);
        (file.name, file.filename, file.content_type, bytes)
    });
    let files = files.collect();
    (form.fields, files)
}

/// The form that reached the handler, or `status code` of the refusal.
fn outcome(scene: &Scene, asked: RequestBuilder, body: Chunks) -> Result<Sent, String> {
    let reply = scene.send(asked, body);
    let status = reply.status.as_u16();
    let problem = scene.sink.take().remove(0).problem;
    match scene.seen() {
        Some(exchange) => Ok(read_form(*exchange.form.unwrap())),
        None => Err(format!("{status} {}", problem.unwrap())),
    }
}

fn sent(body: &[u8]) -> Result<Sent, String> {
    outcome(&scene(), multipart(), Chunks::of([body]))
}

/// The detail of a refusal.
fn detail(asked: RequestBuilder, body: &[u8]) -> String {
    let reply = scene().send(asked, Chunks::of([body]));
    let document: Value = serde_json::from_slice(&body_of(reply).0).unwrap();
    document["detail"].as_str().unwrap().to_owned()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
