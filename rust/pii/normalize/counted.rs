//! Numbers in words: `four one five, double five five`, `four fifteen`, `four hundred and fifteen`, `4one5`.
//!
//! Words for digits are prose ("one of two"), so numbers are read only as runs of at least seven digits with three of them
//! in words. Those of other languages (`cinco, cinco, uno`) are read apart, as some are words of English that count nothing.

use super::Edit;
use super::tongues::{FOREIGN_DASHES, FOREIGN_DOTS, PLUS};
use crate::pii::candidate::{before, byte};
use crate::pii::context::mark_at;
use crate::pii::said::{ENGLISH, FOREIGN, MULTIPLIERS, begins_foreign, is_word};
use crate::words::beginnings::Beginnings;
use std::ops::Range;

/// English words for the zeros of larger numbers.
const ZEROS: &[(&str, &str)] = &[("hundred", "00"), ("thousand", "000")];
/// Words for what stands between digits, and words that join them.
const DASHES: &[&[u8]] =
    &[b"dash", b"hyphen", b"minus", b"space", b"slash", b"pause", b"then", b"and", b"followed", b"by"];
const DOTS: &[&[u8]] = &[b"dot", b"point", b"period"];
/// Fewest digits of a spoken number, fewest of an address with three dots, and most.
const LEAST: usize = 7;
const LEAST_DOTTED: usize = 4;
const MOST: usize = 20;
/// Fewest of them that are words.
const LEAST_WORDS: usize = 3;
/// Longest gap between two words, and longest word.
const GAP: usize = 5;
const WORD: usize = 96;

/// What the words begin with that a number begins with, and those that go on with one.
static FIRST: Beginnings = {
    let (mut all, mut i) = (Beginnings::NONE, 0);
    while i < ENGLISH.len() {
        all = all.with_word(ENGLISH[i].0.as_bytes());
        i += 1;
    }
    i = 0;
    while i < ZEROS.len() {
        all = all.with_word(ZEROS[i].0.as_bytes());
        i += 1;
    }
    i = 0;
    while i < MULTIPLIERS.len() {
        all = all.with_word(MULTIPLIERS[i].0.as_bytes());
        i += 1;
    }
    all
};
static LATER: Beginnings = Beginnings::NONE.with_words(DASHES).with_words(DOTS);

/// A run of spoken digits that is being read.
#[derive(Default)]
struct Run {
    found: Vec<Edit>,
    digits: usize,
    words: usize,
    gaps: usize,
    /// Gaps that group.
    breaks: usize,
    dots: usize,
    /// Where its last digit ends.
    last: usize,
}

/// What numbers are read in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    English,
    Other,
}

/// What a token stands for.
struct Token {
    digits: Vec<u8>,
    /// How many number words it holds, and whether its last is a ten that a digit may follow.
    words: usize,
    tens: bool,
}

/// Reads a run of spoken digits from the word at `at` on; gives where it ends.
pub(super) fn number(text: &[u8], at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
    // Most words are none of a number, which begins with a digit, or a word for one.
    let at = accents_before(text, at);
    let begins = |words: &Beginnings| words.has_letters(byte(text, at), byte(text, at + 1));
    let first = begins(&FIRST);
    let foreign = begins_foreign(text, at);
    if !first && !foreign && !begins(&LATER) {
        return None;
    }
    let word = at;
    let at = digits_before(text, at);
    if at == word && !first && !foreign {
        return None;
    }
    let (end, is_number) = read(text, at, Tongue::English, edits);
    if !is_number && foreign {
        let (other, is_number) = read(text, at, Tongue::Other, edits);
        return if is_number { other } else { end };
    }
    end
}

