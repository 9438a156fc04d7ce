use super::*;

/// The document as the bank writes it, shortened.
pub const DOCUMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <gesmes:Envelope xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\" \
    xmlns=\"http://www.ecb.int/vocabulary/2002-08-01/eurofxref\">\n\
    \t<gesmes:subject>Reference rates</gesmes:subject>\n\
    \t<gesmes:Sender>\n\t\t<gesmes:name>European Central Bank</gesmes:name>\n\t</gesmes:Sender>\n\
    \t<Cube>\n\t\t<Cube time='2026-11-25'>\n\
    \t\t\t<Cube currency='USD' rate='1.0834'/>\n\
    \t\t\t<Cube currency='JPY' rate='162.21'/>\n\
    \t\t</Cube>\n\t</Cube>\n</gesmes:Envelope>\n";

/// Returns the document with other rates in it.
fn with_rates(rates: &str) -> String {
    ["<Envelope><Cube><Cube time='2026-11-25'>", rates, "</Cube></Cube></Envelope>"].concat()
}

fn rates(document: &str) -> Vec<(String, String)> {
    let table = read(document.as_bytes()).unwrap_or_else(|why| panic!("{}: {}", document, why));
    assert_eq!(table.date.to_string(), "2026-11-25");
    let message = table.message();
    let records = message.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    records.map(|fields| (fields[1].to_string(), fields[2].to_string())).collect()
}

#[test]
fn documents() {
    let owned = |rates: &[(&str, &str)]| -> Vec<(String, String)> {
        rates.iter().map(|(c, r)| (c.to_string(), r.to_string())).collect()
    };
    let usd = owned(&[("USD", "1.0834")]);
    assert_eq!(rates(DOCUMENT), owned(&[("USD", "1.0834"), ("JPY", "162.21")]));
    for document in [
        with_rates("<Cube currency='USD' rate='1.0834'/>"),
        with_rates("<Cube rate=\"1.0834\" currency=\"USD\" />"),
        with_rates("<Cube currency = 'USD'\n rate\t=\r\n'1.0834' note='>' ></Cube >"),
        with_rates("<!-- <Cube/> & --><Cube currency='USD' rate='1.0834'>text</Cube>"),
        with_rates("<x:Cube currency='JPY' rate='1'/><Cube currency='USD' rate='1.0834'/>"),
        with_rates("<Cube currency='USD' rate='1.0834'><Cube currency='JPY' rate='1'/></Cube>"),
        "\u{feff}".to_string() + &with_rates("<Cube currency='USD' rate='1.0834'/>") + " <!---->\n",
    ] {
        assert_eq!(rates(&document), usd, "{}", document);
    }
}

