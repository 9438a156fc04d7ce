//! A crate for tests of the build.

#[no_mangle]
pub extern "C" fn twice(n: i32) -> i32 {
    2 * n
}