/// Reads a run of digits that begins at `at` in words of a tongue; gives where it ends, and whether it is a number.
fn read(text: &[u8], at: usize, tongue: Tongue, edits: &mut Vec<Edit>) -> (Option<usize>, bool) {
    let mut run = Run { last: at, ..Run::default() };
    let (mut from, mut times, mut sign) = (at, None, None);
    let mut tens: Option<Range<usize>> = None;
    let mut hundred: Option<Range<usize>> = None;
    while run.digits <= MOST {
        let end = word_end(text, from, tongue);
        let word = text.get(from..end).unwrap_or_default();
        if word.is_empty() || byte(text, end).is_ascii_alphanumeric() {
            break;
        }
        // Most words behind one for a digit are of no number.
        let [first, second] = [byte(word, 0), byte(word, 1)];
        if tongue == Tongue::English
            && first.is_ascii_alphabetic()
            && !FIRST.has_letters(first, second)
            && !LATER.has_letters(first, second)
        {
            break;
        }
        if let Some(n) = multiplier(word) {
            times = Some((n, from));
        } else if hundred.is_some() && sign.is_none() && word.eq_ignore_ascii_case(b"and") {
            // `four hundred and fifteen`
        } else if let Some(said) = said(word, tongue).filter(|_| run.digits > 0) {
            sign = Some(said);
        } else {
            let Some(token) = token(word, tongue) else { break };
            let fills = hundred.take().filter(|_| sign.is_none() && times.is_none());
            if let Some(start) = fills.and_then(|hundred| run.fill(text, &hundred, from..end, &token)) {
                tens = token.tens.then_some(start..end);
                let next = past_gap(text, end);
                if next == end {
                    break;
                }
                from = next;
                continue;
            }
            // A digit, or a number of two, before it.
            if word.eq_ignore_ascii_case(b"hundred") && run.last + 1 == from && run.digits > 0 {
                hundred = Some(from..end);
            }
            let joins = tens.take().filter(|_| {
                sign.is_none() && times.is_none() && token.digits.len() == 1 && token.digits != b"0"
            });
            if joins.is_some_and(|tens| run.join(text, &tens, from..end, &token)) {
                run.last = end;
            } else {
                if token.tens {
                    tens = Some(from..end);
                }
                run.add(text, from..end, &token, times.take(), sign);
            }
            sign = None;
        }
        let next = past_gap(text, end);
        if next == end {
            break;
        }
        from = next;
    }
    let last = run.last;
    let is_number = run.finish(edits);
    if is_number && let Some(plus) = plus(text, at) {
        edits.push(Edit::new(plus..at, b"+"));
    }
    ((last > at).then_some(last), is_number)
}

/// Where the word for a plus starts that stands before `at` and opens an international number.
fn plus(text: &[u8], at: usize) -> Option<usize> {
    let gap = at.checked_sub(1).filter(|_| matches!(before(text, at), b' ' | b'-' | b'_' | b'\n'))?;
    let gap = gap - usize::from(before(text, gap) == b',');
    PLUS.iter().find_map(|sign| {
        let plus = gap.checked_sub(sign.len())?;
        let word = text.get(plus..gap).is_some_and(|word| word.eq_ignore_ascii_case(sign));
        (word && !before(text, plus).is_ascii_alphanumeric()).then_some(plus)
    })
}

/// Where the word begins of which the first ASCII letter is at `at`, letters with accents before it: `één`.
fn accents_before(text: &[u8], at: usize) -> usize {
    const MOST_ACCENTS: usize = 2;
    let mut start = at;
    for _ in 0..MOST_ACCENTS {
        match (before(text, start), start.checked_sub(2)) {
            (0x80.., Some(accent)) if byte(text, accent) == 0xc3 => start = accent,
            _ => break,
        }
    }
    if before(text, start).is_ascii_alphabetic() { at } else { start }
}

/// Where the word ends that begins at `from`; other tongues have letters with accents.
fn word_end(text: &[u8], from: usize, tongue: Tongue) -> usize {
    let mut end = from;
    while end < from + WORD {
        end += match byte(text, end) {
            b if b.is_ascii_alphanumeric() => 1,
            0xc3 if tongue == Tongue::Other => 2,
            _ => break,
        };
    }
    end.min(text.len())
}

