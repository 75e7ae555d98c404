//! What is taken back behind it was said, or before it is: `..., which is untrue`, `The claim that ... is false`, `None of
//! this happened.`, `Myth: ...`
//!
//! Looked for only at a word that may take something back ([`super::known::DENIES`]), so most texts cost nothing.

use super::known::{ALONE, DENIES};
use super::stream::{Break, Stream};
use std::ops::Range;

/// Most words that are looked back over, and taken back.
const FAR: usize = 64;
/// Words between a subject's end and the word that denies: `was simply a complete`.
const BETWEEN: usize = 4;
/// Words of a passage that speaks of what is said alone.
const VERDICT: usize = 10;
/// Words before a `that` that introduces what is claimed: `Several of the reports`.
const BEFORE_THAT: usize = 6;
/// Words of a subject that stands for what was said: `all of this`, `the exact opposite`.
const SUBJECT: usize = 4;

/// The tokens that the one at `at` takes back.
pub(super) fn taken_back(stream: &Stream, at: usize) -> Option<Range<usize>> {
    let word = |i: usize| stream.text_at(i);
    let breaks = |i: usize| stream.tokens.get(i).map_or(Break::Sentence, |token| token.before);
    if stream.tokens.get(at).is_some_and(|token| token.roles & ALONE != 0) {
        return verdict(stream, at);
    }
    // Where the sentence of a word begins, if that is not too far away.
    let sentence = |end: usize| (0..=end).rev().take(FAR).find(|&i| breaks(i) == Break::Sentence);
    let before = |start: usize| Some(sentence(start.checked_sub(1)?)?..start);
    let sentence_end = (at + 1..).take(FAR).find(|&i| breaks(i) == Break::Sentence);
    let is_last = sentence_end == Some(at + 1);
    let is_closed = breaks(at + 1) >= Break::Clause;
    match word(at) {
        // `..., but it did not.`
        b"not" if is_last => {
            let start = sentence(at)?;
            let pronoun = at.checked_sub(2).is_some_and(|i| is_pronoun(word(i)));
            let but = at.checked_sub(2 + usize::from(pronoun)).filter(|&but| word(but) == b"but");
            let but = but.filter(|&but| start < but && is_auxiliary(word(at - 1)));
            return but.map(|but| start..but).or_else(|| verdict(stream, at));
        }
        b"not" => return verdict(stream, at),
        _ => {}
    }
    if is_supposition(word(at)) {
        return if breaks(at) == Break::Sentence { supposed(stream, at) } else { None };
    }
    if word(at + 1) == b"that" && !is_closed {
        return None;
    }
    let start = sentence(at)?;
    if let Some(said) = verdict(stream, at) {
        return Some(said);
    }
    let clause = (start..=at).rev().find(|&i| breaks(i) >= Break::Clause)?;
    let is_negator = |i: usize| is_negator(word(i));
    let needs_negation = is_true(word(at)) || is_event(word(at));
    // `False.`, `..., not true.`, `(which is untrue)` stand alone; `Myth: ...` is said of what follows.
    let alone = (clause..at).all(|i| is_negator(i) || is_filler(word(i)));
    if is_closed && alone && needs_negation == (clause..at).any(is_negator) {
        return match (clause == start, is_last) {
            (true, false) => Some(at + 1..sentence_end?),
            (true, true) => before(start),
            (false, _) => Some(start..clause),
        };
    }
    let (verb, subject) = if is_event(word(at)) {
        let verb =
            (start..at).rev().find(|&i| !(is_negator(i) || is_auxiliary(word(i)) || is_filler(word(i))))? + 1;
        (verb, start..verb)
    } else {
        let copula = (start..at).rev().take(BETWEEN).find(|&i| is_copula(word(i)) || is_found(word(i)))?;
        // `has been`, `could never be`
        let outer = |i: usize| is_auxiliary(word(i)) || is_negator(i);
        let verb = (start..copula).rev().take_while(|&i| outer(i)).last().unwrap_or(copula);
        (verb, start..verb)
    };
    let begins =
        (start..verb).find(|&i| !matches!(word(i), b"and" | b"but" | b"however" | b"yet")).unwrap_or(start);
    let last = verb.checked_sub(1)?;
    let (negated, none) = ((verb..at).any(is_negator), word(begins) == b"none" || word(begins) == b"nothing");
    let opposite = is_true(word(at)) && is_opposite(word(last));
    if !opposite && needs_negation != (negated || none) {
        return None;
    }
    if breaks(last) == Break::Clause && word(last) == b"which" {
        return Some(start..last);
    }
    // `..., but that is a lie`, `..., except that it never happened`
    let turn = matches!(word(clause), b"but" | b"except" | b"though" | b"although");
    if clause > start && turn && is_reference(word(last)) && last - clause <= 2 && is_closed {
        return Some(start..clause);
    }
    let stands_for = verb - begins <= SUBJECT;
    let all = none || word(begins) == b"all" || (verb..at).any(|i| word(i) == b"all");
    if stands_for && is_closed && (all || opposite || is_reference(word(last)) && verb - begins <= 2) {
        // What opens a text is said of the rest of it.
        return match begins {
            0 => Some(at + 1..(at + 1 + FAR).min(stream.tokens.len())),
            _ if all => Some(start.saturating_sub(FAR)..start),
            _ => before(start),
        };
    }
    let that = subject.clone().take(BEFORE_THAT).find(|&i| word(i) == b"that")?;
    let claimed = that == start && verb - that > SUBJECT || (start..that).any(|i| is_claim(word(i)));
    claimed.then_some(that + 1..verb)
}

