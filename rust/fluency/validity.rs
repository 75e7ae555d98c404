//! Whether an answer says anything that can be graded: not empty, long enough, no refusal, English.

use super::bytes;
use super::language;
use super::phrase::{self, Phrases};
use super::scan::is_word_char;
use super::symbols::BYTE_ORDER_MARK;
use crate::words::beginnings::Beginnings;
use crate::words::saying;

/// Why an answer is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Invalid {
    /// Nothing, or white space only.
    Empty,
    /// Fewer words than the rubric asks for.
    TooFewWords,
    /// The model refused.
    Refusal,
    /// Not English.
    OtherLanguage,
    /// A thinking block that never closes.
    UnclosedThinking,
    /// A thinking block where the rubric forbids one.
    ForbiddenThinking,
}

impl Invalid {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Empty,
        Self::TooFewWords,
        Self::Refusal,
        Self::OtherLanguage,
        Self::UnclosedThinking,
        Self::ForbiddenThinking,
    ];

    /// The name in reports: `empty`, `too_few_words`, ...
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooFewWords => "too_few_words",
            Self::Refusal => "refusal",
            Self::OtherLanguage => "other_language",
            Self::UnclosedThinking => "unclosed_thinking",
            Self::ForbiddenThinking => "forbidden_thinking",
        }
    }

    /// What to say to a person: "the model refused to answer".
    pub fn describe(self) -> &'static str {
        match self {
            Self::Empty => "the answer is empty",
            Self::TooFewWords => "too few words to grade",
            Self::Refusal => "the model refused to answer",
            Self::OtherLanguage => "the answer is not in English",
            Self::UnclosedThinking => "the thinking block never closes",
            Self::ForbiddenThinking => "a thinking block, which the rubric forbids",
        }
    }
}

/// Polite words that may stand before a refusal.
static SOFTENERS: Phrases = Phrases::new(&[
    "i'm sorry",
    "i am sorry",
    "sorry",
    "i apologize",
    "apologies",
    "my apologies",
    "unfortunately",
    "i'm afraid",
    "i am afraid",
    "i regret",
    "as an ai language model",
    "as an ai assistant",
    "as an ai model",
    "as an ai",
    "as a large language model",
    "as a language model",
]);

/// What joins a softener to what follows.
static JOINTS: Phrases =
    Phrases::new(&[",", ".", ":", "!", "but", "that", "for the confusion", "for any inconvenience"]);

/// The assistant says that it will not, or cannot.
static REFUSALS: Phrases = Phrases::new(&[
    "i cannot",
    "i can't",
    "i can not",
    "i could not",
    "i couldn't",
    "i won't",
    "i will not",
    "i'm not able",
    "i am not able",
    "i'm unable",
    "i am unable",
    "i do not have",
    "i don't have",
    "i'm not comfortable",
    "i am not comfortable",
    "i'm not allowed",
    "i am not allowed",
    "i'm not permitted",
    "i am not permitted",
]);

/// Refusals that need no task to be one.
static OUTRIGHT: Phrases = Phrases::new(&[
    "i must decline",
    "i have to decline",
    "i must refuse",
    "i'd rather not",
    "i don't feel comfortable",
]);

/// That there is nothing to summarize, where the sentence ends or speaks of the task: documents are missing in court as
/// well.
static ABSENT: Phrases = Phrases::new(&[
    "there is no document provided",
    "there is no document to",
    "no document was provided",
    "no text was provided",
    "the document was not provided",
    "the document is not provided",
    "please provide the document",
    "please provide the text",
    "please share the document",
]);

/// What such a sentence says of the task.
const ASKED: [&str; 19] = [
    "analyze",
    "chat",
    "conversation",
    "i",
    "me",
    "message",
    "my",
    "process",
    "prompt",
    "request",
    "summaries",
    "summarise",
    "summarising",
    "summarization",
    "summarize",
    "summarizing",
    "summary",
    "you",
    "your",
];

/// What an assistant refuses to do. A speaker in a text cannot do other things: "I cannot forget that day".
static TASKS: Phrases = Phrases::new(&[
    "help",
    "assist",
    "summarize",
    "summarise",
    "provide",
    "fulfill",
    "fulfil",
    "comply",
    "complete",
    "answer",
    "generate",
    "create",
    "write",
    "produce",
    "access",
    "do that",
    "do this",
    "process",
    "discuss",
    "engage",
    "continue",
    "respond",
    "share",
    "offer",
    "give",
    "support",
    "read",
    "see",
    "find",
    "view",
    "information",
]);

