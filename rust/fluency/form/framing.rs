//! What is said around the paragraph: announcements, labels, notes, the assistant's own voice, questions back,
//! quotes around the whole.

use super::about::about;
use super::quotation::Quotation;
use super::wordings::*;
use super::{Answer, Found, ViolationKind, marks};
use crate::fluency::bytes::Bytes;
use crate::fluency::phrase::{self, Phrases, REACH, has_any, is_any, sentence};
use crate::fluency::validity::{self, refusal_length};
use crate::words::beginnings::Beginnings;

/// What a sentence begins with that any of these lists has, or a refusal.
static SENTENCES: Beginnings = Phrases::any(&[
    &marks::SPEAKERS,
    &LABELS,
    &REMARKS,
    &VOICE,
    &ROLES,
    &ADDRESSES,
    &EXCUSES,
    &HEDGES,
    &MISSING,
    &COUNTS,
    &LEFT_OUT,
    &ITSELF,
    &LIKE_OTHERS,
    &USER,
    &FILLERS,
    &CLOSERS,
])
.with_all(&validity::OPENINGS);

/// A sentence of more words than this says more than that the paragraph follows.
const SHORT_WORDS: usize = 8;

pub(super) fn check(answer: &Answer<'_>, found: &mut Found) {
    let body = answer.body();
    let start = answer.body.start;
    let opening = body.trim_start_matches(['*', '#', '_', '"', '“', ' ', '(', '[']);
    let shift = start + body.len() - opening.len();
    let announced = preamble(opening).map_or(0, |length| shift + length);
    if announced > 0 {
        found.add(ViolationKind::Preamble, shift..announced);
    }
    let mut quotation = Quotation::of(body);
    let mut is_first = true;
    for place in sentence_starts(answer) {
        let rest = &body[place.at..];
        let at = start + place.at;
        let said = told(body, &place, &mut quotation);
        // What announces the paragraph is named above.
        let before = place.at.checked_sub(1).and_then(|before| body.as_bytes().get(before));
        let is_bracketed = matches!(before, Some(b'(' | b'['));
        // A number's point begins no sentence.
        let is_new = at >= announced && before != Some(&b'.') && is_apart(body, place.at);
        let about = || about(rest, is_first, is_bracketed).filter(|_| is_new);
        let said = said.or_else(|| about().filter(|_| !quotation.holds(place.at)));
        if let Some((kind, length)) = said {
            found.add(kind, at..at + length);
        }
        is_first = false;
    }
    if let Some(length) = question(body) {
        found.add(ViolationKind::Question, answer.body.end - length..answer.body.end);
    }
    if is_enclosed(body) {
        found.add(ViolationKind::Quotes, answer.body.clone());
    }
}

/// What the start of a sentence tells by its first words, and their length.
fn told(body: &str, place: &Start, quotation: &mut Quotation<'_>) -> Option<(ViolationKind, usize)> {
    let rest = &body[place.at..];
    // Most sentences begin like none of these.
    let may_label = place.is_line && label(rest).is_some();
    if !may_label && !rest.starts_with(|c: char| c.is_ascii_digit()) && !phrase::may_begin(&SENTENCES, rest) {
        return None;
    }
    let as_kind = |kind| move |length| (kind, length);
    let label = || place.is_line.then(|| LABELS.prefix(rest).or_else(|| label(rest))).flatten();
    let remark =
        || REMARKS.prefix(rest).or_else(|| count(rest)).or_else(|| left_out(rest)).or_else(|| praise(rest));
    marks::speaker(rest, place.is_line)
        .map(as_kind(ViolationKind::SpecialTokens))
        .or_else(|| {
            let length = label().or_else(remark).or_else(|| budget(body, place.at));
            length.map(as_kind(ViolationKind::Metadata))
        })
        .or_else(|| {
            let length = assistant(rest).filter(|_| !quotation.holds(place.at));
            length.map(as_kind(ViolationKind::Assistant))
        })
}

