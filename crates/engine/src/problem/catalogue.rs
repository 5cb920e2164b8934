//! The catalogue. Codes are permanent: clients branch on them.

use http::StatusCode;

macro_rules! problems {
    ($($(#[$doc:meta])* $kind:ident $status:ident $code:literal $title:literal)*) => {
        /// A refusal that Rust makes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemKind {
            $($(#[$doc])* $kind,)*
        }

        impl ProblemKind {
            /// All of them, in the order of their status.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The status of the answer.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status,)* }
            }

            /// The permanent code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)* }
            }

            /// A few words for people.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)* }
            }
        }
    };
}

problems! {
    /// The request breaks the rules of HTTP, or its body broke off.
    BadRequest BAD_REQUEST "bad_request" "Bad Request"
    /// The path cannot be decoded.
    MalformedPath BAD_REQUEST "malformed_path" "Malformed Path"
    /// The Host field is missing, odd, or names a host that is not served.
    DisallowedHost BAD_REQUEST "disallowed_host" "Disallowed Host"
    /// A required body is missing.
    BodyRequired BAD_REQUEST "body_required" "Body Required"
    /// The body is not JSON.
    InvalidJson BAD_REQUEST "invalid_json" "Invalid JSON"
    /// The form is not well formed, broke off, or is not in UTF-8.
    MalformedForm BAD_REQUEST "malformed_form" "Malformed Form"
    /// Nothing is at the path.
    NotFound NOT_FOUND "not_found" "Not Found"
    /// The path is known, the method is not; `Allow` names those that are.
    MethodNotAllowed METHOD_NOT_ALLOWED "method_not_allowed" "Method Not Allowed"
    /// Nothing that is served at the path is of a type that `Accept` names.
    NotAcceptable NOT_ACCEPTABLE "not_acceptable" "Not Acceptable"
    /// The request did not arrive in time.
    RequestTimeout REQUEST_TIMEOUT "request_timeout" "Request Timeout"
    /// The body is longer than its limit.
    BodyTooLarge PAYLOAD_TOO_LARGE "body_too_large" "Body Too Large"
    /// A field of the form is longer, or its fields and files are more, than their limit.
    FormTooLarge PAYLOAD_TOO_LARGE "form_too_large" "Form Too Large"
    /// The request target is longer than its limit.
    UriTooLong URI_TOO_LONG "uri_too_long" "URI Too Long"
    /// The body is of a type that the operation does not read.
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "Unsupported Media Type"
    /// `Expect` asks for something other than `100-continue`.
    ExpectationFailed EXPECTATION_FAILED "expectation_failed" "Expectation Failed"
    /// Parameters of path, query, header or cookie do not fit; all of them are listed.
    InvalidParameters UNPROCESSABLE_ENTITY "invalid_parameters" "Invalid Parameters"
    /// The body does not fit its schema.
    InvalidBody UNPROCESSABLE_ENTITY "invalid_body" "Invalid Body"
    /// The header fields are longer or more than their limit.
    HeadersTooLarge REQUEST_HEADER_FIELDS_TOO_LARGE "headers_too_large" "Headers Too Large"
    /// Something broke on our side. The answer never says what.
    InternalError INTERNAL_SERVER_ERROR "internal_error" "Internal Server Error"
    /// A method or transfer coding that is not served at all.
    NotImplemented NOT_IMPLEMENTED "not_implemented" "Not Implemented"
    /// More requests are on their way than may be; `Retry-After` says when to come back.
    Overloaded SERVICE_UNAVAILABLE "overloaded" "Overloaded"
    /// A version of HTTP that is not spoken here.
    HttpVersionNotSupported HTTP_VERSION_NOT_SUPPORTED "http_version_not_supported" "HTTP Version Not Supported"
    /// An upload could not be written to disk.
    InsufficientStorage INSUFFICIENT_STORAGE "insufficient_storage" "Insufficient Storage"
}
