//! Characters that stand for others: invisible ones, digits of every script, wide and styled letters,
//! dashes, spaces, letters that look like Latin ones.

use super::Edit;
use crate::pii::candidate::{before, byte};
use crate::pii::prefilter::{Ground, High, Surveys, signs};
use crate::simd::{BLOCK, Set};

/// First code points of the runs of ten decimal digits (Unicode 16, general category Nd), in order, as all such lists.
const ZEROS: &[u32] = &[
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6,
    0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
    0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30,
    0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0,
    0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16130, 0x16a60,
    0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0,
    0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

/// First code points of the runs one to nine (circled, in parentheses, with a stop, ...).
const ONES: &[u32] =
    &[0x1369, 0x2460, 0x2474, 0x2488, 0x24f5, 0x2776, 0x2780, 0x278a, 0x3021, 0x3220, 0x3280, 0x1f102];

/// First code points of styled alphabets: capital and then small letters, or capitals alone.
const CAPITALS: &[u32] = &[0x24b6, 0x1f110, 0x1f130, 0x1f150, 0x1f170, 0x1f1e6];
const SMALLS: &[u32] = &[0x249c, 0x24d0];

/// Chinese digits, those of prose and those of cheques, with two more for zero.
const CHINESE: [char; 22] = [
    '〇', '一', '二', '三', '四', '五', '六', '七', '八', '九', '零', '壹', '贰', '叁', '肆', '伍', '陆',
    '柒', '捌', '玖', '貳', '參',
];
/// What they are, in that order.
const CHINESE_DIGITS: &[u8; 22] = b"0123456789012345678923";

/// Quotation marks and the ellipsis, which are most of what English prose has outside of ASCII.
fn is_typographic(c: char) -> bool {
    matches!(c, '‘' | '’' | '“' | '”' | '…')
}

/// What a character becomes.
enum Read {
    As(u8),
    Nothing,
    /// Nothing, and it is drawn on the character before it.
    Mark,
}

fn read(c: char) -> Option<Read> {
    let code = c as u32;
    if let Some((_, digit)) = CHINESE.iter().zip(CHINESE_DIGITS).find(|(digit, _)| **digit == c) {
        return Some(Read::As(*digit));
    }
    // Most of what is read for nothing: letters of Europe, of Hebrew, of Chinese and of Korean.
    if matches!(code, 0xc0..=0x24f | 0x370..=0x487 | 0x48a..=0x61b | 0x3400..=0x9fff | 0xac00..=0xd7a3) {
        return None;
    }
    let run = |starts: &[u32], length: u32| {
        let next = starts.partition_point(|&start| start <= code);
        let start = next.checked_sub(1).and_then(|last| starts.get(last))?;
        Some(code - start).filter(|&d| d < length)
    };
    let letter = |base: u8, d: u32| Read::As(base + (d % 26) as u8);
    Some(match code {
        0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f => {
            Read::Nothing
        }
        0x202a..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfeff | 0xffa0 | 0xfff9..=0xfffb => Read::Nothing,
        0x1d173..=0x1d17a | 0xe0000..=0xe01ef => Read::Nothing,
        0x300..=0x36f | 0x488..=0x489 | 0x20d0..=0x20f0 | 0xfe00..=0xfe0f => Read::Mark,
        0xff01..=0xff5e => Read::As((code - 0xfee0) as u8),
        0xa0 | 0x1680 | 0x2000..=0x200a | 0x202f | 0x205f | 0x2800 | 0x3000 => Read::As(b' '),
        0x2028 | 0x2029 | 0x85 => Read::As(b'\n'),
        0x2010..=0x2015 | 0x2043 | 0x2212 | 0x2d7 | 0x30fc | 0xfe58 | 0xfe63 => Read::As(b'-'),
        0xb7 | 0x2022 | 0x2024 | 0x2027 | 0x22c5 | 0x3002 | 0x30fb | 0xff61 | 0xfe52 => Read::As(b'.'),
        0x2044 | 0x2215 => Read::As(b'/'),
        0x2d0 | 0x2236 | 0xa789 | 0xfe55 => Read::As(b':'),
        0x207a | 0x208a | 0xfe62 => Read::As(b'+'),
        0x207d | 0x208d | 0x2768 | 0xfe59 => Read::As(b'('),
        0x207e | 0x208e | 0x2769 | 0xfe5a => Read::As(b')'),
        0xfe6b => Read::As(b'@'),
        0xb9 => Read::As(b'1'),
        0xb2 | 0xb3 => Read::As(b'0' + (code - 0xb0) as u8),
        0x2070 | 0x2074..=0x2079 => Read::As(b'0' + (code - 0x2070) as u8),
        0x2080..=0x2089 => Read::As(b'0' + (code - 0x2080) as u8),
        0x24ea | 0x24ff | 0x1f100 | 0x1f101 | 0x1f10b | 0x1f10c => Read::As(b'0'),
        0x1d400..=0x1d6a3 => {
            let d = (code - 0x1d400) % 52;
            letter(if d < 26 { b'A' } else { b'a' }, d)
        }
        _ => {
            if let Some(d) = run(ZEROS, 10) {
                Read::As(b'0' + d as u8)
            } else if let Some(d) = run(ONES, 9) {
                Read::As(b'1' + d as u8)
            } else if let Some(d) = run(CAPITALS, 26) {
                letter(b'A', d)
            } else {
                letter(b'a', run(SMALLS, 26)?)
            }
        }
    })
}

/// The Latin letter (or digit) that `c` looks like. It is read so only beside Latin letters, digits or an `@`.
fn lookalike(c: char) -> Option<u8> {
    Some(match c {
        'а' | 'α' | 'ɑ' | 'ᴀ' => b'a',
        'А' | 'Α' => b'A',
        'ʙ' | 'Ь' => b'b',
        'В' | 'Β' => b'B',
        'с' | 'ϲ' | 'ᴄ' => b'c',
        'С' | 'Ϲ' => b'C',
        'ԁ' | 'ᴅ' => b'd',
        'е' | 'ё' | 'є' | 'ε' | 'ᴇ' => b'e',
        'Е' | 'Ε' | 'Ё' => b'E',
        'ꜰ' | 'ƒ' => b'f',
        'ɡ' | 'ɢ' | 'ց' => b'g',
        'һ' | 'հ' | 'ʜ' => b'h',
        'Н' | 'Η' => b'H',
        'і' | 'ї' | 'ι' | 'ı' | 'ɩ' | 'ɪ' => b'i',
        'І' | 'Ι' | 'Ї' => b'I',
        'ј' | 'ϳ' | 'ᴊ' => b'j',
        'Ј' => b'J',
        'к' | 'κ' | 'ᴋ' => b'k',
        'К' | 'Κ' => b'K',
        'ӏ' | 'ǀ' | 'ℓ' | 'ʟ' | 'Ӏ' => b'l',
        'м' | 'ᴍ' => b'm',
        'М' | 'Μ' => b'M',
        'п' | 'ո' | 'η' | 'ɴ' => b'n',
        'Ν' => b'N',
        'о' | 'ο' | 'օ' | 'σ' | 'ᴏ' => b'o',
        'О' | 'Ο' | 'Օ' => b'O',
        'р' | 'ρ' | 'ᴘ' => b'p',
        'Р' | 'Ρ' => b'P',
        'ԛ' => b'q',
        'г' | 'ʀ' => b'r',
        'ѕ' | 'ꜱ' => b's',
        'Ѕ' => b'S',
        'т' | 'τ' | 'ᴛ' => b't',
        'Т' | 'Τ' => b'T',
        'υ' | 'ս' | 'ᴜ' => b'u',
        'ѵ' | 'ν' | 'ᴠ' => b'v',
        'ԝ' | 'ω' | 'ᴡ' => b'w',
        'х' | 'χ' => b'x',
        'Х' | 'Χ' => b'X',
        'у' | 'γ' | 'ү' | 'ʏ' => b'y',
        'У' | 'Υ' | 'Ү' => b'Y',
        'ᴢ' => b'z',
        'Ζ' => b'Z',
        'З' | 'з' => b'3',
        'Ч' | 'ч' => b'4',
        'б' => b'6',
        _ => return None,
    })
}

/// Whether a letter with an accent begins a word for the at sign: `ät`.
fn begins_at(text: &str, at: usize, c: char) -> bool {
    let bytes = text.as_bytes();
    let end = at + c.len_utf8();
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b >= 0x80;
    byte(bytes, end) | 0x20 == b't'
        && matches!(c, 'ä' | 'Ä' | 'æ' | 'Æ' | 'å' | 'à' | 'á')
        && !is_part(before(bytes, at))
        && !is_part(byte(bytes, end + 1))
}

/// Whether a letter in a circle, which stands for the letter `b`, is an at sign: an `a` between plain letters.
fn is_sign(text: &str, at: usize, c: char, b: u8) -> bool {
    let bytes = text.as_bytes();
    let plain = |b: u8| b.is_ascii_alphanumeric();
    b | 0x20 == b'a'
        && matches!(c, 'ⓐ' | 'Ⓐ' | '🅐' | '🅰' | '🄰')
        && plain(before(bytes, at))
        && plain(byte(bytes, at + c.len_utf8()))
}

/// Collects what the characters of `text` stand for.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys) -> Vec<Edit> {
    let mut edits = Vec::new();
    // Edits put whole characters in for whole characters, so what they leave is text again.
    let Ok(text) = std::str::from_utf8(text) else { return edits };
    let mut words = Words::default();
    for block in surveys.blocks(|survey| survey.foreign) {
        for (at, c) in Foreign::of(set, Ground::of(text.as_bytes()), text, block) {
            let span = at..at + c.len_utf8();
            if let Some(look) = lookalike(c) {
                if words.is_latin(text, at) {
                    edits.push(Edit::new(span, &[look]));
                }
                continue;
            }
            match read(c) {
                Some(Read::As(b)) => {
                    let sign = is_sign(text, at, c, b);
                    edits.push(Edit::new(span, if sign { b"@" } else { std::slice::from_ref(&b) }));
                }
                Some(Read::Nothing) => edits.push(Edit::new(span, &[])),
                Some(Read::Mark) => edits.push(Edit::new(span, &[]).mark()),
                None if begins_at(text, at, c) => edits.push(Edit::new(span, b"a")),
                None => {}
            }
        }
    }
    edits
}

