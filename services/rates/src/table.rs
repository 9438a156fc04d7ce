//! A table of rates, and the three forms in which it is written.

use crate::calendar::Day;
use crate::http::{push_json_string, push_record};

/// The rates of one day: how many units of each currency a euro was worth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    pub date: Day,
    rates: Vec<(String, String)>, // currency and rate, as published: no digit is added or lost
}

/// The most currencies in a table; the ECB publishes fewer.
const MAX_RATES: usize = 200;

/// The most digits of a rate, before the point and after it.
const MAX_WHOLE: usize = 8;
const MAX_FRACTION: usize = 10;

pub const BASE: &str = "EUR";
const SOURCE: &str = "ECB";

impl Table {
    pub fn new(date: Day) -> Table {
        Table { date, rates: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.rates.is_empty()
    }

    /// Adds a rate if it is plausible. The origin is not trusted.
    pub fn add(&mut self, currency: &str, rate: &str) -> Result<(), &'static str> {
        if !is_currency(currency) {
            return Err("a currency is not three capital letters");
        }
        if !is_decimal(rate) {
            return Err("a rate is not a plain decimal number of usual size");
        }
        if rate.bytes().all(|c| c == b'0' || c == b'.') {
            return Err("a rate is 0");
        }
        if currency == BASE || self.rate(currency).is_some() {
            return Err("a currency has two rates");
        }
        if self.rates.len() == MAX_RATES {
            return Err("there are more rates than currencies");
        }
        self.rates.push((currency.to_string(), rate.to_string()));
        Ok(())
    }

    /// Returns the rate of a currency.
    pub fn rate(&self, currency: &str) -> Option<&str> {
        if currency == BASE {
            return Some("1");
        }
        self.rates.iter().find(|(c, _)| c == currency).map(|(_, rate)| rate.as_str())
    }

    /// Writes the table for clients.
    pub fn json(&self) -> String {
        let mut json = self.json_head();
        json.push_str(",\"rates\":{");
        for (i, (currency, rate)) in self.rates.iter().enumerate() {
            if i > 0 {
                json.push(',');
            }
            push_json_string(&mut json, currency);
            json.push(':');
            push_json_number(&mut json, rate);
        }
        json.push_str("}}\n");
        json
    }

    /// Writes one rate for clients.
    pub fn json_rate(&self, currency: &str, rate: &str) -> String {
        let mut json = self.json_head();
        json.push_str(",\"currency\":");
        push_json_string(&mut json, currency);
        json.push_str(",\"rate\":");
        push_json_number(&mut json, rate);
        json.push_str("}\n");
        json
    }

    fn json_head(&self) -> String {
        let mut json = String::from("{\"base\":");
        push_json_string(&mut json, BASE);
        json.push_str(",\"date\":");
        push_json_string(&mut json, &self.date.to_string());
        json.push_str(",\"source\":");
        push_json_string(&mut json, SOURCE);
        json
    }

    /// Writes the table for other services and for the store:
    ///
    /// ```text
    /// rates   BASE  DATE  SOURCE
    /// rate    CURRENCY  RATE
    /// ```
    pub fn message(&self) -> String {
        let mut text = String::new();
        push_record(&mut text, &["rates", BASE, &self.date.to_string(), SOURCE]);
        for (currency, rate) in &self.rates {
            push_record(&mut text, &["rate", currency, rate]);
        }
        text
    }

    /// Parses a message. Records with other names are skipped.
    pub fn parse(text: &str) -> Option<Table> {
        let mut table = None;
        for line in text.lines() {
            let mut fields = line.split('\t');
            match (fields.next(), fields.next(), fields.next(), table.as_mut()) {
                (Some("rates"), Some(BASE), Some(date), None) => {
                    table = Some(Table::new(Day::parse(date)?));
                }
                (Some("rate"), Some(currency), Some(rate), Some(table)) => {
                    table.add(currency, rate).ok()?;
                }
                (Some("rates" | "rate"), ..) => return None,
                _ => {}
            }
        }
        table.filter(|table| !table.is_empty())
    }
}

/// Reports whether a text looks like a currency code of ISO 4217.
pub fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|c| c.is_ascii_uppercase())
}

