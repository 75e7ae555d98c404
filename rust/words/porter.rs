//! The Porter stemmer in NLTK's default mode (`PorterStemmer.NLTK_EXTENSIONS`), byte for byte.
//!
//! Porter, "An algorithm for suffix stripping", Program 14.3 (1980), with NLTK's changes: a pool of irregular
//! forms; `ies` and `ied` by length; `y` to `i` after any consonant but the first letter; *o for two-letter
//! stems; `alli`, `fulli` and `logi` in step 2.
//!
//! Every byte that is not one of `aeiouy` counts as a consonant, digits too. Stems never grow, so a word is
//! stemmed in place. A word's measure is only ever compared with 0 and 1, so one pass that notes where it
//! reaches 1 and 2 answers every later question; no rule moves those places but one (`biliti`), which rescans.

/// Stems the lower-case `word` in place and returns the length of its stem.
///
/// As in NLTK, words of one or two letters stay. Callers that follow ROUGE leave words of three letters alone
/// too: see [`stem_from_four`].
pub fn stem(word: &mut [u8]) -> usize {
    if let Some(n) = irregular(word) {
        return n;
    }
    if word.len() <= 2 {
        return word.len();
    }
    let mut s = Stemmer { len: word.len(), measures: Measures::scan(word), word };
    s.plurals();
    s.participles();
    s.final_y();
    s.double_suffixes();
    s.single_suffixes();
    s.residual_suffixes();
    s.final_e();
    s.final_ll();
    s.len
}

/// Stems words of more than three letters, as ROUGE does, and returns the length.
#[inline]
pub fn stem_from_four(word: &mut [u8]) -> usize {
    if word.len() > 3 { stem(word) } else { word.len() }
}

/// NLTK's irregular forms that are not their own stem by the rules.
fn irregular(word: &mut [u8]) -> Option<usize> {
    let stem: &[u8] = match &*word {
        b"sky" | b"skies" => b"sky",
        b"dying" => b"die",
        b"lying" => b"lie",
        b"tying" => b"tie",
        b"innings" | b"inning" => b"inning",
        b"outings" | b"outing" => b"outing",
        b"cannings" | b"canning" => b"canning",
        b"news" | b"howe" | b"proceed" | b"exceed" | b"succeed" => return Some(word.len()),
        _ => return None,
    };
    word.get_mut(..stem.len())?.copy_from_slice(stem);
    Some(stem.len())
}

