//! The service as a host sees it: requests go in, and replies come out, by Spin's ABI.

use crate::calendar::Day;
use crate::ecb::tests::DOCUMENT;
use crate::host::{send, with, Host};
use crate::http::{Headers, Method, Response};

const HOUR: u64 = 60 * 60;

/// A Wednesday, 25 November 2026, at 16:00 UTC; the document is of that day.
const WEDNESDAY: u64 = 1_795_622_400;

const ORIGIN: &str = "https://www.ecb.europa.eu";
const PEER: [(&str, &str); 1] = [("spin-client-addr", "0.0.0.0:0")];

const RATES: &str = "{\"base\":\"EUR\",\"date\":\"2026-11-25\",\"source\":\"ECB\",\
    \"rates\":{\"USD\":1.0834,\"JPY\":162.21}}\n";

/// Sets up the host: the time, the variables and what the origin answers.
fn host_at(now: u64, origin: impl FnMut(&mut Host, &Headers) -> Result<Response, u8> + 'static) {
    with(|host| {
        host.now = now;
        host.variables = [("rates_origin", ORIGIN), ("peer_token", "")]
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect();
        host.origin = Box::new(origin);
    });
}

fn says(status: u16, body: &str) -> impl FnMut(&mut Host, &Headers) -> Result<Response, u8> {
    let body = body.as_bytes().to_vec();
    move |_, _| Ok(Response { status, headers: Vec::new(), body: body.clone() })
}

fn get(uri: &str) -> Response {
    send(Method::Get, uri, &[("spin-client-addr", "127.0.0.1:1234"), ("x-request-id", "r1")])
}

fn body(response: &Response) -> &str {
    std::str::from_utf8(&response.body).unwrap()
}

fn fetches() -> usize {
    with(|host| host.fetches.len())
}

fn log() -> String {
    with(|host| std::mem::take(&mut host.log))
}

fn pass(seconds: u64) {
    with(|host| host.now += seconds);
}

#[test]
fn the_date_of_the_tests() {
    assert_eq!(Day::of(WEDNESDAY).to_string(), "2026-11-25");
    assert_eq!(WEDNESDAY % (24 * HOUR), 16 * HOUR);
}

#[test]
fn request_id() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    let id = |brought: &str| {
        let reply = send(Method::Get, "/rates", &[("x-request-id", brought)]);
        reply.header("abacus-request").unwrap().to_string()
    };
    assert_eq!(id("one-2.X_"), "one-2.X_");
    for strange in ["", "two words", &"a".repeat(65)] {
        assert!(id(strange) != strange && !id(strange).is_empty());
    }
}

#[test]
fn rates() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    let reply = get("/rates?x=y");
    assert_eq!((reply.status, body(&reply)), (200, RATES));
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "public, max-age=600, stale-while-revalidate=86400"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{}", name);
    }
    assert_eq!(reply.header("strict-transport-security"), None);
    with(|host| {
        let path = "/stats/eurofxref/eurofxref-daily.xml";
        assert_eq!(host.fetches, [[ORIGIN, path].concat()]);
    });
    let https = [("spin-full-url", "http://x/"), ("spin-full-url", "https://x/")];
    let reply = send(Method::Get, "/rates", &https);
    assert!(reply.header("strict-transport-security").is_some());
}

#[test]
fn one_rate() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    let rate = |code, rate| {
        [
            "{\"base\":\"EUR\",\"date\":\"2026-11-25\",\"source\":\"ECB\",\"currency\":\"",
            code,
            "\",\"rate\":",
            rate,
            "}\n",
        ]
        .concat()
    };
    for (uri, status, want) in [
        ("/rates/USD", 200, rate("USD", "1.0834")),
        ("/rates/jpy/", 200, rate("JPY", "162.21")),
        ("/rates/EUR", 200, rate("EUR", "1")),
        ("/rates/xxx", 404, "there is no rate for XXX".to_string()),
        ("/rates/%22", 404, "nothing at this address".to_string()),
        ("/rates/USD/x", 404, "nothing at this address".to_string()),
        ("/rate", 404, "nothing at this address".to_string()),
        ("/", 404, "nothing at this address".to_string()),
    ] {
        let reply = get(uri);
        assert_eq!(reply.status, status, "{}", uri);
        assert!(body(&reply).contains(&want), "{}: {}", uri, body(&reply));
        if status != 200 {
            assert_eq!(reply.header("content-type"), Some("application/problem+json"));
            assert_eq!(reply.header("cache-control"), Some("no-store"));
        }
    }
}

