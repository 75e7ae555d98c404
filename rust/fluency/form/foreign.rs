//! Passages in another language: letters of another script, or another language's small words in the place of English
//! ones. What tells the language is [`language`]'s.

use super::{Answer, Found, ViolationKind};
use crate::fluency::bytes::{self, beyond_ascii};
use crate::fluency::{classes, language};
use std::ops::Range;

/// A stretch of so many bytes without a small word of English is looked at.
const GAP: usize = 64;
/// At the end of a text so many are enough.
const LAST_GAP: usize = 40;

pub(super) fn check(answer: &Answer<'_>, found: &mut Found) {
    let (body, offset) = (answer.body(), answer.body.start);
    let mut passages = Vec::new();
    let mut is_mostly_open = false;
    let has_letters = !body.is_ascii() && bytes::count(body, |byte| matches!(byte, 0xc3..=0xe1 | 0xe3..)) > 0;
    let mut at = first_gap(body, has_letters);
    while let Some(gap) = at.and_then(|at| gap(body, at)) {
        at = Some(gap.end);
        is_mostly_open |= 5 * gap.len() >= 2 * body.len();
        passages.extend(units(body, gap).filter(|unit| unit.is_foreign(body)).map(|unit| unit.span(body)));
    }
    if has_letters {
        scripts(body, &mut passages);
    }
    if (is_mostly_open || !passages.is_empty()) && is_whole(body) {
        return found.add(ViolationKind::OtherLanguage, answer.body.clone());
    }
    for passage in passages {
        found.add(ViolationKind::OtherLanguage, offset + passage.start..offset + passage.end);
    }
}

/// Whether the whole is in another language: as [`validity`](crate::fluency::validity) has it, but for few words with a
/// foreign title among them.
fn is_whole(text: &str) -> bool {
    if !language::is_other(text) {
        return false;
    }
    let is_content = |word: &&str| word.len() > 3 && word.starts_with(|c: char| c.is_lowercase());
    let content = language::bare_words(text).filter(is_content);
    let english = content.clone().filter(|word| classes::is_listed(word)).count();
    4 * english <= content.count()
}

/// The next stretch from `from` on without a small word of English. Each is looked for from its end backwards: of prose
/// hardly a third is read.
fn gap(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut start = from;
    let mut end = loop {
        let rest = text.len().checked_sub(start)?;
        if rest == 0 || rest < LAST_GAP && start > 0 {
            return None;
        }
        let end = start + rest.min(GAP);
        match last_english(text, start..end) {
            Some(english) => start = english,
            None => break end,
        }
    };
    // To the next small word of English; the first may be cut.
    let next_blank = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        rest.iter().position(|byte| *byte == b' ').map_or(text.len(), |next| at + next)
    };
    end = next_blank(end);
    while end < text.len() {
        let next = next_blank(end + 1);
        if is_english(text, end + 1..next) {
            break;
        }
        end = next;
    }
    Some(start..end)
}

/// Where the gaps of a text are looked for from: everywhere with letters beyond ASCII, as nearly every language has; without
/// them only where the text begins or ends with a gap.
fn first_gap(text: &str, has_letters: bool) -> Option<usize> {
    if has_letters || last_english(text, 0..GAP.min(text.len())).is_none() {
        return Some(0);
    }
    let last = text.len().saturating_sub(LAST_GAP + 1);
    last_english(text, last..text.len()).is_none().then_some(last.saturating_sub(GAP))
}

/// The end of the last small word of English in a range.
fn last_english(text: &str, range: Range<usize>) -> Option<usize> {
    let bytes = text.as_bytes().get(range.clone())?;
    let (mut at, mut end) = (range.end, range.end);
    for byte in bytes.iter().rev() {
        at -= 1;
        if *byte == b' ' {
            // The last may be cut.
            if (end < range.end || end == text.len()) && is_english(text, at + 1..end) {
                return Some(end);
            }
            end = at;
        }
    }
    is_english(text, range.start..end).then_some(end)
}

/// Few small words of English are longer; those are not looked for.
const LONGEST: usize = 7;

fn is_english(text: &str, range: Range<usize>) -> bool {
    let marks = usize::from(text.as_bytes().get(..range.end).is_some_and(|said| said.ends_with(b",")));
    let length = range.len().saturating_sub(marks);
    if !(2..=LONGEST).contains(&length) {
        return false;
    }
    language::is_english(text, range.start..range.start + length)
}

/// A sentence, or what stands between marks.
struct Unit {
    range: Range<usize>,
    /// Begins and ends as a sentence does.
    is_sentence: bool,
    /// In quotation marks or brackets: a title, what somebody said.
    is_enclosed: bool,
}

/// Words that a passage inside of a sentence has at least, a whole sentence, and what is quoted.
const FEWEST: [usize; 3] = [7, 5, 11];

