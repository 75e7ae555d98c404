//! What the characters show: capitals, spacing, glued and overlong words, symbols, control and invisible characters.

use super::bytes::beyond_ascii;
use super::classes::{self, Class, FUNCTION, KNOWN, LOWER};
use super::rows::Rows;
use super::scan::{
    self, ABBREVIATED, ALL_CAPITALS, CAPITAL, DIGIT, DOTTED, INITIAL, LONG_WORD, STOP, Token, WORD,
};
use super::symbols;
use super::verbs;
use std::ops::Range;

/// Words in a chain of hyphens: "state-of-the-art" has four.
const CHAIN: usize = 5;

/// Function words that begin no unlisted English word together with a listed one, and those that end none.
const GLUE_FIRST: [&str; 9] = ["the", "and", "that", "with", "from", "this", "which", "was", "were"];
const GLUE_LAST: [&str; 12] =
    ["the", "and", "that", "with", "from", "this", "which", "was", "were", "of", "for", "has"];

/// Counts over a text, each with the first place it was seen at.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Surface {
    pub(super) letters: usize,
    pub(super) visible: usize,
    /// Control characters but for white space, U+FFFD, and characters that show nothing.
    pub(super) hidden: Seen,
    /// Function words and long words in capitals, as a share of the words that have letters.
    pub(super) shouted: f64,
    /// Sentences that begin with a small letter, as a share of the sentences.
    pub(super) small_starts: f64,
    /// Their first words.
    pub(super) small: Seen,
    /// Full stops inside a sentence: English goes on in small letters behind them, and nothing was shortened before them.
    pub(super) stray_stops: Seen,
    /// Words with a capital though closed-class, inside a sentence.
    pub(super) titled: Seen,
    /// Words with a capital, alone inside a sentence, that hardly ever have one.
    pub(super) stray_capitals: Seen,
    /// Marks without the space that belongs after them, spaces before them, words grown together.
    pub(super) glued: Seen,
    /// "a" before a vowel, "an" before a consonant.
    pub(super) articles: Seen,
    /// Words of letters and digits.
    pub(super) words: usize,
}

/// How often something was seen, and where first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Seen {
    pub(super) count: usize,
    pub(super) first: Option<Range<usize>>,
}

impl Seen {
    fn add(&mut self, span: Range<usize>) {
        self.count += 1;
        self.first.get_or_insert(span);
    }
}

pub(super) fn measure(text: &str, tokens: &[Token], rows: &Rows) -> Surface {
    let mut surface = Surface::default();
    characters(text, &mut surface);
    words(text, tokens, rows, &mut surface);
    spacing(text, tokens, rows, &mut surface);
    articles(text, tokens, rows, &mut surface);
    surface
}

fn characters(text: &str, surface: &mut Surface) {
    // A byte counts no further than 255, but many bytes are added at once.
    for part in text.as_bytes().chunks(192) {
        let (mut letters, mut visible, mut controls) = (0_u8, 0_u8, 0_u8);
        for byte in part {
            letters += u8::from(byte.is_ascii_alphabetic());
            visible += u8::from(byte.is_ascii_graphic());
            controls += u8::from(byte.is_ascii_control() & !matches!(byte, b'\t' | b'\n' | b'\r'));
        }
        surface.letters += usize::from(letters);
        surface.visible += usize::from(visible);
        surface.hidden.count += usize::from(controls);
    }
    if surface.hidden.count > 0 {
        // Hardly a text has any.
        *surface = Surface::default();
        return text.char_indices().for_each(|(at, c)| character(text, at, c, surface));
    }
    beyond_ascii(text).for_each(|(at, c)| character(text, at, c, surface));
}

fn character(text: &str, at: usize, c: char, surface: &mut Surface) {
    if is_hidden(c) && !symbols::is_of_emoji(text, at, c) {
        surface.hidden.add(at..at + c.len_utf8());
    } else if !c.is_whitespace() {
        surface.visible += 1;
        surface.letters += usize::from(c.is_alphabetic());
    }
}

fn is_hidden(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        _ if c.is_ascii() => c.is_ascii_control(),
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}' => true,
        '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' => true,
        _ => false,
    }
}

