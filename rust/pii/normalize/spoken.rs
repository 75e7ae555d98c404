//! What is said instead of written: `jane [at] example (dot) com`, `four one five, five five five ...`.
//!
//! A marker alone is prose ("look at the dot"), so addresses are read only as a whole: a name, a marker for
//! the `@`, labels with markers for the dots, a last label that is a domain; numbers are read by [`counted`].

use super::markers::{AT, DOMAINS, DOT, Spelling, WORDY_DOMAINS};
use super::{Edit, Guess, counted, lettered};
use crate::pii::candidate::{before, byte, is_label, skip, skip_back};
use crate::pii::context::{mark_at, mark_before};
use crate::pii::prefilter::{Ground, Letters, Spoken, Surveys, signs};
use crate::simd::{BLOCK, Set, bits};
use crate::words::function::is_function_word;
use crate::words::ordinary::is_ordinary;
use std::ops::Range;

/// Longest label and name looked at.
const LABEL: usize = 64;

/// Collects spoken addresses and numbers.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys, edits: &mut Vec<Edit>) {
    let mut reader = Reader::default();
    for block in surveys.blocks(|survey| survey.signs | survey.escapes | survey.numbers) {
        let has_signs = surveys.has(block, |survey| survey.signs) || has_brackets(text, block);
        let has_numbers = surveys.has(block, |survey| survey.numbers);
        reader.read(set, Ground::of(text), text, block, [has_signs, has_numbers], edits);
    }
}

/// Whether a block has brackets that hardly any prose has.
pub(super) fn has_brackets(text: &[u8], block: usize) -> bool {
    let bytes = text.get(block * BLOCK..text.len().min((block + 1) * BLOCK)).unwrap_or_default();
    bytes.iter().fold(false, |any, &b| any | matches!(b, b'[' | b'{'))
}

/// Reads block after block.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Up to where addresses, and numbers, have been read.
    addresses: usize,
    numbers: usize,
}

impl Reader {
    /// Reads the addresses that begin in a block, and the numbers, where it has any.
    pub(super) fn read(
        &mut self,
        set: Set,
        ground: Ground,
        text: &[u8],
        block: usize,
        [has_signs, has_numbers]: [bool; 2],
        edits: &mut Vec<Edit>,
    ) {
        let from = block * BLOCK;
        let spoken = if has_signs { signs::<Spoken>(set, ground, block) } else { 0 };
        for at in bits(spoken).map(|bit| bracket_before(text, from + bit)) {
            if at >= self.addresses
                && let Some(end) = address(text, at, edits)
            {
                self.addresses = end.max(at + 1);
            }
        }
        if has_numbers {
            let letters = signs::<Letters>(set, ground, block);
            for at in bits(letters & !(letters << 1)).map(|bit| from + bit) {
                if at >= self.numbers
                    && !before(text, at).is_ascii_alphabetic()
                    && let Some(end) = counted::number(text, at, edits)
                {
                    self.numbers = end.max(at + 1);
                }
            }
        }
    }
}

fn is_name(b: u8) -> bool {
    is_label(b) || matches!(b, b'.' | b'_' | b'+')
}

/// What may stand around a marker.
fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\n' | b'\t')
}

/// How a marker is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// The sign itself, with nothing around it.
    Sign,
    /// The sign between spaces, or anything in brackets.
    Marked,
    /// A word between spaces.
    Word,
}

/// What may stand on both sides of a marker, once or twice; of the marks beyond ASCII any may, once.
fn is_fence(b: u8) -> bool {
    matches!(
        b,
        b'_' | b'*'
            | b'|'
            | b'-'
            | b'/'
            | b'~'
            | b'#'
            | b'"'
            | b'\''
            | b':'
            | b'^'
            | b'!'
            | b'='
            | b'`'
            | b'+'
            | b'$'
    )
}

/// Whether a word of so many bytes ends there, and is not the beginning of a longer one.
fn ends(rest: &[u8], length: usize) -> bool {
    !byte(rest, length - 1).is_ascii_alphabetic() || !byte(rest, length).is_ascii_alphabetic()
}

