//! Which words of a text stand under a negation.
//!
//! A negator (`not`, `n't`, `no`, `never`, `without`, `fails to`, `denies that`, ...) reaches over the words after it,
//! up to a fixed number of content words, the end of the clause or a conjunction; what stands between commas right behind it
//! is passed over. A denial (`it is not true that`, `nobody has confirmed that`) reaches to the end of its sentence, and one
//! behind what was said ([`super::denial`]) over that. Two negators over one word cancel. A question says nothing.

use super::denial::{denies_claim, is_supposition, taken_back};
use super::known::{ASKED, DENIES, TURNS};
use super::stream::{Break, Stream, Token};
use std::ops::Range;

/// Content words that a plain negator reaches over, adverbs in `-ly` apart: `was not badly hurt`.
const NEAR: u8 = 1;
/// Content words that a verb of denial reaches over: `denied that the agency spied`.
const FAR: u8 = 3;

/// Words behind `denied` among which a clause begins, or has its auxiliary: `denied Ann was there`.
const CLAUSE: usize = 5;

/// What negation does to one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Polarity {
    /// Nothing.
    #[default]
    Plain,
    /// The token is a content word under a negation.
    Negated,
    /// The token negates what follows.
    Negator,
    /// The token is a content word of a question.
    Asked,
}

/// How far a negator still reaches.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    /// Content words.
    left: u8,
    /// Whether it negates a verb.
    verbal: bool,
}

/// The polarity of each token.
pub(super) fn mark(stream: &Stream) -> Vec<Polarity> {
    mark_where(stream, |_| true)
}

/// The same, but for what one sentence takes back of others: of a text that tells of claims and that they are false.
pub(crate) fn mark_within_sentences(stream: &Stream) -> Vec<Polarity> {
    let starts = |at: usize| stream.tokens.get(at).is_some_and(|token| token.before == Break::Sentence);
    mark_where(stream, |(at, range)| {
        let (first, last) = (range.start.min(*at), range.end.max(*at + 1));
        !(first + 1..last).any(starts)
    })
}

/// Whether a text takes back what another said: `The claim is false.`
pub(crate) fn takes_back(stream: &Stream) -> bool {
    stream
        .tokens
        .iter()
        .enumerate()
        .any(|(at, token)| token.roles & DENIES != 0 && taken_back(stream, at).is_some())
}

/// The polarity of each token, with what is taken back where `counts` says so.
fn mark_where(stream: &Stream, counts: impl Fn(&(usize, Range<usize>)) -> bool) -> Vec<Polarity> {
    let mut out = vec![Polarity::Plain; stream.tokens.len()];
    let mut reach = [Reach::default(); 2];
    // What ends the passage that is denied, and whether any of what follows is negated.
    let (mut denied, mut open, mut looks_back) = (None::<Break>, false, false);
    // Whether the word stands between commas behind a negator: `did not, as some had hoped, pass`.
    let mut aside = false;
    for (i, token) in stream.tokens.iter().enumerate() {
        denied = denied.filter(|end| token.before < *end);
        let turns = token.roles & TURNS != 0;
        looks_back |= token.roles & (DENIES | ASKED) != 0;
        // Most words neither stand under a negation nor begin one.
        if !(turns || open || denied.is_some()) {
            continue;
        }
        let word = stream.text(token);
        let last = i.checked_sub(1).and_then(|i| out.get(i)).copied();
        let previous = i.checked_sub(1).map_or(&b""[..], |i| stream.text_at(i));
        let next = stream.tokens.get(i + 1);
        let opened = if turns { reach_of(word, previous, stream, i) } else { None };
        let denies = if word == b"that" && token.before <= Break::Space {
            match last {
                Some(Polarity::Negated) => is_asserted(previous).then_some(Break::Sentence),
                _ if is_false(previous) => Some(Break::Sentence),
                _ => denies_claim(stream, i),
            }
        } else {
            None
        };
        let mut negations = reach.iter().filter(|reach| reach.left > 0).count();
        let breaks = token.before >= Break::Clause;
        if aside && breaks {
            aside = false;
        } else if negations > 0
            && token.before == Break::Clause
            && last == Some(Polarity::Negator)
            && closes_soon(stream, i)
        {
            aside = true;
        } else if negations > 0 && !aside && (breaks || ends_reach(word)) {
            reach = [Reach::default(); 2];
            negations = 0;
        }
        let content = !token.function && !aside;
        if negations > 0 && content && !is_adverb(word) && word != b"longer" {
            // `not due to marry`, `not expected to win`: what counts comes after. Not so `no objection to`.
            let leads_on = next.is_some_and(|t| t.before <= Break::Space && stream.text(t) == b"to");
            for reach in reach.iter_mut().filter(|reach| !(leads_on && reach.verbal)) {
                reach.left = reach.left.saturating_sub(1);
            }
        }
        // `A and not B`, `A, not B` tell two things apart.
        let contrast = || token.before >= Break::Clause || matches!(previous, b"and" | b"but" | b"or");
        let opened = opened.filter(|_| !aside && (word != b"not" || !contrast()));
        if let Some(words) = opened
            && let Some(free) = reach.iter_mut().find(|reach| reach.left == 0)
        {
            let verbal = !matches!(word, b"no" | b"none" | b"without" | b"neither" | b"nor");
            *free = Reach { left: words, verbal };
        }
        let polarity = match (opened, content && negations + usize::from(denied.is_some()) == 1) {
            _ if denies.is_some() => Polarity::Negator,
            (Some(_), _) => Polarity::Negator,
            (None, true) => Polarity::Negated,
            (None, false) => Polarity::Plain,
        };
        if let Some(slot) = out.get_mut(i) {
            *slot = polarity;
        }
        if denies.is_some() {
            reach = [Reach::default(); 2];
            denied = denies;
        }
        open = reach.iter().any(|reach| reach.left > 0);
    }
    if looks_back {
        take_back(stream, &mut out, counts);
        ask(stream, &mut out);
    }
    out
}

