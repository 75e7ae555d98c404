//! Words in a form that the word before them rules out: "has went", "many school", "the children was".
//!
//! A word that asks for a form sets off a look at the next few, and only what leaves no doubt counts: a noun is one by
//! [`lexemes`] or by a class of nothing else, and what might go on as a compound does not count.

use super::class_sets::{BASES, ClassSet, WISHES};
use super::classes::{Class, FUNCTION};
use super::lexemes::*;
use super::rows::Rows;
use super::scan::{CAPITAL, INITIAL, Token, WORD};
use std::ops::Range;

/// What is wrong with two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    VerbForm,
    OneForSeveral,
    SeveralForOne,
    PluralVerb,
    SingularVerb,
    Comparison,
    NoWord,
    Case,
    NoAuxiliary,
}

impl Fault {
    /// What is said of it, before the words.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::VerbForm => "has the wrong form of a verb at",
            Self::OneForSeveral => "has one thing where there are several at",
            Self::SeveralForOne => "has several things where there is one at",
            Self::PluralVerb => "has a plural verb for one thing at",
            Self::SingularVerb => "has a singular verb for several at",
            Self::Comparison => "compares twice at",
            Self::NoWord => "has a form that no word has at",
            Self::Case => "has a pronoun in the wrong case at",
            Self::NoAuxiliary => "lacks a verb before 'not' at",
        }
    }
}

/// The faults of a text.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Agreement {
    pub(super) count: usize,
    pub(super) first: Option<(Fault, Range<usize>)>,
}

pub(super) fn measure(text: &str, tokens: &[Token], rows: &Rows, kinds: &[u64]) -> Agreement {
    let words = Words { text: text.as_bytes(), tokens, kinds };
    let mut found = Agreement::default();
    for place in rows.places(|row| row.ruling) {
        if let Some((fault, last)) = words.fault(place, words.kind(place))
            && let (Some(first), Some(last)) = (tokens.get(place), tokens.get(last))
        {
            found.count += 1;
            found.first.get_or_insert((fault, first.start..last.end));
        }
    }
    found
}

struct Words<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    kinds: &'a [u64],
}

type Found = Option<(Fault, usize)>;

