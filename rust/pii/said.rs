//! Words that values are said in: for digits, numbers and letters.
//!
//! What a text hides is read by them with care ([`normalize`](super::normalize)), as most of them are prose too; what a
//! source holds is looked for in all that they could say ([`leak`](super::leak)).

use crate::pii::candidate::byte;

/// English words for digits and numbers.
pub(crate) const ENGLISH: &[(&str, &str)] = &[
    ("zero", "0"),
    ("oh", "0"),
    ("o", "0"),
    ("nought", "0"),
    ("naught", "0"),
    ("nil", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("fife", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("niner", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("seventeen", "17"),
    ("eighteen", "18"),
    ("nineteen", "19"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
];
/// Words for digits of Spanish, French, German, Portuguese, Italian and Dutch, and those of English that they share.
pub(crate) const FOREIGN: &[(&str, &str)] = &[
    ("zero", "0"),
    ("cero", "0"),
    ("zéro", "0"),
    ("null", "0"),
    ("nul", "0"),
    ("uno", "1"),
    ("una", "1"),
    ("une", "1"),
    ("un", "1"),
    ("um", "1"),
    ("uma", "1"),
    ("eins", "1"),
    ("ein", "1"),
    ("een", "1"),
    ("één", "1"),
    ("dos", "2"),
    ("deux", "2"),
    ("zwei", "2"),
    ("zwo", "2"),
    ("dois", "2"),
    ("duas", "2"),
    ("due", "2"),
    ("twee", "2"),
    ("tres", "3"),
    ("três", "3"),
    ("trois", "3"),
    ("drei", "3"),
    ("tre", "3"),
    ("drie", "3"),
    ("cuatro", "4"),
    ("quatre", "4"),
    ("vier", "4"),
    ("quatro", "4"),
    ("quattro", "4"),
    ("cinco", "5"),
    ("cinq", "5"),
    ("fünf", "5"),
    ("fuenf", "5"),
    ("cinque", "5"),
    ("vijf", "5"),
    ("seis", "6"),
    ("six", "6"),
    ("sechs", "6"),
    ("meia", "6"),
    ("sei", "6"),
    ("zes", "6"),
    ("siete", "7"),
    ("sept", "7"),
    ("sieben", "7"),
    ("sete", "7"),
    ("sette", "7"),
    ("zeven", "7"),
    ("ocho", "8"),
    ("huit", "8"),
    ("acht", "8"),
    ("oito", "8"),
    ("otto", "8"),
    ("nueve", "9"),
    ("neuf", "9"),
    ("neun", "9"),
    ("nove", "9"),
    ("negen", "9"),
];
/// Words that say how often a digit is meant.
pub(crate) const MULTIPLIERS: &[(&str, usize)] =
    &[("double", 2), ("triple", 3), ("treble", 3), ("quadruple", 4)];
/// Words that stand for the letter that they begin with, of the alphabet of aviation, by that letter.
pub(crate) const LETTERS: [&[&str]; 26] = [
    &["alfa", "alpha"],
    &["bravo"],
    &["charlie"],
    &["delta"],
    &["echo"],
    &["foxtrot"],
    &["golf"],
    &["hotel"],
    &["india"],
    &["juliett", "juliet", "juliette"],
    &["kilo"],
    &["lima"],
    &["mike"],
    &["november"],
    &["oscar"],
    &["papa"],
    &["quebec"],
    &["romeo"],
    &["sierra"],
    &["tango"],
    &["uniform"],
    &["victor"],
    &["whiskey", "whisky"],
    &["xray", "x-ray"],
    &["yankee"],
    &["zulu"],
];
/// The same of older alphabets: words of prose, all of them.
pub(crate) const OLDER_LETTERS: &[&str] = &[
    "able", "baker", "dog", "easy", "fox", "george", "item", "jig", "king", "love", "nan", "peter", "queen",
    "roger", "sugar", "uncle", "zebra",
];

/// Words for numbers: those of [`ENGLISH`], behind them those of [`FOREIGN`].
const WORDS: usize = ENGLISH.len() + FOREIGN.len();

/// The word for a number at a place among [`WORDS`], and its digits.
pub(crate) const fn number(place: usize) -> Option<(&'static str, &'static str)> {
    if place < ENGLISH.len() {
        Some(ENGLISH[place])
    } else if place < WORDS {
        Some(FOREIGN[place - ENGLISH.len()])
    } else {
        None
    }
}

/// The places among [`WORDS`] of those that begin with a letter, by its lowest five bits; then [`NONE`].
static BY_LETTER: [[u8; MOST_OF_LETTER]; 32] = {
    let (mut all, mut i) = ([[NONE; MOST_OF_LETTER]; 32], 0);
    assert!(WORDS < NONE as usize);
    while let Some((word, _)) = number(i) {
        let mut free = 0;
        while all[word.as_bytes()[0] as usize % 32][free] != NONE {
            free += 1;
        }
        all[word.as_bytes()[0] as usize % 32][free] = i as u8;
        i += 1;
    }
    all
};
const NONE: u8 = u8::MAX;
const MOST_OF_LETTER: usize = 24;

/// The words for numbers that a text begins with: how long each is, and whether it is English.
fn beginnings(text: &[u8]) -> impl Iterator<Item = (usize, bool)> {
    let places = text.first().and_then(|first| BY_LETTER.get(usize::from(first % 32)));
    let places = places.into_iter().flatten().take_while(|place| **place != NONE);
    places.filter_map(|&place| {
        let (word, _) = number(usize::from(place))?;
        let begins = text.get(..word.len()).is_some_and(|begin| is_word(begin, word));
        begins.then_some((word.len(), usize::from(place) < ENGLISH.len()))
    })
}

/// For the first two letters of some words, by their lowest five bits, those that stand behind, a bit each; the lowest is that
/// of all that are no letters. Few other words begin so.
struct Thirds([[u32; 32]; 32]);

impl Thirds {
    /// Those of the words from a place among [`WORDS`] on that have so many bytes.
    const fn of(first: usize, least: usize) -> Self {
        let (mut all, mut i) = ([[0; 32]; 32], first);
        while let Some((word, _)) = number(i) {
            let bytes = word.as_bytes();
            if bytes.len() >= least {
                let third = if bytes.len() > 2 { third(bytes[2]) } else { 0 };
                all[bytes[0] as usize % 32][bytes[1] as usize % 32] |= 1 << third;
            }
            i += 1;
        }
        Self(all)
    }

    /// Whether one of the words may begin with three bytes.
    #[inline(always)]
    fn has(&self, [one, two, three]: [u8; 3]) -> bool {
        let thirds = self.0.get(usize::from(one % 32)).and_then(|all| all.get(usize::from(two % 32)));
        thirds.is_some_and(|thirds| thirds >> third(three) & 1 == 1)
    }
}

/// The number of a third letter; that of all that are none is 0.
const fn third(byte: u8) -> u8 {
    if byte.is_ascii_alphabetic() { byte % 32 } else { 0 }
}

/// Those of the words of three bytes or more, and of all of other languages.
static THREE: Thirds = Thirds::of(0, 3);
static FIRST_FOREIGN: Thirds = Thirds::of(ENGLISH.len(), 2);

/// Whether a text begins with a word for a number of three letters or more: an English one, one that ends there, or one that
/// another is glued to.
pub(crate) fn begins_number(text: &[u8]) -> bool {
    text.first_chunk().is_some_and(|three| THREE.has(*three)) && is_number(text)
}

#[inline(never)]
fn is_number(text: &[u8]) -> bool {
    beginnings(text).filter(|(length, _)| *length > 2).any(|(length, is_english)| {
        let rest = text.get(length..).unwrap_or_default();
        is_english || !rest.first().is_some_and(u8::is_ascii_alphabetic) || beginnings(rest).next().is_some()
    })
}

/// Whether a word for a digit of another language begins at `at`.
pub(crate) fn begins_foreign(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    FIRST_FOREIGN.has([0, 1, 2].map(|i| byte(rest, i))) && beginnings(rest).any(|(_, is_english)| !is_english)
}

/// Whether bytes are a word of these lists, in whatever case; of the letters beyond ASCII they have those of Latin-1.
pub(crate) fn is_word(bytes: &[u8], word: &str) -> bool {
    let is_letter = |(&b, &of): (&u8, &u8)| b == of || (of != b'-' && b | 0x20 == of);
    bytes.len() == word.len() && bytes.iter().zip(word.as_bytes()).all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_in_whatever_case() {
        for (bytes, word) in [("FÜNF", "fünf"), ("Zéro", "zéro"), ("X-Ray", "x-ray"), ("Één", "één")]
        {
            assert!(is_word(bytes.as_bytes(), word), "{bytes}");
        }
        for (bytes, word) in [("x\rray", "x-ray"), ("funf", "fünf"), ("ein", "eins"), ("eins", "ein")] {
            assert!(!is_word(bytes.as_bytes(), word), "{bytes}");
        }
    }

    #[test]
    fn every_word_of_three_letters_begins_a_number() {
        for (word, _) in ENGLISH.iter().chain(FOREIGN).filter(|(word, _)| word.len() > 2) {
            for text in [format!("{word}, "), word.to_uppercase(), format!("{word}five")] {
                assert!(begins_number(text.as_bytes()), "{text}");
            }
        }
        for text in ["", "o", "of", "un", "unto", "treat", "einstein", "seize", "settle", "deuce", "achieve"]
        {
            assert!(!begins_number(text.as_bytes()), "{text}");
        }
    }
}