fn words(text: &str, tokens: &[Token], rows: &Rows, surface: &mut Surface) {
    surface.words = rows.count(|row| row.word);
    let (mut lettered, mut shouted, mut starts) = (surface.words, 0, 0);
    // Nothing can be wrong with the others.
    for (place, token) in rows.places(|row| row.odd).filter_map(|place| Some((place, tokens.get(place)?))) {
        lettered -= usize::from(token.is(DIGIT));
        let word = &text[token.span()];
        let is_function = token.is(u16::from(FUNCTION));
        // An acronym is no shouting; a function word in capitals is, and so is a long word.
        shouted += usize::from(token.is(ALL_CAPITALS) && !token.is(DIGIT) && (is_function || word.len() > 5));
        if token.is(INITIAL) && is_after_space(text, token.start) {
            starts += 1;
            // "openFDA" and "iPhone" keep their small letter.
            if word.starts_with(|c: char| c.is_ascii_lowercase())
                && !word.bytes().any(|byte| byte.is_ascii_uppercase())
            {
                surface.small.add(token.span());
                if let Some(span) = around_stop(text, tokens, place) {
                    surface.stray_stops.add(span);
                }
            }
        } else if token.is(CAPITAL) && is_function && word.len() > 1 {
            surface.titled.add(token.span());
        } else if token.is(CAPITAL) && token.is(u16::from(LOWER)) && is_alone(text, tokens, place) {
            surface.stray_capitals.add(token.span());
        }
        if is_overlong(word) || is_grown_together(word, token) || is_disguised(word, token) {
            surface.glued.add(token.span());
        }
    }
    let share = |count: usize, of: usize| count as f64 / of.max(1) as f64;
    surface.shouted = share(shouted, lettered);
    surface.small_starts = share(surface.small.count, starts);
}

/// The words around a full stop that stands right before a word in small letters, if that is English and what the full
/// stop is behind can be no abbreviation, no number of an entry and no end of a quotation.
fn around_stop(text: &str, tokens: &[Token], place: usize) -> Option<Range<usize>> {
    let [before, stop, word] = tokens.get(place.checked_sub(2)?..=place)? else { return None };
    // What is in no list may be short for something ("wrt."), and so are two letters that are no small word: "eg."
    const FEW: usize = 2;
    let length = before.end - before.start;
    let is_listed = before.is(u16::from(KNOWN)) && (before.is(u16::from(FUNCTION)) || length > FEW);
    let is_whole =
        length > 1 && (is_listed || before.is(CAPITAL | DIGIT)) && !before.is(ABBREVIATED | DOTTED);
    let is_entry = before.is(DIGIT) && before.is(INITIAL);
    let is_english =
        word.is(u16::from(KNOWN)) && text.get(word.span())?.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_stop = text.get(stop.span()) == Some(".") && before.is(WORD) && before.end == stop.start;
    let is_found = is_stop && is_english && is_whole && !is_entry && stop.end + 1 == word.start;
    is_found.then_some(before.start..word.end)
}

/// Whether a capital letter stands inside a sentence and no name or title goes on there: between words in small letters.
fn is_alone(text: &str, tokens: &[Token], place: usize) -> bool {
    let Some(token) = tokens.get(place).filter(|token| !token.is(INITIAL | ALL_CAPITALS)) else {
        return false;
    };
    let before = place.checked_sub(1).and_then(|place| tokens.get(place));
    let word = text.as_bytes().get(token.start + 1..token.end).unwrap_or_default();
    // Behind a quotation mark another's sentence begins; "PyPI" is a name.
    before
        .is_some_and(|before| before.is(WORD) && !before.is(CAPITAL | DIGIT) && before.end + 1 == token.start)
        && text.as_bytes().get(token.start.wrapping_sub(1)) == Some(&b' ')
        && word.iter().all(u8::is_ascii_lowercase)
        && tokens.get(place + 1).is_none_or(|next| !next.is(CAPITAL | DIGIT))
}