impl Run {
    /// Adds the digits of a token, read so many times.
    fn add(
        &mut self,
        text: &[u8],
        span: Range<usize>,
        token: &Token,
        times: Option<(usize, usize)>,
        sign: Option<&'static [u8]>,
    ) {
        let start = times.map_or(span.start, |(_, start)| start);
        let gap = text.get(self.last..start).unwrap_or_default();
        if self.digits > 0 && start > self.last {
            // Groups that are written in digits stay apart.
            let written = |b: u8, next: u8| b.is_ascii_digit() && next.is_ascii_digit();
            let beside = written(byte(text, start), byte(text, start + 1))
                || written(before(text, self.last), before(text, self.last.saturating_sub(1)));
            let marks = gap
                .iter()
                .any(|b| matches!(b, b',' | b';' | b'\n' | b'(' | b')' | b'[' | b']' | b'/' | b'|'));
            let breaks = sign.is_some() || marks || beside;
            self.breaks += usize::from(breaks);
            self.dots += usize::from(sign == Some(b"."));
            self.gaps += 1;
            self.found.push(Edit::new(self.last..start, if breaks { sign.unwrap_or(b"-") } else { b"" }));
        }
        let times = times.map_or(1, |(n, _)| n);
        if token.words > 0 || times > 1 {
            let put = token.digits.iter().copied().cycle().take(token.digits.len() * times);
            self.put(start..span.end, &put.collect::<Vec<u8>>());
        }
        self.digits += token.digits.len() * times;
        self.words += token.words;
        self.last = span.end;
    }

    /// Reads `span` as digits, of which an edit holds four.
    fn put(&mut self, span: Range<usize>, digits: &[u8]) {
        const AT_ONCE: usize = 4;
        let parts = digits.len().div_ceil(AT_ONCE).min(span.len()).max(1);
        for (i, part) in digits.chunks(AT_ONCE).take(parts).enumerate() {
            let end = if i + 1 == parts { span.end } else { span.start + i + 1 };
            self.found.push(Edit::new(span.start + i..end, part));
        }
    }

    /// Joins a digit to the tens before it: `twenty one`, `twenty-one`.
    fn join(&mut self, text: &[u8], tens: &Range<usize>, span: Range<usize>, token: &Token) -> bool {
        let close = matches!(text.get(tens.end..span.start), Some(b" " | b"-"));
        let Some(last) = self.found.last_mut().filter(|last| close && last.start == tens.start) else {
            return false;
        };
        let (Some(&ten), Some(&digit)) = (last.put().first(), token.digits.first()) else { return false };
        *last = Edit::new(tens.start..span.end, &[ten, digit]);
        self.words += 1;
        true
    }

    /// Reads a number below a hundred as the end of the one that `hundred` makes: `four hundred fifteen`. Gives where it
    /// starts.
    fn fill(
        &mut self,
        text: &[u8],
        hundred: &Range<usize>,
        span: Range<usize>,
        token: &Token,
    ) -> Option<usize> {
        let between = text.get(hundred.end..span.start)?;
        let close = between == b" " || between == b" and ";
        let last = self.found.last_mut().filter(|last| close && last.start == hundred.start)?;
        let put = match *token.digits.as_slice() {
            [b'0'] => return None,
            [unit] => [b'0', unit],
            [ten, unit] => [ten, unit],
            _ => return None,
        };
        *last = Edit::new(hundred.start..span.end, &put);
        self.words += token.words;
        self.last = span.end;
        Some(hundred.start)
    }

    /// Gives its edits if it is long enough; says whether it is.
    fn finish(self, edits: &mut Vec<Edit>) -> bool {
        let least = if self.dots == 3 { LEAST_DOTTED } else { LEAST };
        if !(least..=MOST).contains(&self.digits) || self.words < LEAST_WORDS {
            return false;
        }
        // A comma after every digit groups nothing.
        let grouped = self.breaks < self.gaps;
        edits.extend(self.found.into_iter().map(|edit| {
            if !grouped && edit.put() == b"-" { Edit::new(edit.start..edit.end, b"") } else { edit }
        }));
        true
    }
}