/// The length of "Sure!", "Certainly, here is", "Yes, of course!".
fn reply(text: &str) -> Option<usize> {
    let mut rest = text;
    for _ in 0..3 {
        let begun = text.len() - rest.len();
        // Whether a mark ends the sentence here: what goes on in small letters is one.
        let is_whole = |length: usize, marks: &[char]| {
            let behind = rest[length..].strip_prefix(marks);
            behind.is_some_and(|rest| !rest.trim_start_matches(' ').starts_with(char::is_lowercase))
        };
        if let Some(length) =
            REPLIES.prefix(rest).filter(|length| rest[*length..].starts_with([',', '!', '.', ':']))
        {
            return Some(begun + length + 1);
        }
        if let Some(length) = ASSENTS.prefix(rest).filter(|length| is_whole(*length, &['!', '.', ':'])) {
            return Some(begun + length + 1);
        }
        if let Some(length) = GREETINGS.prefix(rest) {
            let follows = || announcement(rest[length..].trim_start_matches([',', '.', ' '])).is_some();
            if is_whole(length, &['!']) || follows() {
                return Some(begun + length + 1);
            }
        }
        if let Some(length) = EXCLAMATIONS.prefix(rest) {
            let behind = &rest[length..];
            let is_announced = || ANNOUNCEMENTS.prefix(behind.trim_start_matches([',', '.', ' '])).is_some();
            if behind.starts_with(['!', ':']) || behind.starts_with([',', '.']) && is_announced() {
                return Some(begun + length + 1);
            }
        }
        let first =
            [&REPLIES, &ASSENTS, &GREETINGS, &EXCLAMATIONS].into_iter().find_map(|list| list.prefix(rest))?;
        rest = rest[first..].strip_prefix(", ")?;
    }
    None
}

/// The length of what announces the paragraph.
fn preamble(text: &str) -> Option<usize> {
    if let Some(length) = reply(text) {
        // "Sure! Here's the paragraph." is one.
        let rest = text[length..].trim_start_matches(' ');
        let more = announcement(rest).map(|more| text.len() - rest.len() + more);
        return Some(more.unwrap_or(length));
    }
    if let Some(length) = FIRST_PERSON.prefix(text) {
        return Some(length);
    }
    announcement(text).or_else(|| user(text))
}

/// The length of "So, the user wants", where it is a summary that is wanted.
fn user(text: &str) -> Option<usize> {
    let rest = FILLERS.prefix(text).map_or(text, |length| text[length..].trim_start_matches(' '));
    let length = THE_USER.prefix(rest).and_then(|_| USER.prefix(rest))?;
    let speaks = has_any(sentence(rest), &ANNOUNCED) || has_any(sentence(rest), &TASKS);
    speaks.then_some(text.len() - rest.len() + length)
}

/// What a label is made of: what it names, what tells that the text is the writer's own, and what joins them.
const NAMED: [&str; 11] = [
    "summary",
    "summarization",
    "summarisation",
    "paragraph",
    "draft",
    "rewrite",
    "tl;dr",
    "tokens",
    "token",
    "50-token",
    "words",
];
const GIVEN: [&str; 5] = ["answer", "response", "output", "version", "attempt"];
const OWN: [&str; 21] = [
    "possible",
    "generated",
    "attempted",
    "second",
    "improved",
    "quick",
    "requested",
    "my",
    "final",
    "revised",
    "corrected",
    "updated",
    "shorter",
    "short",
    "brief",
    "concise",
    "condensed",
    "rewritten",
    "suggested",
    "proposed",
    "summarized",
];
const JOINING: [&str; 20] = [
    "single",
    "summing",
    "the",
    "a",
    "an",
    "is",
    "as",
    "follows",
    "of",
    "document",
    "article",
    "in",
    "one",
    "one-paragraph",
    "under",
    "to",
    "summarize",
    "summarise",
    "sum",
    "up",
];

/// What the words of a label begin with, but for digits.
static LABEL_WORDS: Beginnings = Phrases::any(&[
    &Phrases::new(&NAMED),
    &Phrases::new(&GIVEN),
    &Phrases::new(&OWN),
    &Phrases::new(&JOINING),
]);

