//! What Spin provides to a component, as safe functions: HTTP in both directions, a key-value
//! store, variables, the time and the log.

use std::alloc::{alloc, dealloc, handle_alloc_error, realloc, Layout};
use std::cell::RefCell;
use std::time::Duration;

use crate::abi::*;
use crate::http::{Method, Request, Response};

/// A key-value store.
pub struct Store(u32);

/// The error code for a key that is not in the store.
const NO_SUCH_KEY: u8 = 4;

fn store_failure(code: u8) -> &'static str {
    match code {
        0 => "too many stores are open",
        1 => "there is no such store",
        2 => "the manifest does not grant it",
        5 => "its storage failed",
        _ => "it failed",
    }
}

impl Store {
    pub fn open(name: &str) -> Result<Store, &'static str> {
        let mut outcome = Outcome::unknown();
        unsafe {
            store_open(name.as_ptr(), name.len(), &mut outcome);
            outcome.result().map(Store).map_err(store_failure)
        }
    }

    /// Returns the text under a key, if there is one.
    pub fn get(&self, key: &str) -> Result<Option<String>, &'static str> {
        let mut outcome = Outcome::unknown();
        unsafe {
            store_get(self.0, key.as_ptr(), key.len(), &mut outcome);
            match outcome.result() {
                Ok(list) => Ok(Some(list.take_text())),
                Err(NO_SUCH_KEY) => Ok(None),
                Err(code) => Err(store_failure(code)),
            }
        }
    }

    pub fn set(&self, key: &str, value: &str) -> Result<(), &'static str> {
        let mut outcome = Outcome::unknown();
        unsafe {
            store_set(self.0, key.as_ptr(), key.len(), value.as_ptr(), value.len(), &mut outcome);
            outcome.result().map(drop).map_err(store_failure)
        }
    }
}

/// Sends a GET request without a body. The error says why there is no response.
pub fn get(address: &str, headers: &[(&str, &str)]) -> Result<Response, &'static str> {
    let fields: Vec<Field> = headers
        .iter()
        .map(|(name, value)| Field {
            name: List::lend(name.as_bytes()),
            value: List::lend(value.as_bytes()),
        })
        .collect();
    let none: [Field; 0] = [];
    let mut outcome = Outcome::unknown();
    unsafe {
        outbound_request(
            Method::Get as u32,
            address.as_ptr(),
            address.len(),
            fields.as_ptr(),
            fields.len(),
            none.as_ptr(),
            0,
            0,
            std::ptr::null(),
            0,
            &mut outcome,
        );
        let reply: Reply = outcome.result().map_err(|code| match code {
            1 => "the manifest does not allow their source's address",
            2 => "their source's address is not valid",
            _ => "their source cannot be reached",
        })?;
        Ok(Response {
            status: reply.status,
            headers: match reply.headers.tag {
                0 => Vec::new(),
                _ => take_headers(reply.headers.list),
            },
            body: match reply.body.tag {
                0 => Vec::new(),
                _ => reply.body.list.take(),
            },
        })
    }
}

/// Returns a variable of the component. If it cannot be read, the function logs why and returns "".
pub fn variable(name: &str) -> String {
    let mut outcome = Outcome::unknown();
    unsafe {
        get_config(name.as_ptr(), name.len(), &mut outcome);
        match outcome.result() {
            Ok(list) => list.take_text(),
            Err(_) => {
                log(&[
                    "the variable ",
                    name,
                    " cannot be read: ",
                    &outcome.value.failure.text.take_text(),
                ]
                .concat());
                String::new()
            }
        }
    }
}

/// Returns the seconds since 1970.
pub fn now() -> u64 {
    let mut nanoseconds = 0;
    unsafe { wasi_clock(0, 1, &mut nanoseconds) };
    nanoseconds / 1_000_000_000
}

pub fn sleep(time: Duration) {
    const MONOTONIC: u32 = 1;
    let timeout = time.as_nanos() as u64;
    let clock = Timer { clock: MONOTONIC, timeout, precision: 0, flags: 0 };
    let wait = Subscription { userdata: 0, tag: 0, clock };
    unsafe { wasi_poll(&wait, &mut [0; 4], 1, &mut 0) };
}

/// Returns 64 random bits.
pub fn random() -> u64 {
    let mut bytes = [0; 8];
    unsafe { wasi_random(bytes.as_mut_ptr(), bytes.len()) };
    u64::from_le_bytes(bytes)
}

thread_local! {
    /// The id of the request, for the log.
    static REQUEST: RefCell<String> = RefCell::default();
}

/// Gives the lines of the log the id of a request. An instance serves one at a time.
pub fn log_with(id: &str) {
    REQUEST.with(|request| request.replace(id.to_string()));
}

/// Writes a line to the component's log.
pub fn log(line: &str) {
    let line = REQUEST.with(|id| ["rates: ", line, " (request ", &id.borrow(), ")\n"].concat());
    unsafe { wasi_write(2, &List::lend(line.as_bytes()), 1, &mut 0) };
}

/// Allocates memory for the host's arguments and results.
///
/// # Safety
/// The block must be one that this function returned, with its size and its alignment.
#[no_mangle]
pub unsafe extern "C" fn canonical_abi_realloc(
    block: *mut u8,
    old_size: usize,
    align: usize,
    new_size: usize,
) -> *mut u8 {
    if new_size == 0 {
        return align as *mut u8;
    }
    let layout = Layout::from_size_align_unchecked(old_size, align);
    let block = match old_size {
        0 => alloc(Layout::from_size_align_unchecked(new_size, align)),
        _ => realloc(block, layout, new_size),
    };
    if block.is_null() {
        handle_alloc_error(layout);
    }
    block
}

/// Frees memory that the component handed over to the host.
///
/// # Safety
/// The block must be one of this component's, with its size and its alignment.
#[no_mangle]
pub unsafe extern "C" fn canonical_abi_free(block: *mut u8, size: usize, align: usize) {
    if size > 0 {
        dealloc(block, Layout::from_size_align_unchecked(size, align));
    }
}

/// Spin calls this first. It makes a panic log its message before it becomes a trap.
#[export_name = "_initialize"]
pub extern "C" fn initialize() {
    std::panic::set_hook(Box::new(|panic| log(&panic.to_string())));
}

/// Answers a request. The service reads no bodies, so the body is dropped here.
///
/// # Safety
/// Every list must be in a block of its own that `canonical_abi_realloc` returned.
#[export_name = "handle-http-request"]
#[allow(clippy::too_many_arguments)] // they are the ABI's
pub unsafe extern "C" fn handle_http_request(
    method: u32,
    uri: *mut u8,
    uri_len: usize,
    headers: *mut Field,
    headers_len: usize,
    _params: *mut Field,
    _params_len: usize,
    _body_tag: u32,
    body: *mut u8,
    body_len: usize,
) -> *mut Reply {
    drop(List { first: body, count: body_len }.take());
    let response = crate::answer(&Request {
        method: Method::from_number(method),
        uri: List { first: uri, count: uri_len }.take_text(),
        headers: take_headers(List { first: headers, count: headers_len }),
    });
    let headers = response
        .headers
        .into_iter()
        .map(|(name, value)| Field {
            name: List::give(name.into_bytes()),
            value: List::give(value.into_bytes()),
        })
        .collect();
    Box::into_raw(Box::new(Reply {
        status: response.status,
        headers: Maybe { tag: 1, list: List::give(headers) },
        body: Maybe { tag: 1, list: List::give(response.body) },
    }))
}