#[test]
fn refused() {
    let usd = "<Cube currency='USD' rate='1.0834'/>";
    let bomb = "<!DOCTYPE Envelope [<!ENTITY a '0000000000'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;'>]>";
    for (document, why) in [
        (String::new(), "it has no rates"),
        ("no XML".to_string(), "there is text outside of the root"),
        ("<html><body>Moved</body></html>".to_string(), "it has no rates"),
        (DOCUMENT.replace("</gesmes:Envelope>", ""), "it breaks off"),
        (DOCUMENT[..300].to_string(), "a tag is malformed"),
        (DOCUMENT.repeat(2), "it has a processing instruction"),
        (with_rates(usd).repeat(2), "there is more than one root"),
        (with_rates(usd) + "more", "there is text outside of the root"),
        (DOCUMENT.replace("time", "date"), "its rates have no date"),
        (DOCUMENT.replace("2026-11-25", "2026-11-31"), "its date is not a date"),
        (DOCUMENT.replace("Cube", "cube"), "it has no rates"),
        (DOCUMENT.replace("1.0834", "0"), "a rate is 0"),
        (DOCUMENT.replace("1.0834", "0.0000"), "a rate is 0"),
        (DOCUMENT.replace("1.0834", "NaN"), "a rate is not a plain decimal number of usual size"),
        (DOCUMENT.replace("1.0834", "1e300"), "a rate is not a plain decimal number of usual size"),
        (DOCUMENT.replace("1.0834", "-1"), "a rate is not a plain decimal number of usual size"),
        (DOCUMENT.replace("1.0834", "N/A"), "a rate is not a plain decimal number of usual size"),
        (DOCUMENT.replace("JPY", "USD"), "a currency has two rates"),
        (DOCUMENT.replace("JPY", "EUR"), "a currency has two rates"),
        (DOCUMENT.replace("JPY", "yen"), "a currency is not three capital letters"),
        (DOCUMENT.replace("currency='JPY'", ""), "a rate has no currency"),
        (DOCUMENT.replace("rate='162.21'", ""), "a currency has no rate"),
        (with_rates(""), "it has no rates"),
        (with_rates("&amp;"), "it has entities"),
        (with_rates("<Cube currency='&#85;SD' rate='1'/>"), "it has entities"),
        (with_rates("<Cube currency='<' rate='1'/>"), "an attribute is malformed"),
        (
            with_rates("<Cube currency='USD' currency='JPY' rate='1'/>"),
            "an attribute is there twice",
        ),
        (
            with_rates("<Cube a='' b='' c='' d='' e='' f='' g='' h='' i=''/>"),
            "an element has too many attributes",
        ),
        (with_rates("<Cube currency='USD'rate='1'/>"), "a tag is malformed"),
        (with_rates("<Cube currency=USD rate='1'/>"), "a tag is malformed"),
        (with_rates("<Cube currency rate='1'/>"), "a tag is malformed"),
        (with_rates("< Cube/>"), "a name is malformed"),
        (with_rates("<-Cube/>"), "a name is malformed"),
        (with_rates("<Cübe/>"), "a tag is malformed"),
        (with_rates("</Cube>"), "an end tag does not match"),
        (with_rates("<![CDATA[ ]]>"), "it has a document type or a CDATA section"),
        (with_rates("<?php ?>"), "it has a processing instruction"),
        (with_rates("<!-- a -- b -->"), "a comment has two hyphens in it"),
        (with_rates("<!-- a"), "it breaks off"),
        (bomb.to_string() + &with_rates(usd), "it has a document type or a CDATA section"),
        (with_rates(&"<a>".repeat(5)), "an end tag does not match"),
        (with_rates(&"<a>".repeat(6)), "its elements are nested too deep"),
        ("<a>".repeat(20_000), "its elements are nested too deep"),
        (with_rates(&" ".repeat(MAX_DOCUMENT)), "it is longer than 64 KiB"),
        (
            ["<Envelope><Cube>", "<Cube time='2026-11-25'></Cube>", "<Cube time='2026-11-24'/>"]
                .concat(),
            "it has rates of more than one day",
        ),
    ] {
        assert_eq!(read(document.as_bytes()), Err(why), "{:.200}", document);
    }
    assert_eq!(read(b"<Envelope>\xff</Envelope>"), Err("it is not UTF-8"));
}

/// Reads documents that are nearly right: whatever is done to one, the reader neither fails nor
/// takes a rate that `Table` refuses. FUZZ is how many; `make fuzz` asks for a million.
#[test]
fn mutations() {
    let count = std::env::var("FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let pieces = [
        "<",
        ">",
        "/>",
        "</",
        "<!--",
        "-->",
        "<!",
        "<?",
        "?>",
        "&",
        "'",
        "\"",
        "=",
        " ",
        "\n",
        "\0",
        "Cube",
        "Envelope",
        "time='2026-11-24'",
        "rate='0'",
        "rate='1e9'",
        "<Cube>",
        "</Cube>",
        "<Cube currency='GBP' rate='0.8'/>",
        "9999999999",
        "é",
        "\u{feff}",
        "]]>",
        "&lt;",
        "<a><b>",
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut read_well = 0;
    for _ in 0..count {
        let mut document = DOCUMENT.as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(document.len() + 1);
            let to = (at + random.below(40)).min(document.len());
            match random.below(6) {
                0 => document[at..to].fill(random.below(256) as u8),
                1 => drop(document.drain(at..to)),
                2 => document.truncate(at.max(1)),
                3 => {
                    let copied = document[at..to].to_vec();
                    let there = random.below(document.len() + 1);
                    document.splice(there..there, copied);
                }
                _ => {
                    let piece = pieces[random.below(pieces.len())];
                    document.splice(at..at, piece.bytes());
                }
            }
        }
        if let Ok(table) = read(&document) {
            read_well += 1;
            assert_eq!(Table::parse(&table.message()), Some(table));
        }
    }
    assert!(read_well > count / 100, "{} of {} were read", read_well, count);
}

/// A generator of numbers that are random enough for tests (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}
