//! Which words may be the plain form of a verb, for the rules outside of fluency that ask whether a sentence has one.

use super::class_sets::{BASES, ClassSet, MAYBE_BASES, WISHES};
use super::classes::{self, Class, FUNCTION};

/// What the plain form of a word may be, by its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plain {
    /// A verb, hardly ever a noun: "avoid".
    Verb,
    /// A verb or a noun: "visit".
    Either,
    /// A word of a closed class or what stands in the place of one: "amid", "near", "apart".
    Closed,
    /// Any other word, listed or not.
    Other,
}

const VERBS: ClassSet = BASES.and(WISHES).and(ClassSet::of(&[Class::Ize as u8]));
const EITHER: ClassSet = MAYBE_BASES.and(ClassSet::of(&[Class::Ate as u8]));
const CLOSED: ClassSet = ClassSet::of(&[163, 216, 246]);

/// Verbs, mostly of instructions, that the classes do not tell.
const ODD: [&[u8]; 38] = [
    b"bake", b"boil", b"chop", b"cling", b"dig", b"dine", b"drain", b"drown", b"dwell", b"fold", b"fry",
    b"glow", b"grill", b"knead", b"lurk", b"mix", b"mourn", b"peel", b"pour", b"preheat", b"reheat",
    b"rinse", b"scrub", b"simmer", b"soak", b"sow", b"spin", b"stew", b"stir", b"swap", b"swim", b"thrive",
    b"turn", b"unplug", b"wander", b"weave", b"whistle", b"yawn",
];

/// Whether `word`, in lower case, is such a verb.
pub(super) fn is_odd(word: &[u8]) -> bool {
    ODD.binary_search(&word).is_ok()
}

/// What the plain form of `word`, in lower case, may be.
pub(crate) fn plain(word: &[u8]) -> Plain {
    let known = classes::known(word, classes::hash(word, true), false, false);
    match () {
        () if known.flags & FUNCTION != 0 || CLOSED.holds(known.class) => Plain::Closed,
        () if VERBS.holds(known.class) => Plain::Verb,
        () if EITHER.holds(known.class) || is_odd(word) => Plain::Either,
        () => Plain::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classes_hold_the_words_that_they_are_taken_for() {
        let cases = [
            (Plain::Verb, "avoid apply bring keep eat submit arrive consider sanitize"),
            (Plain::Either, "use wash stop return call check visit answer turn refrigerate"),
            (Plain::Closed, "amid near inside outside alongside unlike apart of never"),
            (Plain::Other, "council agreement road water easy descale zqblork 12 é"),
        ];
        for (expected, words) in cases {
            for word in words.split(' ') {
                assert_eq!(plain(word.as_bytes()), expected, "{word}");
            }
        }
        assert_eq!(plain(b""), Plain::Other);
    }
}