/// Words of a condition that only a whole report fills.
const LONG_CONDITION: usize = 12;

/// What a sentence only supposes: `Imagine that ...`, and a long condition (`If ..., more would follow.`).
fn supposed(stream: &Stream, at: usize) -> Option<Range<usize>> {
    let breaks = |i: usize| stream.tokens.get(i).map_or(Break::Sentence, |token| token.before);
    let end = (at + 1..at + 1 + FAR).find(|&i| breaks(i) == Break::Sentence)?;
    if stream.text_at(at) != b"if" {
        return Some(at + 1..end);
    }
    let clause = |range: Range<usize>| range.into_iter().rfind(|&i| breaks(i) >= Break::Clause);
    let end = clause(at + 1..end)?;
    let is_long = clause(at + 1..end.min(at + 1 + LONG_CONDITION)).is_none() && end - at > LONG_CONDITION;
    is_long.then_some(at + 1..end)
}

/// What a passage without anything of its own to say takes back: nothing but words that stand for what is said, that say how
/// true it is, and function words (`All of this is made up.`, `Not a word of it is true.`, `Ignore the above.`).
fn verdict(stream: &Stream, at: usize) -> Option<Range<usize>> {
    let word = |i: usize| stream.text_at(i);
    let breaks = |i: usize| stream.tokens.get(i).map_or(Break::Sentence, |token| token.before);
    let says_nothing = |i: usize| {
        let token = stream.tokens.get(i);
        token.is_some_and(|token| token.function || token.roles & DENIES != 0 || is_about_saying(word(i)))
    };
    let mut told = (at.saturating_sub(VERDICT)..=at).rev().take_while(|&i| says_nothing(i));
    let start = told.find(|&i| breaks(i) == Break::Sentence || stream.is_behind_semicolon(i))?;
    // What opens a text may go on behind a colon: `Not true: ...`.
    let enough = if start == 0 { Break::Clause } else { Break::Sentence };
    let end = (at + 1..at + 2 + VERDICT).find(|&i| breaks(i) >= enough || !says_nothing(i))?;
    if breaks(end) < enough {
        return None;
    }
    // `No, it is not.`, `Actually, no.`
    let first = (start..end)
        .find(|&i| match word(i) {
            b"actually" | b"and" | b"but" | b"or" | b"sadly" | b"well" => false,
            b"no" => breaks(i + 1) < Break::Clause,
            _ => true,
        })
        .unwrap_or(end);
    let has = |is: fn(&[u8]) -> bool| (first..end).any(|i| is(word(i)));
    let negators = (first..end).filter(|&i| is_negator(word(i)) || is_none(word(i))).count();
    let asks = matches!(word(first), b"disregard" | b"forget" | b"ignore");
    let jokes = has(|word| matches!(word, b"joke" | b"joking" | b"kidding"));
    // `They were wrong.` is said of people, but `I made this up.` of what was said.
    let of_people = has(|word| matches!(word, b"he" | b"she" | b"they" | b"we" | b"who" | b"you"));
    let untrue = has(is_untrue) || has(|word| word == b"made") && has(|word| word == b"up");
    let opposite = has(is_opposite);
    let true_ = has(|word| is_true(word) || is_event(word) || matches!(word, b"believe" | b"place"));
    let refers =
        |word: &[u8]| is_about_all(word) || is_reference(word) || is_none(word) || is_one_saying(word);
    let last = word(end - 1);
    // Not so `Nothing has happened since.`
    let closes = is_true(last) || is_event(last) || refers(last) || last == b"place";
    let negated = negators % 2 == 1;
    let denies = match (untrue || opposite || jokes, asks) {
        (_, true) => true,
        (true, _) => ((untrue || jokes) != opposite) != negated,
        _ if true_ => closes && negated && (word(first) == b"not" || (first..end).any(|i| refers(word(i)))),
        // `Not really.`, `Or not.`
        _ => word(first) == b"not" && (end == first + 1 || end == first + 2 && last == b"really"),
    };
    if !denies || of_people {
        return None;
    }
    let of_all = has(|word| is_about_all(word) || is_none(word) || is_whole(word) || word == b"lies");
    let one = opposite || !of_all && has(|word| matches!(word, b"it" | b"that" | b"this"));
    let behind = |is_end: &dyn Fn(usize) -> bool| {
        let rest = end..(end..end + FAR).find(|&i| is_end(i)).unwrap_or(end + FAR);
        (!rest.is_empty()).then_some(rest)
    };
    match start {
        // `Myth: ...`
        0 if !of_all && breaks(end) < Break::Sentence => behind(&|i| breaks(i) == Break::Sentence),
        0 => behind(&|i| i >= stream.tokens.len()),
        _ if has(|word| matches!(word, b"following" | b"follows")) => behind(&|i| i >= stream.tokens.len()),
        _ if one => Some((0..start).rev().take(FAR).find(|&i| breaks(i) == Break::Sentence)?..start),
        _ => Some(start.saturating_sub(FAR)..start),
    }
}

