//! A reader of the one XML document that the European Central Bank publishes every working day,
//! eurofxref-daily.xml:
//!
//! ```xml
//! <?xml version="1.0" encoding="UTF-8"?>
//! <gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="...">
//!   <gesmes:subject>Reference rates</gesmes:subject>
//!   <gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
//!   <Cube>
//!     <Cube time='2026-11-25'>
//!       <Cube currency='USD' rate='1.0834'/>
//!     </Cube>
//!   </Cube>
//! </gesmes:Envelope>
//! ```
//!
//! It reads well-formed elements, attributes, text and comments, and refuses the rest of XML:
//! document types, entities and character references, processing instructions and CDATA sections.
//! It copies nothing but the table, and looks at each byte a fixed number of times.

use crate::calendar::Day;
use crate::table::Table;

/// The most bytes of a document; the ECB's has about 2,000 bytes.
pub const MAX_DOCUMENT: usize = 64 << 10;

/// How deep elements may be nested; the rates are at depth 4.
const MAX_DEPTH: usize = 8;

/// The most attributes of an element.
const MAX_ATTRIBUTES: usize = 8;

/// The root, whatever its prefix, and the elements that lead to the rates.
const ROOT: &str = "Envelope";
const CUBE: &str = "Cube";

type Problem = &'static str;

/// Parses a document. The error says what is wrong with it.
pub fn read(document: &[u8]) -> Result<Table, Problem> {
    if document.len() > MAX_DOCUMENT {
        return Err("it is longer than 64 KiB");
    }
    let text = std::str::from_utf8(document).map_err(|_| "it is not UTF-8")?;
    let mut reader = Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text) };
    reader.declaration()?;
    let mut open: Vec<&str> = Vec::new(); // the names of the elements around
    let mut ended = false; // whether the root has ended
    let mut table = None;
    while let Some(tag) = reader.tag(!open.is_empty())? {
        match tag {
            Tag::End(name) => {
                if open.pop() != Some(name) {
                    return Err("an end tag does not match");
                }
            }
            Tag::Start { name, attributes, empty } => {
                if ended {
                    return Err("there is more than one root");
                }
                if open.len() == MAX_DEPTH {
                    return Err("its elements are nested too deep");
                }
                open.push(name);
                if on_the_way(&open) {
                    cube(open.len(), &attributes, &mut table)?;
                }
                if empty {
                    open.pop();
                }
            }
        }
        ended = open.is_empty();
    }
    if !open.is_empty() {
        return Err("it breaks off");
    }
    table.filter(|table| !table.is_empty()).ok_or("it has no rates")
}

/// Reports whether these open elements are `Envelope`, then `Cube`, `Cube`, `Cube`.
fn on_the_way(open: &[&str]) -> bool {
    let root = open[0].rsplit(':').next();
    root == Some(ROOT) && open.len() <= 4 && open[1..].iter().all(|name| *name == CUBE)
}

/// Takes the date from an element at depth 3, or a rate from one at depth 4.
fn cube(depth: usize, attributes: &[Attribute], table: &mut Option<Table>) -> Result<(), Problem> {
    let value = |name| attributes.iter().find(|a| a.name == name).map(|a| a.value);
    match (depth, table) {
        (3, table) => {
            if table.is_some() {
                return Err("it has rates of more than one day");
            }
            let date = value("time").ok_or("its rates have no date")?;
            *table = Some(Table::new(Day::parse(date).ok_or("its date is not a date")?));
            Ok(())
        }
        (4, Some(table)) => {
            let currency = value("currency").ok_or("a rate has no currency")?;
            table.add(currency, value("rate").ok_or("a currency has no rate")?)
        }
        _ => Ok(()),
    }
}

struct Attribute<'a> {
    name: &'a str,
    value: &'a str,
}

enum Tag<'a> {
    Start { name: &'a str, attributes: Vec<Attribute<'a>>, empty: bool },
    End(&'a str),
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Skips the XML declaration, which has to come first. The encoding that it names does not
    /// matter, since the document is UTF-8.
    fn declaration(&mut self) -> Result<(), Problem> {
        if self.skip("<?xml ") {
            self.until("?>")?;
        }
        Ok(())
    }

    /// Returns the next tag, or nothing at the end. Text is skipped; outside of the root there is
    /// only white space.
    fn tag(&mut self, inside: bool) -> Result<Option<Tag<'a>>, Problem> {
        loop {
            let length = self.rest.find('<').unwrap_or(self.rest.len());
            let text = self.take(length);
            if text.contains('&') {
                return Err("it has entities");
            }
            if !inside && !text.bytes().all(is_space) {
                return Err("there is text outside of the root");
            }
            if !self.skip("<") {
                return Ok(None);
            }
            if self.skip("!--") {
                self.until("--")?;
                if !self.skip(">") {
                    return Err("a comment has two hyphens in it");
                }
            } else if self.rest.starts_with('!') {
                return Err("it has a document type or a CDATA section");
            } else if self.rest.starts_with('?') {
                return Err("it has a processing instruction");
            } else if self.skip("/") {
                let name = self.name()?;
                self.skip_space();
                self.expect(">")?;
                return Ok(Some(Tag::End(name)));
            } else {
                return self.start().map(Some);
            }
        }
    }

    /// Reads a start tag after its `<`.
    fn start(&mut self) -> Result<Tag<'a>, Problem> {
        let name = self.name()?;
        let mut attributes: Vec<Attribute> = Vec::new();
        loop {
            let spaced = self.skip_space();
            if self.skip("/>") {
                return Ok(Tag::Start { name, attributes, empty: true });
            }
            if self.skip(">") {
                return Ok(Tag::Start { name, attributes, empty: false });
            }
            if !spaced {
                return Err("a tag is malformed");
            }
            let attribute = self.attribute()?;
            if attributes.iter().any(|other| other.name == attribute.name) {
                return Err("an attribute is there twice");
            }
            if attributes.len() == MAX_ATTRIBUTES {
                return Err("an element has too many attributes");
            }
            attributes.push(attribute);
        }
    }

    fn attribute(&mut self) -> Result<Attribute<'a>, Problem> {
        let name = self.name()?;
        self.skip_space();
        self.expect("=")?;
        self.skip_space();
        let quote = if self.skip("'") { "'" } else { "\"" };
        if quote == "\"" {
            self.expect(quote)?;
        }
        let value = self.until(quote)?;
        if value.contains('&') {
            return Err("it has entities");
        }
        if value.contains('<') {
            return Err("an attribute is malformed");
        }
        Ok(Attribute { name, value })
    }

    /// Reads a name of ASCII letters, digits and `_ - . :`.
    fn name(&mut self) -> Result<&'a str, Problem> {
        let of_name = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
        let length = self.rest.find(|c| !of_name(c)).unwrap_or(self.rest.len());
        let begins = self.rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if length == 0 || !begins {
            return Err("a name is malformed");
        }
        Ok(self.take(length))
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn skip(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip_space(&mut self) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.len() < before
    }

    fn expect(&mut self, text: &str) -> Result<(), Problem> {
        if self.skip(text) {
            return Ok(());
        }
        Err("a tag is malformed")
    }

    /// Returns what comes before a text, and skips both.
    fn until(&mut self, text: &str) -> Result<&'a str, Problem> {
        let length = self.rest.find(text).ok_or("it breaks off")?;
        let before = self.take(length);
        self.skip(text);
        Ok(before)
    }
}

fn is_space(c: u8) -> bool {
    matches!(c, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
#[path = "ecb_test.rs"]
pub mod tests;