/// The marker for a sign that starts at `at`, spaces and brackets included: its end, and its manner.
fn marker(text: &[u8], at: usize, spelling: &Spelling) -> Option<(usize, Manner)> {
    let from = skip(text, at, 3, is_space);
    let close = match byte(text, from) {
        b'[' => b']',
        b'(' => b')',
        b'{' => b'}',
        b'<' => b'>',
        b if is_fence(b) => b,
        _ => 0,
    };
    let wide = mark_at(text, from);
    let width = match close {
        0 => wide,
        _ if byte(text, from + 1) == byte(text, from) => 2,
        _ => 1,
    };
    let inner = if width == 0 { from } else { skip(text, from + width, 2, is_space) };
    let rest = text.get(inner..)?;
    let first = byte(rest, 0).to_ascii_lowercase();
    let begins = |word: &&[u8]| {
        byte(word, 0) == first && rest.get(..word.len()).is_some_and(|r| r.eq_ignore_ascii_case(word))
    };
    let is_bracket = matches!(byte(text, from), b'[' | b'(' | b'{' | b'<');
    let letters = if is_bracket { spelling.in_brackets } else { &[] };
    let word = spelling.words.iter().chain(letters).find(|word| begins(word) && ends(rest, word.len()))?;
    let sign = !word.iter().any(u8::is_ascii_alphabetic);
    let mut end = inner + word.len();
    if width == 0 {
        let spaced = from > at && is_space(byte(text, end));
        return match (sign, spaced) {
            (_, true) => {
                Some((skip(text, end, 3, is_space), if sign { Manner::Marked } else { Manner::Word }))
            }
            (true, false) if from == at && !is_space(byte(text, end)) => Some((end, Manner::Sign)),
            _ => None,
        };
    }
    end = skip(text, end, 2, is_space);
    // Brackets of another kind close too.
    let closes = |b: u8| b == close || (is_bracket && matches!(b, b']' | b')' | b'}' | b'>'));
    let closed = (end..end + width).all(|i| closes(byte(text, i)));
    let width = if wide > 0 { mark_at(text, end) } else { width };
    (width > 0 && (wide > 0 || closed)).then(|| (skip(text, end + width, 3, is_space), Manner::Marked))
}

/// Where the bracket stands that opens before a word or sign at `at`, with two spaces between at most; `at` without one.
fn bracket_before(text: &[u8], at: usize) -> usize {
    let mut start = at;
    while at - start < 2 && is_space(before(text, start)) {
        start -= 1;
    }
    let bracket = |at: usize| matches!(before(text, at), b'[' | b'(' | b'{' | b'<');
    match (bracket(start), start > 1 && bracket(start - 1)) {
        (true, true) if byte(text, start - 2) == byte(text, start - 1) => start - 2,
        (true, _) => start - 1,
        _ => at,
    }
}

/// Whether the words for the sign stand at `at`, not those for a place.
fn names_sign(text: &[u8], at: usize) -> bool {
    let begins =
        |words: &[u8]| text.get(at..at + words.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(words));
    begins(b"at sign") || begins(b"at symbol")
}

/// Where the fence starts that ends at `end`, spaces before it included.
fn fence_before(text: &[u8], end: usize) -> Option<usize> {
    let (fence, wide) = (before(text, end), mark_before(text, end));
    if !is_fence(fence) && wide == 0 {
        return None;
    }
    let twice = wide == 0 && end > 1 && byte(text, end - 2) == fence;
    let mut start = end - wide.max(1) - usize::from(twice);
    let mark = start;
    while mark - start < 3 && is_space(before(text, start)) {
        start -= 1;
    }
    Some(start)
}

/// Whether what stands behind a sign may be a domain, or close what fences the sign in.
fn leads_on(text: &[u8], end: usize) -> bool {
    let at = skip(text, end, 3, is_space);
    let next = byte(text, at);
    is_label(next) || is_fence(next) || matches!(next, b']' | b')' | b'}' | b'>') || mark_at(text, at) > 0
}

/// Whether a marker for an `@` may begin at `at`: a sign, a bracket, or a whole word.
fn may_be_marker(text: &[u8], at: usize) -> bool {
    let word = match byte(text, at) {
        b'[' | b'(' | b'{' | b'<' => return true,
        b'@' => return leads_on(text, at + 1),
        b'a' | b'A' if byte(text, at + 1) | 0x20 == b't' => 2,
        b'a' | b'A' if byte(text, at + 2) | 0x20 == b'o' => b"arobase".len(),
        b'a' | b'A' => b"arroba".len(),
        _ => return false,
    };
    !before(text, at).is_ascii_alphanumeric() && !byte(text, at + word).is_ascii_alphanumeric()
}

