//! When to fetch rates from the European Central Bank, and what to keep of its answers.
//!
//! A component runs only while it answers a request, so nothing can be refreshed after the reply.
//! The request that finds the rates due fetches them, and meanwhile all others are answered from
//! the store at once. Caches in front of the app do refresh in the background
//! (`stale-while-revalidate`). The host limits how long a fetch may take.
//!
//! The store has no locks. A request that is about to fetch writes a claim with a mark of its own
//! and reads it back: of several at the same time, the last writer fetches. Occasionally two may
//! fetch, which does no harm.

use std::time::Duration;

use crate::calendar::Day;
use crate::ecb;
use crate::http::{push_record, Code, Problem};
use crate::spin::{self, Store};
use crate::table::Table;

/// Where the rates are, below the variable `rates_origin`.
const PATH: &str = "/stats/eurofxref/eurofxref-daily.xml";

/// The service's keys in the store, which other components may share.
const RATES: &str = "rates:table";
const CLAIM: &str = "rates:claim";

/// How long to wait between two fetches, in seconds.
const REST: u64 = 6 * 60 * 60; // after one that brought the newest rates
const REST_WHILE_DUE: u64 = 60 * 60; // while newer ones are due, or after a failure
const REST_WITHOUT: u64 = 60; // while there are no rates at all

/// How long a request waits for rates that another one is fetching.
const PATIENCE: Duration = Duration::from_secs(3);
const GLANCE: Duration = Duration::from_millis(100);

/// The last good answer, stored as the message of the table and a record
/// `checked SECONDS LAST-MODIFIED`.
struct Kept {
    table: Table,
    checked: u64,     // when the origin last confirmed these rates
    modified: String, // its Last-Modified, "" if it sent none
}

/// The last fetch, stored as the record `claim SECONDS MARK WHY`.
#[derive(Default)]
struct Claim {
    at: u64,
    mark: String,
    why: String, // why it failed; "" while it is under way and once it has succeeded
}

/// Returns the rates. It fetches them first if they are due.
pub fn current() -> Result<Table, Problem> {
    let store = open()?;
    let kept = Kept::load(&store)?;
    let claim = Claim::load(&store)?;
    let now = spin::now();
    if due(kept.as_ref(), &claim, now) {
        match Claim::make(&store, now) {
            Ok(Some(claim)) => return refresh(&store, kept, claim, now),
            Err(problem) if kept.is_none() => return Err(problem),
            _ => {} // another request fetches them, or nothing can be stored
        }
    }
    match kept {
        Some(kept) => Ok(kept.table),
        None => wait(&store, now),
    }
}

/// Returns how old the rates are, as a message `age DATE SECONDS`: their date, and the time since
/// the origin confirmed them. Without rates it is empty.
pub fn health() -> Result<String, Problem> {
    let mut text = String::new();
    if let Some(kept) = Kept::load(&open()?)? {
        let age = spin::now().saturating_sub(kept.checked);
        push_record(&mut text, &["age", &kept.table.date.to_string(), &age.to_string()]);
    }
    Ok(text)
}

/// Reports whether it is time for another fetch. A time in the future, left by a wrong clock,
/// counts as long ago.
fn due(kept: Option<&Kept>, claim: &Claim, now: u64) -> bool {
    let since = |time: u64| now.checked_sub(time).unwrap_or(u64::MAX);
    match kept {
        None => since(claim.at) >= REST_WITHOUT,
        Some(kept) => {
            let newest = kept.table.date >= Day::published(now);
            since(claim.at) >= REST_WHILE_DUE && (!newest || since(kept.checked) >= REST)
        }
    }
}

/// Fetches and stores rates. If that fails, the stored ones stay.
fn refresh(store: &Store, kept: Option<Kept>, claim: Claim, now: u64) -> Result<Table, Problem> {
    match fetch(kept.as_ref(), now) {
        Ok(fresh) => {
            if let Err(why) = store.set(RATES, &fresh.record()) {
                spin::log(&["the rates cannot be kept: the store default: ", why].concat());
            }
            Ok(fresh.table)
        }
        Err(why) => {
            let stay = match &kept {
                Some(kept) => ["; the rates of ", &kept.table.date.to_string(), " stay"].concat(),
                None => String::new(),
            };
            spin::log(&["no new rates: ", &why, &stay].concat());
            match kept {
                Some(kept) => Ok(kept.table),
                None => {
                    // Requests that wait for this fetch learn that it is over.
                    let claim = Claim { why, ..claim };
                    claim.save(store)?;
                    Err(missing(&claim, now))
                }
            }
        }
    }
}

