//! Where words for digits of other languages begin, and their words for the signs between these.

use crate::pii::candidate::byte;
use crate::pii::said::{self, FOREIGN};

/// Words of these languages for what stands between digits, and for the plus that opens a number.
pub(super) const FOREIGN_DASHES: &[&[u8]] = &[
    b"guion",
    "guión".as_bytes(),
    b"tiret",
    b"espace",
    b"espacio",
    b"strich",
    b"bindestrich",
    b"trattino",
    b"spazio",
    "traço".as_bytes(),
    b"streep",
    b"streepje",
];
pub(super) const FOREIGN_DOTS: &[&[u8]] = &[b"punto", b"point", b"punkt", b"ponto", b"punt"];
pub(super) const PLUS: &[&[u8]] = &[b"plus", "más".as_bytes(), b"mas", b"mais", "più".as_bytes(), b"piu"];
/// For the first two letters of the words of other languages, by their lowest five bits, those that stand behind, a bit each; the lowest
/// is that of all that are no letters. Few words of English begin so.
static FIRST_FOREIGN: [[u32; 32]; 32] = {
    let (mut all, mut i) = ([[0; 32]; 32], 0);
    while i < FOREIGN.len() {
        let word = FOREIGN[i].0.as_bytes();
        let third = if word.len() > 2 && word[2].is_ascii_alphabetic() { word[2] % 32 } else { 0 };
        all[word[0] as usize % 32][word[1] as usize % 32] |= 1 << third;
        i += 1;
    }
    all
};

/// Whether a word for a digit of another language begins at `at`.
pub(super) fn begins_foreign(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let [first, second, third] = [0, 1, 2].map(|i| byte(rest, i));
    let last = if third.is_ascii_alphabetic() { third % 32 } else { 0 };
    let thirds = FIRST_FOREIGN.get(usize::from(first % 32)).and_then(|all| all.get(usize::from(second % 32)));
    if thirds.is_none_or(|thirds| thirds >> last & 1 == 0) {
        return false;
    }
    said::begins_foreign(rest)
}
