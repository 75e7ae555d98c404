//! Reads a text's characters into tokens.
//!
//! Plain words and numbers of ASCII are taken whole; whatever else a character at a time, folded.

use super::{Break, Case, Currency, Stream, Token};
use crate::eight::{SMALL, leading, within};
use crate::words::abbreviations::{ends_names, is_abbreviation};
use crate::words::fold;
use crate::words::function::is_function_word;
use crate::words::known::{ASKED, Known, known, known_short};
use crate::words::map::{Word, key_of_first};

/// Digits of a group of thousands.
const GROUP: usize = 3;
/// What a folded character is to the scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    Letter,
    Apostrophe,
    Mark,
    Blank,
    Newline,
    Hyphen,
    Stop,
    Quote,
    Currency,
    Other,
}

/// The last character that belonged to no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Blank,
    Quote,
    Currency(Currency),
    Other,
}

#[derive(Clone, Copy)]
struct Unit {
    kind: Kind,
    upper: bool,
    folded: fold::Folded,
    /// Bytes in the text.
    len: usize,
}

const fn ascii_kind(b: u8) -> Kind {
    match b {
        b'0'..=b'9' => Kind::Digit,
        b'a'..=b'z' | b'A'..=b'Z' => Kind::Letter,
        b'\'' | b'`' => Kind::Apostrophe,
        b'\n' | b'\r' => Kind::Newline,
        b' ' | b'\t' => Kind::Blank,
        b'-' => Kind::Hyphen,
        b'.' | b'!' | b'?' => Kind::Stop,
        b'"' => Kind::Quote,
        b'$' => Kind::Currency,
        _ => Kind::Other,
    }
}

static KINDS: [Kind; 128] = {
    let mut kinds = [Kind::Other; 128];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte as usize] = ascii_kind(byte);
        byte += 1;
    }
    kinds
};

fn kind_of(c: char, folded: &[u8]) -> Kind {
    match folded {
        [] => Kind::Mark,
        [b, ..] if b.is_ascii() => ascii_kind(*b),
        _ if c.is_alphanumeric() => Kind::Letter,
        _ if c.is_whitespace() => Kind::Blank,
        _ if matches!(c, '“' | '”' | '„' | '«' | '»') => Kind::Quote,
        _ if matches!(c, '£' | '€' | '¥' | '₹') => Kind::Currency,
        _ if matches!(c, '。' | '！' | '？') => Kind::Stop,
        _ => Kind::Other,
    }
}

pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    out: Stream,
    before: Break,
    last: Last,
}

impl<'a> Scanner<'a> {
    /// At the start of `text`; the tokens go into `out`.
    pub(super) fn new(text: &'a str, out: Stream) -> Self {
        Self { text, at: 0, out, before: Break::Sentence, last: Last::Blank }
    }

    /// The character at byte `at`.
    fn unit(&self, at: usize) -> Option<Unit> {
        let b = *self.text.as_bytes().get(at)?;
        if b.is_ascii() {
            let folded = fold::fold(char::from(b));
            return Some(Unit { kind: ascii_kind(b), upper: b.is_ascii_uppercase(), folded, len: 1 });
        }
        let c = self.text.get(at..)?.chars().next()?;
        let folded = fold::fold(c);
        Some(Unit { kind: kind_of(c, folded.bytes()), upper: c.is_uppercase(), folded, len: c.len_utf8() })
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        let byte = *self.text.as_bytes().get(at)?;
        KINDS.get(usize::from(byte)).copied().or_else(|| self.unit(at).map(|unit| unit.kind))
    }

