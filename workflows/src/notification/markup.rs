//! The markup of message texts, tiny and strict: `{{placeholder}}`, `**bold**`, `[words](https://… or {{link}})`,
//! lines that begin with `- `, and empty lines between paragraphs.
//!
//! The structure is read before any value is put in, so a value can add neither markup nor HTML. What is not
//! understood is refused with its place, when a text is saved, and not found out when it is sent.

use std::collections::BTreeMap;

/// What stands in place of the placeholders.
pub type Values = BTreeMap<&'static str, String>;

/// What is wrong with a text, and where: line and column count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `required`, `unknown_placeholder`, `placeholder_open`, `link_not_allowed`, `not_one_line`.
    pub code: &'static str,
    pub line: usize,
    pub column: usize,
    /// The placeholder or link at fault.
    pub text: String,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(String),
    Bold(Vec<Part>),
    Link { words: Vec<Part>, to: Box<Part> },
}

/// One line, e.g. a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(Vec<Part>);

/// A whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(Vec<Block>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    Paragraph(Vec<Line>),
    List(Vec<Line>),
}

impl Line {
    /// Reads a subject: placeholders, no markup, one line.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str, names: &[&str]) -> Result<Self, Fault> {
        if text.trim().is_empty() {
            return Err(Fault { code: "required", line: 1, column: 1, text: String::new() });
        }
        if let Some(at) = text.chars().position(char::is_control) {
            return Err(Fault { code: "not_one_line", line: 1, column: at + 1, text: String::new() });
        }
        let letters: Vec<char> = text.chars().collect();
        Reader { letters: &letters, line: 1, offset: 0, names, marks: false }.parts().map(Self)
    }

    /// The line with its values; line breaks in a value become spaces.
    pub fn render(&self, values: &Values) -> String {
        let mut out = String::new();
        self.0.iter().for_each(|part| part.text(values, &mut out));
        out.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
    }
}

impl Body {
    /// Reads a text.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str, names: &[&str]) -> Result<Self, Fault> {
        if text.trim().is_empty() {
            return Err(Fault { code: "required", line: 1, column: 1, text: String::new() });
        }
        let mut blocks: Vec<Block> = vec![];
        let mut begun = false;
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                begun = false;
                continue;
            }
            let letters: Vec<char> = line.trim_end().chars().collect();
            let item = line.starts_with("- ");
            let offset = if item { 2 } else { 0 };
            let parsed = Line(Reader { letters: &letters[offset..], line: number + 1, offset, names, marks: true }.parts()?);
            match blocks.last_mut() {
                Some(Block::List(lines)) if begun && item => lines.push(parsed),
                Some(Block::Paragraph(lines)) if begun && !item => lines.push(parsed),
                _ if item => blocks.push(Block::List(vec![parsed])),
                _ => blocks.push(Block::Paragraph(vec![parsed])),
            }
            begun = true;
        }
        Ok(Self(blocks))
    }

    /// The text without marks; a link is followed by its address.
    pub fn text(&self, values: &Values) -> String {
        let blocks = self.0.iter().map(|block| {
            let (lines, mark) = match block {
                Block::Paragraph(lines) => (lines, ""),
                Block::List(lines) => (lines, "- "),
            };
            let lines = lines.iter().map(|line| {
                let mut out = String::from(mark);
                line.0.iter().for_each(|part| part.text(values, &mut out));
                out
            });
            lines.collect::<Vec<_>>().join("\n")
        });
        blocks.collect::<Vec<_>>().join("\n\n")
    }

    /// The text as HTML, every value escaped.
    pub fn html(&self, values: &Values) -> String {
        let blocks = self.0.iter().map(|block| {
            let html = |line: &Line| {
                let mut out = String::new();
                line.0.iter().for_each(|part| part.html(values, &mut out));
                out
            };
            match block {
                Block::Paragraph(lines) => format!("<p>{}</p>", lines.iter().map(html).collect::<Vec<_>>().join("<br>")),
                Block::List(lines) => format!("<ul>{}</ul>", lines.iter().map(|line| format!("<li>{}</li>", html(line))).collect::<String>()),
            }
        });
        blocks.collect::<Vec<_>>().join("\n")
    }
}

