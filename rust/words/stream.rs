//! Normalised tokens with their place in the text: what facts, support, salience and copying compare.
//!
//! Characters are folded ([`super::fold`]) first. A token is one of
//! - a number: digits, with commas or blanks between thousands and one decimal part; an ordinal or plural ending and what
//!   parts the thousands are dropped (`1,200th` is `1200`);
//! - a word: letters, with apostrophes inside; a possessive `'s` is dropped and other apostrophes removed
//!   (`nation's` is `nation`, `don't` is `dont`); initials with full stops join (`U.S.` is `us`).
//!
//! Everything else separates, and is remembered as the break before the next token.

use super::fold;
use super::function::{ADVERBS, AUXILIARIES, DETERMINERS, is_function_word};
use super::known::{ASKED, DENIES, Known, TURNS, known, known_short};
use super::map::{Word, key_of_first};
use super::numbers::{self, Quantity};
use super::polarity::{self, Polarity};
use crate::eight::{SMALL, leading, within};
use std::ops::Range;
use std::sync::OnceLock;

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Break {
    /// Nothing at all: the two were written together, as in `4.2M`.
    #[default]
    None,
    /// Blanks or a hyphen.
    Space,
    /// Punctuation inside a sentence: comma, colon, dash, bracket, quotation mark.
    Clause,
    /// The end of a sentence, or the start of the text.
    Sentence,
}

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Case {
    /// A number, or without upper-case letters at the front.
    #[default]
    Lower,
    /// The first letter is upper-case.
    Title,
    /// Two letters or more, all upper-case.
    Upper,
}

/// What a currency sign stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency {
    /// `$`, of whatever country.
    Dollar,
    /// `€`.
    Euro,
    /// `£`.
    Pound,
    /// `₹`.
    Rupee,
    /// `¥`, which is a yen or a yuan.
    Yen,
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Token {
    /// Byte span in the text.
    pub start: u32,
    /// End of the byte span.
    pub end: u32,
    /// Whether it is a number.
    pub number: bool,
    /// How it is written.
    pub case: Case,
    /// What stands before it.
    pub before: Break,
    /// Whether it is an English function word.
    pub function: bool,
    /// If so, its group, below [`super::function::FUNCTION_GROUPS`].
    pub group: u8,
    /// Which rules have to read it ([`super::known`]).
    pub(crate) roles: u8,
    /// Whether the character right before it is a quotation mark.
    pub quoted: bool,
    /// The currency sign right before it.
    pub currency: Option<Currency>,
    /// Whether it is a number with a per cent sign right after it.
    pub percent: bool,
    text: u32,
    text_end: u32,
    /// The normalised text, to look up.
    key: [u64; 2],
}

impl Token {
    /// Byte span in the text.
    pub fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether it is an auxiliary or a modal verb.
    pub(crate) fn is_auxiliary(&self) -> bool {
        self.function && AUXILIARIES.contains(&self.group)
    }

    /// Whether it is a word that begins a noun phrase: an article, a possessive, a quantifier.
    pub(crate) fn is_determiner(&self) -> bool {
        self.function && self.group <= DETERMINERS
    }

    /// Whether it is a small word that stands between a subject and its verb: "also", "now".
    pub(crate) fn is_small_adverb(&self) -> bool {
        self.function && self.group == ADVERBS
    }

    /// Bytes of its normalised text.
    #[inline]
    pub(crate) fn text_len(&self) -> usize {
        self.text_end.saturating_sub(self.text) as usize
    }
}

/// The tokens of one text.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    /// In the order of the text.
    pub tokens: Vec<Token>,
    /// The text as if all its bytes were letters, in lower case, where most tokens have their normalised text; then those
    /// of the others, end to end. Padding after both.
    text: Vec<u8>,
    /// Read when first asked for: several rules ask.
    quantities: OnceLock<Vec<Quantity>>,
    polarities: OnceLock<Vec<Polarity>>,
}

impl Stream {
    /// Reads `text`.
    pub fn new(text: &str) -> Self {
        Self::read::<true>(text)
    }

    /// Reads `text`, with or without short cuts for plain words and numbers.
    fn read<const SHORT_CUTS: bool>(text: &str) -> Self {
        let mut out = Self::default();
        out.tokens.reserve(text.len() / 5);
        out.text.reserve(text.len() + text.len() / 16 + 3 * PADDING);
        out.text.extend(text.as_bytes().iter().map(|byte| byte | LOWER));
        out.text.extend_from_slice(&[0; PADDING]);
        let mut scanner = Scanner { text, at: 0, out, before: Break::Sentence, last: Last::Blank };
        scanner.run::<SHORT_CUTS>();
        scanner.out.text.extend_from_slice(&[0; PADDING]);
        scanner.out
    }

