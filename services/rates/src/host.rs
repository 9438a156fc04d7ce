//! The host's side of the imports, for tests: a store, an origin, variables, a clock and a log.
//! Every test runs in a thread of its own, and so has a host of its own.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::abi::{Failure, Field, List, Maybe, Outcome, Reply, Value};
use crate::http::{Headers, Method, Response};
use crate::spin;

/// An origin: it answers a request with these headers, or fails with an error code of the host.
type Origin = Box<dyn FnMut(&mut Host, &Headers) -> Result<Response, u8>>;

/// Something that happens at the moment in its name.
type Event = Box<dyn FnMut(&mut Host)>;

pub struct Host {
    pub now: u64,
    pub variables: HashMap<String, String>,
    pub store: HashMap<String, String>,
    pub store_fails: Option<u8>,
    pub origin: Origin,
    pub written: Event,       // after every write to the store
    pub asleep: Event,        // while the component sleeps
    pub fetches: Vec<String>, // the addresses that were fetched
    pub log: String,
}

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host {
        now: 0,
        variables: HashMap::new(),
        store: HashMap::new(),
        store_fails: None,
        origin: Box::new(|_, _| Err(4)),
        written: Box::new(|_| ()),
        asleep: Box::new(|_| ()),
        fetches: Vec::new(),
        log: String::new(),
    });
}

/// Gives access to the host of this test.
pub fn with<T>(f: impl FnOnce(&mut Host) -> T) -> T {
    HOST.with(|host| f(&mut host.borrow_mut()))
}

/// Sends a request through the ABI, as a host does, and returns the reply.
pub fn send(method: Method, uri: &str, headers: &[(&str, &str)]) -> Response {
    unsafe {
        let uri = place(uri.as_bytes());
        let fields: Vec<Field> = headers.iter().map(|(n, v)| field(n, v)).collect();
        let (fields, body) = (place(&fields), place(b"a body that nobody reads"));
        let (none, number) = (std::ptr::null_mut(), method as u32);
        let reply = spin::handle_http_request(
            number,
            uri.first,
            uri.count,
            fields.first,
            fields.count,
            none,
            0,
            1,
            body.first,
            body.count,
        );
        let reply = Box::from_raw(reply);
        let headers: Vec<(String, String)> = copy(reply.headers.list)
            .into_iter()
            .map(|field| (text(field.name), text(field.value)))
            .collect();
        let body = copy(reply.body.list);
        free(reply.headers.list);
        free(reply.body.list);
        Response { status: reply.status, headers, body }
    }
}

/// Puts elements into memory that the component allocates.
unsafe fn place<T: Copy>(elements: &[T]) -> List<T> {
    let (size, align) = (std::mem::size_of_val(elements), std::mem::align_of::<T>());
    let first = spin::canonical_abi_realloc(std::ptr::null_mut(), 0, align, size) as *mut T;
    std::ptr::copy_nonoverlapping(elements.as_ptr(), first, elements.len());
    List { first, count: elements.len() }
}

unsafe fn free<T: Copy>(list: List<T>) {
    let (size, align) = (list.count * std::mem::size_of::<T>(), std::mem::align_of::<T>());
    spin::canonical_abi_free(list.first as *mut u8, size, align);
}

unsafe fn copy<T: Copy>(list: List<T>) -> Vec<T> {
    match list.count {
        0 => Vec::new(),
        count => std::slice::from_raw_parts(list.first, count).to_vec(),
    }
}

/// Copies a text of the component and frees it, as a host does.
unsafe fn text(list: List<u8>) -> String {
    let text = String::from_utf8(copy(list)).unwrap();
    free(list);
    text
}

unsafe fn field(name: &str, value: &str) -> Field {
    Field { name: place(name.as_bytes()), value: place(value.as_bytes()) }
}

unsafe fn lent(first: *const u8, count: usize) -> String {
    String::from_utf8(copy(List { first: first as *mut u8, count })).unwrap()
}

unsafe fn write<T: Copy>(outcome: *mut Outcome<T>, result: Result<T, u8>) {
    *outcome = match result {
        Ok(ok) => Outcome { tag: 0, value: Value { ok } },
        Err(code) => {
            Outcome { tag: 1, value: Value { failure: Failure { code, text: place(b"a reason") } } }
        }
    };
}