impl Part {
    fn text(&self, values: &Values, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Value(name) => out.push_str(value(values, name)),
            Self::Bold(parts) => parts.iter().for_each(|part| part.text(values, out)),
            Self::Link { words, to } => {
                words.iter().for_each(|part| part.text(values, out));
                out.push_str(": ");
                to.text(values, out);
            }
        }
    }

    fn html(&self, values: &Values, out: &mut String) {
        match self {
            Self::Text(text) => escape(text, out),
            Self::Value(name) => escape(value(values, name), out),
            Self::Bold(parts) => {
                out.push_str("<strong>");
                parts.iter().for_each(|part| part.html(values, out));
                out.push_str("</strong>");
            }
            Self::Link { words, to } => {
                let mut address = String::new();
                to.text(values, &mut address);
                out.push_str("<a href=\"");
                // A value that is no address of the web leads nowhere.
                escape(if is_web(&address) { &address } else { "#" }, out);
                out.push_str("\">");
                words.iter().for_each(|part| part.html(values, out));
                out.push_str("</a>");
            }
        }
    }
}

fn value<'a>(values: &'a Values, name: &str) -> &'a str {
    values.get(name).map_or("", String::as_str)
}

fn is_web(address: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
}

/// Reads one line.
struct Reader<'a> {
    letters: &'a [char],
    line: usize,
    /// Where the letters begin in their line.
    offset: usize,
    names: &'a [&'a str],
    /// Whether bold and links are understood.
    marks: bool,
}