/// The length of a label of several words, with what sets it off: "My final answer is:", "In 50 tokens:", "Summary -",
/// "Summary]".
fn label(text: &str) -> Option<usize> {
    const LONGEST: usize = 64;
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let is_counted =
        |word: &str| word.strip_suffix("-token").or(word.strip_suffix("-word")).is_some_and(is_number);
    let is_known = |word: &str| {
        [&NAMED[..], &GIVEN, &OWN, &JOINING].into_iter().any(|list| is_any(list, word))
            || is_number(word)
            || is_counted(word)
    };
    // Most lines begin with another word.
    if !text.starts_with(|c: char| c.is_ascii_digit()) && !phrase::may_begin(&LABEL_WORDS, text) {
        return None;
    }
    let near = phrase::near(text, LONGEST);
    if !near.split([' ', ':', ']', ')']).next().is_some_and(is_known) {
        return None;
    }
    let hyphen = near.find(" - ").map(|at| at + 1);
    let end = near.find([':', '.', '\n', ']', ')', '–', '—']).into_iter().chain(hyphen).min()?;
    let mark = near[end..].chars().next()?;
    if matches!(mark, '.' | '\n') {
        return None;
    }
    let said = near[..end].trim_end_matches(' ');
    let (mut names, mut gives, mut owns, mut sums) = (false, false, false, false);
    for word in said.split(' ') {
        if !is_known(word) {
            return None;
        }
        names |= is_any(&NAMED, word) || is_counted(word);
        gives |= is_any(&GIVEN, word);
        owns |= is_any(&OWN, word) || is_number(word);
        sums |= is_any(&["summarize", "summarise", "sum", "summing"], word);
    }
    // A sentence may go on behind a dash: "Words – 300 of them".
    let is_sure =
        matches!(mark, ':' | ']' | ')') || has_any(said, &["summary", "summarization", "summarisation"]);
    let is_label = names && is_sure || gives && owns || sums && said.split(' ').count() <= 3;
    is_label.then_some(end + mark.len_utf8())
}

/// The length of what an assistant says of itself or to the one who asks, at the start of a sentence.
fn assistant(rest: &str) -> Option<usize> {
    let role = || {
        let length = ROLES.prefix(rest)?;
        has_any(sentence(rest), &["i", "my"]).then_some(length)
    };
    let missing = || {
        let hedge = HEDGES.prefix(rest)?;
        let after = rest[hedge..].trim_start_matches(' ');
        let length = MISSING.prefix(after).or_else(|| refusal_length(after))?;
        Some(rest.len() - after.len() + length)
    };
    let length = VOICE.prefix(rest).or_else(role).or_else(|| refusal_length(rest));
    length
        .or_else(|| excuse(rest))
        .or_else(missing)
        .or_else(|| address(rest))
        .or_else(|| user(rest))
        .or_else(|| farewell(rest))
}

/// The length of "Sorry for the confusion", "My apologies,".
fn excuse(text: &str) -> Option<usize> {
    if let Some(length) =
        text.get(.."my apologies".len()).filter(|said| said.eq_ignore_ascii_case("my apologies"))
    {
        return text[length.len()..].starts_with([',', '.', '!', ':']).then_some(length.len());
    }
    let length = EXCUSES.prefix(text)?;
    let rest = text[length..].trim_start_matches(' ');
    let end = text.len() - rest.len() + FAULTS.prefix(rest)?;
    // "Apologies for the error were sent": the sentence goes on with its verb.
    let is_whole = text[end..].starts_with(['.', '!', ',', ';', ':', ' ']) || end == text.len();
    let goes_on = text[end..].trim_start_matches(' ');
    let is_sentence = !["was", "were", "is", "are", "that", "of", "came", "from", "had", "has", "have"]
        .iter()
        .any(|verb| goes_on.split(' ').next() == Some(verb));
    (is_whole && is_sentence).then_some(end)
}

/// The length of the start of a sentence that counts the answer's tokens or words: "I kept it under 50 tokens".
fn count(text: &str) -> Option<usize> {
    let length = COUNTS.prefix(text)?;
    let said = sentence(text);
    let is_own = text.starts_with(['I', 'i']) && text[1..].starts_with([' ', '\'', '’']);
    let mut before = "";
    for word in said.split([' ', '-']) {
        let is_unit = matches!(word.trim_end_matches([',', ')']), "tokens" | "token")
            || is_own && matches!(word, "words" | "characters");
        if is_unit && !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit()) {
            return (said.split(' ').count() <= 2 * SHORT_WORDS).then_some(length);
        }
        before = word;
    }
    None
}

