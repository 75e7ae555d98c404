//! Words that a prefix turns round: `likely` and `unlikely`, `regular` and `irregular`.

/// Letters of the shortest word that has an opposite so.
const SHORTEST: usize = 4;
/// Letters of the longest one, with its prefix.
const LONGEST: usize = 16;
/// Letters of the shortest word that `in-` turns round: not so `tent`.
const SHORTEST_OF_IN: usize = 5;

/// How words end that `in-`, `im-`, `il-` and `ir-` turn round.
const ENDS_OF_IN: [&[u8]; 10] =
    [b"able", b"al", b"ant", b"ar", b"ct", b"ent", b"ete", b"ible", b"ity", b"ive"];
/// Words that they do not.
const NOT_OF_IN: [&[u8]; 3] = [b"different", b"habitable", b"valuable"];
/// How words begin that `un-` does not turn round.
const NOT_OF_UN: [&[u8]; 6] = [b"cover", b"earth", b"fold", b"leash", b"ravel", b"veil"];
/// How words begin that `dis-` does not turn round.
const NOT_OF_DIS: [&[u8]; 22] = [
    b"abl", b"band", b"card", b"charg", b"clos", b"count", b"cours", b"cover", b"eas", b"gust", b"man",
    b"miss", b"patch", b"pens", b"plac", b"play", b"pos", b"sent", b"solv", b"tract", b"trib", b"turb",
];

/// What the lack of a prefix or, of a word that is known, a prefix makes of it, and whether that is a word for sure: else it
/// is one if it is known.
pub(super) fn turned_round(word: &[u8], is_known: bool, mut met: impl FnMut(&[u8], bool)) {
    for prefix in [&b"un"[..], b"dis", b"in", b"im", b"il", b"ir"] {
        if let Some(base) = word.strip_prefix(prefix).filter(|base| takes(base, prefix)) {
            met(base, false);
        }
    }
    if !is_known {
        return;
    }
    let of_in: &[u8] = match word.first() {
        Some(b'b' | b'm' | b'p') => b"im",
        Some(b'l') => b"il",
        Some(b'r') => b"ir",
        _ => b"in",
    };
    for prefix in [&b"un"[..], b"dis", of_in] {
        let mut buffer = [0; LONGEST];
        let len = prefix.len() + word.len();
        let Some(turned) = buffer.get_mut(..len).filter(|_| takes(word, prefix)) else { continue };
        turned.iter_mut().zip(prefix.iter().chain(word)).for_each(|(to, from)| *to = *from);
        // `undamaged`: what is done may be left undone.
        met(turned, prefix == b"un" && word.ends_with(b"ed"));
    }
}

/// Whether a prefix turns words of this form round.
fn takes(base: &[u8], prefix: &[u8]) -> bool {
    let begins = |words: &[&[u8]]| words.iter().any(|word| base.starts_with(word));
    base.len() >= SHORTEST
        && match prefix {
            b"un" => !begins(&NOT_OF_UN),
            b"dis" => !begins(&NOT_OF_DIS),
            _ => {
                let adjective = base.strip_suffix(b"ly").unwrap_or(base);
                adjective.len() >= SHORTEST_OF_IN
                    && ENDS_OF_IN.iter().any(|end| adjective.ends_with(end))
                    && !begins(&NOT_OF_IN)
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_turn_words_round() {
        let cases = [
            ("likely", "unlikely", true),
            ("unlikely", "likely", true),
            ("regular", "irregular", true),
            ("possible", "impossible", true),
            ("legal", "illegal", true),
            ("dependent", "independent", true),
            ("agreed", "disagreed", true),
            ("cover", "discover", false),
            ("tent", "intent", false),
            ("different", "indifferent", false),
            ("form", "inform", false),
        ];
        for (word, other, expected) in cases {
            let mut found = false;
            turned_round(word.as_bytes(), true, |turned, _| found |= turned == other.as_bytes());
            assert_eq!(found, expected, "{word} {other}");
        }
    }
}
