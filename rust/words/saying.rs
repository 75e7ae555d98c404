//! Verbs of saying: what stands beside one is what somebody said.

/// Whether `word`, in lower case, is one.
pub(crate) fn is_saying(word: &[u8]) -> bool {
    const VERBS: [&[u8]; 34] = [
        b"added",
        b"admitted",
        b"announced",
        b"answered",
        b"argued",
        b"asked",
        b"claimed",
        b"conceded",
        b"cried",
        b"declared",
        b"explained",
        b"insisted",
        b"joked",
        b"noted",
        b"quipped",
        b"recalled",
        b"remarked",
        b"replied",
        b"reported",
        b"ruled",
        b"said",
        b"say",
        b"says",
        b"shouted",
        b"stated",
        b"suggested",
        b"tells",
        b"told",
        b"tweeted",
        b"vowed",
        b"warned",
        b"whispered",
        b"writes",
        b"wrote",
    ];
    VERBS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_of_saying_are_told_from_others() {
        for word in ["added", "said", "told", "wrote"] {
            assert!(is_saying(word.as_bytes()), "{word}");
        }
        for word in ["", "Said", "saying", "approved"] {
            assert!(!is_saying(word.as_bytes()), "{word}");
        }
    }
}