impl Reader<'_> {
    fn parts(&self) -> Result<Vec<Part>, Fault> {
        let (mut parts, mut plain, mut at) = (vec![], String::new(), 0);
        while at < self.letters.len() {
            let (part, end) = match self.special(at)? {
                Some(found) => found,
                None => {
                    plain.push(self.letters[at]);
                    at += 1;
                    continue;
                }
            };
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(part);
            at = end;
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(parts)
    }

    /// What begins here and is more than a letter, and where it ends.
    fn special(&self, at: usize) -> Result<Option<(Part, usize)>, Fault> {
        if self.is("{{", at) {
            let end = self.find("}}", at + 2).ok_or_else(|| self.fault("placeholder_open", at, "{{"))?;
            return self.placeholder(at, end).map(|part| Some((part, end + 2)));
        }
        if self.is("}}", at) {
            return Err(self.fault("placeholder_open", at, "}}"));
        }
        if !self.marks {
            return Ok(None);
        }
        if self.is("**", at)
            && let Some(end) = self.find("**", at + 2)
            && self.hugs(at + 2, end)
        {
            return Ok(Some((Part::Bold(self.inner(at + 2, end).parts()?), end + 2)));
        }
        if self.is("[", at)
            && let Some(middle) = self.find("](", at + 1)
            && let Some(end) = self.find(")", middle + 2)
        {
            let to = self.target(middle + 2, end)?;
            let words = self.inner(at + 1, middle).parts()?;
            return Ok(Some((Part::Link { words, to: Box::new(to) }, end + 1)));
        }
        Ok(None)
    }

    fn placeholder(&self, at: usize, end: usize) -> Result<Part, Fault> {
        let name: String = self.letters[at + 2..end].iter().collect::<String>().trim().to_owned();
        if self.names.contains(&name.as_str()) { Ok(Part::Value(name)) } else { Err(self.fault("unknown_placeholder", at, &name)) }
    }

    /// Where a link leads: a placeholder, or an address of the web.
    fn target(&self, from: usize, end: usize) -> Result<Part, Fault> {
        let text: String = self.letters[from..end].iter().collect();
        if let Some(name) = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
            return self.placeholder(from, from + 2 + name.chars().count());
        }
        if is_web(&text) && !text.contains(char::is_whitespace) && !text.contains("{{") {
            return Ok(Part::Text(text));
        }
        Err(self.fault("link_not_allowed", from, &text))
    }

    fn inner(&self, from: usize, end: usize) -> Self {
        Self { letters: &self.letters[from..end], line: self.line, offset: self.offset + from, names: self.names, marks: false }
    }

    fn is(&self, mark: &str, at: usize) -> bool {
        mark.chars().enumerate().all(|(position, letter)| self.letters.get(at + position) == Some(&letter))
    }

    /// Whether there is something between two marks, with no blank beside them.
    fn hugs(&self, from: usize, end: usize) -> bool {
        let ends = (self.letters.get(from), end.checked_sub(1).and_then(|last| self.letters.get(last)));
        from < end && matches!(ends, (Some(first), Some(last)) if !first.is_whitespace() && !last.is_whitespace())
    }

    fn find(&self, mark: &str, from: usize) -> Option<usize> {
        (from..self.letters.len()).find(|at| self.is(mark, *at))
    }

    fn fault(&self, code: &'static str, at: usize, text: &str) -> Fault {
        Fault { code, line: self.line, column: self.offset + at + 1, text: text.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 2] = ["name", "link"];

    fn values(name: &str, link: &str) -> Values {
        [("name", name.to_owned()), ("link", link.to_owned())].into()
    }

    fn rendered(body: &str, values: &Values) -> (String, String) {
        let body = Body::parse(body, &NAMES).unwrap();
        (body.text(values), body.html(values))
    }

    #[test]
    fn a_text_becomes_plain_text_and_html() {
        let (text, html) = rendered("Halo **{{name}}**,\nselamat.\n\n- satu\n- dua\n\n[Masuk]({{link}})", &values("Rina", "https://a.id/x"));
        assert_eq!(text, "Halo Rina,\nselamat.\n\n- satu\n- dua\n\nMasuk: https://a.id/x");
        let expected = "<p>Halo <strong>Rina</strong>,<br>selamat.</p>\n<ul><li>satu</li><li>dua</li></ul>\n<p><a href=\"https://a.id/x\">Masuk</a></p>";
        assert_eq!(html, expected);
    }

    #[test]
    fn a_value_adds_neither_html_nor_markup_nor_a_line_to_the_subject() {
        let evil = "<script>alert(1)</script> **x** [y](https://evil.id) {{link}}\r\nBcc: z@evil.id";
        let (_, html) = rendered("{{name}}", &values(evil, ""));
        assert!(!html.contains("<script") && !html.contains("<strong") && !html.contains("<a "), "{html}");
        let (_, html) = rendered("[x]({{link}})", &values("", "javascript:alert(1)"));
        assert_eq!(html, "<p><a href=\"#\">x</a></p>");
        let (_, html) = rendered("[x]({{link}})", &values("", "https://a.id/\"onclick=\"x"));
        assert!(html.contains("&quot;onclick"), "{html}");
        let subject = Line::parse("Halo {{name}}", &NAMES).unwrap().render(&values(evil, ""));
        assert!(!subject.contains(char::is_control) && subject.starts_with("Halo <script>"), "{subject:?}");
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_place() {
        let cases = [
            ("Halo\n\n  {{nama}}", "unknown_placeholder", 3, 3, "nama"),
            ("- a {{Name}}", "unknown_placeholder", 1, 5, "Name"),
            ("a {{name", "placeholder_open", 1, 3, "{{"),
            ("a name}}", "placeholder_open", 1, 7, "}}"),
            ("**{{who}}**", "unknown_placeholder", 1, 3, "who"),
            ("[x](javascript:alert(1))", "link_not_allowed", 1, 5, "javascript:alert(1"),
            ("é [x](/lokal)", "link_not_allowed", 1, 7, "/lokal"),
            ("[x]({{tautan}})", "unknown_placeholder", 1, 5, "tautan"),
            (" \n ", "required", 1, 1, ""),
        ];
        for (text, code, line, column, what) in cases {
            assert_eq!(Body::parse(text, &NAMES).unwrap_err(), Fault { code, line, column, text: what.into() }, "{text:?}");
        }
        assert_eq!(Line::parse("a\nb", &NAMES).unwrap_err().code, "not_one_line");
        assert_eq!(Line::parse(" ", &NAMES).unwrap_err().code, "required");
    }

    #[test]
    fn marks_that_do_not_close_are_letters() {
        let (text, html) = rendered("2 ** 3 [x] (y) **", &values("", ""));
        assert_eq!((text.as_str(), html.as_str()), ("2 ** 3 [x] (y) **", "<p>2 ** 3 [x] (y) **</p>").clone());
    }
}