/// At the start or after white space: "example.com" begins no sentence at its "com".
fn is_after_space(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || scan::is_quote(c))
}

/// Longer than any English word, and not by hyphens; or more words in a chain than English hyphenates.
fn is_overlong(word: &str) -> bool {
    word.len() > LONG_WORD && (word.split(['-', '‑']).take(CHAIN + 1).count() > CHAIN || is_long_part(word))
}

fn is_long_part(word: &str) -> bool {
    word.split(['-', '‑', '\'', '’']).any(|part| part.chars().take(LONG_WORD + 1).count() > LONG_WORD)
}

/// "theCommittee", "andthe", "committeewas": two words without the space between them.
fn is_grown_together(word: &str, token: &Token) -> bool {
    let bytes = word.as_bytes();
    if token.is(u16::from(KNOWN)) || bytes.len() < 6 || !bytes[0].is_ascii_lowercase() || !word.is_ascii() {
        return false;
    }
    // "openFDA" and "rOpenSci" are names: a word must come before the capital, and small letters after it.
    let capital = bytes.iter().position(u8::is_ascii_uppercase);
    let is_camel = capital.is_some_and(|capital| {
        let tail = &bytes[capital + 1..];
        capital > 1
            && tail.len() > 1
            && tail.iter().all(u8::is_ascii_lowercase)
            && classes::is_listed(&word[..capital])
    });
    let has_rest = |rest: &str| rest.len() >= 3 && classes::is_listed(rest);
    is_camel
        || GLUE_FIRST.iter().any(|first| word.strip_prefix(first).is_some_and(has_rest))
        || GLUE_LAST.iter().any(|last| word.strip_suffix(last).is_some_and(has_rest))
}

/// "c0unc1l": digits in the place of letters of a word. "B2B", "mp3s" and "COVID19" are no words with letters in theirs.
fn is_disguised(word: &str, token: &Token) -> bool {
    const MOST: usize = 16;
    let bytes = word.as_bytes();
    if token.class != Class::Mixed as u8 || bytes.len() > MOST {
        return false;
    }
    let letters = bytes.iter().filter(|byte| byte.is_ascii_lowercase()).count();
    if letters < 2 || letters + bytes.len() < 7 {
        return false;
    }
    let is_word = |one: u8| {
        let mut undone = [0; MOST];
        for (to, from) in undone.iter_mut().zip(bytes) {
            *to = match from {
                b'0' => b'o',
                b'1' => one,
                b'3' => b'e',
                b'4' => b'a',
                b'5' => b's',
                b'7' => b't',
                byte => byte.to_ascii_lowercase(),
            };
        }
        let undone = undone.get(..bytes.len()).unwrap_or_default();
        undone.iter().all(u8::is_ascii_lowercase) && std::str::from_utf8(undone).is_ok_and(classes::is_listed)
    };
    is_word(b'i') || is_word(b'l')
}

/// Beginnings of words that sound other than their first letter says: "a one", "a use", "an hour".
const CONSONANT_SOUNDS: [&str; 11] =
    ["eu", "ew", "one", "once", "uni", "us", "ut", "ub", "uk", "ur", "ouija"];
const VOWEL_SOUNDS: [&str; 5] = ["heir", "honest", "honor", "honour", "hour"];
/// Words that begin like those, but sound as they are written.
const PLAIN_SOUNDS: [&str; 12] =
    ["unim", "unin", "unid", "usher", "utter", "utmost", "urban", "urg", "urn", "uplift", "upset", "ultra"];

/// Some say the h.
const EITHER: [&str; 5] = ["histor", "hotel", "habitual", "herb", "hysteri"];
/// "ef", "aitch", "em".
const LETTERS_LIKE_VOWELS: &[u8] = b"aefhilmnorsx";