/// Most words between commas that a negator reaches over.
const ASIDE: usize = 10;

/// Whether the clause that begins at `at` ends before its sentence does, and soon.
fn closes_soon(stream: &Stream, at: usize) -> bool {
    let mut behind = stream.tokens.iter().skip(at + 1).take(ASIDE).map(|token| token.before);
    behind.find(|before| *before >= Break::Clause) == Some(Break::Clause)
}

/// Marks what is asked.
#[cold]
fn ask(stream: &Stream, out: &mut [Polarity]) {
    let asked = stream.tokens.iter().enumerate().filter(|(_, token)| token.roles & ASKED != 0);
    for (last, _) in asked {
        for (token, polarity) in stream.tokens.iter().zip(&mut *out).take(last + 1).rev() {
            if !token.function {
                *polarity = Polarity::Asked;
            }
            if token.before == Break::Sentence {
                break;
            }
        }
    }
}

/// Turns what is taken back behind it was said.
#[cold]
fn take_back(stream: &Stream, out: &mut [Polarity], counts: impl Fn(&(usize, Range<usize>)) -> bool) {
    let denying = stream.tokens.iter().enumerate().filter(|(_, token)| token.roles & DENIES != 0);
    let mut last = 0..0;
    for (at, range) in denying.filter_map(|(at, _)| Some((at, taken_back(stream, at)?))).filter(counts) {
        // `None of this is true, it is all made up.` takes back once.
        if range.start < last.end && last.start < range.end {
            continue;
        }
        last = range.clone();
        let is_open = is_supposition(stream.text_at(at));
        let said = stream.tokens.iter().zip(&mut *out).take(range.end).skip(range.start);
        for (_, polarity) in said.filter(|(token, _)| !token.function) {
            *polarity = match polarity {
                _ if is_open => Polarity::Asked,
                Polarity::Plain => Polarity::Negated,
                Polarity::Negated => Polarity::Plain,
                Polarity::Negator | Polarity::Asked => *polarity,
            };
        }
        if let Some(polarity) = out.get_mut(at).filter(|_| !is_open) {
            *polarity = Polarity::Negator;
        }
    }
}

/// Words that deny what a `that` after them introduces.
fn is_false(word: &[u8]) -> bool {
    matches!(word, b"false" | b"untrue" | b"incorrect" | b"myth" | b"hoax" | b"lie")
}