#[test]
fn methods() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    assert_eq!(send(Method::Head, "/rates", &[]).status, 200);
    let reply = send(Method::Options, "/rates", &[]);
    assert_eq!((reply.status, reply.header("allow")), (204, Some("GET, HEAD, OPTIONS")));
    for method in [Method::Post, Method::Put, Method::Delete, Method::Patch] {
        let reply = send(method, "/rates/USD", &[]);
        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
    }
}

/// The rates are fetched when newer ones may be there, and not more often.
#[test]
fn refreshed_when_due() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    for (pause, total) in [
        (0, 1), // Wednesday 16:00, the store is empty
        (0, 1), // the rates are the newest
        (6 * HOUR - 1, 1),
        (1, 2), // 22:00
        (1, 2),
        (6 * HOUR, 3),      // Thursday 4:00
        (6 * HOUR, 4),      // 10:00
        (4 * HOUR - 60, 4), // 13:59
        (60, 5),            // 14:00: Thursday's may be there
        (HOUR - 1, 5),
        (1, 6), // 15:00: still Wednesday's
        (HOUR, 7),
    ] {
        pass(pause);
        assert_eq!(body(&get("/rates")), RATES);
        assert_eq!(fetches(), total, "after {} s", pause);
    }
}

#[test]
fn not_modified() {
    const DATE: &str = "Wed, 25 Nov 2026 14:56:40 GMT";
    host_at(WEDNESDAY, |_, headers| {
        assert!(headers.contains(&("accept-encoding".to_string(), "identity".to_string())));
        let conditional = headers.contains(&("if-modified-since".to_string(), DATE.to_string()));
        Ok(Response {
            status: if conditional { 304 } else { 200 },
            headers: vec![("last-modified".to_string(), DATE.to_string())],
            body: if conditional { Vec::new() } else { DOCUMENT.as_bytes().to_vec() },
        })
    });
    for total in [1, 2, 3] {
        assert_eq!(body(&get("/rates")), RATES);
        assert_eq!(fetches(), total);
        pass(6 * HOUR);
    }
    assert_eq!(log(), "");
}

/// Whatever the origin says, the last good rates stay with their date, and the log says why.
#[test]
fn broken_origins() {
    let with_rate = |rate| DOCUMENT.replace("1.0834", rate);
    for (status, document, why) in [
        (500, DOCUMENT.to_string(), "their source answered with status 500"),
        (301, String::new(), "their source answered with status 301"),
        (200, "<html></html>".to_string(), "their source's document: it has no rates"),
        (200, with_rate("0"), "their source's document: a rate is 0"),
        (200, " ".repeat(70_000), "their source's document: it is longer than 64 KiB"),
        (
            200,
            DOCUMENT.replace("2026-11-25", "2026-11-27"),
            "their source's rates are of 2026-11-27, and today is 2026-11-26",
        ),
        (
            200,
            DOCUMENT.replace("2026-11-25", "2026-11-24"),
            "their source's rates are old, of 2026-11-24",
        ),
    ] {
        host_at(WEDNESDAY, says(200, DOCUMENT));
        with(|host| host.store.clear());
        assert_eq!(body(&get("/rates")), RATES);
        host_at(WEDNESDAY + 24 * HOUR, says(status, &document));
        assert_eq!(body(&get("/rates")), RATES);
        assert_eq!(
            log(),
            ["rates: no new rates: ", why, "; the rates of 2026-11-25 stay (request r1)\n"]
                .concat()
        );
    }
    host_at(WEDNESDAY + 72 * HOUR, |_, _| Err(4));
    assert_eq!(body(&get("/rates")), RATES);
    let unreachable = "rates: no new rates: their source cannot be reached; ";
    assert!(log().starts_with(unreachable));
}

/// A 304 to a request that had no condition is no answer.
#[test]
fn not_modified_since_never() {
    host_at(WEDNESDAY, says(304, ""));
    assert_eq!(get("/rates").status, 503);
}