/// Words that may stand between the refusal and the task.
static BETWEEN: Phrases =
    Phrases::new(&["to", "with", "directly", "currently", "enough", "the ability", "be able", "really"]);

/// What a refusal begins with.
pub(super) static OPENINGS: Beginnings = Phrases::any(&[&SOFTENERS, &JOINTS, &OUTRIGHT, &ABSENT, &REFUSALS]);

/// Longer answers hold more than a refusal; only the start of a shorter one is looked at.
const MAX_REFUSAL_WORDS: usize = 120;

/// Whether an answer says anything at all that can be graded; the reason if it does not.
///
/// Words are runs of letters or digits with one of them at least. The thinking block is the caller's to look for.
pub fn validity(text: &str, min_words: usize) -> Option<Invalid> {
    if text.trim().is_empty() {
        return Some(Invalid::Empty);
    }
    let enough = min_words.max(1);
    if bytes::words(text).filter(|word| word.chars().any(is_letter_or_digit)).take(enough).count() < enough {
        // Scripts without spaces have one long word; the language is the better reason.
        let is_other = language::is_other(text);
        return Some(if is_other { Invalid::OtherLanguage } else { Invalid::TooFewWords });
    }
    if is_refusal(text) {
        return Some(Invalid::Refusal);
    }
    (!is_plain_english(text) && language::is_other(text)).then_some(Invalid::OtherLanguage)
}

/// Words and bytes of a text that [`is_plain_english`] reads; of a longer one [`language`] looks at the start alone.
const PLAIN_WORDS: usize = 200;
const PLAIN_BYTES: usize = 4096;

/// Whether a tenth of a text's words, as of most prose, are some of the commonest of English that no other language has:
/// [`language`] then tells no other one, but looks each word up.
fn is_plain_english(text: &str) -> bool {
    if text.len() > PLAIN_BYTES {
        return false;
    }
    let beyond = bytes::count(text, |byte| !byte.is_ascii());
    if beyond > 0 && beyond > bytes::count(text, |byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    // What may part words.
    let parting = beyond + bytes::count(text, |byte| byte <= b' ');
    let enough = parting / 10 + 1;
    let common = text.as_bytes().split(|byte| *byte == b' ').filter(|word| is_common(word));
    parting < PLAIN_WORDS && common.take(enough).count() == enough
}

fn is_common(word: &[u8]) -> bool {
    matches!(
        word,
        b"and"
            | b"be"
            | b"but"
            | b"by"
            | b"from"
            | b"has"
            | b"of"
            | b"that"
            | b"the"
            | b"their"
            | b"this"
            | b"to"
            | b"were"
            | b"which"
            | b"with"
    )
}

fn is_letter_or_digit(c: char) -> bool {
    is_word_char(c) && c.is_alphanumeric()
}

/// Whether the answer opens with a refusal.
fn is_refusal(text: &str) -> bool {
    let opening = text
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '*' | BYTE_ORDER_MARK));
    refusal_length(opening).is_some()
        && !closes(text, opening)
        && bytes::words(text).take(MAX_REFUSAL_WORDS + 1).count() <= MAX_REFUSAL_WORDS
}

/// Whether the quotation that the answer opens with closes before its end: somebody else's words.
fn closes(text: &str, opening: &str) -> bool {
    let before = &text[..text.len() - opening.len()];
    let mark = before.rfind(['"', '“']).map(|at| if before[at..].starts_with('"') { '"' } else { '”' });
    let behind = mark.and_then(|mark| opening.split_once(mark)).map_or("", |(_, behind)| behind);
    behind.contains(char::is_alphanumeric)
}

/// The length of a refusal at the start of a sentence, "I'm sorry, but I cannot", that nobody in the text is said to have
/// spoken.
pub(super) fn refusal_length(text: &str) -> Option<usize> {
    refusal(text).filter(|_| !is_reported(text))
}

/// How far who said it is looked for, and how long it takes to name them.
const REPORT: usize = 400;
const SPEAKER_WORDS: usize = 8;