#[no_mangle]
unsafe extern "C" fn outbound_request(
    method: u32,
    uri: *const u8,
    uri_len: usize,
    headers: *const Field,
    headers_len: usize,
    _params: *const Field,
    _params_len: usize,
    body_tag: u32,
    _body: *const u8,
    _body_len: usize,
    result: *mut Outcome<Reply>,
) {
    assert_eq!((method, body_tag), (0, 0));
    let fields = copy(List { first: headers as *mut Field, count: headers_len });
    let headers = fields
        .iter()
        .map(|f| (lent(f.name.first, f.name.count), lent(f.value.first, f.value.count)))
        .collect();
    let answer = with(|host| {
        host.fetches.push(lent(uri, uri_len));
        let mut origin = std::mem::replace(&mut host.origin, Box::new(|_, _| Err(4)));
        let answer = origin(host, &headers);
        host.origin = origin;
        answer
    });
    let reply = answer.map(|response| {
        let fields: Vec<Field> = response.headers.iter().map(|(n, v)| field(n, v)).collect();
        Reply {
            status: response.status,
            headers: Maybe { tag: 1, list: place(&fields) },
            body: Maybe { tag: 1, list: place(&response.body) },
        }
    });
    write(result, reply);
}

#[no_mangle]
unsafe extern "C" fn store_open(name: *const u8, len: usize, result: *mut Outcome<u32>) {
    assert_eq!(lent(name, len), "default");
    write(result, with(|host| host.store_fails.map_or(Ok(7), Err)));
}

#[no_mangle]
unsafe extern "C" fn store_get(
    store: u32,
    key: *const u8,
    len: usize,
    result: *mut Outcome<List<u8>>,
) {
    assert_eq!(store, 7);
    let value = with(|host| match host.store_fails {
        Some(code) => Err(code),
        None => host.store.get(&lent(key, len)).cloned().ok_or(4),
    });
    write(result, value.map(|text| place(text.as_bytes())));
}

#[no_mangle]
unsafe extern "C" fn store_set(
    store: u32,
    key: *const u8,
    len: usize,
    value: *const u8,
    value_len: usize,
    result: *mut Outcome<u8>,
) {
    assert_eq!(store, 7);
    let done = with(|host| match host.store_fails {
        Some(code) => Err(code),
        None => {
            host.store.insert(lent(key, len), lent(value, value_len));
            let mut written = std::mem::replace(&mut host.written, Box::new(|_| ()));
            written(host);
            host.written = written;
            Ok(0)
        }
    });
    write(result, done);
}

#[no_mangle]
unsafe extern "C" fn get_config(name: *const u8, len: usize, result: *mut Outcome<List<u8>>) {
    let value = with(|host| host.variables.get(&lent(name, len)).cloned());
    write(result, value.map(|text| place(text.as_bytes())).ok_or(0));
}

#[no_mangle]
unsafe extern "C" fn wasi_clock(_clock: u32, _precision: u64, nanoseconds: *mut u64) -> u32 {
    *nanoseconds = with(|host| host.now) * 1_000_000_000 + 999_999_999;
    0
}

#[no_mangle]
unsafe extern "C" fn wasi_random(buffer: *mut u8, len: usize) -> u32 {
    std::slice::from_raw_parts_mut(buffer, len).fill(9);
    0
}

#[no_mangle]
unsafe extern "C" fn wasi_write(
    file: u32,
    texts: *const List<u8>,
    count: usize,
    written: *mut usize,
) -> u32 {
    assert_eq!((file, count), (2, 1));
    let text = *texts;
    with(|host| host.log.push_str(&lent(text.first, text.count)));
    *written = text.count;
    0
}

#[no_mangle]
unsafe extern "C" fn wasi_poll(
    _waits: *const std::ffi::c_void,
    _events: *mut [u64; 4],
    _count: usize,
    happened: *mut usize,
) -> u32 {
    with(|host| {
        let mut asleep = std::mem::replace(&mut host.asleep, Box::new(|_| ()));
        asleep(host);
        host.asleep = asleep;
    });
    *happened = 1;
    0
}