/// The wrong one of "a" and "an", where the next word leaves no doubt.
fn articles(text: &str, tokens: &[Token], rows: &Rows, surface: &mut Surface) {
    for place in rows.places(|row| row.function) {
        let Some([article, next, ..]) = tokens.get(place..) else { continue };
        if article.key != classes::A && article.key != classes::AN || !next.is(WORD) {
            continue;
        }
        let is_an = match &text[article.span()] {
            "a" | "A" => false,
            "an" | "An" => true,
            _ => continue,
        };
        // A letter is no article: "Terminal A opens", "a and b are lengths", "the letter a appears".
        let is_label = article.is(CAPITAL) && !article.is(INITIAL)
            || !is_an && (next.is(u16::from(FUNCTION)) || verbs::FINITE.holds(next.class));
        if is_label || next.start != article.end + 1 {
            continue;
        }
        let wants_an = starts_with_vowel(&text[next.span()], next);
        if wants_an.is_some_and(|wants_an| wants_an != is_an) {
            surface.articles.add(article.start..next.end);
        }
    }
}

/// Whether a word sounds as if it began with a vowel, where that is beyond doubt.
fn starts_with_vowel(word: &str, token: &Token) -> Option<bool> {
    let first = word.bytes().next()?;
    if first.is_ascii_digit() {
        return eight_or_eleven(word);
    }
    // A letter goes by its name: "an X-ray", "a T-shirt".
    if matches!(word.as_bytes(), [_] | [_, b'-', ..]) {
        return first
            .is_ascii_alphabetic()
            .then(|| LETTERS_LIKE_VOWELS.contains(&first.to_ascii_lowercase()));
    }
    // Capitals are read as a word or as their letters: "an FBI agent", "a UN envoy".
    if token.is(ALL_CAPITALS | DOTTED) || word.bytes().skip(1).any(|b| b.is_ascii_uppercase()) {
        return match first {
            b'A' | b'E' | b'I' | b'O' => Some(true),
            b'B' | b'C' | b'D' | b'G' | b'J' | b'K' | b'P' | b'Q' | b'T' | b'V' | b'W' | b'Y' | b'Z' => {
                Some(false)
            }
            _ => None,
        };
    }
    let begins = |beginnings: &[&str]| {
        let begins = |beginning: &&str| {
            word.get(..beginning.len()).is_some_and(|head| head.eq_ignore_ascii_case(beginning))
        };
        beginnings.iter().any(begins)
    };
    let is_known = token.is(u16::from(KNOWN)) && !token.is(CAPITAL);
    match first.to_ascii_lowercase() {
        b'u' | b'h' if !is_known || begins(&EITHER) => None,
        b'a' | b'e' | b'i' | b'o' | b'u' => Some(!begins(&CONSONANT_SOUNDS) || begins(&PLAIN_SOUNDS)),
        b'a'..=b'z' => Some(begins(&VOWEL_SOUNDS)),
        _ => None,
    }
}

/// The same of a number: "an 8-year-old", "an 11th", "an 18,000-seat"; "a 12-year". 1100 is eleven hundred to some.
fn eight_or_eleven(number: &str) -> Option<bool> {
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    match (number.as_bytes(), digits) {
        ([b'8', ..], _) | ([b'1', b'1' | b'8', ..], 2) => Some(true),
        ([b'1', b'1' | b'8', ..] | [b'1', b',', b'1' | b'8', ..], _) => None,
        _ => Some(false),
    }
}

