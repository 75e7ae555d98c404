//! What is said around the paragraph: announcements, labels, notes, the assistant's own voice, questions back,
//! quotes around the whole.

use super::{Answer, Found, ViolationKind, marks};
use crate::fluency::bytes::Bytes;
use crate::fluency::phrase::{self, Phrases};
use crate::fluency::validity::{self, refusal_length};
use crate::words::beginnings::Beginnings;

/// Words that open a chat's reply and nothing else; a violation where a mark follows.
static REPLIES: Phrases = Phrases::new(&["sure", "sure thing", "got it", "no problem", "happy to help"]);

/// Words that open a reply or a sentence; a violation where `!` or `:` follows, or an announcement.
static EXCLAMATIONS: Phrases =
    Phrases::new(&["certainly", "of course", "absolutely", "okay", "ok", "great", "alright"]);

/// Announcements, wherever they stand first.
static ANNOUNCEMENTS: Phrases = Phrases::new(&[
    "here is",
    "here's",
    "here are",
    "below is",
    "below are",
    "the following is",
    "the following paragraph",
    "this is a summary",
    "this is the summary",
    "this is my summary",
    "i have summarized",
    "i've summarized",
    "i have written",
    "i've written",
    "i will summarize",
    "i'll summarize",
    "let me summarize",
    "based on the document",
    "based on the text provided",
    "based on the provided",
    "according to the document provided",
    "the summary of the document",
]);

/// What an announcement speaks of: the answer itself.
const ANNOUNCED: [&str; 18] = [
    "summary",
    "paragraph",
    "answer",
    "version",
    "response",
    "rewrite",
    "rewritten",
    "overview",
    "summarization",
    "text",
    "sentence",
    "summarized",
    "condensed",
    "concise",
    "facts",
    "points",
    "header",
    "headline",
];

/// Announcements that are one whatever follows, and thinking aloud.
static FIRST_PERSON: Phrases = Phrases::new(&[
    "this is a summary",
    "this is the summary",
    "this is my summary",
    "i have summarized",
    "i've summarized",
    "i will summarize",
    "i'll summarize",
    "let me summarize",
    "based on the text provided",
    "based on the provided",
    "the user wants",
    "the user asked",
    "the user is asking",
    "okay, so",
    "okay, let",
    "alright, let",
    "let's see",
    "we need to produce",
    "we need to summarize",
    "i need to summarize",
    "i need to write",
]);

/// Labels in front of a text, with their colon.
static LABELS: Phrases = Phrases::new(&[
    "summary:",
    "short summary:",
    "brief summary:",
    "document summary:",
    "summary of the document:",
    "final summary:",
    "one-paragraph summary:",
    "answer:",
    "final answer:",
    "output:",
    "response:",
    "result:",
    "paragraph:",
    "title:",
    "headline:",
    "subject:",
    "abstract:",
    "overview:",
    "tl;dr",
    "tldr",
    "key facts:",
    "key points:",
    "main points:",
    "facts:",
    "note:",
    "notes:",
    "n.b.:",
    "explanation:",
    "disclaimer:",
    "source:",
    "keywords:",
    "tags:",
    "text:",
    "thought:",
    "thoughts:",
    "reasoning:",
    "thinking:",
    "analysis:",
    "document:",
    "revised summary:",
    "paragraph summary:",
]);

/// Counts and remarks on the text itself, anywhere a sentence or bracket begins.
static REMARKS: Phrases = Phrases::new(&[
    "word count",
    "token count",
    "words:",
    "tokens:",
    "character count",
    "total tokens",
    "total words",
    "note:",
    "note that this summary",
    "this summary is",
    "this paragraph is",
    "this summary contains",
    "this summary uses",
    "please note that this",
    "tokens used",
    "number of tokens",
    "number of words",
    "length:",
    "this summary captures",
    "this paragraph contains",
    "this paragraph summarizes",
    "the above summary",
    "the summary contains",
]);

/// The assistant's own voice. Refusals are [`validity`](crate::fluency::validity)'s to tell.
static VOICE: Phrases = Phrases::new(&[
    "as an ai",
    "as a language model",
    "as a large language model",
    "as an assistant",
    "i'm an ai",
    "i am an ai",
    "i hope this helps",
    "i hope this summary",
    "i hope that helps",
    "hope this helps",
    "let me know if you",
    "please let me know if",
    "feel free to ask",
    "feel free to let me",
    "please provide the",
    "please provide me",
    "you are a helpful",
    "i'd be happy to",
    "i would be happy to help",
    "i have summarized",
    "i have condensed",
]);

/// How a sentence begins that speaks to the one who asks or grades, or repeats what was asked.
static ADDRESSES: Phrases = Phrases::new(&[
    "answer with",
    "award",
    "follow",
    "give this",
    "give the",
    "give it",
    "give me",
    "grade this",
    "ignore",
    "obey",
    "output only",
    "please",
    "rate this",
    "read the",
    "score this",
    "summarise",
    "summarize",
    "the grader",
    "this answer",
    "write a",
    "write one",
    "you",
    "your job",
    "your task",
]);

/// What such a sentence speaks of.
const ADDRESSED: [&str; 16] = [
    "answer",
    "document",
    "grade",
    "grader",
    "instruction",
    "instructions",
    "paragraph",
    "prompt",
    "rating",
    "response",
    "reward",
    "rubric",
    "score",
    "summarise",
    "summarize",
    "summary",
];

