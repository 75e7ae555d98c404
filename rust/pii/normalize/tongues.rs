//! Words for digits and for the signs between them in other languages.

use crate::pii::candidate::byte;

/// Words for digits of Spanish, French, German, Portuguese, Italian and Dutch, and those of English that they share.
pub(super) const FOREIGN: &[(&[u8], &[u8])] = &[
    (b"zero", b"0"),
    (b"cero", b"0"),
    ("zéro".as_bytes(), b"0"),
    (b"null", b"0"),
    (b"nul", b"0"),
    (b"uno", b"1"),
    (b"una", b"1"),
    (b"une", b"1"),
    (b"un", b"1"),
    (b"um", b"1"),
    (b"uma", b"1"),
    (b"eins", b"1"),
    (b"een", b"1"),
    (b"dos", b"2"),
    (b"deux", b"2"),
    (b"zwei", b"2"),
    (b"zwo", b"2"),
    (b"dois", b"2"),
    (b"duas", b"2"),
    (b"due", b"2"),
    (b"twee", b"2"),
    (b"tres", b"3"),
    ("três".as_bytes(), b"3"),
    (b"trois", b"3"),
    (b"drei", b"3"),
    (b"tre", b"3"),
    (b"drie", b"3"),
    (b"cuatro", b"4"),
    (b"quatre", b"4"),
    (b"vier", b"4"),
    (b"quatro", b"4"),
    (b"quattro", b"4"),
    (b"cinco", b"5"),
    (b"cinq", b"5"),
    ("fünf".as_bytes(), b"5"),
    (b"fuenf", b"5"),
    (b"cinque", b"5"),
    (b"vijf", b"5"),
    (b"seis", b"6"),
    (b"six", b"6"),
    (b"sechs", b"6"),
    (b"meia", b"6"),
    (b"sei", b"6"),
    (b"zes", b"6"),
    (b"siete", b"7"),
    (b"sept", b"7"),
    (b"sieben", b"7"),
    (b"sete", b"7"),
    (b"sette", b"7"),
    (b"zeven", b"7"),
    (b"ocho", b"8"),
    (b"huit", b"8"),
    (b"acht", b"8"),
    (b"oito", b"8"),
    (b"otto", b"8"),
    (b"nueve", b"9"),
    (b"neuf", b"9"),
    (b"neun", b"9"),
    (b"nove", b"9"),
    (b"negen", b"9"),
];
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
        let word = FOREIGN[i].0;
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
    let begins = |word: &[u8]| {
        byte(word, 0) == first.to_ascii_lowercase()
            && rest.get(..word.len()).is_some_and(|r| r.eq_ignore_ascii_case(word))
    };
    FOREIGN.iter().any(|(word, _)| begins(word))
}