/// The text with its dashes, spaces and other such signs in ASCII; `None` if it has none, or characters that stand for
/// anything else.
pub(super) fn with_plain_signs(set: Set, text: &str) -> Option<String> {
    let ground = Ground::of(text.as_bytes());
    let (mut plain, mut from) = (String::with_capacity(text.len()), 0);
    for (at, c) in (0..ground.blocks()).flat_map(|block| Foreign::of(set, ground, text, block)) {
        match read(c) {
            _ if lookalike(c).is_some() => return None,
            Some(Read::As(b)) if is_sign(text, at, c, b) => return None,
            Some(Read::As(b)) => {
                plain.push_str(text.get(from..at)?);
                plain.push(char::from(b));
                from = at + c.len_utf8();
            }
            Some(_) => return None,
            None if begins_at(text, at, c) => return None,
            None => {}
        }
    }
    plain.push_str(text.get(from..)?);
    (from > 0).then_some(plain)
}

/// The characters that begin in a block and are neither ASCII nor typographic, and where.
pub(super) struct Foreign<'t> {
    text: &'t str,
    from: usize,
    left: u64,
}

impl<'t> Foreign<'t> {
    pub(super) fn of(set: Set, ground: Ground, text: &'t str, block: usize) -> Self {
        Self { text, from: block * BLOCK, left: signs::<High>(set, ground, block) }
    }
}