/// Where the claim that a `that` at `that` introduces ends, if it is denied before it: `debunked the claim that`, `wrongly
/// reported that`, `no truth to the rumour that`.
pub(super) fn denies_claim(stream: &Stream, that: usize) -> Option<Break> {
    let word = |i: Option<usize>| i.map_or(&b""[..], |i| stream.text_at(i));
    let last = that.checked_sub(1)?;
    let [one, two] = [last.checked_sub(1), last.checked_sub(2)].map(word);
    if word(Some(last)) == b"out" {
        let is_negated = (last.saturating_sub(4)..last).any(|i| is_negator(word(Some(i))));
        return (matches!(one, b"ruled" | b"rules") && !is_negated).then_some(Break::Sentence);
    }
    if is_said(word(Some(last))) {
        let false_one = is_fake(one) && !is_adjective(one) || is_fake(two) && is_medium(one);
        let to_say = one == b"to" && matches!(two, b"false" | b"incorrect" | b"wrong");
        if is_falsely(one) || false_one || to_say {
            return Some(Break::Sentence);
        }
    }
    if !is_claim(word(Some(last))) {
        return None;
    }
    let starts = |i: usize| stream.tokens.get(i).is_none_or(|token| token.before >= Break::Clause);
    let mut before = last;
    for i in (0..last).rev().take(BEFORE_THAT - 1) {
        if starts(before) || matches!(word(Some(i)), b"and" | b"but") {
            break;
        }
        before = i;
        match word(Some(i)) {
            // What follows behind the next comma is so.
            b"contrary" => return Some(Break::Clause),
            b"truth" if matches!(word(i.checked_sub(1)), b"no" | b"little") => return Some(Break::Sentence),
            word if is_denial(word) || is_falsely(word) || is_fake(word) => return Some(Break::Sentence),
            _ => {}
        }
    }
    None
}

/// Words that a sentence begins with that only supposes something, which it leaves as open as a question does.
pub(super) fn is_supposition(word: &[u8]) -> bool {
    matches!(word, b"if" | b"imagine" | b"suppose" | b"supposing")
}

/// Verbs that tell what a claim was found to be: `proved baseless`, `turned out false`.
fn is_found(word: &[u8]) -> bool {
    matches!(word, b"proved" | b"proven" | b"proves" | b"turned" | b"turns")
}

fn is_falsely(word: &[u8]) -> bool {
    matches!(word, b"falsely" | b"incorrectly" | b"mistakenly" | b"wrongly")
}

/// What is made to be taken for a report.
fn is_fake(word: &[u8]) -> bool {
    matches!(word, b"bogus" | b"fabricated" | b"fake" | b"false" | b"hoax" | b"myth")
}

fn is_adjective(word: &[u8]) -> bool {
    matches!(word, b"bogus" | b"fabricated" | b"fake" | b"false")
}

/// What says something.
fn is_medium(word: &[u8]) -> bool {
    matches!(word, b"article" | b"letter" | b"message" | b"news" | b"post" | b"video" | b"website")
        || is_claim(word)
}

fn is_copula(word: &[u8]) -> bool {
    matches!(
        word,
        b"is" | b"was" | b"are" | b"were" | b"isnt" | b"wasnt" | b"arent" | b"werent" | b"be" | b"been"
    )
}

fn is_auxiliary(word: &[u8]) -> bool {
    matches!(
        word,
        b"did"
            | b"didnt"
            | b"does"
            | b"doesnt"
            | b"do"
            | b"dont"
            | b"had"
            | b"has"
            | b"have"
            | b"will"
            | b"would"
            | b"could"
            | b"can"
    ) || is_copula(word)
}