    /// The stream with all tokens; with or without short cuts for plain words and numbers.
    pub(super) fn run<const SHORT_CUTS: bool>(mut self) -> Stream {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            if byte == b' ' {
                self.before = self.before.max(Break::Space);
                self.last = Last::Blank;
                self.at += 1;
                continue;
            }
            if byte.is_ascii_alphabetic() {
                if !(SHORT_CUTS && self.plain_word()) {
                    self.word();
                }
                continue;
            }
            if byte.is_ascii() {
                match KINDS.get(usize::from(byte)).copied().unwrap_or(Kind::Other) {
                    Kind::Digit if SHORT_CUTS && self.plain_number() => {}
                    Kind::Digit => self.number(),
                    kind => {
                        self.separate(kind);
                        self.at += 1;
                    }
                }
                continue;
            }
            let Some(unit) = self.unit(self.at) else { break };
            match unit.kind {
                Kind::Digit => self.number(),
                Kind::Letter => self.word(),
                kind => {
                    self.separate(kind);
                    self.at += unit.len;
                }
            }
        }
        self.out
    }

    /// Takes a word of nothing but ASCII letters, at most fifteen, as most are; whether it is one.
    #[inline(always)]
    fn plain_word(&mut self) -> bool {
        let start = self.at;
        let Some(block) = self.out.text.get(start..).and_then(<[u8]>::first_chunk) else { return false };
        let whole = u128::from_le_bytes(*block);
        let letters = |part: u128| leading(within(part as u64, b'a', b'z'));
        let len = match letters(whole) {
            8 => 8 + letters(whole >> 64),
            len => len,
        };
        if len == block.len() {
            return false;
        }
        let key = key_of_first(block, len);
        let end = start + len;
        let bytes = self.text.as_bytes();
        let title = bytes.get(start).is_some_and(u8::is_ascii_uppercase);
        let upper = title && bytes.get(start..end).unwrap_or_default().iter().all(u8::is_ascii_uppercase);
        match bytes.get(end) {
            Some(b'\'' | b'`' | 0x80..) => return false,
            Some(b'.') if upper => return false,
            _ => {}
        }
        let case = match (title, upper && len >= 2) {
            (_, true) => Case::Upper,
            (true, _) => Case::Title,
            _ => Case::Lower,
        };
        self.at = end;
        let (text, text_end) = (start as u32, end as u32);
        self.add(Token { start: text, key, case, text, text_end, ..Token::default() }, known_short(key, len));
        true
    }

    /// Takes a number of nothing but ASCII digits with a blank behind it; whether it is one.
    fn plain_number(&mut self) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if rest.get(digits) != Some(&b' ') || rest.get(digits + 1) == Some(&b'0') {
            return false;
        }
        let start = self.at as u32;
        self.at += digits;
        self.push(Token { start, number: true, text: start, text_end: self.at as u32, ..Token::default() });
        true
    }

    /// Takes the ASCII letters from here on; returns how many, and how many of them are upper-case.
    fn take_ascii_letters(&mut self) -> (usize, usize) {
        let (mut letters, mut uppers) = (0, 0);
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let block = rest.first_chunk().copied().unwrap_or_else(|| {
                let mut block = [0; 8];
                block.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                block
            });
            let (len, upper, lower) = leading_letters(u64::from_le_bytes(block));
            // All eight and back: quicker than just as many as there are.
            let end = self.out.text.len() + len;
            self.out.text.extend_from_slice(&lower.to_le_bytes());
            self.out.text.truncate(end);
            self.at += len;
            letters += len;
            uppers += upper;
            if len < 8 {
                return (letters, uppers);
            }
        }
    }

    fn separate(&mut self, kind: Kind) {
        let is_break = match kind {
            Kind::Blank | Kind::Hyphen | Kind::Mark | Kind::Currency => Break::Space,
            Kind::Newline => Break::Sentence,
            Kind::Stop if self.ends_sentence() => {
                self.note_question();
                Break::Sentence
            }
            // A stop inside an abbreviation or a file name.
            Kind::Stop | Kind::Apostrophe => Break::Space,
            Kind::Other if self.is_percent_sign() => Break::Space,
            _ => Break::Clause,
        };
        self.before = self.before.max(is_break);
        self.last = match kind {
            Kind::Blank => Last::Blank,
            Kind::Quote | Kind::Apostrophe => Last::Quote,
            Kind::Currency => self.currency().map_or(Last::Other, Last::Currency),
            _ => Last::Other,
        };
    }

    /// What the currency sign here stands for.
    fn currency(&self) -> Option<Currency> {
        match self.text.get(self.at..)?.chars().next()? {
            '€' => Some(Currency::Euro),
            '£' => Some(Currency::Pound),
            '₹' => Some(Currency::Rupee),
            '¥' => Some(Currency::Yen),
            _ => Some(Currency::Dollar),
        }
    }

    /// Notes on the last token that it ends a question, where a question mark stands here.
    fn note_question(&mut self) {
        let is_question =
            self.text.get(self.at..).is_some_and(|rest| rest.starts_with('?') || rest.starts_with('？'));
        if is_question && let Some(token) = self.out.tokens.last_mut() {
            token.roles |= ASKED;
        }
    }

    /// Whether a per cent sign stands here, right after a number; notes it there.
    fn is_percent_sign(&mut self) -> bool {
        let at = self.at;
        let is_percent = self.text.as_bytes().get(at) == Some(&b'%');
        match self.out.tokens.last_mut() {
            Some(token) if is_percent && token.number && token.end as usize == at => token.percent = true,
            _ => return false,
        }
        true
    }

    /// Whether the stop at `self.at` ends a sentence: not after an abbreviation, and not before a letter or digit.
    fn ends_sentence(&self) -> bool {
        if matches!(self.kind(self.at + 1), Some(Kind::Letter | Kind::Digit)) {
            return false;
        }
        let Some(token) = self.out.tokens.last() else { return true };
        let adjacent = token.end as usize == self.at && self.text.as_bytes().get(self.at) == Some(&b'.');
        let word = self.out.text(token);
        let dotted = token.case == Case::Upper && token.span().len() > word.len();
        let rest = self.text.get(self.at + 1..).unwrap_or_default().trim_start();
        let is_number_sign = word != b"no" || rest.starts_with(|c: char| c.is_ascii_digit());
        if !adjacent || !(dotted || is_abbreviation(word) && is_number_sign) {
            return true;
        }
        (dotted || ends_names(word)) && starts_with_function_word(rest)
    }

    #[inline(always)]
    fn push(&mut self, token: Token) {
        let word = Word::in_buffer(&self.out.text, token.text as usize, token.text_end as usize);
        let known = if token.number { Known::NOTHING } else { known(&word) };
        self.add(Token { key: word.key(), ..token }, known);
    }

    /// Ends a token of which the key is known.
    #[inline(always)]
    fn add(&mut self, token: Token, known: Known) {
        let quoted = self.last == Last::Quote && self.before != Break::None;
        let currency = match self.last {
            Last::Currency(currency) if self.before != Break::None => Some(currency),
            _ => None,
        };
        let end = self.at as u32;
        let group = known.group();
        self.out.tokens.push(Token {
            end,
            before: self.before,
            function: group.is_some(),
            group: group.unwrap_or_default(),
            roles: known.roles,
            quoted,
            currency,
            ..token
        });
        self.before = Break::None;
        self.last = Last::Other;
    }

    /// Appends the character's folded form and steps over it.
    fn take(&mut self, unit: &Unit) {
        self.out.text.extend_from_slice(unit.folded.bytes());
        self.at += unit.len;
    }

    fn token(&self, number: bool) -> Token {
        let text = self.out.text.len() as u32;
        Token { start: self.at as u32, number, text, ..Token::default() }
    }

    /// Ends a token whose text is the last one.
    #[inline(never)]
    fn push_taken(&mut self, token: Token) {
        let text_end = self.out.text.len() as u32;
        self.push(Token { text_end, ..token });
    }

    fn number(&mut self) {
        let token = self.token(true);
        let (mut decimal, mut grouped) = (false, false);
        while let Some(unit) = self.unit(self.at) {
            match unit.kind {
                Kind::Digit => self.take(&unit),
                Kind::Mark => self.at += unit.len,
                Kind::Blank
                    if !decimal
                        && (grouped || self.out.text.len() <= token.text as usize + GROUP)
                        && self.is_group(&unit) =>
                {
                    grouped = true;
                    self.at += unit.len;
                }
                Kind::Stop | Kind::Other if self.kind(self.at + unit.len) == Some(Kind::Digit) => {
                    match unit.folded.bytes() {
                        b"," if !decimal => self.at += unit.len,
                        b"." if !decimal => {
                            decimal = true;
                            self.take(&unit);
                        }
                        _ => break,
                    }
                }
                _ => break,
            }
        }
        self.at += self.ending();
        self.push_taken(token);
    }

    /// Whether the blank at `self.at` parts the thousands of a number: three digits follow, and it is one that keeps a number
    /// together (`10\u{202f}500`) or no number begins as they do (`10 000`).
    fn is_group(&self, blank: &Unit) -> bool {
        let rest = self.text.as_bytes().get(self.at + blank.len..).unwrap_or_default();
        let digits = rest.iter().take(GROUP + 1).take_while(|byte| byte.is_ascii_digit()).count();
        digits == GROUP && (blank.len > 1 || rest.first() == Some(&b'0'))
    }

    /// Bytes of the ordinal or plural ending of a number that ends at `self.at`.
    fn ending(&self) -> usize {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let lower = |i: usize| rest.get(i).map_or(0, u8::to_ascii_lowercase);
        let len = match (lower(0), lower(1)) {
            (b's', b't') | (b'n', b'd') | (b'r', b'd') | (b't', b'h') => 2,
            (b'\'', b's') => 2,
            (b's', _) => 1,
            _ => return 0,
        };
        match self.kind(self.at + len) {
            Some(Kind::Letter | Kind::Digit) => 0,
            _ => len,
        }
    }

    fn word(&mut self) {
        let mut token = self.token(false);
        let (mut letters, mut uppers) = (0usize, 0usize);
        let first_upper = match self.text.as_bytes().get(self.at) {
            Some(byte) if byte.is_ascii() => byte.is_ascii_uppercase(),
            _ => self.unit(self.at).is_some_and(|u| u.upper),
        };
        // Where the text of the last apostrophe's tail begins, to tell a possessive.
        let mut tail = None;
        loop {
            let (more, upper) = self.take_ascii_letters();
            letters += more;
            uppers += upper;
            // What most words end with.
            if self.text.as_bytes().get(self.at) == Some(&b' ') {
                break;
            }
            let Some(unit) = self.unit(self.at) else { break };
            match unit.kind {
                Kind::Letter => {
                    letters += 1;
                    uppers += usize::from(unit.upper);
                    self.take(&unit);
                }
                Kind::Mark => self.at += unit.len,
                Kind::Apostrophe if self.kind(self.at + unit.len) == Some(Kind::Letter) => {
                    tail = Some(self.out.text.len());
                    self.at += unit.len;
                }
                Kind::Stop if letters == uppers && self.is_initial(&token, unit.len) => self.at += unit.len,
                _ => break,
            }
        }
        if let Some(tail) = tail
            && self.out.text.get(tail..) == Some(b"s")
        {
            self.out.text.truncate(tail);
            letters -= 1;
        }
        token.case = match (first_upper, letters >= 2 && uppers >= letters) {
            (_, true) => Case::Upper,
            (true, _) => Case::Title,
            _ => Case::Lower,
        };
        self.push_taken(token);
    }

    /// Whether the full stop at `self.at` joins initials: one letter stands before it and one after, as in
    /// `U.S.`.
    fn is_initial(&self, token: &Token, stop: usize) -> bool {
        let bytes = self.text.as_bytes();
        let single_before = self.at == token.start as usize + 1
            || self.at.checked_sub(2).and_then(|i| bytes.get(i)) == Some(&b'.');
        let next = self.at + stop;
        let upper_after = bytes.get(next).is_some_and(u8::is_ascii_uppercase);
        single_before
            && bytes.get(self.at) == Some(&b'.')
            && upper_after
            && self.kind(next + 1) != Some(Kind::Letter)
    }
}

/// How many of eight bytes, from the lowest on, are ASCII letters, how many of those are upper-case, and the bytes with
/// those in lower case.
fn leading_letters(block: u64) -> (usize, usize, u64) {
    let lower = block | SMALL;
    let len = leading(within(lower, b'a', b'z'));
    let taken = 1u64.checked_shl(8 * len as u32).unwrap_or(0).wrapping_sub(1);
    let upper = within(block, b'A', b'Z') & taken;
    (len, upper.count_ones() as usize, lower)
}

/// Whether `text` starts with a capitalised function word: `in the U.S. The court`, but `the U.S. Army`.
fn starts_with_function_word(text: &str) -> bool {
    let len = text.bytes().position(|b| !b.is_ascii_alphabetic()).unwrap_or(text.len());
    let word = text.get(..len).unwrap_or_default();
    let mut lower = [0u8; 16];
    let Some(lower) = lower.get_mut(..len) else { return false };
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    word.starts_with(|c: char| c.is_ascii_uppercase()) && is_function_word(lower)
}