/// Whether an `at` between spaces stands in prose: nothing that may be a domain is behind it. Most are told so.
fn is_prose(text: &[u8], at: usize) -> bool {
    let word =
        byte(text, at + 1) | 0x20 == b't' && is_space(before(text, at)) && is_space(byte(text, at + 2));
    // `at sign` is a marker too.
    let next = skip(text, at + 2, 3, is_space);
    word && byte(text, next) | 0x20 != b's' && !may_be_domain(text, next)
}

/// Whether nothing is spelled in the address around a plain sign from `at` to `end`: what nearly all are.
fn is_plain_address(text: &[u8], at: usize, end: usize) -> bool {
    let mut start = at;
    while at - start < LABEL && is_name(before(text, start)) {
        start -= 1;
    }
    let mut last = end;
    for _ in 0..6 {
        let label = skip(text, last, LABEL, is_label);
        if byte(text, label) != b'.' || !is_label(byte(text, label + 1)) {
            break;
        }
        last = label + 1;
    }
    !may_be_dot_before(text, start) && !may_be_domain(text, last)
}

/// Whether a label and what may be a marker for a dot stand at `at`: most words behind an "at" are soon told apart.
fn may_be_domain(text: &[u8], at: usize) -> bool {
    let end = skip(text, at, LABEL, is_label);
    if end == at {
        return false;
    }
    let space = skip(text, end, 3, is_space);
    let next = byte(text, space + 1) | 0x20;
    let marked = match byte(text, space) {
        b'.' => space > end || is_label(byte(text, end + 1)),
        b'[' | b'(' | b'{' | b'<' => true,
        fence if is_fence(fence) => {
            let word = if next == fence | 0x20 { byte(text, space + 2) | 0x20 } else { next };
            matches!(word, b'd' | b'p' | b'k' | b't' | b'.' | b' ') || word == b'.' | 0x20
        }
        b'd' | b'D' => matches!(next, b'o' | b'0'),
        b'p' | b'P' => matches!(next, b'u' | b'o' | b'e'),
        b'k' | b'K' => next == b'r',
        b't' | b'T' => next == b'e' || byte(text, space + 1) >= 0x80,
        _ => match mark_at(text, space) {
            0 => false,
            width => matches!(byte(text, space + width) | 0x20, b'd' | b'p' | b'.' | b' '),
        },
    };
    // A dash belongs to the label, and may be a marker's.
    marked || before(text, end) == b'-' || undotted(text, at, end) < end
}

/// Whether a sign stands at `at` with nothing beside it that a marker could begin or end with: what nearly all are.
fn is_bare_sign(text: &[u8], at: usize) -> bool {
    let last = before(text, at);
    let plain = !is_space(last) && !is_fence(last) && mark_before(text, at) == 0;
    byte(text, at) == b'@' && plain && !is_space(byte(text, at + 1))
}

/// The marker for an `@` at `at`, with spaces and what fences it in: where it starts, its end, and its manner.
fn fenced_marker(text: &[u8], at: usize) -> Option<(usize, (usize, Manner))> {
    let mut open = at;
    // "the at sign"
    if text.get(at.saturating_sub(4)..at).is_some_and(|word| word.eq_ignore_ascii_case(b"the "))
        && names_sign(text, at)
    {
        open = at - 4;
    }
    if let Some(joined) = joined(text, at) {
        return Some(joined);
    }
    let at = open;
    while at - open < 3 && is_space(before(text, open)) {
        open -= 1;
    }
    let fenced = fence_before(text, open).and_then(|from| Some((from, marker(text, from, AT)?)));
    fenced.or_else(|| Some((open, marker(text, open, AT)?)))
}

/// The sign in quotation marks at `at`, between two quoted texts that are put together: `'jane' + '@' + 'example.org'`.
fn joined(text: &[u8], at: usize) -> Option<(usize, (usize, Manner))> {
    const MOST: usize = 6;
    let quote = before(text, at);
    if byte(text, at) != b'@' || !matches!(quote, b'\'' | b'"' | b'`') || byte(text, at + 1) != quote {
        return None;
    }
    let joins = |b: u8| matches!(b, b' ' | b'+' | b'.' | b'&' | b'|' | b',' | b'~');
    let start = at - 1;
    let open = skip_back(text, start, MOST, joins);
    let end = skip(text, at + 2, MOST, joins);
    let quoted = before(text, open) == quote && byte(text, end) == quote;
    (quoted && open < start).then(|| (open - 1, (end + 1, Manner::Marked)))
}

