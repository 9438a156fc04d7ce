//! The check of internal routes, as in all services of Abacus (the Go package shared/peer).

use crate::http::{self, Code, Problem, Request};

/// How many services a request may pass through: Spin does not guard against loops.
const MAX_HOPS: u32 = 4;

/// Lets only other services use an internal route. If there is a peer token, the request must have
/// it; otherwise the request must come by service chaining, which Spin marks with the client
/// address 0.0.0.0:0. For anyone else the route does not exist. While a token is being replaced,
/// there are two, separated by a comma.
pub fn guard(request: &Request, token: &str) -> Result<(), Problem> {
    let hops = request.header("abacus-hop").and_then(|text| text.parse().ok()).unwrap_or(0);
    if hops > MAX_HOPS {
        return Err(Problem {
            hint: "check the variables that hold the services' addresses",
            ..Problem::new(Code::LoopDetected, "the request came through more than 4 services")
        });
    }
    if !token.is_empty() {
        let shown = request.header("abacus-peer-token").unwrap_or("");
        let accepts = |each: &str| !each.is_empty() && equal(shown.as_bytes(), each.as_bytes());
        if !token.split(',').any(accepts) {
            return Err(Problem::new(Code::PeerRequired, "the peer token is missing or wrong"));
        }
    } else if request.last_header("spin-client-addr") != Some("0.0.0.0:0") {
        return Err(http::not_found());
    }
    Ok(())
}

/// Compares in a time that depends only on the lengths.
fn equal(a: &[u8], b: &[u8]) -> bool {
    let different = a.iter().zip(b).fold(0, |all, (x, y)| all | (x ^ y));
    a.len() == b.len() && different == 0
}