impl Iterator for Foreign<'_> {
    type Item = (usize, char);

    fn next(&mut self) -> Option<(usize, char)> {
        while self.left != 0 {
            let bit = self.left.trailing_zeros();
            let at = self.from + bit as usize;
            let c = char_at(self.text, at);
            // Its other bytes too; of one that began before the block there is but a byte to pass.
            self.left &= u64::MAX.checked_shl(bit + c.map_or(1, char::len_utf8) as u32).unwrap_or(0);
            if let Some(c) = c.filter(|c| !is_typographic(*c)) {
                return Some((at, c));
            }
        }
        None
    }
}

/// The words that lookalikes stand in, one after the other.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Up to where the word around the last lookalike reaches, and whether it is read as Latin.
    known: usize,
    latin: bool,
}

impl Words {
    fn is_latin(&mut self, text: &str, at: usize) -> bool {
        if at >= self.known {
            (self.known, self.latin) = word(text, at);
        }
        self.latin
    }
}

/// The character that begins at `at`; none inside of one.
fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether the character `c` at `at` may hide something: it stands for a letter, a digit or nothing; or, where values are
/// near (`loud`), for what stands between.
pub(super) fn asks(text: &str, (at, c): (usize, char), loud: bool, words: &mut Words) -> bool {
    if lookalike(c).is_some() {
        return words.is_latin(text, at);
    }
    match read(c) {
        Some(Read::As(b)) => loud || b.is_ascii_alphanumeric() || b == b'@',
        Some(Read::Nothing | Read::Mark) => true,
        None => begins_at(text, at, c),
    }
}

/// Where the word around `at` ends, and whether it holds a Latin letter, a digit or an `@`.
fn word(text: &str, at: usize) -> (usize, bool) {
    const FAR: usize = 80;
    let joins = |c: &char| {
        lookalike(*c).is_some()
            || c.is_alphanumeric()
            || matches!(c, '.' | '_' | '-' | '@' | '+' | '%')
            || (!c.is_ascii() && read(*c).is_some())
    };
    let tells = |c: char| {
        let stands_for = if c.is_ascii() { None } else { read(c) };
        c.is_ascii_alphanumeric()
            || c == '@'
            || matches!(stands_for, Some(Read::As(b)) if b.is_ascii_alphanumeric() || b == b'@')
    };
    let (head, tail) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
    let length: usize = tail.chars().take(FAR).take_while(joins).map(char::len_utf8).sum();
    let before = head.chars().rev().take(FAR).take_while(joins).any(tells);
    let latin = before || tail.chars().take(FAR).take_while(joins).any(tells) || is_among_latin(head, tail);
    (at + length, latin)
}

/// Whether Latin letters are near, and no letter that has no Latin lookalike: a word of lookalikes alone is
/// then Latin too.
fn is_among_latin(head: &str, tail: &str) -> bool {
    const NEAR: usize = 40;
    let near = || head.chars().rev().take(NEAR).chain(tail.chars().take(NEAR));
    let foreign = |c: char| !c.is_ascii() && lookalike(c).is_none() && read(c).is_none() && c.is_alphabetic();
    near().any(|c| c.is_ascii_alphabetic()) && !near().any(foreign)
}
