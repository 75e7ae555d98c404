//! Which words of a text stand under a negation.
//!
//! A negator (`not`, `n't`, `no`, `never`, `without`, `fails to`, `denies`, ...) reaches over the words after it,
//! up to a fixed number of content words or the end of the clause. Two negators over one word cancel.

use crate::words::function::is_function_word;
use crate::words::stream::{Break, Stream, Token};

/// Content words that a plain negator reaches over: `was not very badly hurt`.
const NEAR: u8 = 2;
/// Content words that a verb of denial reaches over: `denied that the two agencies had met`.
const FAR: u8 = 6;

/// Appends to `out`, for each token, whether it stands under a negation.
pub(super) fn mark(stream: &Stream, out: &mut Vec<bool>) {
    let mut reach = [0u8; 2];
    let mut previous: &[u8] = b"";
    for (i, token) in stream.tokens.iter().enumerate() {
        let word = stream.text(token);
        if token.before >= Break::Clause {
            reach = [0; 2];
        }
        let content = !is_function_word(word);
        out.push(content && reach.iter().filter(|&&left| left > 0).count() == 1);
        if content {
            reach.iter_mut().for_each(|left| *left = left.saturating_sub(1));
        }
        let next = stream.tokens.get(i + 1);
        if let Some(words) = reach_of(word, previous, stream, next)
            && let Some(free) = reach.iter_mut().find(|left| **left == 0)
        {
            *free = words;
        }
        previous = word;
    }
}

/// How many content words `word` negates, if it is a negator where it stands.
fn reach_of(word: &[u8], previous: &[u8], stream: &Stream, next: Option<&Token>) -> Option<u8> {
    let next_word = next.map_or(&b""[..], |t| stream.text(t));
    match word {
        b"not" | b"no" | b"never" | b"neither" | b"nor" | b"none" | b"without" | b"cannot" | b"nobody" => {
            let idiom = matches!(
                next_word,
                b"only" | b"just" | b"least" | b"less" | b"fewer" | b"more" | b"later" | b"doubt"
            ) || (word == b"no" && next.is_some_and(|t| t.number))
                || (word == b"nor" && previous == b"neither");
            (!idiom).then_some(NEAR)
        }
        b"isnt" | b"arent" | b"wasnt" | b"werent" | b"hasnt" | b"havent" | b"hadnt" | b"dont" | b"doesnt"
        | b"didnt" | b"wont" | b"wouldnt" | b"shouldnt" | b"cant" | b"couldnt" | b"mustnt" | b"neednt"
        | b"aint" => Some(NEAR),
        b"fail" | b"fails" | b"failed" | b"failing" | b"refuse" | b"refuses" | b"refused" | b"refusing"
        | b"decline" | b"declines" | b"declined" => (next_word == b"to").then_some(NEAR),
        b"deny" | b"denies" | b"denied" | b"denying" => Some(FAR),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negated(text: &str) -> Vec<String> {
        let stream = Stream::new(text);
        let mut flags = Vec::new();
        mark(&stream, &mut flags);
        let pairs = stream.tokens.iter().zip(&flags).filter(|(_, negated)| **negated);
        pairs.map(|(t, _)| String::from_utf8(stream.text(t).to_vec()).unwrap()).collect()
    }

    #[test]
    fn marks_the_words_that_a_negator_reaches() {
        let cases: [(&str, &[&str]); 12] = [
            ("He was suspended", &[]),
            ("He was not suspended", &["suspended"]),
            ("He wasn't suspended on Monday evening", &["suspended", "monday"]),
            ("The agency never launched it", &["launched"]),
            ("They left without paying", &["paying"]),
            ("He failed to win the race", &["win", "race"]),
            ("The test failed", &[]),
            ("She denied that the agency had spied on citizens", &["agency", "spied", "citizens"]),
            ("It was not only big but loud", &[]),
            ("No. 5 seed", &[]),
            ("He did not fail to vote", &["fail"]),
            ("It was not there, police said", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(negated(text), expected, "{text:?}");
        }
    }
}