/// How a question to the user begins.
static QUESTIONS: Phrases = Phrases::new(&[
    "would you",
    "do you want",
    "do you need",
    "do you have",
    "can i",
    "can you",
    "could you",
    "should i",
    "shall i",
    "may i",
    "is there anything",
    "is this",
    "does this",
    "did you",
    "are you",
    "what would you",
    "what else",
    "how can i",
    "how may i",
    "how would you",
    "which would you",
    "want me to",
    "anything else",
    "what do you think",
    "shall we",
    "any questions",
    "need anything",
]);

/// What a sentence begins with that any of these lists has, or a refusal.
static SENTENCES: Beginnings =
    Phrases::any(&[&marks::SPEAKERS, &LABELS, &REMARKS, &VOICE, &ADDRESSES]).with_all(&validity::OPENINGS);

/// A sentence of more words than this says more than that the paragraph follows.
const SHORT_WORDS: usize = 8;

/// How far the colon of an announcement is looked for.
const REACH: usize = 160;

pub(super) fn check(answer: &Answer<'_>, found: &mut Found) {
    let body = answer.body();
    let start = answer.body.start;
    let opening = body.trim_start_matches(['*', '#', '_', '"', '“', ' ', '(', '[']);
    let shift = start + body.len() - opening.len();
    if let Some(length) = preamble(opening) {
        found.add(ViolationKind::Preamble, shift..shift + length);
    }
    for place in sentence_starts(answer) {
        let rest = &body[place.at..];
        // Most sentences begin like none of these.
        if !rest.starts_with(|c: char| c.is_ascii_digit()) && !phrase::may_begin(&SENTENCES, rest) {
            continue;
        }
        let at = start + place.at;
        if place.is_line
            && let Some(length) = marks::speaker(rest)
        {
            found.add(ViolationKind::SpecialTokens, at..at + length);
        } else if place.is_line
            && let Some(length) = LABELS.prefix(rest)
        {
            found.add(ViolationKind::Metadata, at..at + length);
        } else if let Some(length) = REMARKS.prefix(rest).or_else(|| budget(rest)) {
            found.add(ViolationKind::Metadata, at..at + length);
        } else if let Some(length) =
            VOICE.prefix(rest).or_else(|| refusal_length(rest)).or_else(|| address(rest))
        {
            found.add(ViolationKind::Assistant, at..at + length);
        }
    }
    if let Some(length) = question(body) {
        found.add(ViolationKind::Question, answer.body.end - length..answer.body.end);
    }
    if is_enclosed(body) {
        found.add(ViolationKind::Quotes, answer.body.clone());
    }
}

/// The length of "Sure!", "Certainly, here is".
fn reply(text: &str) -> Option<usize> {
    if let Some(length) = REPLIES.prefix(text) {
        return text[length..].starts_with([',', '!', '.', ':']).then_some(length + 1);
    }
    let length = EXCLAMATIONS.prefix(text)?;
    let rest = &text[length..];
    let is_announced = || ANNOUNCEMENTS.prefix(rest.trim_start_matches([',', '.', ' '])).is_some();
    (rest.starts_with(['!', ':']) || rest.starts_with([',', '.']) && is_announced()).then_some(length + 1)
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
    announcement(text)
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
/// score".
fn address(text: &str) -> Option<usize> {
    let length = ADDRESSES.prefix(text)?;
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at < REACH).last().unwrap_or(0);
    let sentence = text[..end].find(['.', '!', '?', '\n']).map_or(&text[..end], |end| &text[..end]);
    let mut words = sentence.split(|c: char| !c.is_ascii_alphabetic());
    words.any(|word| ADDRESSED.iter().any(|addressed| word.eq_ignore_ascii_case(addressed))).then_some(length)
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
            if !matches!(byte, b' ' | b'\t' | b'*' | b'_' | b'"' | b'(' | b'[')
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

/// "50 tokens)", "48 words]": a count in brackets.
fn budget(rest: &str) -> Option<usize> {
    let digits = rest.bytes().take(5).take_while(u8::is_ascii_digit).count();
    let unit = rest.get(digits..)?.trim_start_matches(' ');
    let length = UNITS.prefix(unit)?;
    let end = rest.len() - unit.len() + length;
    (digits > 0 && rest[end..].starts_with([')', ']'])).then_some(end)
}

/// The length of the last sentence, when it asks the user something.
fn question(body: &str) -> Option<usize> {
    let inner = body.trim_end_matches(['"', '”', '*', ')', ' ']);
    let sentence = inner.strip_suffix('?')?;
    let start = sentence.rfind(['.', '!', '?', ':', '\n']).map_or(0, |place| place + 1);
    let asked = sentence[start..].trim_start_matches([' ', '"', '“', '*', '(']);
    QUESTIONS.prefix(asked).map(|_| body.len() - (inner.len() - 1 - asked.len()))
}

/// Whether one pair of quotation marks or brackets holds the whole answer.
fn is_enclosed(body: &str) -> bool {
    const PAIRS: [(char, char); 7] =
        [('"', '"'), ('“', '”'), ('\'', '\''), ('‘', '’'), ('«', '»'), ('(', ')'), ('[', ']')];
    let mut inner = body.chars();
    let (Some(first), Some(last)) = (inner.next(), inner.next_back()) else { return false };
    let Some((open, close)) = PAIRS.iter().find(|pair| **pair == (first, last)) else { return false };
    // An apostrophe looks like a closing quote, so it does not tell where single quotes close.
    let is_single = matches!(close, '\'' | '’');
    is_single && !inner.as_str().contains(" '") || !is_single && !inner.as_str().contains([*open, *close])
}