/// Reads an address around the marker for its `@` at `at`; gives its end.
fn address(text: &[u8], at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
    if !may_be_marker(text, at) || is_prose(text, at) {
        return None;
    }
    let (open, (end, manner)) =
        if is_bare_sign(text, at) { (at, (at + 1, Manner::Sign)) } else { fenced_marker(text, at)? };
    if !may_be_domain(text, end) || (manner == Manner::Sign && is_plain_address(text, open, end)) {
        return None;
    }
    let mut found = Vec::new();
    let mut spelled = manner == Manner::Marked;
    let (last, dots) = domain(text, end, &mut found)?;
    let labels = found.len();
    let plain = lettered::name(text, open, &mut found) || name(text, open, &mut found)?;
    let named = found.len() > labels || plain;
    spelled |= found.len() > labels || (plain && manner == Manner::Word);
    let sign = Edit::new(open..end, b"@");
    spelled |= dots;
    // "look-at-me.org" is a name of its own.
    let dashed = text.get(open..end).is_some_and(|marker| marker == b"-at-");
    if dashed && !dots {
        return None;
    }
    let bare = manner == Manner::Word || is_bare(text, &sign) || found.iter().any(|edit| is_bare(text, edit));
    let among = |domains: &[&[u8]]| {
        text.get(last.clone()).is_some_and(|l| domains.iter().any(|d| l.eq_ignore_ascii_case(d)))
    };
    let known = among(DOMAINS) || ((dots || manner == Manner::Marked) && among(WORDY_DOMAINS));
    if (bare && !known) || (manner == Manner::Sign && (!spelled || found.is_empty())) {
        return None;
    }
    // "Books at amazon dot com", "okafor at example.org": only words about mail make addresses of such; "me at" is none.
    // So does a letter in brackets apart from both, as before the points of a law.
    let letter = is_letter(text, &sign);
    if letter && !word_before(text, open).iter().any(u8::is_ascii_alphabetic) {
        return None;
    }
    let apart = letter && is_space(byte(text, open));
    let lone = (apart || manner == Manner::Word) && !named;
    let ordinary = lone && is_prose_name(text, open);
    if lone
        && ((ordinary && !spelled) || is_function(word_before(text, open)) || is_function(label(text, end)))
    {
        return None;
    }
    found.push(if lone && (ordinary || !spelled) { sign.guess(Guess::Wild) } else { sign });
    edits.extend(found);
    Some(last.end)
}

/// Whether the word before `open` is an ordinary one, so that an "at" behind it may be prose; names and the names of
/// mailboxes are not.
fn is_prose_name(text: &[u8], open: usize) -> bool {
    const BOXES: &[&[u8]] = &[
        b"info",
        b"contact",
        b"sales",
        b"support",
        b"admin",
        b"press",
        b"media",
        b"webmaster",
        b"billing",
        b"enquiries",
        b"inquiries",
        b"hello",
        b"help",
        b"office",
        b"mail",
        b"newsroom",
        b"hr",
        b"jobs",
    ];
    let name = word_before(text, open);
    let start = open - name.len();
    let sentence = start < 2
        || matches!(byte(text, start - 2), b'.' | b'!' | b'?' | b'\n')
        || before(text, start) == b'\n';
    let capital =
        name.first().is_some_and(u8::is_ascii_uppercase) && !name.iter().all(u8::is_ascii_uppercase);
    let name = name.to_ascii_lowercase();
    (sentence || !capital)
        && name.iter().all(u8::is_ascii_alphabetic)
        && !BOXES.contains(&name.as_slice())
        && is_ordinary(&name)
}

/// The name that ends at `end`.
fn word_before(text: &[u8], end: usize) -> &[u8] {
    let mut start = end;
    while end - start < LABEL && is_name(before(text, start)) {
        start -= 1;
    }
    text.get(start..end).unwrap_or_default()
}

/// The label that begins at `at`.
fn label(text: &[u8], at: usize) -> &[u8] {
    text.get(at..skip(text, at, LABEL, is_label)).unwrap_or_default()
}

/// Whether it is an article, a pronoun or the like, which is nobody's name and no domain's first label.
fn is_function(word: &[u8]) -> bool {
    is_function_word(&word.to_ascii_lowercase())
}

/// Whether a marker for an `@` is but a letter in brackets.
fn is_letter(text: &[u8], sign: &Edit) -> bool {
    let marker = text.get(sign.start..sign.end).unwrap_or_default();
    marker.iter().filter(|b| b.is_ascii_alphanumeric()).count() == 1 && !marker.contains(&b'@')
}

