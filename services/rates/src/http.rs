//! Requests, responses and problems, as in all services of Abacus (the Go package shared/wire): the
//! same headers, the same members, the same texts.

/// The methods in the order of Spin's ABI.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
    Patch,
    Head,
    Options,
}

impl Method {
    const ALL: [(Method, &'static str); 7] = [
        (Method::Get, "GET"),
        (Method::Post, "POST"),
        (Method::Put, "PUT"),
        (Method::Delete, "DELETE"),
        (Method::Patch, "PATCH"),
        (Method::Head, "HEAD"),
        (Method::Options, "OPTIONS"),
    ];

    /// Returns the method with this number in the ABI.
    pub fn from_number(number: u32) -> Method {
        Method::ALL.get(number as usize).map_or(Method::Options, |(method, _)| *method)
    }

    fn name(self) -> &'static str {
        Method::ALL[self as usize].1
    }
}

pub type Headers = Vec<(String, String)>;

/// A request. It has no body, since the service reads none.
pub struct Request {
    pub method: Method,
    pub uri: String, // path and query as the host received them
    pub headers: Headers,
}

impl Request {
    /// Returns the first value of a header, whose name is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Returns the last value of a header. A client can send `spin-*` headers, and they come before
    /// Spin's own, so only the last one counts.
    pub fn last_header(&self, name: &str) -> Option<&str> {
        self.headers.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Returns the id that the request came with, if a log may hold it.
    pub fn id(&self) -> Option<&str> {
        self.header("x-request-id").filter(|id| {
            (1..=64).contains(&id.len())
                && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(&c))
        })
    }

    /// Returns the undecoded path without the slashes at its ends, which Spin's router ignores too.
    pub fn path(&self) -> &str {
        self.uri.split('?').next().unwrap_or("").trim_matches('/')
    }
}

/// A response, from this service or from an origin.
pub struct Response {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
}

pub const JSON: &str = "application/json";
pub const FLAT: &str = "text/tab-separated-values; charset=utf-8";
const PROBLEM: &str = "application/problem+json";

/// The headers of every response (OWASP ASVS 5.0, chapters 3 and 14). A response that may be cached
/// has a Cache-Control of its own.
const SECURE: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
         manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), payment=(), usb=(), clipboard-write=(self)",
    ),
    ("cache-control", "no-store"),
];

impl Response {
    /// Makes a response. An empty content type stands for no body.
    pub fn new(status: u16, content_type: &str, body: Vec<u8>) -> Response {
        let mut response = Response { status, headers: Vec::new(), body };
        if !content_type.is_empty() {
            response.set("content-type", content_type);
        }
        response
    }

    /// Sets a header: Spin sends one value per name.
    pub fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(n, _)| n != name);
        self.headers.push((name.to_string(), value.to_string()));
    }

    /// Returns the first value of a header, whose name is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Adds the headers of every response that are not set.
    pub fn secure(&mut self, request: &Request) {
        for (name, value) in SECURE {
            if self.header(name).is_none() {
                self.set(name, value);
            }
        }
        let address = request.last_header("spin-full-url").unwrap_or("");
        if address.starts_with("https://") {
            self.set("strict-transport-security", "max-age=63072000; includeSubDomains");
        }
    }

    /// Lets the pages of every origin read the response.
    pub fn allow_any_origin(&mut self) {
        self.set("access-control-allow-origin", "*");
        self.set("cross-origin-resource-policy", "cross-origin");
    }
}

/// The problems of this service, from the table of all services (shared/wire/problem.go).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    PeerRequired,
    NotFound,
    MethodNotAllowed,
    ServiceUnavailable,
    LoopDetected,
}

impl Code {
    /// Returns the code's name, status and title.
    fn words(self) -> (&'static str, u16, &'static str) {
        match self {
            Code::PeerRequired => ("peer-required", 401, "Only other services may call this"),
            Code::NotFound => ("not-found", 404, "There is nothing here"),
            Code::MethodNotAllowed => ("method-not-allowed", 405, "The method is not allowed"),
            Code::ServiceUnavailable => ("service-unavailable", 503, "A service is not available"),
            Code::LoopDetected => {
                ("loop-detected", 508, "The services call each other in a circle")
            }
        }
    }
}