/// Words that do not name a speaker, or lead to another clause than the one that says who spoke.
const NO_SPEAKERS: [&str; 24] = [
    "although", "and", "as", "because", "but", "document", "here", "i", "if", "it", "or", "please", "prompt",
    "since", "so", "text", "that", "this", "though", "unless", "user", "which", "you", "your",
];

/// Whether the sentence goes on with who said it: `," the mayor told residents`, `, said Biden`.
fn is_reported(text: &str) -> bool {
    // Words since the comma or quotation mark behind which the speaker may stand.
    let mut behind = None;
    for word in bytes::words(phrase::near(text, REPORT)) {
        let unquoted = word.trim_end_matches(['"', '”', '’', '\'']);
        let bare = unquoted.trim_matches(|c: char| !c.is_alphanumeric());
        if let Some(count) = behind {
            if saying::is_saying(bare.as_bytes()) {
                return true;
            }
            let leads = count < SPEAKER_WORDS && !phrase::is_any(&NO_SPEAKERS, bare);
            behind = leads.then_some(count + 1);
        }
        let is_title = || behind.is_some() && bare.len() < 5 && bare.starts_with(char::is_uppercase);
        if unquoted.ends_with(',') || word.ends_with(',') || unquoted.len() < word.len() {
            behind = Some(0);
        } else if unquoted.ends_with(['.', '!', '?']) && !is_title() {
            return false;
        }
    }
    false
}

fn refusal(text: &str) -> Option<usize> {
    if !phrase::may_begin(&OPENINGS, text.trim_start_matches(' ')) {
        return None;
    }
    let mut rest = text;
    let mut softened = false;
    // "Sorry, but as an AI": a few of them may come one after another.
    for _ in 0..3 {
        let (after, is_softener) = skip(rest, &SOFTENERS);
        let (after, is_joint) = skip(after, &JOINTS);
        softened |= is_softener;
        rest = after;
        if !(is_softener || is_joint) {
            break;
        }
    }
    let begun = text.len() - rest.len();
    if let Some(length) = OUTRIGHT.prefix(rest) {
        return Some(begun + length);
    }
    if let Some(length) = ABSENT.prefix(rest).filter(|length| is_of_task(&rest[*length..])) {
        return Some(begun + length);
    }
    let length = begun + REFUSALS.prefix(rest)?;
    let (rest, _) = skip(&text[length..], &BETWEEN);
    let is_refusal =
        softened || TASKS.prefix(rest).is_some() || !rest.starts_with(|c: char| c.is_alphanumeric());
    is_refusal.then_some(length)
}

/// Whether a sentence ends or pauses here, or speaks of the task further on.
fn is_of_task(rest: &str) -> bool {
    let rest = rest.trim_start_matches(' ');
    !rest.starts_with(char::is_alphanumeric) || phrase::has_any(phrase::sentence(rest), &ASKED)
}

/// Drops any of `phrases` from the start, as often as they come (a few times at most), with the spaces after them.
fn skip<'a>(text: &'a str, phrases: &Phrases) -> (&'a str, bool) {
    let mut rest = text.trim_start_matches(' ');
    let mut skipped = false;
    for _ in 0..4 {
        let Some(length) = phrases.prefix(rest) else { break };
        rest = rest[length..].trim_start_matches([' ', ',']);
        skipped = true;
    }
    (rest, skipped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn most_prose_is_plain_english() {
        let cases = [
            ("The council approved the budget of the town on Monday.", true),
            ("He was not so sure, but of course we had it all along.", true),
            ("Nobody knew why he was so late.", false),
            ("Der Rat der Stadt hat am Montag den Haushalt beschlossen.", false),
            ("Café owners of the town and of the valley met.", true),
            ("Совет города of the town, города and the города.", false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_plain_english(text), expected, "{text:?}");
        }
        assert!(!is_plain_english(&"all of the rain and of the sun ".repeat(40)));
        for word in "and be but by from has of that the their this to were which with".split(' ') {
            assert!(is_common(word.as_bytes()) && language::is_english(word, 0..word.len()), "{word}");
        }
    }

    proptest! {
        #[test]
        fn plain_english_is_no_other_language(
            text in "((and|be|but|by|from|has|of|that|the|their|this|to|were|which|with|der|und|les|des|est|que|été|Rat|zq|совет|,|\\(of\\)|The)[ \n.]{1,3}){0,30}"
        ) {
            prop_assert!(!is_plain_english(&text) || !language::is_other(&text));
        }
    }
}