    /// Leaves out the last sentence, which broke off, where there is one before it.
    pub fn leave_out_last_sentence(&mut self) {
        let last = self.tokens.iter().rposition(|token| token.before == Break::Sentence);
        let Some((kept, left_out)) = last.and_then(|last| self.tokens.split_at_checked(last)) else { return };
        let Some(end) = kept.last() else { return };
        // What negation does to a word only the next one may change, or one that takes back what was said.
        let may_turn = end.roles & TURNS != 0 || left_out.iter().any(|token| token.roles & DENIES != 0);
        let last = kept.len();
        self.tokens.truncate(last);
        match self.polarities.get_mut() {
            Some(polarities) if !may_turn => polarities.truncate(last),
            _ => self.polarities = OnceLock::new(),
        }
        // No number goes on behind the end of a sentence.
        if let Some(quantities) = self.quantities.get_mut() {
            quantities.truncate(quantities.partition_point(|quantity| quantity.last < last));
        }
    }

    /// Its numbers, in order ([`numbers::quantities`]).
    pub fn quantities(&self) -> &[Quantity] {
        self.quantities.get_or_init(|| numbers::quantities(self))
    }

    /// Of each token, what negation does to it.
    pub fn polarities(&self) -> &[Polarity] {
        self.polarities.get_or_init(|| polarity::mark(self))
    }

    /// The normalised text of a token of this stream: folded, lower-case.
    #[inline]
    pub fn text(&self, token: &Token) -> &[u8] {
        self.text.get(token.text as usize..token.text_end as usize).unwrap_or_default()
    }

    /// Whether a semicolon stands between a token and the one before it.
    pub(crate) fn is_behind_semicolon(&self, at: usize) -> bool {
        let ends =
            at.checked_sub(1).and_then(|before| Some((self.tokens.get(before)?, self.tokens.get(at)?)));
        let gap = ends.and_then(|(a, b)| self.text.get(a.end as usize..b.start as usize));
        gap.is_some_and(|gap| gap.contains(&b';'))
    }

    /// Whether a token is the month of May, not the auxiliary, as its capital tells.
    #[inline]
    pub(crate) fn is_month(&self, token: &Token) -> bool {
        token.case == Case::Title
            && token.function
            && token.before != Break::Sentence
            && self.text(token) == b"may"
    }

    /// The normalised text of the token at a place; nothing behind the last.
    #[inline]
    pub(crate) fn text_at(&self, at: usize) -> &[u8] {
        self.tokens.get(at).map_or(&[], |token| self.text(token))
    }

    /// The same; nothing where more than a blank stands before it.
    #[inline]
    pub(crate) fn joined_text_at(&self, at: usize) -> &[u8] {
        let token = self.tokens.get(at).filter(|token| token.before <= Break::Space);
        token.map_or(&[], |token| self.text(token))
    }

    /// A token of this stream, ready to be looked up.
    #[inline]
    pub fn word(&self, token: &Token) -> Word<'_> {
        Word::of_key(token.key, self.text(token))
    }
}

const PADDING: usize = 16;
/// Digits of a group of thousands.
const GROUP: usize = 3;
/// What makes a small letter of a capital one.
const LOWER: u8 = 0x20;

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

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    out: Stream,
    before: Break,
    last: Last,
}

impl Scanner<'_> {
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

    fn run<const SHORT_CUTS: bool>(&mut self) {
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
            let Some(unit) = self.unit(self.at) else { return };
            match unit.kind {
                Kind::Digit => self.number(),
                Kind::Letter => self.word(),
                kind => {
                    self.separate(kind);
                    self.at += unit.len;
                }
            }
        }
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

/// Abbreviations that a full stop belongs to; lower-case, sorted.
const ABBREVIATIONS: [&str; 57] = [
    "adm", "al", "apr", "assn", "aug", "ave", "blvd", "brig", "capt", "cf", "cmdr", "co", "col", "corp",
    "dec", "dept", "dr", "etc", "feb", "fig", "fr", "ft", "gen", "gov", "hon", "inc", "jan", "jr", "lt",
    "ltd", "maj", "mr", "mrs", "ms", "mt", "no", "nov", "oct", "op", "pfc", "ph", "prof", "pvt", "rep",
    "reps", "rev", "sec", "sen", "sens", "sept", "sgt", "sr", "st", "supt", "univ", "viz", "vs",
];

const LONGEST_ABBREVIATION: usize = 4;

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

/// Abbreviations that come last in a name, and so may end a sentence too.
fn ends_names(word: &[u8]) -> bool {
    word.len() == 1 || matches!(word, b"inc" | b"corp" | b"co" | b"ltd" | b"jr" | b"sr" | b"etc")
}

