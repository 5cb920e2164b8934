//! One request on its way through the engine.

use std::net::SocketAddr;
use std::time::Instant;

use std::fs::File;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use smallvec::SmallVec;

use crate::{Problem, Scalar, TraceId};

/// The place of an operation in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationId(pub u32);

/// Who answers an exchange: known once it has been routed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// Routing has not happened, or nobody answers the path.
    #[default]
    Nobody,
    /// An operation of an API.
    Operation(OperationId),
    /// The project around the APIs, for paths that no API claims.
    Fallback,
}

/// One request: what the client sent, and what the stages found out about it. It is boxed at the door and goes its whole way in that
/// box, for it is large and changes hands often.
#[derive(Debug)]
pub struct Exchange {
    /// The method as it was sent; a HEAD that a GET operation answers stays HEAD.
    pub method: Method,
    /// The request target.
    pub uri: Uri,
    /// The header fields.
    pub headers: HeaderMap,
    /// The other end of the connection, where there is one.
    pub peer: Option<SocketAddr>,
    /// Whether the client's connection is encrypted.
    pub secure: bool,
    /// When the head had been received.
    pub started: Instant,
    /// The id that log lines, replies and problems carry.
    pub trace: TraceId,
    /// Who answers.
    pub target: Target,
    /// The scalar parameters, in the order of the operation's plan.
    pub values: SmallVec<[Scalar; 4]>,
    /// The body, read within its limit. Empty until the body stage, and where the body is a form.
    pub body: Bytes,
    /// Bytes of the path that stand before what the engine routes: where the APIs are mounted below another URLconf.
    pub base: usize,
    /// The place among the operation's `produces` that `Accept` chose.
    pub accepted: u8,
    /// The place among the body's `consumes` that `Content-Type` named.
    pub consumed: u8,
    /// Whether the JSON body holds whole numbers beyond 64 bits, which some decoders would round.
    pub exact: bool,
    /// What is wrong with the parameters, where the handler's side wants to hear it.
    pub refused: Option<Problem>,
    /// The form that the body was, where the operation declares one.
    pub form: Option<Box<Form>>,
}

/// A form: what was sent under which name, in order.
#[derive(Debug, Default)]
pub struct Form {
    /// Fields.
    pub fields: Vec<(String, String)>,
    /// Files.
    pub files: Vec<Upload>,
}

/// One file of a form.
#[derive(Debug)]
pub struct Upload {
    /// The field's name.
    pub name: String,
    /// The client's name for the file; never a path to trust.
    pub filename: String,
    /// The media type that the client gives it.
    pub content_type: Option<String>,
    /// Bytes.
    pub size: u64,
    /// What is in it.
    pub content: Content,
}

/// The bytes of an upload.
#[derive(Debug)]
pub enum Content {
    /// A short one.
    Memory(Bytes),
    /// A file without a name, gone when it is closed; its position is at the start.
    Disk(File),
}

impl Exchange {
    /// A request as it came from a door.
    #[must_use]
    pub fn new(
        head: http::request::Parts,
        peer: Option<SocketAddr>,
        started: Instant,
    ) -> Box<Self> {
        Box::new(Self {
            method: head.method,
            uri: head.uri,
            headers: head.headers,
            peer,
            secure: false,
            started,
            trace: TraceId::default(),
            target: Target::Nobody,
            values: SmallVec::new(),
            body: Bytes::new(),
            base: 0,
            accepted: 0,
            consumed: 0,
            exact: false,
            refused: None,
            form: None,
        })
    }
}
