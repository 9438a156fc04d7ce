//! The service rates: exchange rates of the euro, from the European Central Bank.
//!
//! | method, route | what |
//! | --- | --- |
//! | `GET /rates` | all rates and their date; any origin may read them, and caches may keep them |
//! | `GET /rates/:currency` | one rate |
//! | `GET /internal/rates` | all rates for the service eval, as a message (`table.rs`) |
//! | `GET /internal/health` | how old the rates are, without fetching newer ones |
//!
//! The service fetches rates from the bank when they are due (`origin.rs`) and checks them
//! (`ecb.rs`). The last good rates stay in the key-value store with their date, so if the bank is
//! down, slow or wrong, the rates are merely older.
//!
//! No other service knows that this one is written in Rust: docs/services.md says what a component
//! has to export, understand and promise.

mod abi;
mod calendar;
mod ecb;
mod http;
mod origin;
mod peer;
mod spin;
mod table;

#[cfg(test)]
mod host;

use http::{Problem, Request, Response, FLAT, JSON};
use table::Table;

/// The caching of rates: they change once a day, and slightly old ones do no harm.
const CACHE: &str = "public, max-age=600, stale-while-revalidate=86400";

/// Answers a request. Its whole path is in this function.
pub fn answer(request: &Request) -> Response {
    let id = request.id().map_or_else(|| spin::random().to_string(), str::to_string);
    spin::log_with(&id);
    let path: Vec<&str> = request.path().split('/').collect();
    let mut response = match path[..] {
        ["rates"] => public(request, all),
        ["rates", code] if table::is_currency(&code.to_ascii_uppercase()) => {
            public(request, |table| one(table, code))
        }
        ["internal", ..] => internal(request, &path[1..]),
        _ => http::not_found().response(),
    };
    response.secure(request);
    response.set("abacus-request", &id);
    response
}

/// Answers a client with the current rates as `write` formats them.
fn public(request: &Request, write: impl Fn(&Table) -> Result<String, Problem>) -> Response {
    if let Err(response) = http::allow(request) {
        return response;
    }
    let mut response = match origin::current().and_then(|table| write(&table)) {
        Ok(json) => {
            let mut response = Response::new(200, JSON, json.into_bytes());
            response.set("cache-control", CACHE);
            response
        }
        Err(problem) => problem.response(),
    };
    response.allow_any_origin();
    response
}

fn all(table: &Table) -> Result<String, Problem> {
    Ok(table.json())
}

fn one(table: &Table, currency: &str) -> Result<String, Problem> {
    let code = currency.to_ascii_uppercase();
    match table.rate(&code) {
        Some(rate) => Ok(table.json_rate(&code, rate)),
        None => Err(Problem {
            hint: "GET /rates lists every currency that has a rate",
            ..Problem::new(http::Code::NotFound, &["there is no rate for ", &code].concat())
        }),
    }
}

/// Answers another service.
fn internal(request: &Request, path: &[&str]) -> Response {
    if let Err(problem) = peer::guard(request, &spin::variable("peer_token")) {
        return problem.response();
    }
    if !matches!(path, ["rates"] | ["health"]) {
        return http::not_found().message();
    }
    if let Err(response) = http::allow(request) {
        return response;
    }
    let message = match path {
        ["rates"] => origin::current().map(|table| table.message()),
        _ => origin::health(),
    };
    match message {
        Ok(text) if text.is_empty() => Response::new(204, "", Vec::new()),
        Ok(text) => Response::new(200, FLAT, text.into_bytes()),
        Err(problem) => problem.message(),
    }
}

#[cfg(test)]
mod tests;