/// Reports whether a text is digits, or digits with a point between them, and not too many.
fn is_decimal(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str, most| {
        !text.is_empty() && text.len() <= most && text.bytes().all(|c| c.is_ascii_digit())
    };
    digits(whole, MAX_WHOLE) && digits(fraction, MAX_FRACTION)
}

/// Adds a decimal number without leading zeros, which JSON forbids.
fn push_json_number(json: &mut String, rate: &str) {
    let number = rate.trim_start_matches('0');
    if number.is_empty() || number.starts_with('.') {
        json.push('0');
    }
    json.push_str(number);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rates: &[(&str, &str)]) -> Table {
        let mut table = Table::new(Day::parse("2026-11-25").unwrap());
        for (currency, rate) in rates {
            table.add(currency, rate).unwrap();
        }
        table
    }

    #[test]
    fn forms() {
        let table =
            table(&[("USD", "1.0834"), ("JPY", "162"), ("KWD", "00.3330"), ("ISK", "0")][..3]);
        assert_eq!(
            table.json(),
            "{\"base\":\"EUR\",\"date\":\"2026-11-25\",\"source\":\"ECB\",\
             \"rates\":{\"USD\":1.0834,\"JPY\":162,\"KWD\":0.3330}}\n"
        );
        assert_eq!(
            table.json_rate("USD", table.rate("USD").unwrap()),
            "{\"base\":\"EUR\",\"date\":\"2026-11-25\",\"source\":\"ECB\",\
             \"currency\":\"USD\",\"rate\":1.0834}\n"
        );
        assert_eq!(
            table.message(),
            "rates\tEUR\t2026-11-25\tECB\nrate\tUSD\t1.0834\nrate\tJPY\t162\nrate\tKWD\t00.3330\n"
        );
        assert_eq!(Table::parse(&table.message()), Some(table.clone()));
        assert_eq!(Table::parse(&(table.message() + "checked\t1\t\n\n")), Some(table));
    }

    #[test]
    fn no_messages() {
        for text in [
            "",
            "rates\tEUR\t2026-11-25\tECB\n",
            "rate\tUSD\t1.1\n",
            "rates\tUSD\t2026-11-25\tECB\nrate\tUSD\t1.1\n",
            "rates\tEUR\t2026-11-32\tECB\nrate\tUSD\t1.1\n",
            "rates\tEUR\t2026-11-25\tECB\nrate\tUSD\n",
            "rates\tEUR\t2026-11-25\tECB\nrate\tUSD\t0\n",
            "rates\tEUR\t2026-11-25\tECB\nrate\tUSD\t1.1\nrates\tEUR\t2026-11-25\tECB\n",
        ] {
            assert_eq!(Table::parse(text), None, "{}", text);
        }
    }

    #[test]
    fn rates() {
        let mut table = table(&[("USD", "1.0834")]);
        for (currency, rate, accepted) in [
            ("GBP", "0.8", true),
            ("IDR", "17123.99", true),
            ("XAU", "99999999.9999999999", true),
            ("USD", "1.1", false),
            ("EUR", "1", false),
            ("usd", "1.1", false),
            ("US", "1.1", false),
            ("USDT", "1.1", false),
            ("ÄÖ", "1.1", false),
            ("SEK", "", false),
            ("SEK", "0", false),
            ("SEK", "0.000", false),
            ("SEK", "-1", false),
            ("SEK", "+1", false),
            ("SEK", "1.", false),
            ("SEK", ".5", false),
            ("SEK", "1.2.3", false),
            ("SEK", "1,2", false),
            ("SEK", "1e3", false),
            ("SEK", "NaN", false),
            ("SEK", "inf", false),
            ("SEK", " 1", false),
            ("SEK", "123456789", false),
            ("SEK", "1.12345678901", false),
            ("SEK", "１", false),
        ] {
            assert_eq!(table.add(currency, rate).is_ok(), accepted, "{} {}", currency, rate);
        }
        assert_eq!(table.rate("EUR"), Some("1"));
        assert_eq!(table.rate("GBP"), Some("0.8"));
        assert_eq!(table.rate("SEK"), None);
    }

    #[test]
    fn too_many() {
        let mut table = table(&[]);
        let letters = || b'A'..=b'Z';
        let codes =
            letters().flat_map(|a| letters().map(move |b| format!("X{}{}", a as char, b as char)));
        assert_eq!(codes.filter(|code| table.add(code, "1").is_ok()).count(), MAX_RATES);
    }
}
