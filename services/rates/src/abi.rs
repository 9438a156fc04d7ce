//! The ABI of Spin's SDKs before version 3 for core modules, as it is laid out in memory, and a few
//! functions of WASI preview 1. Addresses and lengths are `usize`: with 32 bits every layout is
//! Spin's; with 64 bits the tests use it natively (module `host`).
//!
//! Source: wit-bindgen 0.2; the files `spin-http.h`, `wasi-outbound-http.h`, `key-value.h` and
//! `spin-config.h` of Spin's Go SDK 2.2.

/// A list that crosses the boundary: its address and the number of its elements.
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

/// A list that may be absent. Its tag is 1 if it is present.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Maybe<T: Copy> {
    pub tag: u8,
    pub list: List<T>,
}

/// A response, from this component or to it.
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

/// The payload of an import's result: its value, or else the failure.
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
    pub userdata: u64,
    pub tag: u8, // 0: a clock
    pub clock: Timer,
}

#[repr(C, align(8))]
pub struct Timer {
    pub clock: u32,
    pub timeout: u64, // nanoseconds
    pub precision: u64,
    pub flags: u16, // 0: from now on
}

#[link(wasm_import_module = "wasi-outbound-http")]
extern "C" {
    #[cfg_attr(target_arch = "wasm32", link_name = "request")]
    pub fn outbound_request(
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
    pub fn store_open(name: *const u8, len: usize, result: *mut Outcome<u32>);
    #[cfg_attr(target_arch = "wasm32", link_name = "get")]
    pub fn store_get(store: u32, key: *const u8, len: usize, result: *mut Outcome<List<u8>>);
    #[cfg_attr(target_arch = "wasm32", link_name = "set")]
    pub fn store_set(
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
    pub fn get_config(name: *const u8, len: usize, result: *mut Outcome<List<u8>>);
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    #[cfg_attr(target_arch = "wasm32", link_name = "clock_time_get")]
    pub fn wasi_clock(clock: u32, precision: u64, nanoseconds: *mut u64) -> u32;
    #[cfg_attr(target_arch = "wasm32", link_name = "random_get")]
    pub fn wasi_random(buffer: *mut u8, len: usize) -> u32;
    #[cfg_attr(target_arch = "wasm32", link_name = "fd_write")]
    pub fn wasi_write(file: u32, texts: *const List<u8>, count: usize, written: *mut usize) -> u32;
    #[cfg_attr(target_arch = "wasm32", link_name = "poll_oneoff")]
    pub fn wasi_poll(
        waits: *const Subscription,
        events: *mut [u64; 4],
        count: usize,
        happened: *mut usize,
    ) -> u32;
}

impl<T: Copy> List<T> {
    /// Refers to the elements of a slice during a call: imports only read them.
    pub fn lend(slice: &[T]) -> List<T> {
        List { first: slice.as_ptr() as *mut T, count: slice.len() }
    }

    /// Hands the elements over to the host, which frees them with `canonical_abi_free`.
    pub fn give(elements: Vec<T>) -> List<T> {
        let elements = Box::leak(elements.into_boxed_slice());
        List { first: elements.as_mut_ptr(), count: elements.len() }
    }

    /// Takes the elements over from the host. They must be in a block of their own that
    /// `canonical_abi_realloc` returned; an empty list has no block.
    pub unsafe fn take(self) -> Vec<T> {
        match self.count {
            0 => Vec::new(),
            count => Vec::from_raw_parts(self.first, count, count),
        }
    }
}

impl List<u8> {
    pub unsafe fn take_text(self) -> String {
        String::from_utf8_lossy(&self.take()).into_owned()
    }
}

pub unsafe fn take_headers(list: List<Field>) -> Vec<(String, String)> {
    let fields = list.take();
    fields.iter().map(|f| (f.name.take_text(), f.value.take_text())).collect()
}

impl<T: Copy> Outcome<T> {
    /// An outcome for an import to overwrite.
    pub fn unknown() -> Outcome<T> {
        let text = List { first: std::ptr::null_mut(), count: 0 };
        Outcome { tag: 1, value: Value { failure: Failure { code: 0, text } } }
    }

    /// Returns the value, or else the code of the failure. `T` must be the type that the import
    /// returns.
    pub unsafe fn result(&self) -> Result<T, u8> {
        match self.tag {
            0 => Ok(self.value.ok),
            _ => Err(self.value.failure.code),
        }
    }
}