impl Words<'_> {
    fn kind(&self, place: usize) -> u64 {
        self.kinds.get(place).copied().unwrap_or_default()
    }

    fn before(&self, place: usize) -> Option<(&Token, u64)> {
        let before = place.checked_sub(1)?;
        Some((self.tokens.get(before)?, self.kind(before)))
    }

    /// The word at a place, in small letters and with nothing but a space before it.
    fn small(&self, place: usize) -> Option<&Token> {
        let before = self.tokens.get(place.checked_sub(1)?)?;
        self.tokens.get(place).filter(|word| {
            word.is(WORD) && !word.is(CAPITAL) && before.is(WORD) && word.start == before.end + 1
        })
    }

    fn bytes(&self, place: usize) -> &[u8] {
        self.tokens.get(place).and_then(|token| self.text.get(token.span())).unwrap_or_default()
    }

    /// The next word but for adverbs, and whether a "not" was among them.
    fn next(&self, place: usize) -> Option<(usize, bool)> {
        let mut not = self.kind(place) & NOT != 0;
        for next in place + 1..place + 4 {
            self.small(next)?;
            let kind = self.kind(next);
            if kind & ADVERB == 0 && !ADVERBS.holds(self.tokens.get(next)?.class) {
                return Some((next, not));
            }
            not |= kind & NOT != 0;
        }
        None
    }

    /// Whether a noun phrase ends before a place: nothing there may go on as a compound.
    fn closes(&self, place: usize) -> bool {
        self.tokens.get(place).is_none_or(|token| {
            if token.is(WORD) {
                token.is(u16::from(FUNCTION)) || self.kind(place) & (CLOSES | BE | HAVE | MODAL) != 0
            } else {
                // Dashes that are not ASCII join as well.
                self.text
                    .get(token.start)
                    .is_some_and(|mark| mark.is_ascii() && !matches!(mark, b'-' | b'/' | b'(' | b'&' | b'['))
            }
        })
    }

    fn is_comma(&self, place: usize) -> bool {
        self.tokens.get(place).is_some_and(|token| token.class == Class::Comma as u8)
    }

    /// Whether a clause begins at a place.
    fn begins(&self, place: usize) -> bool {
        self.tokens.get(place).is_some_and(|token| token.is(INITIAL))
            || self.before(place).is_some_and(|(_, kind)| kind & JOINS != 0)
    }

    fn is_function(&self, place: usize) -> bool {
        self.tokens.get(place).is_some_and(|token| token.is(u16::from(FUNCTION)))
    }

    fn is_initial(&self, place: usize) -> bool {
        self.tokens.get(place).is_some_and(|token| token.is(INITIAL))
    }

    /// Whether the plain form of a verb stands at a place, which is no other form and no noun.
    fn is_plain(&self, place: usize) -> bool {
        let kind = self.kind(place);
        kind & PLAIN != 0
            || kind & (UNCHANGED | PAST) == 0
                && self.is_of(&BASES, place)
                && !self.bytes(place).ends_with(b"ing")
    }

    fn is_of(&self, classes: &ClassSet, place: usize) -> bool {
        self.tokens.get(place).is_some_and(|token| classes.holds(token.class))
    }

    /// Whether a verb in -s stands at a place, which is no noun.
    fn is_third(&self, place: usize) -> bool {
        self.is_of(&THIRDS, place) && self.bytes(place).ends_with(b"s")
    }

    /// Whether a clause or an object begins at a place.
    fn is_object(&self, place: usize) -> bool {
        self.small(place).is_some()
            && (self.kind(place) & (DETERMINER | SINGLE | OBJECT) != 0 || self.bytes(place) == b"that")
    }

    fn ends_in_ed(&self, place: usize) -> bool {
        ends_in_ed(self.bytes(place))
    }

    /// Whether several are named: by form, and by a class of nothing else.
    fn is_plural(&self, place: usize) -> bool {
        let kind = self.kind(place);
        let ends = || match self.bytes(place) {
            [.., b's' | b'u' | b'i' | b'c', b's'] => false,
            word => word.len() > 3 && word.ends_with(b"s"),
        };
        kind & PLURAL != 0 || kind & ALIKE == 0 && self.is_of(&PLURALS, place) && ends()
    }

    fn fault(&self, place: usize, kind: u64) -> Found {
        let token = self.tokens.get(place)?;
        if kind & FALSE != 0 {
            return (!token.is(CAPITAL)).then_some((Fault::NoWord, place));
        }
        if token.is(CAPITAL) && !token.is(INITIAL) && kind & ONE == 0 {
            return None;
        }
        if kind & (HAVE | BE | DO | MODAL | TO) != 0 {
            return self.verb(place, kind);
        }
        if kind & (ONE | WE | OBJECT) != 0 {
            return self.pronoun(place, kind);
        }
        if kind & COMPARES != 0 {
            let next = place + 1;
            self.small(next)?;
            let is_highest = self.bytes(place).ends_with(b"t") && self.bytes(next).ends_with(b"st");
            let compares = self.kind(next) & COMPARED != 0 && (is_highest || self.closes(next + 1));
            if compares || kind & DETERMINER == 0 {
                return compares.then_some((Fault::Comparison, next));
            }
        }
        if kind & (SEVERAL | NUMBER | SINGLE | DETERMINER) != 0 {
            let may_be_wrong = kind & (SEVERAL | NUMBER | SINGLE) != 0 || self.begins(place);
            return if may_be_wrong { self.phrase(place, kind) } else { None };
        }
        let is_group = self.is_of(&PEOPLE, place) && self.bytes(place).ends_with(b"s");
        let next = place + 1;
        (is_group && self.small(next).is_some() && self.kind(next) & FOR_ONE != 0)
            .then_some((Fault::SingularVerb, next))
    }

    /// An auxiliary and the verb after it.
    fn verb(&self, place: usize, kind: u64) -> Found {
        let (next, not) = self.next(place)?;
        let verb = self.kind(next);
        let before = self.before(place).map_or(0, |(_, kind)| kind);
        let wrong = if kind & HAVE != 0 {
            verb & PAST != 0 && !self.is_relative(place)
                || self.is_plain(next)
                || verb & ODD != 0 && self.closes(next + 1)
        } else if kind & BE != 0 {
            // "All he has to do is ask."
            if kind & FOR_ONE != 0 && self.is_there(place) && verb & SEVERAL != 0 {
                return (verb & NUMBER == 0 || self.is_plural(next + 1))
                    .then_some((Fault::SingularVerb, next));
            }
            let is_odd = verb & ODD != 0 && self.closes(next + 1);
            before & DO == 0 && (verb & (PAST | INTRANSITIVE) != 0 || self.is_plain(next) || is_odd)
        } else if kind & DO != 0 {
            verb & PAST != 0
                || self.is_third(next) && not
                || not && (verb & (BOTH | PARTICIPLE) != 0 || self.ends_in_ed(next))
        } else if kind & MODAL != 0 {
            // "His will was": a noun.
            let is_noun = before & (DETERMINER | SINGLE) != 0;
            !is_noun
                && (verb & (PAST | PARTICIPLE) != 0
                    || verb & FOR_ONE != 0
                    || self.takes_object(next)
                    || self.is_third(next))
        } else {
            verb & PAST != 0 || self.takes_object(next)
        };
        wrong.then_some((Fault::VerbForm, next))
    }

    /// "What he had became clear": two verbs of two clauses.
    fn is_relative(&self, place: usize) -> bool {
        let starts: [&[u8]; 4] = [b"what", b"whatever", b"all", b"everything"];
        (place.saturating_sub(6)..place)
            .any(|before| starts.iter().any(|start| self.bytes(before).eq_ignore_ascii_case(start)))
    }

    fn is_there(&self, place: usize) -> bool {
        place.checked_sub(1).is_some_and(|before| self.bytes(before).eq_ignore_ascii_case(b"there"))
    }

    /// A past tense in -ed with an object: no adjective.
    fn takes_object(&self, place: usize) -> bool {
        self.kind(place + 1) & (DETERMINER | SINGLE | OBJECT) != 0
            && self.small(place + 1).is_some()
            && self.ends_in_ed(place)
    }

    fn pronoun(&self, place: usize, kind: u64) -> Found {
        let next = place + 1;
        let word = self.small(next)?;
        let verb = self.kind(next);
        let before = self.before(place).map_or(0, |(_, kind)| kind);
        if kind & OBJECT != 0 {
            let is_verb = verb & (PAST | BOTH | FOR_ONE | FOR_MANY | MODAL) != 0
                || self.ends_in_ed(next)
                || self.is_of(&WISHES, next);
            return (self.is_initial(place) && is_verb).then_some((Fault::Case, next));
        }
        if kind & WE != 0 && verb & FOR_ONE != 0 && !self.bytes(place).eq_ignore_ascii_case(b"you") {
            return Some((Fault::SingularVerb, next));
        }
        if kind & ONE != 0
            && word.is(WORD)
            && (self.is_initial(place) || before & JOINS != 0 && self.bytes(place - 1) != b"that")
        {
            let is_i = self.bytes(place) == b"I";
            if is_i && verb & FOR_ONE != 0 && !self.bytes(next).starts_with(b"was") {
                return Some((Fault::PluralVerb, next));
            }
            if !is_i && (verb & FOR_MANY != 0 || self.is_plain(next) && verb & BE == 0) {
                return Some((Fault::PluralVerb, next));
            }
        }
        let is_verb = place
            .checked_sub(1)
            .is_some_and(|before| self.small(before).is_some() && self.ends_in_ed(before));
        let is_subject = self.bytes(place) == b"he" || self.bytes(place) == b"they";
        (is_subject && is_verb && before == 0 && verb & PREPOSITION != 0 && self.small(place).is_some())
            .then_some((Fault::Case, place))
    }

    /// "these" and "those", which may stand for something: "those of the author".
    fn points(&self, place: usize) -> bool {
        self.bytes(place).eq_ignore_ascii_case(b"those") || self.bytes(place).eq_ignore_ascii_case(b"these")
    }

    /// A determiner or number, its noun, and the verb behind it.
    fn phrase(&self, place: usize, kind: u64) -> Found {
        let next = place + 1;
        let of = self.small(next).is_some()
            && self.bytes(next) == b"of"
            && kind & SEVERAL != 0
            && !self.points(place)
            && self.kind(place + 2) & DETERMINER != 0;
        let noun = if of { place + 3 } else { next };
        self.small(noun)?;
        let named = self.kind(noun);
        let verb = self.kind(noun + 1);
        let is_several = kind & SEVERAL != 0 || kind & NUMBER != 0 && self.counts(place, named & UNIT != 0);
        let is_thing = kind & SEVERAL != 0
            && self.is_of(&THINGS, noun)
            && !self.ends_in_ed(noun)
            && verb & (BE | HAVE | MODAL | PREPOSITION) != 0;
        if is_several && (named & (NOUN | UNIT) != 0 || is_thing) {
            let has_verb = named & (EITHER | MANY_IN_ONE) == 0
                && (self.ends_in_ed(noun + 1) || verb & (PAST | BOTH) != 0);
            let may_be_verb = named & EITHER != 0 && verb & (BE | HAVE | MODAL) == 0 && !of;
            // "Three state and federal agencies".
            let goes_on = named & UNIT == 0 && (self.kind(noun + 1) & AND_OR != 0 || self.is_comma(noun + 1));
            if !may_be_verb && !goes_on && (self.closes(noun + 1) || has_verb) {
                return Some((Fault::OneForSeveral, noun));
            }
        }
        // "Each forms": it may stand for something.
        let is_each = self.bytes(place).eq_ignore_ascii_case(b"each");
        if kind & SINGLE != 0
            && !is_each
            && self.is_plural(noun)
            && self.closes(noun + 1)
            && self.bytes(noun) != b"people"
        {
            return Some((Fault::SeveralForOne, noun));
        }
        if self.begins(place) {
            self.clause(place, kind, noun).or_else(|| self.clause(place, kind, noun + 1))
        } else {
            None
        }
    }

    /// The verb behind a noun phrase that a clause begins with.
    fn clause(&self, place: usize, kind: u64, noun: usize) -> Found {
        self.small(noun + 1)?;
        let verb = self.kind(noun + 1);
        let named = self.kind(noun);
        // "The new rules": what stands between is no function word, no verb and no plural.
        let between = noun - 1;
        let is_open = between > place
            && (self.is_function(between) || self.kind(between) != 0 || self.is_plural(between));
        if is_open && self.kind(between) & DETERMINER == 0 {
            return None;
        }
        let is_singular = verb & FOR_ONE != 0 || self.is_third(noun + 1) && self.is_object(noun + 2);
        if kind & (SEVERAL | DETERMINER) != 0 && is_singular && self.is_plural(noun) && named & UNIT == 0 {
            return Some((Fault::SingularVerb, noun + 1));
        }
        if kind & (SINGLE | DETERMINER) != 0 && named & NOUN != 0 && self.is_initial(place) {
            let is_base = self.is_plain(noun + 1) || verb & UNCHANGED == 0 && self.is_of(&WISHES, noun + 1);
            if (verb & FOR_MANY != 0 || is_base && self.is_object(noun + 2)) && named & MANY_IN_ONE == 0 {
                return Some((Fault::PluralVerb, noun + 1));
            }
            if verb & NOT != 0 && verb & ADVERB != 0 && self.is_plain(noun + 2) {
                return Some((Fault::NoAuxiliary, noun + 2));
            }
        }
        None
    }
}