/// Past what may stand between two words of a number: no letter or digit.
fn past_gap(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < at + GAP {
        let step = match byte(text, end) {
            b'\n' | b'\t' | b' ' => 1,
            b if b.is_ascii_graphic() && !b.is_ascii_alphanumeric() => 1,
            _ => mark_at(text, end),
        };
        if step == 0 {
            break;
        }
        end += step;
    }
    end
}

/// What a word for a sign between digits stands for.
fn said(word: &[u8], tongue: Tongue) -> Option<&'static [u8]> {
    let among = |words: &[&[u8]]| words.iter().any(|one| word.eq_ignore_ascii_case(one));
    let other = |words: &[&[u8]]| tongue == Tongue::Other && among(words);
    if among(DASHES) || other(FOREIGN_DASHES) {
        return Some(b"-");
    }
    (among(DOTS) || other(FOREIGN_DOTS)).then_some(b".".as_slice())
}

/// Where the digits start that stand before the word at `at`: beside it, or in groups.
fn digits_before(text: &[u8], at: usize) -> usize {
    const MOST_GROUPS: usize = 8;
    let mut first = at;
    for _ in 0..MOST_GROUPS {
        let gap = match (before(text, first), before(text, first.saturating_sub(1))) {
            (b'0'..=b'9', _) if first == at => 0,
            (b' ', b'-' | b'.' | b' ') if first == at => 2,
            (b' ', b',') => 2,
            (b' ' | b'-' | b'.', _) => 1,
            _ => break,
        };
        let Some(end) = first.checked_sub(gap) else { break };
        let mut start = end;
        while end - start < 8 && before(text, start).is_ascii_digit() {
            start -= 1;
        }
        if start == end || before(text, start).is_ascii_alphanumeric() {
            break;
        }
        first = start;
    }
    first
}

/// How often a word says that a digit is meant.
fn multiplier(token: &[u8]) -> Option<usize> {
    MULTIPLIERS.iter().find(|(word, _)| is_word(token, word)).map(|(_, n)| *n)
}

/// The digits of a token: one word, digits, or several of them joined (`fourone`, `4one5`).
fn token(token: &[u8], tongue: Tongue) -> Option<Token> {
    let [numbers, zeros] = if tongue == Tongue::English { [ENGLISH, ZEROS] } else { [FOREIGN, &[]] };
    /// Shortest word of those that are joined: `o` and `oh` begin others.
    const SHORTEST: usize = 3;
    if token.iter().all(u8::is_ascii_digit) {
        return Some(Token { digits: token.to_vec(), words: 0, tens: false });
    }
    let mut all = Token { digits: Vec::new(), words: 0, tens: false };
    let mut rest = token;
    while let Some(&first) = rest.first() {
        if first.is_ascii_digit() {
            all.digits.push(first);
            all.tens = false;
            rest = rest.get(1..)?;
            continue;
        }
        let begins = |word: &str| {
            byte(word.as_bytes(), 0) | 0x20 == first | 0x20
                && rest.get(..word.len()).is_some_and(|begin| is_word(begin, word))
        };
        let fits = |word: &str| begins(word) && (word.len() == token.len() || word.len() >= SHORTEST);
        let fitting = numbers.iter().chain(zeros).filter(|(word, _)| fits(word));
        let (word, digits) = fitting.max_by_key(|(word, _)| word.len())?;
        all.digits.extend_from_slice(digits.as_bytes());
        all.words += 1;
        all.tens = digits.len() == 2 && digits.ends_with('0') && !digits.starts_with(['0', '1']);
        rest = rest.get(word.len()..)?;
    }
    (all.digits.len() <= MOST).then_some(all)
}

/// The digit that a word stands for.
pub(super) fn digit_word(word: &[u8]) -> Option<u8> {
    let (_, digits) = ENGLISH.iter().find(|(one, _)| one.len() > 1 && is_word(word, one))?;
    match *digits.as_bytes() {
        [digit] => Some(digit),
        _ => None,
    }
}
