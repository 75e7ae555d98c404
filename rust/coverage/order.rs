//! How well the words of a text follow one another, as English prose has them.
//!
//! Every token is of a kind: a group of function words, or a number, a name, or what its ending says. Prose puts
//! some kinds next to each other (`of the`, `will be`) and others hardly ever (`the of`, `a` at the end of a
//! sentence). `rust/data/word_order.bin` holds for each pair how much likelier it is than by chance.

use crate::words::function::{FUNCTION_GROUPS, function_group};
use crate::words::stream::{Break, Case, Stream, Token};

/// The kinds that are no function words; the numbers are those of the table. The groups follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    Clause,
    Sentence,
    Number,
    Name,
    Ing,
    Ed,
    Ly,
    S,
    Other,
}

const OTHERS: usize = Kind::Other as usize + 1;
const KINDS: usize = OTHERS + FUNCTION_GROUPS;
static TABLE: &[u8; KINDS * KINDS] = include_bytes!("../data/word_order.bin");
/// Steps of the table in one nat.
const SCALE: i32 = 20;
/// Pairs of plain prose, at `EXPECTED` steps each, that every mean is filled up with: few words prove little.
const PRIOR: i32 = 8;
const EXPECTED: i32 = 8;

/// The mean log-odds, in nats, of a pair of neighbours, drawn towards that of prose where there are few.
pub(super) fn agreement(stream: &Stream) -> f64 {
    let (mut sum, mut pairs) = (PRIOR * EXPECTED, PRIOR);
    let mut last = Kind::Sentence as u8;
    let mut add = |kind: u8| {
        sum += log_odds(last, kind);
        pairs += 1;
        last = kind;
    };
    for (i, token) in stream.tokens.iter().enumerate() {
        match token.before {
            Break::Clause if i > 0 => add(Kind::Clause as u8),
            Break::Sentence if i > 0 => add(Kind::Sentence as u8),
            _ => {}
        }
        add(kind(stream, token));
    }
    add(Kind::Sentence as u8);
    f64::from(sum) / f64::from(pairs * SCALE)
}

fn log_odds(first: u8, second: u8) -> i32 {
    let at = usize::from(first) * KINDS + usize::from(second);
    TABLE.get(at).map_or(0, |&steps| i32::from(steps as i8))
}

fn kind(stream: &Stream, token: &Token) -> u8 {
    let word = stream.text(token);
    let kind = if token.number {
        Kind::Number
    } else if token.case == Case::Upper {
        Kind::Name
    } else if let Some(group) = token.function.then(|| function_group(word)).flatten() {
        return OTHERS as u8 + group;
    } else if token.case == Case::Title && token.before != Break::Sentence {
        Kind::Name
    } else {
        ending(word)
    };
    kind as u8
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
            "agency the Monday of mission that launch is June was crew a officer to budget an rain by airport",
        ];
        for text in prose {
            assert!(of(text) > 0.2, "{text:?} {}", of(text));
        }
        for text in thrown {
            assert!(of(text) < 0.0, "{text:?} {}", of(text));
        }
    }

    #[test]
    fn a_few_words_prove_little() {
        assert!(of("the of") > 0.0 && of(&"the of ".repeat(20)) < -1.0);
        assert!((of("") - 0.4).abs() < 0.2);
    }

    proptest! {
        #[test]
        fn any_text_has_a_mean(text in "((the|of|Rome|12|will|be|running|,|[.]|\\PC) ){0,40}") {
            prop_assert!(of(&text).abs() < 7.0);
        }
    }
}