impl Words<'_> {
    /// Whether a number in digits says how many there are: "20 years", not "Windows 95", "page 3" or "a 404 error".
    fn counts(&self, place: usize, of_units: bool) -> bool {
        let is_label = self.before(place).is_some_and(|(before, kind)| {
            let is_name = before.is(WORD)
                && (before.is(CAPITAL) && !before.is(INITIAL)
                    || !of_units && !before.is(u16::from(FUNCTION)));
            let is_apart = self.tokens.get(place).is_some_and(|number| number.start != before.end + 1);
            is_name || is_apart || kind & (DETERMINER | SINGLE) != 0
        });
        !is_label && !matches!(self.bytes(place), b"1" | b"0" | b"01")
    }
}

/// Whether a word ends like a past tense.
pub(super) fn ends_in_ed(word: &[u8]) -> bool {
    let is_other = matches!(
        word,
        [.., b'e', b'e', b'd']
            | b"embed"
            | b"shred"
            | b"naked"
            | b"hundred"
            | b"sacred"
            | b"kindred"
            | b"biped"
            | b"moped"
    );
    word.len() > 4 && word.ends_with(b"ed") && !is_other
}

const ADVERBS: ClassSet = ClassSet::of(&[Class::Ly as u8, 253]);
/// Verbs in -s.
const THIRDS: ClassSet = ClassSet::of(&[204, 241]);
/// Those of people in the plural.
const PEOPLE: ClassSet = ClassSet::of(&[229]);
/// Nouns in the singular.
const THINGS: ClassSet = ClassSet::of(&[173, 207, 212, 213, 234, 235]);
const PLURALS: ClassSet = ClassSet::of(&[186, 209, 211, 229, 240, 244]);

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;

    #[test]
    fn classes_hold_the_words_that_the_rules_take_them_for() {
        let cases = [
            (ADVERBS, "usually already quickly"),
            (BASES, "improve develop remain decide explain"),
            (WISHES, "get take want"),
            (THIRDS, "begins shows causes"),
            (PEOPLE, "workers students"),
            (THINGS, "system country agency project approach owner"),
            (PLURALS, "needs farms countries workers changes areas"),
        ];
        for (classes, words) in cases {
            for token in scan(&format!("The {words}")).iter().skip(1) {
                assert!(classes.holds(token.class), "{token:?} of {words}");
            }
        }
    }
}