impl Unit {
    fn words<'a>(&self, text: &'a str) -> Vec<&'a str> {
        language::bare_words(text.get(self.range.clone()).unwrap_or_default()).collect()
    }

    /// Whether another language's small words are a fifth of it, beside words that are no English ones. Names have
    /// such small words as well, but capitals.
    fn is_foreign(&self, text: &str) -> bool {
        let words = self.words(text);
        let [inside, sentence, enclosed] = FEWEST;
        let (fewest, small) = match (self.is_enclosed, self.is_sentence) {
            (true, _) => (enclosed, 3),
            (_, true) => (sentence, 2),
            _ => (inside, 3),
        };
        if words.len() < fewest {
            return false;
        }
        let foreign = language::foreign(&words);
        if foreign < small {
            return false;
        }
        // "l'Europe" is a name as well.
        let is_small = |word: &&&str| {
            word.starts_with(char::is_lowercase) && !word.contains(|c: char| c.is_ascii_uppercase())
        };
        let unknown = words.iter().filter(is_small).filter(|word| !classes::is_listed(word));
        let content = unknown.clone().filter(|word| word.chars().count() > 3).count();
        5 * foreign >= words.len()
            && 5 * unknown.count() >= 2 * words.len()
            && content >= if words.len() < inside { 2 } else { 3 }
    }

    /// Where it stands: from its first foreign word on, if it is the rest of a sentence.
    fn span(&self, text: &str) -> Range<usize> {
        let Range { start, end } = self.range;
        let rest = text.get(start..end).unwrap_or_default();
        let is_foreign = |word: &&str| language::bare_words(word).any(|bare| language::foreign(&[bare]) > 0);
        let first = bytes::words(rest).find(is_foreign).filter(|_| !self.is_sentence);
        let skipped = first.map_or(0, |word| word.as_ptr() as usize - rest.as_ptr() as usize);
        start + skipped..end
    }
}

/// The sentences and clauses of a stretch.
fn units(text: &str, gap: Range<usize>) -> impl Iterator<Item = Unit> + '_ {
    const OPENING: [char; 5] = ['“', '«', '„', '(', '['];
    const PARTING: [char; 15] = ['.', '!', '?', ';', ':', '"', '”', '»', '“', '«', '„', '(', ')', '[', ']'];
    let (mut start, mut is_begun, mut is_enclosed) = (gap.start, gap.start == 0, false);
    std::iter::from_fn(move || {
        let rest = text.get(start..gap.end).filter(|rest| !rest.is_empty())?;
        let parted = rest.char_indices().find(|(at, c)| {
            let next = rest[at + c.len_utf8()..].chars().next();
            // Inside a number or an address a mark parts nothing.
            PARTING.contains(c)
                && (!matches!(c, '.' | ':') || next.is_none_or(|next| !next.is_alphanumeric()))
        });
        let (length, mark) = parted.map_or((rest.len(), None), |(at, c)| (at, Some(c)));
        let blank = rest[..length].len() - rest[..length].trim_start().len();
        let ends = matches!(mark, Some('.' | '!' | '?'));
        let end = start + length + if ends { mark.map_or(0, char::len_utf8) } else { 0 };
        let unit = Unit { range: start + blank..end, is_sentence: is_begun && ends, is_enclosed };
        start += length + mark.map_or(0, char::len_utf8);
        is_begun = ends;
        is_enclosed = mark.is_some_and(|c| OPENING.contains(&c) || c == '"' && !is_enclosed);
        Some(unit)
    })
}

/// A run of letters of other scripts, with no Latin letter between them.
#[derive(Default)]
struct Run {
    range: Range<usize>,
    letters: usize,
    words: usize,
    /// Words that begin with a small letter: names do not.
    small: usize,
    /// Letters of scripts that put no spaces between words.
    dense: usize,
    /// Letters of scripts without capitals.
    uncased: usize,
}

/// How far apart the letters of a run may be, in bytes.
const APART: usize = 12;

/// The passages in other scripts: no single letters as formulas have, and no names.
fn scripts(text: &str, passages: &mut Vec<Range<usize>>) {
    let mut run = Run::default();
    for (at, c) in beyond_ascii(text).filter(|(_, c)| is_of_other_script(*c)) {
        let between = text.get(run.range.end..at).filter(|_| run.letters > 0);
        let goes_on = between
            .is_some_and(|between| between.len() <= APART && !between.contains(|c: char| c.is_alphabetic()));
        if !goes_on {
            let last = std::mem::take(&mut run);
            passages.extend(last.is_passage(text).then_some(last.range));
            run.range.start = at;
        }
        let is_first = !goes_on || run.range.end != at;
        run.letters += 1;
        run.words += usize::from(is_first);
        run.small += usize::from(is_first && c.is_lowercase());
        run.dense += usize::from(is_dense(c));
        run.uncased += usize::from(!c.is_lowercase() && !c.is_uppercase());
        run.range.end = at + c.len_utf8();
    }
    passages.extend(run.is_passage(text).then_some(run.range));
}

impl Run {
    fn is_passage(&self, text: &str) -> bool {
        let before = text.get(..self.range.start).unwrap_or_default().trim_end();
        // Names and terms stand in brackets beside their English ones, longer.
        let is_glossed = before.ends_with(['(', '[', '"', '“', '‘', '«', '《', '「', '/']);
        let [dense, words] = if is_glossed { [12, 8] } else { [5, 3] };
        let is_cased = self.letters > 2 * self.uncased;
        // Formulas have words of one letter.
        let has_words = self.words >= words + usize::from(!is_cased) && self.letters >= 3 * self.words;
        self.dense >= dense || has_words && (!is_cased || self.small >= words - 1)
    }
}

/// A letter of a script that is not Latin, but for those of phonetics and formulas.
fn is_of_other_script(c: char) -> bool {
    let is_notation = matches!(c,
        '\u{250}'..='\u{36f}' | '\u{1d00}'..='\u{1dff}' | '\u{2000}'..='\u{2e7f}' | '\u{a700}'..='\u{a7ff}'
        | '\u{ab30}'..='\u{ab6f}' | '\u{ff00}'..='\u{ff5a}' | '\u{1d400}'..='\u{1f2ff}');
    c.is_alphabetic() && !language::is_latin(c) && !is_notation
}

/// Scripts without spaces between words: Chinese, Japanese, Thai, Lao, Burmese, Khmer.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
        | '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}