fn is_vowel(b: u8) -> bool {
    matches!(b, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// The prefix lengths from which a word holds a vowel and has a measure of at least 1 and 2.
struct Measures {
    vowel: usize,
    one: usize,
    two: usize,
}

impl Measures {
    fn scan(word: &[u8]) -> Self {
        let mut m = Self { vowel: usize::MAX, one: usize::MAX, two: usize::MAX };
        let mut before_vowel = false;
        for (i, &b) in word.iter().enumerate() {
            // A `y` is a vowel after a consonant: that is, unless it comes first or after a vowel.
            let vowel = is_vowel(b) || (b == b'y' && i > 0 && !before_vowel);
            if vowel && m.vowel == usize::MAX {
                m.vowel = i + 1;
            }
            if before_vowel && !vowel {
                if m.one == usize::MAX {
                    m.one = i + 1;
                } else {
                    m.two = i + 1;
                    break;
                }
            }
            before_vowel = vowel;
        }
        m
    }
}

/// What must hold of the stem that a suffix leaves.
#[derive(Clone, Copy)]
enum If {
    Positive,
    AboveOne,
}

struct Stemmer<'a> {
    word: &'a mut [u8],
    len: usize,
    measures: Measures,
}

impl Stemmer<'_> {
    fn text(&self) -> &[u8] {
        self.word.get(..self.len).unwrap_or_default()
    }

    fn at(&self, i: usize) -> u8 {
        self.word.get(i).copied().unwrap_or(0)
    }

    fn last(&self) -> u8 {
        self.at(self.len.wrapping_sub(1))
    }

    fn ends(&self, suffix: &[u8]) -> bool {
        self.text().ends_with(suffix)
    }

    /// The measure of the first `n` letters, at most 2.
    fn measure(&self, n: usize) -> u8 {
        u8::from(n >= self.measures.one) + u8::from(n >= self.measures.two)
    }

    fn is_consonant(&self, i: usize) -> bool {
        let b = self.at(i);
        if b != b'y' {
            return !is_vowel(b);
        }
        let run = self.word.iter().take(i).rev().take_while(|&&b| b == b'y').count();
        let first = i - run;
        // The `y` that opens the run, then every other one.
        let opens_as_consonant = first == 0 || is_vowel(self.at(first - 1));
        opens_as_consonant == run.is_multiple_of(2)
    }

    /// Porter's *d: the word ends with a double consonant.
    fn ends_double_consonant(&self) -> bool {
        self.len >= 2 && self.last() == self.at(self.len - 2) && self.is_consonant(self.len - 1)
    }

    /// Porter's *o on the first `n` letters; NLTK adds two-letter stems of a vowel and a consonant.
    fn ends_cvc(&self, n: usize) -> bool {
        match n {
            0 | 1 => false,
            2 => !self.is_consonant(0) && self.is_consonant(1),
            _ => {
                self.is_consonant(n - 3)
                    && !self.is_consonant(n - 2)
                    && self.is_consonant(n - 1)
                    && !matches!(self.at(n - 1), b'w' | b'x' | b'y')
            }
        }
    }

    /// Replaces what follows the first `keep` letters; the caller knows that it does not grow.
    fn put(&mut self, keep: usize, with: &[u8]) {
        if let Some(tail) = self.word.get_mut(keep..keep + with.len()) {
            tail.copy_from_slice(with);
            self.len = keep + with.len();
        }
    }

    fn holds(&self, condition: If, stem: usize) -> bool {
        match condition {
            If::Positive => self.measure(stem) > 0,
            If::AboveOne => self.measure(stem) > 1,
        }
    }

    /// Applies the first rule whose suffix the word has, if its condition holds. Returns whether it did.
    fn first_rule(&mut self, condition: If, rules: &[(&[u8], &[u8])]) -> bool {
        let last = self.last();
        let rule = rules.iter().find(|(suffix, _)| suffix.last() == Some(&last) && self.ends(suffix));
        let Some((suffix, with)) = rule else { return false };
        let stem = self.len - suffix.len();
        let holds = self.holds(condition, stem);
        if holds {
            self.put(stem, with);
        }
        holds
    }

    /// Step 1a.
    fn plurals(&mut self) {
        if self.last() != b's' {
            return;
        }
        if self.ends(b"ies") {
            self.len -= if self.len == 4 { 1 } else { 2 };
        } else if self.ends(b"sses") {
            self.len -= 2;
        } else if !self.ends(b"ss") {
            self.len -= 1;
        }
    }

    /// Step 1b.
    fn participles(&mut self) {
        if self.ends(b"ied") {
            self.len -= if self.len == 4 { 1 } else { 2 };
            return;
        }
        if self.ends(b"eed") {
            if self.measure(self.len - 3) > 0 {
                self.len -= 1;
            }
            return;
        }
        let suffix = if self.ends(b"ed") {
            2
        } else if self.ends(b"ing") {
            3
        } else {
            return;
        };
        let stem = self.len - suffix;
        if stem < self.measures.vowel {
            return;
        }
        self.len = stem;
        if self.ends(b"at") || self.ends(b"bl") || self.ends(b"iz") {
            self.put(stem, b"e");
        } else if self.ends_double_consonant() {
            if !matches!(self.last(), b'l' | b's' | b'z') {
                self.len -= 1;
            }
        } else if self.measure(stem) == 1 && self.ends_cvc(stem) {
            self.put(stem, b"e");
        }
    }

    /// Step 1c.
    fn final_y(&mut self) {
        if self.last() == b'y' && self.len > 2 && self.is_consonant(self.len - 2) {
            self.put(self.len - 1, b"i");
        }
    }

    /// Step 2.
    fn double_suffixes(&mut self) {
        if self.ends(b"alli") && self.measure(self.len - 4) > 0 {
            self.len -= 2;
        }
        let rules: &[(&[u8], &[u8])] = match self.last() {
            b'l' => &[(b"ational", b"ate"), (b"tional", b"tion")],
            b'i' => &[
                (b"enci", b"ence"),
                (b"anci", b"ance"),
                (b"bli", b"ble"),
                (b"alli", b"al"),
                (b"entli", b"ent"),
                (b"eli", b"e"),
                (b"ousli", b"ous"),
                (b"aliti", b"al"),
                (b"iviti", b"ive"),
                (b"biliti", b"ble"),
                (b"fulli", b"ful"),
            ],
            b'r' => &[(b"izer", b"ize"), (b"ator", b"ate")],
            b'n' => &[(b"ization", b"ize"), (b"ation", b"ate")],
            b'm' => &[(b"alism", b"al")],
            b's' => &[(b"iveness", b"ive"), (b"fulness", b"ful"), (b"ousness", b"ous")],
            _ => return,
        };
        // NLTK measures the stem of `logi` with its `l`.
        if self.ends(b"logi") {
            if self.measure(self.len - 3) > 0 {
                self.len -= 1;
            }
            return;
        }
        let rescan = self.ends(b"biliti");
        if self.first_rule(If::Positive, rules) && rescan {
            self.measures = Measures::scan(self.text());
        }
    }

    /// Step 3.
    fn single_suffixes(&mut self) {
        let rules: &[(&[u8], &[u8])] = match self.last() {
            b'e' => &[(b"icate", b"ic"), (b"ative", b""), (b"alize", b"al")],
            b'i' => &[(b"iciti", b"ic")],
            b'l' => &[(b"ical", b"ic"), (b"ful", b"")],
            b's' => &[(b"ness", b"")],
            _ => return,
        };
        self.first_rule(If::Positive, rules);
    }

    /// Step 4.
    fn residual_suffixes(&mut self) {
        let rules: &[(&[u8], &[u8])] = match self.last() {
            b'l' => &[(b"al", b"")],
            b'e' => &[
                (b"ance", b""),
                (b"ence", b""),
                (b"able", b""),
                (b"ible", b""),
                (b"ate", b""),
                (b"ive", b""),
                (b"ize", b""),
            ],
            b'r' => &[(b"er", b"")],
            b'c' => &[(b"ic", b"")],
            b't' => &[(b"ant", b""), (b"ement", b""), (b"ment", b""), (b"ent", b"")],
            b'n' if self.ends(b"sion") || self.ends(b"tion") => &[(b"ion", b"")],
            b'u' => &[(b"ou", b"")],
            b'm' => &[(b"ism", b"")],
            b'i' => &[(b"iti", b"")],
            b's' => &[(b"ous", b"")],
            _ => return,
        };
        self.first_rule(If::AboveOne, rules);
    }

    /// Step 5a.
    fn final_e(&mut self) {
        if self.last() != b'e' {
            return;
        }
        let stem = self.len - 1;
        let measure = self.measure(stem);
        if measure > 1 || (measure == 1 && !self.ends_cvc(stem)) {
            self.len = stem;
        }
    }

    /// Step 5b.
    fn final_ll(&mut self) {
        if self.ends(b"ll") && self.measure(self.len - 1) > 1 {
            self.len -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stemmed(word: &str) -> String {
        let mut bytes = word.as_bytes().to_vec();
        let n = stem(&mut bytes);
        String::from_utf8(bytes[..n].to_vec()).unwrap()
    }

    #[test]
    fn equals_nltk_on_the_porter_test_vocabulary() {
        let table = include_str!("../../tests/data/porter_nltk.tsv");
        let mut words = 0;
        for line in table.lines() {
            let (word, stem) = line.split_once('\t').unwrap();
            assert_eq!(stemmed(word), stem, "{word}");
            words += 1;
        }
        assert_eq!(words, 23_531);
    }

    #[test]
    fn follows_nltk_where_it_leaves_porters_algorithm() {
        let cases = [
            ("skies", "sky"),
            ("dying", "die"),
            ("innings", "inning"),
            ("succeed", "succeed"),
            ("ties", "tie"),
            ("tied", "tie"),
            ("flies", "fli"),
            ("enjoy", "enjoy"),
            ("fly", "fli"),
            ("oed", "o"),
            ("rationally", "ration"),
            ("peacefully", "peac"),
            ("geology", "geolog"),
            ("probability", "probabl"),
            ("1980s", "1980"),
            ("yyyying", "yyyi"),
            ("by", "by"),
        ];
        for (word, stem) in cases {
            assert_eq!(stemmed(word), stem, "{word}");
        }
    }

    proptest! {
        #[test]
        fn never_grows_nor_panics(word in "[a-z0-9]{0,40}") {
            prop_assert!(stemmed(&word).len() <= word.len());
        }
    }
}