/// Fetches the document. The error says what is wrong with the origin's answer.
fn fetch(kept: Option<&Kept>, now: u64) -> Result<Kept, String> {
    let origin = spin::variable("rates_origin");
    if origin.is_empty() {
        return Err("the variable rates_origin is empty".to_string());
    }
    let address = [origin.trim_end_matches('/'), PATH].concat();
    let mut headers = vec![("accept", "application/xml"), ("accept-encoding", "identity")];
    let modified = kept.map_or("", |kept| &kept.modified);
    if !modified.is_empty() {
        headers.push(("if-modified-since", modified));
    }
    let response = spin::get(&address, &headers)?;
    match (response.status, kept) {
        (200, _) => {}
        (304, Some(kept)) => {
            return Ok(Kept {
                table: kept.table.clone(),
                checked: now,
                modified: kept.modified.clone(),
            });
        }
        (status, _) => {
            return Err(["their source answered with status ", &status.to_string()].concat())
        }
    }
    let table =
        ecb::read(&response.body).map_err(|why| ["their source's document: ", why].concat())?;
    let date = table.date.to_string();
    if table.date > Day::of(now) {
        let today = Day::of(now).to_string();
        return Err(["their source's rates are of ", &date, ", and today is ", &today].concat());
    }
    if kept.map_or(false, |kept| table.date < kept.table.date) {
        return Err(["their source's rates are old, of ", &date].concat());
    }
    Ok(Kept { table, checked: now, modified: last_modified(response.header("last-modified")) })
}

/// Returns the Last-Modified of an answer if it can be sent back, or else "".
fn last_modified(value: Option<&str>) -> String {
    let of_date = |c: char| c.is_ascii_alphanumeric() || " ,:-".contains(c);
    match value {
        Some(date) if date.len() <= 40 && date.chars().all(of_date) => date.to_string(),
        _ => String::new(),
    }
}

/// Waits for the rates that another request is fetching.
fn wait(store: &Store, now: u64) -> Result<Table, Problem> {
    let mut waited = Duration::ZERO;
    loop {
        if let Some(kept) = Kept::load(store)? {
            return Ok(kept.table);
        }
        let claim = Claim::load(store)?;
        let over = now.saturating_sub(claim.at) > PATIENCE.as_secs() || !claim.why.is_empty();
        if over || waited >= PATIENCE {
            return Err(missing(&claim, now));
        }
        spin::sleep(GLANCE);
        waited += GLANCE;
    }
}

/// Returns the problem of a service that has no rates.
fn missing(claim: &Claim, now: u64) -> Problem {
    let detail = match claim.why.as_str() {
        "" => "the exchange rates are being fetched".to_string(),
        why => ["there are no exchange rates yet: ", why].concat(),
    };
    let waited = now.saturating_sub(claim.at);
    Problem {
        code: Code::ServiceUnavailable,
        detail,
        hint: "try again later",
        retry: REST_WITHOUT.saturating_sub(waited).max(1),
    }
}

fn open() -> Result<Store, Problem> {
    Store::open("default").map_err(unusable)
}

/// Returns the problem of a store that fails. Without a store nothing is fetched, or else every
/// request would fetch.
fn unusable(why: &'static str) -> Problem {
    spin::log(&["the store default: ", why].concat());
    Problem {
        code: Code::ServiceUnavailable,
        detail: "the store of the exchange rates cannot be used now".to_string(),
        hint: "the operator sees the reason in the log",
        retry: 30,
    }
}

impl Kept {
    /// Reads the stored answer. One that cannot be read counts as lost.
    fn load(store: &Store) -> Result<Option<Kept>, Problem> {
        let text = store.get(RATES).map_err(unusable)?.unwrap_or_default();
        let table = Table::parse(&text);
        let checked = fields(&text, "checked")
            .and_then(|[at, modified, _]| Some((at.parse().ok()?, modified.to_string())));
        Ok(match (table, checked) {
            (Some(table), Some((checked, modified))) => Some(Kept { table, checked, modified }),
            _ => None,
        })
    }

    fn record(&self) -> String {
        let mut text = self.table.message();
        push_record(&mut text, &["checked", &self.checked.to_string(), &self.modified]);
        text
    }
}

impl Claim {
    /// Reads the last claim. One that cannot be read counts as long ago.
    fn load(store: &Store) -> Result<Claim, Problem> {
        let text = store.get(CLAIM).map_err(unusable)?.unwrap_or_default();
        let claim = fields(&text, "claim").and_then(|[at, mark, why]| {
            Some(Claim { at: at.parse().ok()?, mark: mark.to_string(), why: why.to_string() })
        });
        Ok(claim.unwrap_or_default())
    }

    /// Claims the next fetch. Returns nothing if another request has claimed it.
    fn make(store: &Store, now: u64) -> Result<Option<Claim>, Problem> {
        let claim = Claim { at: now, mark: spin::random().to_string(), why: String::new() };
        claim.save(store)?;
        let last = Claim::load(store)?;
        Ok((last.mark == claim.mark).then_some(claim))
    }

    fn save(&self, store: &Store) -> Result<(), Problem> {
        let mut text = String::new();
        push_record(&mut text, &["claim", &self.at.to_string(), &self.mark, &self.why]);
        store.set(CLAIM, &text).map_err(unusable)
    }
}

/// Returns the fields of the record with a name. Missing fields are "".
fn fields<'a>(text: &'a str, name: &str) -> Option<[&'a str; 3]> {
    let line = text.lines().find(|line| line.split('\t').next() == Some(name))?;
    let mut rest = line.split('\t').skip(1);
    let mut next = || rest.next().unwrap_or("");
    Some([next(), next(), next()])
}
