//! English number words.

/// The value of a number word that stands for itself in running text: `zero` to `ninety`, `hundred`, the ordinals
/// `fourth` to `tenth`, `twice`. `first` to `third` and the bigger units mean too many other things.
pub fn small_value(word: &[u8]) -> Option<u8> {
    if !(3..=9).contains(&word.len()) {
        return None;
    }
    let value = match word {
        b"zero" => 0,
        b"one" => 1,
        b"two" | b"twice" => 2,
        b"three" => 3,
        b"four" | b"fourth" => 4,
        b"five" | b"fifth" => 5,
        b"six" | b"sixth" => 6,
        b"seven" | b"seventh" => 7,
        b"eight" | b"eighth" => 8,
        b"nine" | b"ninth" => 9,
        b"ten" | b"tenth" => 10,
        b"eleven" => 11,
        b"twelve" => 12,
        b"thirteen" => 13,
        b"fourteen" => 14,
        b"fifteen" => 15,
        b"sixteen" => 16,
        b"seventeen" => 17,
        b"eighteen" => 18,
        b"nineteen" => 19,
        b"twenty" => 20,
        b"thirty" => 30,
        b"forty" => 40,
        b"fifty" => 50,
        b"sixty" => 60,
        b"seventy" => 70,
        b"eighty" => 80,
        b"ninety" => 90,
        b"hundred" => 100,
        _ => return None,
    };
    Some(value)
}