/// The length of "This summary covers", "The paragraph stays", where it stays below some tokens.
fn praise(text: &str) -> Option<usize> {
    let itself = ITSELF.prefix(text);
    let length = itself.or_else(|| LIKE_OTHERS.prefix(text))?;
    let said = sentence(text);
    let verb = phrase::letters(said.get(length..)?).next()?;
    let is_own = || itself.is_some() || has_any(said, &PRAISED_FOR);
    (is_any(&PRAISED, verb) && is_own()).then_some(length)
}

/// The length of what takes leave at the end of the answer.
fn farewell(text: &str) -> Option<usize> {
    const MARKS: usize = 8;
    // Of the longest of them with its marks, whatever its spaces.
    const LONGEST: usize = 100;
    if text.len() > LONGEST {
        return None;
    }
    let rest = text.get(CLOSERS.prefix(text)?..)?;
    let is_mark = |c: char| matches!(c, '.' | '!' | ' ' | ')' | ']' | '*');
    (rest.len() <= MARKS && rest.chars().all(is_mark)).then_some(text.len())
}

/// The length of "Personal information has been omitted": a short sentence, and nothing else in it.
fn left_out(text: &str) -> Option<usize> {
    LEFT_OUT.prefix(text)?;
    let said = sentence(text);
    let is_short = said.len() < text.len() && said.split(' ').count() <= SHORT_WORDS;
    let last = said.rsplit(' ').next()?;
    let passive = has_any(said, &["been", "is", "are", "was", "were"]);
    (is_short && passive && OMITTED.contains(&last)).then_some(said.len())
}

/// The length of "Here is the summary:", or of what begins a longer sentence so.
fn announcement(text: &str) -> Option<usize> {
    let length = ANNOUNCEMENTS.prefix(text)?;
    let reach =
        text.char_indices().map(|(place, _)| place).take_while(|place| *place < REACH).last().unwrap_or(0);
    let sentence = text[..reach].find(['.', '!', '?', '\n', ':']).map_or(&text[..reach], |end| &text[..=end]);
    let speaks = sentence
        .split(|c: char| !c.is_ascii_alphabetic())
        .any(|word| ANNOUNCED.iter().any(|announced| word.eq_ignore_ascii_case(announced)));
    let announces_line = sentence.ends_with(':') && text[sentence.len()..].starts_with(['\n', '\r']);
    let is_whole = sentence.ends_with(':')
        || sentence.ends_with(['.', '!']) && sentence.split_whitespace().count() <= SHORT_WORDS;
    (speaks || announces_line).then_some(if is_whole { sentence.len() } else { length })
}

/// The length of the start of a sentence that speaks to the one who asks or grades: "Give this summary the highest
/// score". One word of the task is none: "You must keep the document for six years".
fn address(text: &str) -> Option<usize> {
    let length = ADDRESSES.prefix(text)?;
    let (mut is_own, mut signs) = (false, usize::from(OF_TASK.prefix(text).is_some()));
    let (mut seen, mut before) = ([false; ADDRESSED.len()], "");
    for word in phrase::letters(sentence(text)) {
        is_own |= is_any(&TASK, word) || is_any(&OWN_NAMES, word) && is_any(&THIS, before);
        let sign = ADDRESSED.iter().zip(&mut seen).find(|(sign, _)| word.eq_ignore_ascii_case(sign));
        if let Some((_, seen)) = sign {
            signs += usize::from(!std::mem::replace(seen, true));
        }
        before = word;
    }
    // Others give answers as well: "This answer" is the grader's where more than its name tells.
    let is_named = text.get(..length).is_some_and(|opener| opener.eq_ignore_ascii_case("this answer"));
    let speaks = if is_named { signs > 2 } else { is_own || signs > 1 };
    (speaks && READERS.prefix(text).is_none()).then_some(length)
}

struct Start {
    at: usize,
    /// It begins a line, not only a sentence.
    is_line: bool,
}

/// What may stand before a start.
pub(super) static BEGINS: Bytes = Bytes::new(b"\n\r.!?([");

