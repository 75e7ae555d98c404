//! One line of JSON: strict, checked whole, and a flat list of those of its values that are asked for.
//!
//! Strict means: UTF-8, the grammar of RFC 8259, no raw control characters, no key twice in one object.

use std::borrow::Cow;

/// Most containers inside each other; deeper lines are for the reader that has no such bound.
const DEEPEST: usize = 128;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    True,
    False,
    Number,
    /// A string without escapes.
    Plain,
    /// A string with escapes.
    Escaped,
    Array,
    Object,
}

/// A value and where it stands: a string without its quotes, all else whole.
#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    start: usize,
    end: usize,
    /// The node behind this one and all that it holds.
    next: usize,
}

/// A container that is not closed yet.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// Its node, where it is recorded.
    node: Option<usize>,
    object: bool,
    /// The first of its keys.
    keys: usize,
}

/// A member of the line's own object that is asked to be known as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Member {
    /// Behind the value before it (its comma), or behind the opening brace.
    pub(super) from: usize,
    /// The comma or brace behind its value.
    pub(super) until: usize,
    /// Whether it is the object's first, and its last.
    pub(super) first: bool,
    pub(super) last: bool,
}

/// Memory for reading line after line.
#[derive(Debug, Default)]
pub(super) struct Tape {
    nodes: Vec<Node>,
    open: Vec<Open>,
    keys: Vec<(usize, usize)>,
    sorted: Vec<(usize, usize)>,
}

/// What a line is read for.
pub(super) trait Wanted {
    /// Whether the value of this key of the line's own object is recorded.
    fn recorded(&self, key: &[u8]) -> bool;
    /// Whether the member with this key is to be found by [`Tape::read`]'s `marked`.
    fn marked(&self, key: &[u8]) -> bool;
}

/// Everything is recorded and nothing marked.
pub(super) struct Everything;

impl Wanted for Everything {
    fn recorded(&self, _: &[u8]) -> bool {
        true
    }
    fn marked(&self, _: &[u8]) -> bool {
        false
    }
}

impl Tape {
    /// Reads a text that holds one value and white space; `None` for one that is not JSON, holds a key twice or with
    /// an escape, or is nested deeply. `marked` becomes the first member that is to be marked.
    pub(super) fn read<'a, 'n>(
        &'n mut self,
        text: &'a str,
        wanted: &impl Wanted,
        marked: &mut Option<Member>,
    ) -> Option<Value<'a, 'n>> {
        self.nodes.clear();
        self.open.clear();
        self.keys.clear();
        *marked = None;
        self.check(text.as_bytes(), wanted, marked)?;
        Some(Value { text, nodes: &self.nodes, at: 0 })
    }

    fn check(&mut self, s: &[u8], wanted: &impl Wanted, marked: &mut Option<Member>) -> Option<()> {
        let mut at = white(s, 0);
        let mut recording = true;
        let (mut own_value_ends, mut mark) = (0, false);
        loop {
            // A value begins here.
            let start = at;
            match *s.get(at)? {
                b'"' => {
                    let (end, escaped) = string(s, at + 1)?;
                    let kind = if escaped { Kind::Escaped } else { Kind::Plain };
                    self.push(recording, kind, start + 1, end);
                    at = end + 1;
                }
                bracket @ (b'{' | b'[') => {
                    if self.open.len() == DEEPEST {
                        return None;
                    }
                    let object = bracket == b'{';
                    let node = recording.then_some(self.nodes.len());
                    self.push(recording, if object { Kind::Object } else { Kind::Array }, start, start);
                    self.open.push(Open { node, object, keys: self.keys.len() });
                    at = white(s, at + 1);
                    if self.open.len() == 1 {
                        own_value_ends = start + 1;
                    }
                    if s.get(at) != Some(if object { &b'}' } else { &b']' }) {
                        if object {
                            at = self.key(s, at, wanted, &mut recording, &mut mark)?;
                        }
                        continue;
                    }
                }
                b't' => at = self.literal(s, at, b"true", recording, Kind::True)?,
                b'f' => at = self.literal(s, at, b"false", recording, Kind::False)?,
                b'n' => at = self.literal(s, at, b"null", recording, Kind::Null)?,
                b'-' | b'0'..=b'9' => {
                    at = number(s, at)?;
                    self.push(recording, Kind::Number, start, at);
                }
                _ => return None,
            }
            // What is behind a value closes containers, or leads to the next value.
            loop {
                at = white(s, at);
                let Some(open) = self.open.last().copied() else { return (at == s.len()).then_some(()) };
                if self.open.len() == 1 && open.object && (at > own_value_ends || mark) {
                    if mark && marked.is_none() {
                        let first = self.keys.len() == 1;
                        let last = s.get(at) == Some(&b'}');
                        *marked = Some(Member { from: own_value_ends, until: at, first, last });
                    }
                    mark = false;
                    own_value_ends = at;
                }
                match (*s.get(at)?, open.object) {
                    (b',', true) => {
                        at = white(s, at + 1);
                        at = self.key(s, at, wanted, &mut recording, &mut mark)?;
                        break;
                    }
                    (b',', false) => {
                        at = white(s, at + 1);
                        break;
                    }
                    (b'}', true) | (b']', false) => {
                        at += 1;
                        self.close(s, open, at)?;
                    }
                    _ => return None,
                }
            }
        }
    }