/// Without any rates a client is told why, and when to come again.
#[test]
fn none_yet() {
    host_at(WEDNESDAY, |_, _| Err(1));
    let why = "there are no exchange rates yet: the manifest does not allow their source's address";
    for (pause, retry, total) in [(0, "60", 1), (20, "40", 1), (39, "1", 1), (1, "60", 2)] {
        pass(pause);
        let reply = get("/rates");
        assert_eq!((reply.status, reply.header("retry-after")), (503, Some(retry)));
        assert!(body(&reply).contains(why), "{}", body(&reply));
        assert!(body(&reply).contains("\"code\":\"service-unavailable\""));
        assert_eq!(fetches(), total);
    }
    with(|host| host.variables.clear());
    pass(60);
    assert!(body(&get("/rates")).contains("the variable rates_origin is empty"));
    assert!(
        log().contains("rates: the variable rates_origin cannot be read: a reason (request r1)\n")
    );
}

/// Of several requests that find no rates, one fetches them and the others wait.
#[test]
fn another_fetches() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    let rates = {
        get("/rates");
        with(|host| host.store.remove("rates:table").unwrap())
    };
    let naps = std::rc::Rc::new(std::cell::Cell::new(0));
    let counted = naps.clone();
    with(|host| {
        host.asleep = Box::new(move |host| {
            counted.set(counted.get() + 1);
            if counted.get() == 3 {
                host.store.insert("rates:table".to_string(), rates.clone());
            }
        });
    });
    assert_eq!(body(&get("/rates")), RATES);
    assert_eq!((naps.get(), fetches()), (3, 1));

    with(|host| host.store.remove("rates:table"));
    let reply = get("/rates");
    assert_eq!(reply.status, 503);
    assert!(body(&reply).contains("the exchange rates are being fetched"));
    assert_eq!((naps.get(), fetches()), (33, 1), "it waits for 3 s");
}

/// A request whose claim is overwritten by another one's leaves the fetch to that.
#[test]
fn a_lost_claim() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    assert_eq!(body(&get("/rates")), RATES);
    pass(24 * HOUR);
    with(|host| {
        host.written = Box::new(|host| {
            let claim = format!("claim\t{}\tanother\t\n", host.now);
            host.store.insert("rates:claim".to_string(), claim);
        });
    });
    assert_eq!(body(&get("/rates")), RATES);
    assert_eq!(fetches(), 1);
}

/// What the store has lost is fetched again; what cannot be read counts as lost.
#[test]
fn a_lost_store() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    get("/rates");
    for (key, value) in [
        ("rates:table", ""),
        ("rates:table", "rates\tEUR\t2026-11-25\tECB\nrate\tUSD\t0\nchecked\t1795622400\t\n"),
        ("rates:table", "rates\tEUR\t2026-11-25\tECB\nrate\tUSD\t1.2\nchecked\tsoon\t\n"),
        ("rates:claim", "\0\t\\"),
    ] {
        pass(7 * HOUR);
        with(|host| host.store.insert(key.to_string(), value.to_string()));
        let before = fetches();
        assert_eq!(body(&get("/rates")), RATES, "{:?}", value);
        assert_eq!(fetches(), before + 1);
    }
    pass(7 * HOUR);
    with(|host| host.store.clear());
    assert_eq!(body(&get("/rates")), RATES);
}

/// A store that fails is no reason to fetch for every request.
#[test]
fn a_broken_store() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    for (code, why) in [
        (1, "there is no such store"),
        (2, "the manifest does not grant it"),
        (5, "its storage failed"),
    ] {
        with(|host| host.store_fails = Some(code));
        let reply = get("/rates");
        assert_eq!((reply.status, reply.header("retry-after")), (503, Some("30")));
        assert_eq!(log(), ["rates: the store default: ", why, " (request r1)\n"].concat());
    }
    assert_eq!(fetches(), 0);
}

/// A clock that was ahead once does not stop the service.
#[test]
fn a_clock_set_back() {
    host_at(WEDNESDAY + 8760 * HOUR, says(200, DOCUMENT));
    get("/rates");
    host_at(WEDNESDAY, says(200, DOCUMENT));
    assert_eq!(body(&get("/rates")), RATES);
    assert_eq!(fetches(), 2);
    get("/rates");
    assert_eq!(fetches(), 2);
}