/// Whether a full stop after `word` (folded) may be part of it: a known abbreviation or a single letter.
pub fn is_abbreviation(word: &[u8]) -> bool {
    word.len() == 1 && word.first().is_some_and(u8::is_ascii_lowercase)
        || word.len() <= LONGEST_ABBREVIATION
            && ABBREVIATIONS.binary_search_by(|w| w.as_bytes().cmp(word)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<String> {
        let stream = Stream::new(text);
        stream.tokens.iter().map(|t| String::from_utf8(stream.text(t).to_vec()).unwrap()).collect()
    }

    #[test]
    fn a_sign_belongs_to_its_number() {
        let stream = Stream::new("It rose 5% or 5.5 % on $12, 7%");
        let signs: Vec<(bool, bool, Break)> =
            stream.tokens.iter().map(|t| (t.percent, t.currency.is_some(), t.before)).collect();
        assert_eq!(signs[2], (true, false, Break::Space));
        assert_eq!(signs[3], (false, false, Break::Space));
        assert_eq!(signs[4], (false, false, Break::Space));
        assert_eq!(signs[6], (false, true, Break::Space));
        assert_eq!(signs[7], (true, false, Break::Clause));
        assert_eq!(signs.len(), 8);
    }

    #[test]
    fn normalises_numbers_words_and_letter_runs() {
        let cases: [(&str, &[&str]); 19] = [
            ("", &[]),
            ("1,200 people", &["1200", "people"]),
            ("10 000 and 2 050 000", &["10000", "and", "2050000"]),
            (
                "10\u{202f}500 or 1\u{2009}200\u{2009}300 or 5\u{a0}km",
                &["10500", "or", "1200300", "or", "5", "km"],
            ),
            (
                "in 2015 300 of 2015\u{a0}300, 12 500, 5.5 000, 7 0001",
                &["in", "2015", "300", "of", "2015", "300", "12", "500", "5.5", "000", "7", "0001"],
            ),
            ("4.2M, 5% and 3.", &["4.2", "m", "5", "and", "3"]),
            ("the 1,200th, the 1980s, 1990's", &["the", "1200", "the", "1980", "1990"]),
            ("5star 7th-grade", &["5", "star", "7", "grade"]),
            ("the nation’s don't O'Neil's", &["the", "nation", "dont", "oneil"]),
            ("dogs' 'quoted'", &["dogs", "quoted"]),
            ("Café NAÏVE e\u{301}té", &["cafe", "naive", "ete"]),
            ("the U.S. and U.S.A.", &["the", "us", "and", "usa"]),
            ("J. Smith", &["j", "smith"]),
            ("well-known", &["well", "known"]),
            ("covid19", &["covid", "19"]),
            ("10:30 a.m.", &["10", "30", "a", "m"]),
            ("1.2.3", &["1.2", "3"]),
            ("中文 текст", &["中文", "текст"]),
            ("１２ ﬁnd", &["12", "find"]),
        ];
        for (text, expected) in cases {
            assert_eq!(texts(text), expected, "{text:?}");
        }
    }

    #[test]
    fn knows_where_sentences_start() {
        let cases = [
            ("One. Two", vec![0, 1]),
            ("Mr. Smith met Dr. Who. He left", vec![0, 5]),
            ("J. R. Smith of Acme Inc. paid 3.5 times", vec![0]),
            ("in the U.S. The court", vec![0, 3]),
            ("the U.S. Army", vec![0]),
            ("Yes! No? So", vec![0, 1, 2]),
            ("a\nb", vec![0, 1]),
            ("a, b; c", vec![0]),
        ];
        for (text, expected) in cases {
            let tokens = Stream::new(text).tokens;
            let starts: Vec<usize> =
                (0..tokens.len()).filter(|&i| tokens[i].before == Break::Sentence).collect();
            assert_eq!(starts, expected, "{text:?}");
        }
    }

    #[test]
    fn knows_how_words_are_written() {
        let cases = [("NASA", Case::Upper), ("Nasa", Case::Title), ("A", Case::Title), ("nasa", Case::Lower)];
        for (text, case) in cases {
            assert_eq!(Stream::new(text).tokens[0].case, case, "{text:?}");
        }
        assert_eq!(
            Stream::new("U.S. NASA's").tokens.iter().map(|t| t.case).collect::<Vec<_>>(),
            [Case::Upper; 2]
        );
    }

    #[test]
    fn abbreviations_are_sorted() {
        assert!(ABBREVIATIONS.is_sorted());
    }

    proptest! {
        #[test]
        fn short_cuts_change_nothing(
            text in "([A-Za-z]{1,20}|[0-9]{1,3}|U\\.S\\.|[.,!?'`’ %$\"-]| the |\n|é|ß|I|\\PC){0,60}",
            other in any::<String>(),
        ) {
            for text in [text, other] {
                let (short, long) = (Stream::new(&text), Stream::read::<false>(&text));
                let texts = |stream: &Stream| stream.tokens.iter().map(|t| stream.text(t).to_vec()).collect::<Vec<_>>();
                prop_assert_eq!(texts(&short), texts(&long));
                let bare = |stream: &Stream| {
                    stream.tokens.iter().map(|t| Token { text: 0, text_end: 0, ..*t }).collect::<Vec<_>>()
                };
                prop_assert_eq!(bare(&short), bare(&long));
                for token in &short.tokens {
                    prop_assert_eq!(short.word(token).hash64(), Word::new(short.text(token)).hash64());
                }
            }
        }

        #[test]
        fn spans_are_in_order_and_on_character_boundaries(text in "\\PC{0,60}|[ -~’é1,.'US\n]{0,60}") {
            let stream = Stream::new(&text);
            let mut end = 0;
            for token in &stream.tokens {
                prop_assert!(token.span().start >= end);
                prop_assert!(text.get(token.span()).is_some_and(|t| !t.is_empty()));
                end = token.span().end;
            }
        }
    }
}