fn is_pronoun(word: &[u8]) -> bool {
    matches!(word, b"it" | b"he" | b"she" | b"they" | b"this" | b"that" | b"we")
}

fn is_negator(word: &[u8]) -> bool {
    word.ends_with(b"nt") || matches!(word, b"not" | b"never")
}

fn is_none(word: &[u8]) -> bool {
    matches!(word, b"no" | b"none" | b"nothing" | b"neither")
}

/// Words that stand for more than the last thing said.
fn is_about_all(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 12] = [
        b"above",
        b"all",
        b"any",
        b"everything",
        b"following",
        b"follows",
        b"here",
        b"such",
        b"these",
        b"they",
        b"things",
        b"those",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// What a text calls itself, and its smallest part.
fn is_whole(word: &[u8]) -> bool {
    matches!(word, b"account" | b"news" | b"summary" | b"text" | b"word" | b"words")
}

/// What a text calls itself or a part of it.
fn is_one_saying(word: &[u8]) -> bool {
    is_whole(word) || is_claim(word)
}

/// Words of a passage that speaks of what is said and of nothing else.
fn is_about_saying(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 35] = [
        b"actually",
        b"complete",
        b"contrary",
        b"course",
        b"entirely",
        b"event",
        b"events",
        b"everything",
        b"exact",
        b"fact",
        b"following",
        b"follows",
        b"information",
        b"later",
        b"none",
        b"nothing",
        b"one",
        b"part",
        b"piece",
        b"please",
        b"pure",
        b"quite",
        b"reality",
        b"really",
        b"reverse",
        b"sadly",
        b"simply",
        b"single",
        b"sort",
        b"thing",
        b"things",
        b"took",
        b"truth",
        b"well",
        b"work",
    ];
    WORDS.binary_search(&word).is_ok() || is_one_saying(word) || is_filler(word) || is_negator(word)
}

/// Words that say of a claim that it is none.
fn is_untrue(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 22] = [
        b"baseless",
        b"bogus",
        b"debunked",
        b"disproved",
        b"dream",
        b"fabricated",
        b"fake",
        b"false",
        b"fiction",
        b"hoax",
        b"inaccurate",
        b"incorrect",
        b"invented",
        b"lie",
        b"lies",
        b"myth",
        b"nonsense",
        b"refuted",
        b"retracted",
        b"unfounded",
        b"untrue",
        b"wrong",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// Words that stand for what was said.
fn is_reference(word: &[u8]) -> bool {
    matches!(
        word,
        b"this" | b"that" | b"it" | b"these" | b"those" | b"claim" | b"claims" | b"report" | b"story"
    )
}

/// Words that say of a claim that it is one.
fn is_true(word: &[u8]) -> bool {
    matches!(word, b"true" | b"so" | b"correct" | b"real" | b"accurate" | b"case")
}

/// Words that say of it that it came to be.
fn is_event(word: &[u8]) -> bool {
    matches!(word, b"happen" | b"happened" | b"occurred")
}

fn is_opposite(word: &[u8]) -> bool {
    matches!(word, b"opposite" | b"contrary" | b"reverse")
}

/// Words beside one that denies, in a clause that says nothing else.
fn is_filler(word: &[u8]) -> bool {
    matches!(
        word,
        b"a" | b"all"
            | b"at"
            | b"completely"
            | b"entirely"
            | b"really"
            | b"simply"
            | b"the"
            | b"totally"
            | b"utterly"
    )
}

/// Words that deny a claim: of it, or with it as what they act on.
fn is_denial(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 15] = [
        b"debunked",
        b"debunks",
        b"denied",
        b"denies",
        b"dismissed",
        b"disproved",
        b"disputed",
        b"incorrect",
        b"refuted",
        b"rejected",
        b"retract",
        b"retracted",
        b"untrue",
        b"withdrew",
        b"wrong",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// Verbs behind which a claim stands: `wrongly reported that`.
fn is_said(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 21] = [
        b"announced",
        b"assume",
        b"assumed",
        b"believe",
        b"believed",
        b"believes",
        b"claim",
        b"claimed",
        b"claims",
        b"report",
        b"reported",
        b"reports",
        b"said",
        b"say",
        b"says",
        b"stated",
        b"states",
        b"suggested",
        b"think",
        b"thinks",
        b"thought",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// Nouns of what is said to be so.
fn is_claim(word: &[u8]) -> bool {
    const NOUNS: [&[u8]; 13] = [
        b"allegation",
        b"assertion",
        b"belief",
        b"claim",
        b"idea",
        b"notion",
        b"report",
        b"rumor",
        b"rumour",
        b"statement",
        b"story",
        b"suggestion",
        b"theory",
    ];
    NOUNS.binary_search(&word.strip_suffix(b"s").unwrap_or(word)).is_ok()
}
