//! How well the words of a text follow one another, as English prose has them.
//!
//! Every token is of a kind: a group of function words, or a number, or what its ending says, whatever its capitals. Prose puts
//! some kinds next to each other (`of the`, `will be`) and others hardly ever (`the of`, `a` at the end of a
//! sentence). `rust/data/word_order.bin` holds for each pair how much likelier it is than by chance.

use crate::words::function::FUNCTION_GROUPS;
use crate::words::stream::{Break, Stream, Token};

/// The kinds that are no function words; the numbers are those of the table. The groups follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    Clause,
    Sentence,
    Number,
    Ing,
    Ed,
    Ly,
    S,
    Other,
}

const OTHERS: usize = Kind::Other as usize + 1;
const KINDS: usize = OTHERS + FUNCTION_GROUPS;
static TABLE: &[u8; KINDS * KINDS] = include_bytes!("../data/word_order.bin");
/// The last group: what is left of words that are cut at an apostrophe.
const FRAGMENTS: u8 = FUNCTION_GROUPS as u8 - 1;
/// Steps of the table in one nat.
const SCALE: i32 = 20;
/// Pairs of plain prose, at `EXPECTED` steps each, that every mean is filled up with: few words prove little.
const PRIOR: i32 = 8;
const EXPECTED: i32 = 8;

/// The mean log-odds, in nats, of a pair of neighbours, drawn towards that of prose where there are few.
pub(super) fn agreement(stream: &Stream) -> f64 {
    let (mut sum, mut pairs) = (PRIOR * EXPECTED, PRIOR);
    let mut last = Some(Kind::Sentence as u8);
    let mut add = |kind: Option<u8>| {
        if let (Some(first), Some(second)) = (last, kind) {
            sum += log_odds(first, second);
            pairs += 1;
        }
        last = kind;
    };
    for (i, token) in stream.tokens.iter().enumerate() {
        match token.before {
            Break::Clause if i > 0 => add(Some(Kind::Clause as u8)),
            Break::Sentence if i > 0 => add(Some(Kind::Sentence as u8)),
            _ => {}
        }
        add(kind(stream, token));
    }
    add(Some(Kind::Sentence as u8));
    f64::from(sum) / f64::from(pairs * SCALE)
}

fn log_odds(first: u8, second: u8) -> i32 {
    let at = usize::from(first) * KINDS + usize::from(second);
    TABLE.get(at).map_or(0, |&steps| i32::from(steps as i8))
}

/// The kind of a token; none for a fragment such as the `n't` of `do n't`, which some tokenizers cut off.
fn kind(stream: &Stream, token: &Token) -> Option<u8> {
    let word = stream.text(token);
    if token.number {
        return Some(Kind::Number as u8);
    }
    // The month, not the auxiliary.
    if stream.is_month(token) {
        return Some(Kind::Other as u8);
    }
    if token.function {
        return (token.group != FRAGMENTS).then(|| OTHERS as u8 + token.group);
    }
    (word != b"nt").then(|| ending(word) as u8)
}

fn ending(word: &[u8]) -> Kind {
    match word {
        [_, _, .., b'i', b'n', b'g'] => Kind::Ing,
        [_, _, .., b'e', b'd'] => Kind::Ed,
        [.., b'l', b'y'] => Kind::Ly,
        [.., b's', b's'] => Kind::Other,
        [.., b's'] => Kind::S,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> f64 {
        agreement(&Stream::new(text))
    }

    #[test]
    fn tells_prose_from_thrown_words() {
        let prose = [
            "The agency said on Monday that the mission will launch in June.",
            "Heavy rain has closed the airport, and hundreds of flights were cancelled.",
            "She was named the first chief officer of the company.",
            "NASA picks new chief",
            "Floods kill 12.",
        ];
        let thrown = [
            "on Monday the agency launch in said that. June the will mission",
            "airport the has rain Heavy, were of and hundreds closed. flights cancelled the",
            "agency have Monday the mission it launch is June of crew had officer as budget be rain an airport",
        ];
        for text in prose {
            assert!(of(text) > 0.2, "{text:?} {}", of(text));
        }
        for text in thrown {
            assert!(of(text) < 0.0, "{text:?} {}", of(text));
        }
    }

    #[test]
    fn capitals_and_cut_words_make_no_difference() {
        let text = "The agency does not say when heavy rain will reach the coast.";
        assert_eq!(of(text), of(&text.to_uppercase()));
        for text in ["They don't know when it will come.", "They do n't know when it 'll come."] {
            assert!(of(text) > 0.3, "{text:?} {}", of(text));
        }
    }

    #[test]
    fn a_few_words_prove_little() {
        let [once, often] = [1, 20].map(|n| of(&"launch the of ".repeat(n)));
        assert!(often < 2.0 * once, "{once} {often}");
    }

    proptest! {
        #[test]
        fn any_text_has_a_mean(text in "((the|of|Rome|12|will|be|running|,|[.]|\\PC) ){0,40}") {
            prop_assert!(of(&text).abs() < 7.0);
        }
    }
}