/// Whether a marker is a word without brackets.
fn is_bare(text: &[u8], edit: &Edit) -> bool {
    let marker = text.get(edit.start..edit.end).unwrap_or_default();
    let brackets = marker.iter().any(|b| matches!(b, b'[' | b'(' | b'{' | b'<'));
    marker.iter().any(u8::is_ascii_alphabetic) && !brackets
}

/// Reads the name before `open`, spelled dots in it; gives whether it holds a dot or underscore of its own.
fn name(text: &[u8], open: usize, found: &mut Vec<Edit>) -> Option<bool> {
    let mut end = open;
    for _ in 0..4 {
        let mut start = end;
        while end - start < LABEL && is_name(before(text, start)) {
            start -= 1;
        }
        let label = text.get(start..end)?;
        if !label.iter().any(u8::is_ascii_alphanumeric) {
            break;
        }
        let Some(gap) = dot_before(text, start) else {
            let inner = label.get(1..label.len().saturating_sub(1)).unwrap_or_default();
            let letters = label.iter().any(u8::is_ascii_alphabetic);
            return Some(letters && inner.iter().any(|b| matches!(b, b'.' | b'_')));
        };
        found.push(Edit::new(gap..start, b"."));
        end = gap;
    }
    (end < open).then_some(true)
}

/// Whether a sign or word for a dot may end at `end`, brackets and spaces left aside.
fn may_be_dot_before(text: &[u8], end: usize) -> bool {
    let back = |mut at: usize, most: usize, is: fn(u8) -> bool| {
        let floor = at.saturating_sub(most);
        while at > floor && is(before(text, at)) {
            at -= 1;
        }
        at
    };
    let close = |b: u8| matches!(b, b']' | b')' | b'}' | b'>') || is_fence(b);
    let closed = back(end, 3, is_space);
    let open = match mark_before(text, closed) {
        0 => back(closed, 2, close),
        width => closed - width,
    };
    let at = back(open, 2, is_space);
    let word = back(at, 7, |b| b.is_ascii_alphabetic());
    let is_word = matches!(at - word, 3 | 5 | 6) && matches!(byte(text, word) | 0x20, b'd' | b'p');
    at < end && (before(text, at) == b'.' || is_word)
}

/// Where the marker for a dot starts that ends at `end`.
fn dot_before(text: &[u8], end: usize) -> Option<usize> {
    if !may_be_dot_before(text, end) {
        return None;
    }
    const LONGEST: usize = 16;
    let first = end.saturating_sub(LONGEST);
    (first..end).find(|&from| {
        is_label(before(text, from))
            && marker(text, from, DOT).is_some_and(|(to, manner)| to == end && manner != Manner::Sign)
    })
}

/// Where a label from `at` to `end` ends that may hold a marker for a dot with dashes around: `example-dot-org`.
fn undotted(text: &[u8], at: usize, end: usize) -> usize {
    let label = text.get(at..end).unwrap_or_default();
    // Most have no dash.
    if !label.contains(&b'-') {
        return end;
    }
    let marker = label.windows(5).position(|five| five.eq_ignore_ascii_case(b"-dot-"));
    marker.filter(|&length| length > 0).map_or(end, |length| at + length)
}

/// Reads the labels from `start` on; gives the last one, and whether a dot was spelled.
fn domain(text: &[u8], start: usize, found: &mut Vec<Edit>) -> Option<(Range<usize>, bool)> {
    let (mut at, mut spelled, mut last) = (start, false, None);
    for _ in 0..6 {
        let end = undotted(text, at, skip(text, at, LABEL, is_label));
        if end == at {
            break;
        }
        let label = text.get(at..end)?;
        if last.is_some() || at > start {
            last = label.iter().all(u8::is_ascii_alphabetic).then_some(at..end).or(last);
        }
        let Some((next, manner)) = marker(text, end, DOT) else { break };
        if !is_label(byte(text, next)) {
            break;
        }
        if manner != Manner::Sign {
            spelled = true;
            found.push(Edit::new(end..next, b"."));
        }
        at = next;
    }
    // Markers behind the last label belong to what follows.
    let last = last.filter(|last: &Range<usize>| (2..=24).contains(&last.len()))?;
    found.retain(|edit| edit.start < last.end);
    Some((last, spelled))
}