/// An error as a client sees it (RFC 9457).
#[derive(Debug)]
pub struct Problem {
    pub code: Code,
    pub detail: String,
    pub hint: &'static str, // "" if there is no advice
    pub retry: u64,         // seconds until another attempt may succeed; 0: unknown
}

impl Problem {
    pub fn new(code: Code, detail: &str) -> Problem {
        Problem { code, detail: detail.to_string(), hint: "", retry: 0 }
    }

    /// Makes the response for a client.
    pub fn response(&self) -> Response {
        let (name, status, title) = self.code.words();
        let mut json = String::from("{\"type\":");
        push_json_string(&mut json, &["/problems#", name].concat());
        json.push_str(",\"title\":");
        push_json_string(&mut json, title);
        json.push_str(",\"status\":");
        json.push_str(&status.to_string());
        json.push_str(",\"detail\":");
        push_json_string(&mut json, &self.detail);
        json.push_str(",\"code\":");
        push_json_string(&mut json, name);
        if !self.hint.is_empty() {
            json.push_str(",\"hint\":");
            push_json_string(&mut json, self.hint);
        }
        json.push_str("}\n");
        self.respond(PROBLEM, json)
    }

    /// Makes the response for another service: `problem CODE DETAIL HINT RETRY`.
    pub fn message(&self) -> Response {
        let mut text = String::new();
        let retry = self.retry.to_string();
        push_record(&mut text, &["problem", self.code.words().0, &self.detail, self.hint, &retry]);
        self.respond(FLAT, text)
    }

    fn respond(&self, content_type: &str, body: String) -> Response {
        let status = self.code.words().1;
        let mut response = Response::new(status, content_type, body.into_bytes());
        if self.retry > 0 {
            response.set("retry-after", &self.retry.to_string());
        }
        if status == 401 {
            response.set("www-authenticate", "Bearer realm=\"abacus\"");
        }
        response
    }
}

/// Refuses all methods but GET, HEAD and OPTIONS, which every address here has. HEAD is answered
/// like GET: the host drops the body.
pub fn allow(request: &Request) -> Result<(), Response> {
    const ALLOW: &str = "GET, HEAD, OPTIONS";
    let mut response = match request.method {
        Method::Get | Method::Head => return Ok(()),
        Method::Options => Response::new(204, "", Vec::new()),
        other => {
            let detail = ["this address answers ", ALLOW, ", not ", other.name()].concat();
            Problem::new(Code::MethodNotAllowed, &detail).response()
        }
    };
    response.set("allow", ALLOW);
    Err(response)
}

pub fn not_found() -> Problem {
    Problem::new(Code::NotFound, "there is nothing at this address")
}

/// Adds a JSON string (RFC 8259). `<` is escaped too, so that the text is safe inside HTML.
pub fn push_json_string(json: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\n' => json.push_str("\\n"),
            '\t' => json.push_str("\\t"),
            '\0'..='\x1f' | '<' | '\x7f' => {
                let (high, low) = (HEX[c as usize >> 4], HEX[c as usize & 15]);
                json.push_str("\\u00");
                json.extend([high as char, low as char]);
            }
            '\u{2028}' => json.push_str("\\u2028"),
            '\u{2029}' => json.push_str("\\u2029"),
            _ => json.push(c),
        }
    }
    json.push('"');
}

/// Adds one line of a message between services: fields separated by tabs, with a tab, a newline, a
/// carriage return and a backslash in a field as \t, \n, \r and \\.
pub fn push_record(text: &mut String, fields: &[&str]) {
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            text.push('\t');
        }
        for c in field.chars() {
            match c {
                '\t' => text.push_str("\\t"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\\' => text.push_str("\\\\"),
                _ => text.push(c),
            }
        }
    }
    text.push('\n');
}