    fn push(&mut self, recording: bool, kind: Kind, start: usize, end: usize) {
        if recording {
            self.nodes.push(Node { kind, start, end, next: self.nodes.len() + 1 });
        }
    }

    fn literal(&mut self, s: &[u8], at: usize, word: &[u8], recording: bool, kind: Kind) -> Option<usize> {
        let end = at + word.len();
        (s.get(at..end)? == word).then_some(())?;
        self.push(recording, kind, at, end);
        Some(end)
    }

    /// Reads a key up to where its value begins.
    fn key(
        &mut self,
        s: &[u8],
        at: usize,
        wanted: &impl Wanted,
        recording: &mut bool,
        mark: &mut bool,
    ) -> Option<usize> {
        (*s.get(at)? == b'"').then_some(())?;
        let (end, escaped) = string(s, at + 1)?;
        if escaped {
            return None;
        }
        self.keys.push((at + 1, end));
        if self.open.len() == 1 {
            let key = s.get(at + 1..end)?;
            *recording = wanted.recorded(key);
            *mark = wanted.marked(key);
        }
        self.push(*recording, Kind::Plain, at + 1, end);
        let colon = white(s, end + 1);
        (*s.get(colon)? == b':').then(|| white(s, colon + 1))
    }

    /// Closes a container that ends before `end`; `None` where it holds a key twice.
    fn close(&mut self, s: &[u8], open: Open, end: usize) -> Option<()> {
        const FEW: usize = 12;
        self.open.pop();
        if let Some(node) = open.node {
            let next = self.nodes.len();
            let node = self.nodes.get_mut(node)?;
            (node.end, node.next) = (end, next);
        }
        let keys = self.keys.get(open.keys..)?;
        let key = |&(from, until): &(usize, usize)| s.get(from..until).unwrap_or_default();
        let twice = if keys.len() <= FEW {
            keys.iter().enumerate().any(|(i, a)| keys.iter().take(i).any(|b| key(a) == key(b)))
        } else {
            self.sorted.clear();
            self.sorted.extend_from_slice(keys);
            self.sorted.sort_unstable_by_key(key);
            self.sorted.windows(2).any(|pair| matches!(pair, [a, b] if key(a) == key(b)))
        };
        self.keys.truncate(open.keys);
        (!twice).then_some(())
    }
}

/// A value of a text that was read: the text lives longer than what was found in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a, 'n> {
    text: &'a str,
    nodes: &'n [Node],
    at: usize,
}