/// Marks that lack the space after them, or have one before.
fn spacing(text: &str, tokens: &[Token], rows: &Rows, surface: &mut Surface) {
    let bytes = text.as_bytes();
    let mut chained = Seen::default();
    for place in rows.places(|row| row.mark) {
        let mark = &tokens[place];
        let before = place.checked_sub(1).and_then(|place| tokens.get(place)).filter(|word| word.is(WORD));
        let after = tokens.get(place + 1).filter(|word| word.is(WORD) && !word.is(DIGIT));
        let is_joined = match (before, after) {
            (Some(before), Some(after)) if before.end == mark.start && mark.end == after.start => {
                needs_space(mark, bytes[mark.start], before, after)
            }
            _ => false,
        };
        let follows_space = mark.start > 0 && bytes[mark.start - 1] == b' ';
        let precedes_space = bytes.get(mark.end).is_none_or(u8::is_ascii_whitespace);
        let is_apart =
            follows_space && precedes_space && matches!(bytes[mark.start], b',' | b'.' | b'?' | b'!' | b';');
        let is_doubled = tokens.get(place + 1).is_some_and(|next| {
            next.start == mark.end
                && matches!(bytes[mark.start], b',' | b';' | b'.')
                && is_doubled(bytes, mark.start)
        });
        // "lef- tist" was torn at a line's end; "pre- and post-war" was not.
        let is_torn = bytes[mark.start] == b'-'
            && before.is_some_and(|before| before.end == mark.start && !before.is(DIGIT))
            && after
                .is_some_and(|after| after.start == mark.end + 1 && !after.is(CAPITAL | u16::from(FUNCTION)));
        if is_joined || is_apart && !is_ellipsis(bytes, mark.start) || is_doubled || is_torn {
            surface.glued.add(mark.start..after.map_or(mark.end, |word| word.end));
        } else if !bytes[mark.start].is_ascii() {
            let near = [place.checked_sub(1), Some(place + 1)].map(|place| tokens.get(place?));
            if is_broken(text, mark, near) {
                surface.glued.add(mark.span());
            }
        } else if bytes[mark.start] == b'_' && is_link(bytes, mark.start) {
            chained.add(mark.span());
        }
    }
    // A name of a program may have one or two.
    if chained.count > MOST_CHAINED {
        surface.glued.count += chained.count;
        surface.glued.first = surface.glued.first.take().or(chained.first);
    }
}

/// A single low line with something on both sides: a blank to be filled in is for the form to name.
fn is_link(bytes: &[u8], at: usize) -> bool {
    let is_sign = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|byte| *byte != b'_' && !byte.is_ascii_whitespace())
    };
    is_sign(at.checked_sub(1)) && is_sign(Some(at + 1))
}

/// Low lines between words that a text may have.
const MOST_CHAINED: usize = 2;

/// A mark that stands where letters belong: an emoji grown to a word, a full-width letter, what is left of a character that
/// was read as two ("â€™", "Ã©"). `near`: the tokens before and after it.
fn is_broken(text: &str, mark: &Token, near: [Option<&Token>; 2]) -> bool {
    let [before, after] = near;
    let before = before.filter(|token| token.end == mark.start);
    let after = after.filter(|token| token.start == mark.end);
    let is_word = |token: Option<&Token>| token.is_some_and(|token| token.is(WORD) && !token.is(DIGIT));
    let is_wide = |c: char| matches!(c, '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}');
    let last = before.and_then(|token| text.get(token.span())?.chars().next_back());
    match scan::char_at(text, mark.start) {
        Some('\u{1f000}'..='\u{1faff}') => is_word(before) || is_word(after),
        Some('€') => last == Some('â'),
        Some('\u{a0}'..='\u{bf}') => matches!(last, Some('Ã' | 'Â')),
        // One for each word.
        Some(c) => is_wide(c) && !last.is_some_and(is_wide),
        None => false,
    }
}

/// A full stop of ". . .".
fn is_ellipsis(bytes: &[u8], at: usize) -> bool {
    let has = |at: Option<usize>| at.and_then(|at| bytes.get(at)) == Some(&b'.');
    bytes.get(at) == Some(&b'.') && (has(at.checked_sub(2)) || has(Some(at + 2)))
}

/// ",," or ".." but not "...".
fn is_doubled(bytes: &[u8], at: usize) -> bool {
    let mark = bytes[at];
    bytes.get(at + 1) == Some(&mark)
        && bytes.get(at + 2) != Some(&mark)
        && at.checked_sub(1).is_none_or(|before| bytes[before] != mark)
}

/// Whether a space is missing after a mark between two words: not inside "example.com" or "System.Devices".
fn needs_space(mark: &Token, byte: u8, before: &Token, after: &Token) -> bool {
    let begins_sentence = after.is(CAPITAL) && (!before.is(CAPITAL) || after.is(u16::from(FUNCTION)));
    match byte {
        b',' | b';' => after.end - after.start > 1,
        b':' => after.is(u16::from(FUNCTION | KNOWN)) && !before.is(CAPITAL),
        _ => mark.is(STOP) && begins_sentence,
    }
}