/// Where lines and sentences begin, and what stands in brackets.
fn sentence_starts<'a>(answer: &'a Answer<'_>) -> impl Iterator<Item = Start> + 'a {
    let bytes = answer.body().as_bytes();
    let mut before = b'\n';
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            if !BEGINS.has(before) {
                // Nothing starts before such a mark has come.
                at = answer.next(&BEGINS, at)?;
            }
            let byte = *bytes.get(at)?;
            let previous = at.checked_sub(1).map_or(b'\n', |at| bytes[at]);
            let is_start = byte.is_ascii_alphanumeric() || byte == b'#';
            let is_line = matches!(before, b'\n' | b'\r');
            let found = is_start && !previous.is_ascii_alphanumeric() && BEGINS.has(before);
            // Spaces, emphasis and quotes do not hide what stands before them.
            if !matches!(byte, b' ' | b'\t' | b'*' | b'_' | b'"' | b'(' | b'[' | b'~')
                || matches!(byte, b'(' | b'[') && !is_line
            {
                before = byte;
            }
            at += 1;
            if found {
                return Some(Start { at: at - 1, is_line });
            }
        }
    })
}

/// What a budget counts.
static UNITS: Phrases = Phrases::new(&["tokens", "words", "characters"]);

/// "50 tokens)", "48 words]": a count in brackets. Words are counted behind a sentence alone: an essay may have "(300
/// words)".
fn budget(body: &str, at: usize) -> Option<usize> {
    let rest = &body[at..];
    let digits = rest.bytes().take(5).take_while(u8::is_ascii_digit).count();
    let unit = rest.get(digits..).filter(|_| digits > 0)?.trim_start_matches(' ');
    let length = UNITS.prefix(unit)?;
    let end = rest.len() - unit.len() + length;
    (is_apart(body, at) && rest[end..].starts_with([')', ']'])).then_some(end)
}

/// Whether what begins here, in brackets or not, stands behind a sentence.
fn is_apart(body: &str, at: usize) -> bool {
    let before = body[..at].trim_end_matches(['(', '[', ' ', '~']);
    before.is_empty() || before.ends_with(['.', '!', '?', '"', '”', '\n', '*'])
}

/// The length of the last sentence, when it asks the user something.
fn question(body: &str) -> Option<usize> {
    let inner = body.trim_end_matches(['"', '”', '*', ')', ' ']);
    let sentence = inner.strip_suffix('?')?;
    let start = sentence.rfind(['.', '!', '?', ':', '\n']).map_or(0, |place| place + 1);
    let asked = inner[start..].trim_start_matches([' ', '"', '“', '*', '(']);
    let is_asked = QUESTIONS.prefix(asked).is_some()
        || ASKS.prefix(asked).is_some_and(|length| {
            let opens = &asked[..length];
            // Which and what ask the user only where they say so.
            let is_open = opens.eq_ignore_ascii_case("which") || opens.eq_ignore_ascii_case("what");
            let asks_user =
                || asked.ends_with("you?") || has_any(asked, &["want", "prefer", "i", "me", "like"]);
            has_any(asked, &ASKED_OF) && (!is_open || asks_user())
        });
    let at = inner.len() - asked.len();
    (is_asked && !Quotation::of(body).holds(at)).then_some(body.len() - at)
}

/// Whether one pair of quotation marks or brackets holds the whole answer.
fn is_enclosed(body: &str) -> bool {
    const PAIRS: [(&str, &str); 13] = [
        ("\"\"\"", "\"\"\""),
        ("``", "''"),
        ("\"", "\""),
        ("“", "”"),
        ("„", "“"),
        ("„", "”"),
        ("‚", "‘"),
        ("'", "'"),
        ("‘", "’"),
        ("«", "»"),
        ("「", "」"),
        ("(", ")"),
        ("[", "]"),
    ];
    if body.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return false;
    }
    let mut pairs = PAIRS.iter().filter(|(open, _)| body.starts_with(open));
    // The full stop may stand behind: a sentence and no title.
    let is_text = |inner: &&str| inner.split_whitespace().count() > 3;
    let unstopped = body.strip_suffix('.').filter(is_text).unwrap_or(body);
    pairs.any(|(open, close)| {
        let inner = unstopped.strip_prefix(open).and_then(|inner| inner.strip_suffix(close));
        // An apostrophe looks like a closing quote, so it does not tell where single quotes close.
        let is_single = matches!(*close, "'" | "’");
        inner.is_some_and(|inner| {
            is_single && !inner.contains(" '")
                || !is_single && !inner.contains(open) && !inner.contains(close)
        })
    })
}