impl<'a, 'n> Value<'a, 'n> {
    fn node(&self) -> Option<&'n Node> {
        self.nodes.get(self.at)
    }

    /// What it is.
    pub(super) fn kind(&self) -> Kind {
        self.node().map_or(Kind::Null, |node| node.kind)
    }

    /// Whether it is a string.
    pub(super) fn is_string(&self) -> bool {
        matches!(self.kind(), Kind::Plain | Kind::Escaped)
    }

    /// Whether it is an object.
    pub(super) fn is_object(&self) -> bool {
        self.kind() == Kind::Object
    }

    /// Its bytes as they stand; a string's without the quotes.
    pub(super) fn raw(&self) -> &'a str {
        self.node().and_then(|node| self.text.get(node.start..node.end)).unwrap_or_default()
    }

    /// The text of a string; `None` for what is none, and for one with half a surrogate pair, which no Rust string
    /// holds.
    pub(super) fn string(&self) -> Option<Cow<'a, str>> {
        match self.kind() {
            Kind::Plain => Some(Cow::Borrowed(self.raw())),
            Kind::Escaped => unescaped(self.raw()).map(Cow::Owned),
            _ => None,
        }
    }

    fn inside(&self) -> Inside<'a, 'n> {
        let end = match self.kind() {
            Kind::Array | Kind::Object => self.node().map_or(0, |node| node.next),
            _ => 0,
        };
        Inside { value: *self, at: self.at + 1, end }
    }

    /// The elements of an array; none of anything else.
    pub(super) fn items(&self) -> impl Iterator<Item = Value<'a, 'n>> {
        let mut inside = self.inside();
        if self.kind() != Kind::Array {
            inside.end = 0;
        }
        inside
    }

    /// The keys of an object; none of anything else.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        let mut inside = self.inside();
        if self.kind() != Kind::Object {
            inside.end = 0;
        }
        inside.step_by(2).map(|name| name.raw())
    }

    /// The value of a key of an object.
    pub(super) fn get(&self, key: &str) -> Option<Value<'a, 'n>> {
        if self.kind() != Kind::Object {
            return None;
        }
        let mut inside = self.inside();
        while let Some(name) = inside.next() {
            let value = inside.next()?;
            if name.raw() == key {
                return Some(value);
            }
        }
        None
    }
}

struct Inside<'a, 'n> {
    value: Value<'a, 'n>,
    at: usize,
    end: usize,
}

impl<'a, 'n> Iterator for Inside<'a, 'n> {
    type Item = Value<'a, 'n>;

    fn next(&mut self) -> Option<Value<'a, 'n>> {
        let value = (self.at < self.end).then_some(Value { at: self.at, ..self.value })?;
        self.at = value.node()?.next;
        Some(value)
    }
}

/// The first place from `at` on that is no white space.
fn white(s: &[u8], mut at: usize) -> usize {
    while matches!(s.get(at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
        at += 1;
    }
    at
}

/// The closing quote of a string whose text begins at `at`, and whether it holds an escape.
fn string(s: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let mut escaped = false;
    loop {
        at += plain(s.get(at..)?);
        match *s.get(at)? {
            b'"' => return Some((at, escaped)),
            b'\\' => match *s.get(at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                b'u' => {
                    s.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit).then_some(())?;
                    at += 6;
                }
                _ => return None,
            },
            _ => return None,
        }
        escaped = true;
    }
}

/// How many bytes come before the next quote, backslash or control character.
pub(super) fn plain(s: &[u8]) -> usize {
    before(s, |b| (b == b'"') | (b == b'\\') | (b < 0x20))
}

/// The same, where what is not ASCII ends it too.
pub(super) fn plain_ascii(s: &[u8]) -> usize {
    before(s, |b| (b == b'"') | (b == b'\\') | !(0x20..0x7f).contains(&b))
}

/// How many bytes come before one of some.
fn before(s: &[u8], is_one: impl Fn(u8) -> bool) -> usize {
    // Blocks that vectors compare whatever the processor; the byte is then looked for in one of them.
    const BLOCK: usize = 32;
    let mut at = 0;
    while let Some(block) = s.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
        if block.iter().fold(false, |any, &b| any | is_one(b)) {
            break;
        }
        at += BLOCK;
    }
    at + s.get(at..).unwrap_or_default().iter().position(|&b| is_one(b)).unwrap_or(s.len() - at)
}

/// The end of a number that begins at `at`.
fn number(s: &[u8], mut at: usize) -> Option<usize> {
    let digits = |mut at: usize| {
        let from = at;
        while s.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        (at > from).then_some(at)
    };
    at += usize::from(s.get(at) == Some(&b'-'));
    at = if s.get(at) == Some(&b'0') { at + 1 } else { digits(at)? };
    if s.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if matches!(s.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(s.get(at + 1), Some(b'+' | b'-')));
        at = digits(at)?;
    }
    Some(at)
}

/// A checked string without its escapes; `None` where half a surrogate pair stands alone.
fn unescaped(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        // What ends plain text within a string is a backslash.
        let at = plain(rest.as_bytes());
        text.push_str(rest.get(..at)?);
        if at == rest.len() {
            return Some(text);
        }
        let (escape, behind) = (*rest.as_bytes().get(at + 1)?, rest.get(at + 2..)?);
        rest = behind;
        text.push(match escape {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = unit(rest)?;
                rest = rest.get(4..)?;
                if (0xD800..0xDC00).contains(&first) {
                    let second = unit(rest.strip_prefix("\\u")?)?;
                    (0xDC00..0xE000).contains(&second).then_some(())?;
                    rest = rest.get(6..)?;
                    char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))?
                } else {
                    char::from_u32(first)?
                }
            }
            other => char::from(other),
        });
    }
}

