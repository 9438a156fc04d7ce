//! What Spin gives a component, as safe functions: HTTP both ways, a key-value store, variables,
//! the time and the log.
//!
//! This is the ABI of core modules that Spin's SDKs before version 3 speak (wit-bindgen 0.2; the
//! files `spin-http.h`, `wasi-outbound-http.h`, `key-value.h` and `spin-config.h` of the Go SDK),
//! and a few functions of WASI preview 1. Addresses and lengths are `usize`: with 32 bits every
//! layout below is Spin's, and with 64 the tests run it (module `host`).

use std::alloc::{alloc, dealloc, handle_alloc_error, realloc, Layout};
use std::time::Duration;

use crate::http::{Method, Request, Response};

/// A list that crosses the border: its address and the number of its elements.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct List<T: Copy> {
    pub first: *mut T,
    pub count: usize,
}

/// A header: its name and its value.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Field {
    pub name: List<u8>,
    pub value: List<u8>,
}

/// A list that may be absent; its tag is 1 if it is there.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Maybe<T: Copy> {
    pub tag: u8,
    pub list: List<T>,
}

/// A response, ours or another's.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Reply {
    pub status: u16,
    pub headers: Maybe<Field>,
    pub body: Maybe<u8>,
}

/// The result of an import: its tag is 0 for success.
#[repr(C)]
pub struct Outcome<T: Copy> {
    pub tag: u8,
    pub value: Value<T>,
}

/// What an import gives back: on success what was asked for, else why not.
#[repr(C)]
pub union Value<T: Copy> {
    pub ok: T,
    pub failure: Failure,
}

/// Why an import failed: a code, and for some codes a text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Failure {
    pub code: u8,
    pub text: List<u8>,
}

/// A wait for one clock, as `poll_oneoff` takes it (`subscription` of WASI preview 1).
#[repr(C)]
pub struct Subscription {
    userdata: u64,
    tag: u8, // 0: a clock
    clock: Timer,
}

#[repr(C, align(8))]
struct Timer {
    clock: u32,
    timeout: u64, // nanoseconds
    precision: u64,
    flags: u16, // 0: from now on
}

#[link(wasm_import_module = "wasi-outbound-http")]
extern "C" {
    #[cfg_attr(target_arch = "wasm32", link_name = "request")]
    fn outbound_request(
        method: u32,
        uri: *const u8,
        uri_len: usize,
        headers: *const Field,
        headers_len: usize,
        params: *const Field,
        params_len: usize,
        body_tag: u32,
        body: *const u8,
        body_len: usize,
        result: *mut Outcome<Reply>,
    );
}

#[link(wasm_import_module = "key-value")]
extern "C" {
    #[cfg_attr(target_arch = "wasm32", link_name = "open")]
    fn store_open(name: *const u8, len: usize, result: *mut Outcome<u32>);
    #[cfg_attr(target_arch = "wasm32", link_name = "get")]
    fn store_get(store: u32, key: *const u8, len: usize, result: *mut Outcome<List<u8>>);
    #[cfg_attr(target_arch = "wasm32", link_name = "set")]
    fn store_set(
        store: u32,
        key: *const u8,
        len: usize,
        value: *const u8,
        value_len: usize,
        result: *mut Outcome<u8>,
    );
}

#[link(wasm_import_module = "spin-config")]
extern "C" {
    #[cfg_attr(target_arch = "wasm32", link_name = "get-config")]
    fn get_config(name: *const u8, len: usize, result: *mut Outcome<List<u8>>);
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    #[cfg_attr(target_arch = "wasm32", link_name = "clock_time_get")]
    fn wasi_clock(clock: u32, precision: u64, nanoseconds: *mut u64) -> u32;
    #[cfg_attr(target_arch = "wasm32", link_name = "random_get")]
    fn wasi_random(buffer: *mut u8, len: usize) -> u32;
    #[cfg_attr(target_arch = "wasm32", link_name = "fd_write")]
    fn wasi_write(file: u32, texts: *const List<u8>, count: usize, written: *mut usize) -> u32;
    #[cfg_attr(target_arch = "wasm32", link_name = "poll_oneoff")]
    fn wasi_poll(
        waits: *const Subscription,
        events: *mut [u64; 4],
        count: usize,
        happened: *mut usize,
    ) -> u32;
}

impl<T: Copy> List<T> {
    /// The elements of a slice, for the time of a call: imports read what they are given.
    fn lend(slice: &[T]) -> List<T> {
        List { first: slice.as_ptr() as *mut T, count: slice.len() }
    }

    /// Gives the elements to the host, which frees them by `canonical_abi_free`.
    fn give(elements: Vec<T>) -> List<T> {
        let elements = Box::leak(elements.into_boxed_slice());
        List { first: elements.as_mut_ptr(), count: elements.len() }
    }

    /// Takes the elements over. They must be in a block of their own that the host has got from
    /// `canonical_abi_realloc`; an empty list has none.
    unsafe fn take(self) -> Vec<T> {
        match self.count {
            0 => Vec::new(),
            count => Vec::from_raw_parts(self.first, count, count),
        }
    }
}

impl List<u8> {
    unsafe fn take_text(self) -> String {
        String::from_utf8_lossy(&self.take()).into_owned()
    }
}

unsafe fn take_headers(list: List<Field>) -> Vec<(String, String)> {
    let fields = list.take();
    fields.iter().map(|f| (f.name.take_text(), f.value.take_text())).collect()
}

impl<T: Copy> Outcome<T> {
    /// An outcome for an import to write over.
    fn unknown() -> Outcome<T> {
        let text = List { first: std::ptr::null_mut(), count: 0 };
        Outcome { tag: 1, value: Value { failure: Failure { code: 0, text } } }
    }

    /// Returns what was asked for, or else the code of the failure. `T` must be what the import
    /// that wrote the outcome gives.
    unsafe fn result(&self) -> Result<T, u8> {
        match self.tag {
            0 => Ok(self.value.ok),
            _ => Err(self.value.failure.code),
        }
    }
}

/// A key-value store.
pub struct Store(u32);

/// The error code of a key that is not in the store, and the words for the others.
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
            1 => "the manifest does not allow its address",
            2 => "its address is not valid",
            _ => "it cannot be reached, or broke off",
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

/// Returns a variable of the component. One that cannot be read is logged and empty.
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

/// Writes a line to the component's log.
pub fn log(line: &str) {
    let line = ["rates: ", line, "\n"].concat();
    unsafe { wasi_write(2, &List::lend(line.as_bytes()), 1, &mut 0) };
}

/// Allocates memory for the host, which puts into it what it gives.
///
/// # Safety
/// The block must be one that this function has returned, with its size and its alignment.
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

/// Frees memory that the component has given to the host.
///
/// # Safety
/// The block must be one of this component's, with its size and its alignment.
#[no_mangle]
pub unsafe extern "C" fn canonical_abi_free(block: *mut u8, size: usize, align: usize) {
    if size > 0 {
        dealloc(block, Layout::from_size_align_unchecked(size, align));
    }
}

/// Spin calls this first. What a panic says goes to the log before the trap that it becomes.
#[export_name = "_initialize"]
pub extern "C" fn initialize() {
    std::panic::set_hook(Box::new(|panic| log(&panic.to_string())));
}

/// Answers a request. The service reads no bodies, so that is dropped here.
///
/// # Safety
/// Every list must be in a block of its own that `canonical_abi_realloc` has returned.
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