/// Words that, negated, leave what a `that` after them introduces open. Not so `not surprised that`.
fn is_asserted(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 35] = [
        b"accurate",
        b"announced",
        b"believe",
        b"believed",
        b"believes",
        b"case",
        b"certain",
        b"claim",
        b"claimed",
        b"claims",
        b"confirm",
        b"confirmed",
        b"confirms",
        b"correct",
        b"evidence",
        b"indication",
        b"likely",
        b"proof",
        b"prove",
        b"proved",
        b"proven",
        b"proves",
        b"reported",
        b"said",
        b"say",
        b"says",
        b"sign",
        b"suggest",
        b"suggestion",
        b"suggests",
        b"think",
        b"thinks",
        b"thought",
        b"true",
        b"verified",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// Whether `word` ends as adverbs do and is none of the common words that do so by chance.
fn is_adverb(word: &[u8]) -> bool {
    let other = matches!(
        word,
        b"ally"
            | b"apply"
            | b"assembly"
            | b"comply"
            | b"family"
            | b"fly"
            | b"imply"
            | b"italy"
            | b"july"
            | b"multiply"
            | b"rely"
            | b"reply"
            | b"supply"
    );
    word.ends_with(b"ly") && !other
}

/// Conjunctions that start another clause.
fn ends_reach(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 14] = [
        b"after",
        b"although",
        b"and",
        b"as",
        b"because",
        b"before",
        b"but",
        b"since",
        b"though",
        b"until",
        b"when",
        b"whereas",
        b"which",
        b"while",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// How many content words `word` negates, if it is a negator where it stands; only words that [`TURNS`] are asked.
fn reach_of(word: &[u8], previous: &[u8], stream: &Stream, at: usize) -> Option<u8> {
    let next = stream.tokens.get(at + 1);
    let next_word = stream.text_at(at + 1);
    match word {
        b"not" | b"no" | b"never" | b"neither" | b"nor" | b"none" | b"without" | b"cannot" | b"nobody"
        | b"nothing" => {
            let idiom = matches!(
                next_word,
                b"only" | b"just" | b"least" | b"less" | b"fewer" | b"more" | b"later" | b"doubt"
            ) || (word == b"no" && next.is_some_and(|t| t.number))
                || (word == b"nor" && previous == b"neither")
                || (word == b"without" && previous == b"or");
            // `without showing a receipt`: what is not shown counts as well.
            let leads_on = word == b"without" && next_word.ends_with(b"ing");
            // `by no means`, `at no point`: what counts comes after.
            let leads_on = leads_on
                || word == b"no"
                    && matches!(previous, b"at" | b"by" | b"in" | b"under")
                    && matches!(next_word, b"circumstances" | b"means" | b"point" | b"time" | b"way");
            (!idiom).then_some(NEAR + u8::from(leads_on))
        }
        b"hardly" | b"rarely" | b"scarcely" | b"seldom" => Some(NEAR),
        b"yet" => (next_word == b"to").then_some(NEAR),
        b"refrain" | b"refrains" | b"refrained" | b"far" => (next_word == b"from").then_some(NEAR),
        // `nt` is what is left of `do n't`, as some tokenizers write it.
        b"isnt" | b"arent" | b"wasnt" | b"werent" | b"hasnt" | b"havent" | b"hadnt" | b"dont" | b"doesnt"
        | b"didnt" | b"wont" | b"wouldnt" | b"shouldnt" | b"cant" | b"couldnt" | b"mustnt" | b"neednt"
        | b"aint" | b"nt" => Some(NEAR),
        // `don ' t`
        b"t" if previous.ends_with(b"n") => Some(NEAR),
        b"fail" | b"fails" | b"failed" | b"failing" | b"refuse" | b"refuses" | b"refused" | b"refusing"
        | b"decline" | b"declines" | b"declined" | b"unable" => (next_word == b"to").then_some(NEAR),
        // `denied the firm a new trial` says no more than `refused`.
        b"deny" | b"denies" | b"denied" | b"denying" => {
            let behind = stream.tokens.iter().skip(at + 1).take(CLAUSE);
            let is_inside = |t: &&Token| t.before <= Break::Space && !ends_reach(stream.text(t));
            let clause = behind.take_while(is_inside).any(|t| {
                t.is_auxiliary()
                    || matches!(stream.text(t), b"that" | b"it" | b"he" | b"she" | b"they" | b"we")
            });
            (clause || next_word.ends_with(b"ing")).then_some(FAR)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negated(text: &str) -> Vec<String> {
        let stream = Stream::new(text);
        let pairs = stream.tokens.iter().zip(stream.polarities()).filter(|(_, p)| **p == Polarity::Negated);
        pairs.map(|(t, _)| String::from_utf8(stream.text(t).to_vec()).unwrap()).collect()
    }

    #[test]
    fn a_question_says_nothing_nor_does_what_is_supposed() {
        let cases: [(&str, &[&[u8]]); 3] = [
            ("Did Ann win? Bob lost.", &[b"ann", b"win"]),
            ("Imagine that Ann won the race. Bob lost.", &[b"ann", b"won", b"race"]),
            ("If Ann won the race. Bob lost.", &[]),
        ];
        for (text, said) in cases {
            let stream = Stream::new(text);
            let pairs = stream.tokens.iter().zip(stream.polarities());
            let asked = pairs.filter(|(_, polarity)| **polarity == Polarity::Asked);
            assert_eq!(asked.map(|(token, _)| stream.text(token)).collect::<Vec<_>>(), said, "{text}");
            assert_eq!(negated(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_passage_that_says_nothing_but_that_it_is_untrue_takes_back() {
        let all: &[&str] = &["ann", "won", "bob", "lost"];
        let cases: [(&str, &[&str]); 34] = [
            ("Ann won. Bob lost. This is all made up.", all),
            ("Ann won. Bob lost. I made all of this up.", all),
            ("Ann won. Bob lost. None of that is so.", all),
            ("Ann won. Bob lost. Not a word of this is true.", all),
            ("Ann won. Bob lost. Do not believe any of it.", all),
            ("Ann won. Bob lost. Ignore all of the above.", all),
            ("Ann won. Bob lost. Just kidding.", all),
            ("Ann won. Bob lost. These are lies.", all),
            ("Ann won. Bob lost. Fake news.", all),
            ("Ann won. Bob lost. Everything above is false.", all),
            ("Ann won. Bob lost. No such thing happened.", all),
            ("Ann won. Bob lost. None of these events took place.", all),
            ("Ann won. Bob lost. This summary is wrong.", all),
            ("Ann won. Bob lost. In fact, the opposite happened.", &["bob", "lost"]),
            ("Ann won. Bob lost. The truth is the exact opposite.", &["bob", "lost"]),
            ("Ann won. Bob lost. Not really.", all),
            ("Ann won. Bob lost. Or not.", all),
            ("The following is not true: Ann won. Bob lost.", all),
            ("These are lies: Ann won. Bob lost.", all),
            ("Nothing here is true. Ann won. Bob lost.", all),
            ("Ann won. This is not a lie.", &[]),
            ("Ann won. None of this is made up.", &[]),
            ("Ann won. All of this is true.", &[]),
            ("Ann won. They were wrong.", &[]),
            ("Ann hoped to win. She did not.", &[]),
            ("Ann was fired. Nothing has happened since.", &[]),
            ("Ann won. It took place on Monday.", &[]),
            ("Ann said it was a joke. Bob lost.", &[]),
            ("Ann made up her mind. Bob lost.", &[]),
            ("Ann won. Her fans believe in her.", &[]),
            ("Ann made it to the top. The place was not full.", &[]),
            ("Ann won. It was made of gold.", &[]),
            ("Not so fast: Ann won.", &[]),
            ("Bob lied. Ann told no lies.", &[]),
        ];
        for (text, expected) in cases {
            let told = |word: &String| ["ann", "won", "bob", "lost", "fired"].contains(&word.as_str());
            let found: Vec<_> = negated(text).into_iter().filter(told).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn marks_the_words_that_a_negator_reaches() {
        let cases: [(&str, &[&str]); 96] = [
            ("Rumours that Ann won proved baseless.", &["ann", "won"]),
            ("Reports that Ann won turned out wrong.", &["ann", "won"]),
            ("Ann won; the reverse is true.", &["ann", "won"]),
            ("Contrary to claims that Ann won, Bob did.", &["ann", "won"]),
            ("Critics wrongly believe that Ann won", &["ann", "won"]),
            ("The post falsely claims that Ann won", &["ann", "won"]),
            ("A fake article says that Ann won", &["ann", "won"]),
            ("The hoax said that Ann won", &["ann", "won"]),
            ("Officials ruled out that Ann won", &["ann", "won"]),
            ("It would be wrong to say that Ann won", &["ann", "won"]),
            ("There was little truth in claims that Ann won", &["ann", "won"]),
            ("Officials have not ruled out that Ann won", &["ruled"]),
            ("Bob denied the theft and said that Ann won", &[]),
            ("Bob rejected the offer and the report that Ann won", &[]),
            ("A man with a fake passport said that Ann won", &[]),
            ("If convicted, Ann faces ten years.", &[]),
            ("If Ann won the race, Bob lost.", &[]),
            ("The plan proved wrong for Ann.", &[]),
            ("He was suspended", &[]),
            ("He was not suspended", &["suspended"]),
            ("He wasn't suspended on Monday evening", &["suspended"]),
            ("He was not badly hurt in the crash", &["badly", "hurt"]),
            ("They wanted Ann and not Bob", &[]),
            ("The agency never launched it", &["launched"]),
            ("They left without paying", &["paying"]),
            ("He failed to win the race", &["win"]),
            ("They failed to comply with the law", &["comply"]),
            ("The test failed", &[]),
            (
                "She denied that the agency had spied on citizens of the country",
                &["agency", "spied", "citizens"],
            ),
            ("It was not only big but loud", &[]),
            ("No. 5 seed", &[]),
            ("They do n't feel safe and left", &["feel"]),
            ("The agency denied tightening rules and added guidance", &["tightening", "rules"]),
            ("It was not there, police said", &[]),
            ("She is not expected to win the race", &["expected", "win"]),
            ("Police had no objections to the derby", &["objections"]),
            ("He was unable to attend the trial", &["attend"]),
            ("It no longer sells cars", &["longer", "sells"]),
            ("Friends don ' t count days", &["count"]),
            ("with or without Pietersen", &[]),
            ("It is not true that Ann won the race. Bob lost", &["true", "ann", "won", "race"]),
            ("It is false that Ann won, or that Bob lost", &["ann", "won", "bob", "lost"]),
            ("Nobody has confirmed that Ann won", &["confirmed", "ann", "won"]),
            ("There is no evidence that Ann won", &["evidence", "ann", "won"]),
            ("It is not true that Ann has not won", &["true", "ann"]),
            ("He was not surprised that Ann won", &["surprised"]),
            ("It is true that Ann won", &[]),
            ("Nobody believes that Ann won", &["believes", "ann", "won"]),
            ("Ann won on Monday, which is untrue.", &["ann", "won", "monday"]),
            ("Ann won, which was not true", &["ann", "won"]),
            ("The claim that Ann won is false.", &["ann", "won"]),
            ("Bob lost. Rumours that Ann won were a hoax.", &["ann", "won"]),
            ("Ann won. Bob lost. None of this is true.", &["ann", "won", "bob", "lost"]),
            ("Ann won. Bob lost. That was a complete lie.", &["bob", "lost"]),
            ("Ann won? No.", &[]),
            ("Ann won, supposedly, but she did not.", &["ann", "won", "supposedly"]),
            ("Ann won, which is true.", &[]),
            ("The claim that Ann won is true.", &[]),
            ("Ann said the statement was false. Bob lost.", &[]),
            ("Bob lost, and a false alarm closed the port.", &[]),
            ("Ann won. There was no race.", &["race"]),
            ("Is false", &[]),
            ("The judge denied the firm a trial", &[]),
            ("It denied liability and certified that it had a plan", &[]),
            ("The palace denied Ann was invited", &["ann", "invited"]),
            ("Nobody denied the charges", &["denied"]),
            ("Ann hardly won", &["won"]),
            ("Ann has yet to win", &["win"]),
            ("At no point did Ann win", &["point", "ann"]),
            ("Ann did not, as some had hoped, win on Monday", &["win"]),
            ("He did not, police said", &[]),
            ("That Ann won the race on Monday is a myth", &["ann", "won", "race", "monday"]),
            ("The claim that Ann won has been disproved", &["ann", "won"]),
            ("There is no truth to the report that Ann won", &["truth", "ann", "won"]),
            ("It was wrongly reported that Ann won", &["ann", "won"]),
            ("Officials debunked the claim that Ann won", &["ann", "won"]),
            ("He said the report that Ann won was long", &[]),
            ("Ann won, which is not so.", &["ann", "won"]),
            ("Ann won, but that is a lie.", &["ann", "won"]),
            ("Ann won, except that it never happened.", &["ann", "won"]),
            ("Ann won (not true).", &["ann", "won"]),
            ("Ann won. This never happened.", &["ann", "won"]),
            ("Ann won. But that is a lie.", &["ann", "won"]),
            ("Ann won. Bob lost. The opposite is true.", &["bob", "lost"]),
            ("Ann won. Bob lost. None of it happened.", &["ann", "won", "bob", "lost"]),
            ("Ann won. Bob lost. All of this was invented.", &["ann", "won", "bob", "lost"]),
            ("This is all false. Ann won. Bob lost.", &["ann", "won", "bob", "lost"]),
            ("Myth: Ann won. Bob lost.", &["ann", "won"]),
            (
                "None of the following happened: Ann won. Bob lost.",
                &["following", "ann", "won", "bob", "lost"],
            ),
            ("It happened on Monday, Ann said.", &[]),
            ("The crash happened on a bend.", &[]),
            ("That is not the case in France. Ann won.", &["case"]),
            ("The case is real, so Ann won.", &[]),
            ("Ann won because the road was so dry.", &[]),
            ("The case was dismissed as Ann had not been there.", &[]),
            ("Ann won. Is not true", &["true"]),
        ];
        for (text, expected) in cases {
            assert_eq!(negated(text), expected, "{text:?}");
        }
    }
}