/// Four hexadecimal digits.
fn unit(text: &str) -> Option<u32> {
    u32::from_str_radix(text.get(..4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reads(text: &str) -> bool {
        Tape::default().read(text, &Everything, &mut None).is_some()
    }

    #[test]
    fn what_is_strict_json_is_read_and_nothing_else() {
        for good in [
            "{}",
            " [ ] ",
            "null",
            "-0.0e-12",
            "0",
            "[1,2 , 3]",
            "{\"a\":{\"b\":[true,false,null]}}",
            "\"\\ud83d\"",
            "{\"a\":1,\"b\":{\"a\":1}}",
            "\"\u{7f}é\"",
            "1e5",
            "\t{\"a\" : \"\\\\\\\"\" }\r\n",
        ] {
            assert!(reads(good), "{good}");
        }
        for bad in [
            "",
            " ",
            "{",
            "}",
            "[1,]",
            "[,1]",
            "{\"a\":1,}",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "+1",
            "NaN",
            "Infinity",
            "-Infinity",
            "nul",
            "truee",
            "\"a",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\u{1}\"",
            "\"\n\"",
            "1 2",
            "{}{}",
            "[1}",
            "{\"a\":1]",
            "'a'",
            "{\"a\":1,\"a\":2}",
            "{\"\\u0061\":1}",
            "\u{feff}{}",
            "[1 2]",
            "{\"a\" 1}",
            "\u{a0}1",
        ] {
            assert!(!reads(bad), "{bad}");
        }
        let many = |n: usize| (0..n).map(|i| format!("\"k{i}\":1")).collect::<Vec<_>>().join(",");
        assert!(reads(&format!("{{{}}}", many(100))));
        assert!(!reads(&format!("{{{},\"k7\":1}}", many(100))));
        assert!(reads(&format!("{}{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST))));
        assert!(!reads(&format!("{}{}", "[".repeat(DEEPEST + 1), "]".repeat(DEEPEST + 1))));
    }

    struct Some_;
    impl Wanted for Some_ {
        fn recorded(&self, key: &[u8]) -> bool {
            key != b"skip"
        }
        fn marked(&self, key: &[u8]) -> bool {
            key == b"mine"
        }
    }

    #[test]
    fn members_are_found_where_they_stand() {
        for (text, marked) in [
            (r#"{"mine": 1}"#, Some((1, 10, true, true))),
            (r#"{"mine": {} , "a":2}"#, Some((1, 12, true, false))),
            (r#"{"skip":[1,{"mine":2}] , "mine":[] }"#, Some((23, 35, false, true))),
            (r#"{"a":1,"mine":"x","b":2}"#, Some((6, 17, false, false))),
            (r#"{"a":{"mine":1}}"#, None),
        ] {
            let (mut tape, mut found) = (Tape::default(), None);
            let value = tape.read(text, &Some_, &mut found).unwrap();
            assert!(value.get("skip").is_none());
            assert_eq!(found.map(|m| (m.from, m.until, m.first, m.last)), marked, "{text}");
        }
    }

    #[test]
    fn strings_lose_their_escapes() {
        for (raw, text) in [
            (r#""a\n\t\"\\\/\b\f\r""#, Some("a\n\t\"\\/\u{8}\u{c}\r")),
            (r#""\u0041\u00e9\ud83d\ude00é""#, Some("Aé😀é")),
            (r#""\ud83d""#, None),
            (r#""\ude00\ud83d""#, None),
            (r#""\ud83dx\ude00""#, None),
            (r#""\u0000""#, Some("\0")),
        ] {
            let mut tape = Tape::default();
            let value = tape.read(raw, &Everything, &mut None).unwrap();
            assert_eq!(value.string().as_deref(), text, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in r#"[\[\]{},:"\\u0-9a-f.eE+\- \n]{0,40}"#) {
            reads(&text);
        }

        #[test]
        fn blocks_and_bytes_agree(text in "[ -~é\"\\\\\n]{0,100}") {
            let s = text.as_bytes();
            let expected = s.iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20).unwrap_or(s.len());
            prop_assert_eq!(plain(s), expected);
        }
    }
}