#[test]
fn internal() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    let reply = send(Method::Get, "/internal/health", &PEER);
    assert_eq!((reply.status, body(&reply), fetches()), (204, "", 0));
    let reply = send(Method::Get, "/internal/rates", &PEER);
    let message = "rates\tEUR\t2026-11-25\tECB\nrate\tUSD\t1.0834\nrate\tJPY\t162.21\n";
    assert_eq!((reply.status, body(&reply)), (200, message));
    assert_eq!(reply.header("content-type"), Some("text/tab-separated-values; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("access-control-allow-origin"), None);
    pass(5);
    assert_eq!(body(&send(Method::Get, "/internal/health", &PEER)), "age\t2026-11-25\t5\n");
    assert_eq!(send(Method::Get, "/internal/nothing", &PEER).status, 404);
    assert_eq!(send(Method::Post, "/internal/rates", &PEER).status, 405);

    with(|host| {
        host.store.clear();
        host.origin = Box::new(|_, _| Err(4));
    });
    let reply = send(Method::Get, "/internal/rates", &PEER);
    assert_eq!(reply.status, 503);
    let problem = "problem\tservice-unavailable\tthere are no exchange rates yet: their source ";
    assert!(body(&reply).starts_with(problem), "{}", body(&reply));
    assert!(body(&reply).ends_with("\t60\n"), "{}", body(&reply));
}

/// Only services get to an internal route, by chaining or by the token.
#[test]
fn strangers() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    let client = ("spin-client-addr", "127.0.0.1:1234");
    let ask = |headers: &[(&str, &str)]| send(Method::Get, "/internal/rates", headers).status;
    assert_eq!(ask(&[client]), 404);
    assert_eq!(ask(&[]), 404);
    assert_eq!(ask(&[PEER[0], client]), 404, "what a client sends comes before Spin's");
    assert_eq!(ask(&[client, PEER[0]]), 200);
    assert_eq!(ask(&[("abacus-hop", "4"), PEER[0]]), 200);
    assert_eq!(ask(&[("abacus-hop", "5"), PEER[0]]), 508);

    with(|host| host.variables.insert("peer_token".to_string(), "secret".to_string()));
    for (token, status) in
        [("secret", 200), ("secreT", 401), ("secre", 401), ("secrets", 401), ("", 401)]
    {
        assert_eq!(ask(&[client, ("abacus-peer-token", token)]), status, "{}", token);
        assert_eq!(ask(&[PEER[0], ("abacus-peer-token", token)]), status, "{}", token);
    }
    assert_eq!(ask(&[PEER[0]]), 401);

    with(|host| host.variables.insert("peer_token".to_string(), "new,secret,".to_string()));
    for (token, status) in [("new", 200), ("secret", 200), ("new,secret", 401), ("", 401)] {
        assert_eq!(ask(&[client, ("abacus-peer-token", token)]), status, "{}", token);
    }
}

#[test]
fn an_origin_with_a_slash() {
    host_at(WEDNESDAY, says(200, DOCUMENT));
    let origin = "http://127.0.0.1:80/".to_string();
    with(|host| host.variables.insert("rates_origin".to_string(), origin));
    get("/rates");
    with(|host| assert!(host.fetches[0].starts_with("http://127.0.0.1:80/stats/")));
}

#[test]
fn texts() {
    use crate::http::{push_json_string, push_record};
    let mut json = String::new();
    push_json_string(&mut json, "a\"\\\n\t<\u{1}\u{7f}\u{2028}é");
    assert_eq!(json, "\"a\\\"\\\\\\n\\t\\u003c\\u0001\\u007f\\u2028é\"");
    let mut record = String::new();
    push_record(&mut record, &["a\tb", "c\\d", "e\r\n", ""]);
    assert_eq!(record, "a\\tb\tc\\\\d\te\\r\\n\t\n");
}

/// The structures lie in memory as the ABI has them, in addresses of this machine.
#[test]
fn layout() {
    use crate::abi::{Field, List, Outcome, Reply, Subscription};
    let word = std::mem::size_of::<usize>();
    assert_eq!(std::mem::size_of::<List<u8>>(), 2 * word);
    assert_eq!(std::mem::size_of::<Field>(), 4 * word);
    assert_eq!(std::mem::size_of::<Reply>(), 7 * word);
    assert_eq!(std::mem::size_of::<Outcome<Reply>>(), 8 * word);
    assert_eq!(std::mem::size_of::<Outcome<List<u8>>>(), 4 * word);
    assert_eq!(std::mem::size_of::<Subscription>(), 48);
}
