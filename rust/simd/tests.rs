use super::{
    BLOCK, Direct, Kernel, Keys, Level, MARGIN, Masks, Pairs, Room, Runs, SEPARATOR, Window, long_key,
    on_every_set, there,
};
use proptest::prelude::*;

#[derive(Clone)]
struct Block([u8; BLOCK]);

impl Kernel for Block {
    type Output = Masks;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Masks {
        level.masks(&self.0)
    }
}

/// The masks by their definitions.
fn expected(block: [u8; BLOCK]) -> Masks {
    let mask = |holds: &dyn Fn(u8) -> bool| {
        block.iter().enumerate().fold(0, |all, (i, &byte)| all | u64::from(holds(byte)) << i)
    };
    Masks {
        letter: mask(&|b| b.is_ascii_alphabetic()),
        digit: mask(&|b| b.is_ascii_digit()),
        space: mask(&|b| b" \t\n\x0b\x0c\r".contains(&b)),
        blank: mask(&|b| b == b' '),
        apostrophe: mask(&|b| b == b'\''),
        high: mask(&|b| !b.is_ascii()),
        separator: mask(&|b| b == SEPARATOR),
    }
}

#[derive(Clone)]
struct Positions(u64);

impl Kernel for Positions {
    type Output = Vec<u16>;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Vec<u16> {
        let mut out = [0; BLOCK];
        level.positions(self.0, 1000, &mut out);
        out[..self.0.count_ones() as usize].to_vec()
    }
}

#[test]
fn every_byte_has_its_masks_at_every_place() {
    for first in 0..=255u8 {
        let block = std::array::from_fn(|i| first.wrapping_add(i as u8));
        for masks in on_every_set(&Block(block)) {
            assert_eq!(masks, expected(block));
        }
    }
}

/// What [`Level::runs`] finds in a window, byte by byte.
fn expected_runs(window: Window) -> Runs {
    #[derive(PartialEq, Clone, Copy)]
    enum Class {
        Letter,
        Digit,
        Space,
        Other,
        None,
    }
    let is_mark = |at: usize| {
        (at.saturating_sub(2)..=at).any(|first| {
            window
                .get(first..first + 3)
                .and_then(|bytes| std::str::from_utf8(bytes).ok())
                .is_some_and(|text| matches!(text.chars().next(), Some('\u{2010}'..='\u{2027}')))
        })
    };
    let class = |at: usize| match window[at] {
        b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
        b'0'..=b'9' => Class::Digit,
        b'\t'..=b'\r' | b' ' => Class::Space,
        0x80.. if is_mark(at) => Class::Other,
        0x80.. => Class::None,
        _ => Class::Other,
    };
    let word = |at: usize| !matches!(class(at), Class::Space | Class::None);
    let foreign = (MARGIN - 1..=MARGIN + BLOCK).any(|at| class(at) == Class::None && window[at] != SEPARATOR);
    let mut runs = Runs { foreign, ..Runs::default() };
    for at in MARGIN..MARGIN + BLOCK {
        let begins = class(at) != class(at - 1);
        let starts = match class(at) {
            Class::Space => begins || word(at + 1),
            Class::None => window[at] == SEPARATOR,
            _ => begins && window[at - 1] != b' ',
        };
        runs.starts |= u64::from(starts) << (at - MARGIN);
        runs.quotes |= u64::from(starts && window[at] == b'\'') << (at - MARGIN);
    }
    runs
}

#[derive(Clone)]
struct FindRuns(Window);

impl Kernel for FindRuns {
    type Output = Runs;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Runs {
        level.runs(&self.0)
    }
}

#[derive(Clone)]
struct Words([u8; 2 * BLOCK], u64, u8);

impl Kernel for Words {
    type Output = (Vec<u16>, Option<(Vec<u64>, Vec<u16>)>);

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Self::Output {
        let (mut starts, mut keys, mut long) = ([0; BLOCK], [0; BLOCK], [0; BLOCK]);
        let room = Room { starts: &mut starts, keys: &mut keys, long: &mut long };
        let longs = level.words(&self.0, self.1, self.2, [1000, 5000], room);
        let count = self.1.count_ones() as usize;
        let listed = longs.map(|longs| (keys[..count].to_vec(), long[..longs].to_vec()));
        (starts[..count].to_vec(), listed)
    }
}

/// A small table of all numbers that are multiples of three, by their own hash.
const SLOTS: usize = 64;
static PILOTS: [u16; 4] = [1, 3, 5, 7];

fn keys_table() -> Keys<4, SLOTS> {
    let mut table = Keys { multiplier: 0x9E37_79B9_7F4A_7C15, pilots: &PILOTS, slots: &[0; SLOTS] };
    let mut slots = [u64::MAX; SLOTS];
    (0..300).step_by(3).for_each(|key| slots[table.slot(key)] = key);
    table.slots = Box::leak(Box::new(slots));
    table
}

/// A table of the sixteen bytes from some of the places in [`WORDS`], each cut to a length of its own.
static WORDS: [u8; 97] =
    *b"abababababababaabaabaabaabaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbaab";
const PLACES: usize = WORDS.len() - 16;

fn word_at(place: usize) -> &'static [u8; 16] {
    WORDS[place..].first_chunk().unwrap()
}

fn pairs_table() -> Pairs<4, SLOTS> {
    let multipliers = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93];
    let mut table = Pairs { multipliers, pilots: &PILOTS, slots: &[[0; 2]; SLOTS] };
    let mut slots = [[0; 2]; SLOTS];
    for place in 0..PLACES {
        let key = long_key(word_at(place), 9 + place % 8);
        slots[table.slot(key)] = key;
    }
    table.slots = Box::leak(Box::new(slots));
    table
}

#[derive(Clone)]
struct Lacking([u64; 8], [u16; 8]);

impl Kernel for Lacking {
    type Output = (u8, u8, Vec<u16>);

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Self::Output {
        let Self(keys, lengths) = self;
        let lacking = level.lacking_keys(&keys_table(), keys);
        let mut kept = [0; 8];
        level.keep(lengths, lacking, &mut kept);
        let words = keys.map(|key| word_at(key as usize % PLACES));
        let pairs = level.lacking_words(&pairs_table(), words, lengths);
        (lacking, pairs, kept[..lacking.count_ones() as usize].to_vec())
    }
}

#[derive(Clone)]
struct OfSigns(super::Ahead);

impl Kernel for OfSigns {
    type Output = super::Signs;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> super::Signs {
        let signs = level.signs(&self.0);
        let (outline, exact) = (level.outline(&self.0), signs.outline());
        assert_eq!(outline.dashes, exact.dashes);
        for kind in [there::NUMBER, there::AT, there::ESCAPE, there::HIGH] {
            assert_eq!(outline.kinds & kind != 0, exact.kinds & kind != 0, "{kind}");
        }
        // More words may be said to be there than are, but not less.
        for kind in [there::SIGN, there::WORDS] {
            assert!((outline.kinds & kind != 0) >= (exact.kinds & kind != 0), "{kind}");
        }
        assert_eq!(level.short_signs(&self.0), signs);
        let short = &self.0[..usize::from(self.0[0]) % self.0.len()];
        assert_eq!(level.short_signs(short), level.signs(&super::padded(short)));
        assert_eq!(level.short_outline(short), level.outline(&super::padded(short)));
        assert_eq!(level.short_masks(short), level.masks(&super::padded(short)));
        signs
    }
}

/// The signs by their definitions.
fn expected_signs(ahead: &super::Ahead) -> super::Signs {
    let of = |is: &dyn Fn(usize) -> bool| (0..BLOCK).fold(0, |mask, at| mask | u64::from(is(at)) << at);
    let among = |bytes: &[u8]| of(&|at| bytes.contains(&ahead[at]));
    let begins = |bits: u8| {
        of(&|at| {
            let of = |i: usize| {
                if ahead[at + i] < 128 { super::WORDS[i][usize::from(ahead[at + i] & 31)] } else { 0 }
            };
            bits & of(0) & of(1) & (of(2) | super::ANYTHING) != 0
        })
    };
    super::Signs {
        digit: among(b"0123456789"),
        capital: of(&|at| ahead[at].is_ascii_uppercase()),
        blank: among(b" "),
        colon: among(b":"),
        at: among(b"@"),
        escape: among(b"%&\\_"),
        bracket: among(b"[]^{|}~\x7f"),
        equals: among(b"="),
        dash: among(b"-"),
        gap: among(b" -./()"),
        high: of(&|at| ahead[at] >= 0x80),
        letter: of(&|at| ahead[at].is_ascii_alphabetic()),
        number: begins(super::NUMBER),
        sign: begins(super::SIGN),
    }
}

#[test]
fn every_byte_has_its_signs_at_every_place() {
    for byte in 0..=255 {
        for place in 0..BLOCK + 2 {
            let mut ahead = [b' '; BLOCK + 2];
            ahead[place] = byte;
            for signs in on_every_set(&OfSigns(ahead)) {
                assert_eq!(signs, expected_signs(&ahead), "{byte} at {place}");
            }
        }
    }
}

#[test]
fn words_begin_where_they_do() {
    for (word, number, sign) in [
        ("Zero", true, false),
        ("NINE", true, false),
        ("fourteen", true, false),
        ("at home", false, true),
        ("a) of", false, true),
        ("Siete", true, false),
        ("zwei", true, false),
        ("drei", true, false),
        ("twee", true, false),
        ("acht", true, false),
        ("arroba", false, true),
        ("the", false, false),
        ("some", false, false),
        ("ten", false, false),
        ("are", false, false),
    ] {
        let mut ahead = [b' '; BLOCK + 2];
        ahead[..word.len()].copy_from_slice(word.as_bytes());
        for signs in on_every_set(&OfSigns(ahead)) {
            assert_eq!((signs.number & 1 == 1, signs.sign & 1 == 1), (number, sign), "{word}");
        }
    }
}

#[derive(Clone)]
struct OfFours(super::Fours);

impl Kernel for OfFours {
    type Output = u64;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> u64 {
        level.fours(&self.0, &[*b"back", *b"flip"])
    }
}

#[test]
fn words_of_four_letters_are_found_at_every_place() {
    for place in 0..BLOCK {
        for (word, is) in [("back", true), ("FLIP", true), ("Back", true), ("bacc", false), ("fack", false)] {
            let mut ahead = [b' '; BLOCK + 3];
            ahead[place..place + 4].copy_from_slice(word.as_bytes());
            for found in on_every_set(&OfFours(ahead)) {
                assert_eq!(found, u64::from(is) << place, "{word} at {place}");
            }
        }
    }
}

#[derive(Clone)]
struct Missing(Vec<u64>);

impl Kernel for Missing {
    type Output = u64;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> u64 {
        let mut table = Direct { multiplier: 0x9E37_79B9_7F4A_7C15, slots: &[0; 16] };
        let mut slots = [0; 16];
        (1..20).for_each(|key| slots[table.slot(key)] = key);
        table.slots = Box::leak(Box::new(slots));
        level.missing(&table, self.0.first_chunk().unwrap())
    }
}

/// What windows are made of: ASCII of each class, separators and, some of them at most, the marks of prose.
const PIECES: &[&[u8]] = &[
    b"a",
    b"b",
    b"1",
    b"9",
    b" ",
    b" ",
    b"\t",
    b"\n",
    b"'",
    b".",
    b"-",
    b"\xFF",
    b"xy ",
    b"and ",
    b" \xE2\x80\x9C",
    b"\xE2\x80\x99",
    b"\xE2\x80\xA6",
    b"\xE2\x80\x94",
];

proptest! {
    #[test]
    fn runs_are_those_byte_by_byte(
        pieces in prop::collection::vec(prop::sample::select(PIECES), MARGIN + BLOCK + MARGIN),
        skipped in 0..3usize, other in any::<u8>(), at in 0..2 * BLOCK,
    ) {
        let mut bytes: Vec<u8> = pieces.concat().into_iter().skip(skipped).collect();
        if let Some(byte) = bytes.get_mut(at) {
            *byte = other;
        }
        let window = *bytes.first_chunk().unwrap();
        let expected = expected_runs(window);
        for found in on_every_set(&FindRuns(window)) {
            prop_assert_eq!(found.foreign, expected.foreign);
            if !expected.foreign {
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn words_are_listed_with_their_first_bytes(
        bytes in prop::collection::vec(0..0x80u8, 2 * BLOCK), starts in any::<u64>(), fewer in any::<u64>(), next in 0..BLOCK,
    ) {
        let window: [u8; 2 * BLOCK] = *bytes.first_chunk().unwrap();
        for starts in [starts, starts & fewer, starts & fewer & starts.rotate_left(7), 0, 1, u64::MAX] {
            let places: Vec<usize> = (0..BLOCK).filter(|at| starts >> at & 1 != 0).collect();
            let ends = places.iter().skip(1).copied().chain([BLOCK + next]);
            let (mut keys, mut long) = (Vec::new(), Vec::new());
            for (index, (&start, end)) in places.iter().zip(ends).enumerate() {
                let mut key = [SEPARATOR; 8];
                if end - start <= 8 {
                    key[..end - start].copy_from_slice(&window[start..end]);
                } else {
                    long.push(5000 + index as u16);
                }
                keys.push(u64::from_le_bytes(key));
            }
            let places: Vec<u16> = places.iter().map(|&place| 1000 + place as u16).collect();
            for (found, listed) in on_every_set(&Words(window, starts, (BLOCK + next) as u8)) {
                prop_assert_eq!(&found, &places);
                if let Some((found_keys, found_long)) = listed {
                    prop_assert_eq!(&found_keys, &keys);
                    prop_assert_eq!(&found_long, &long);
                }
            }
        }
    }

    #[test]
    fn tables_lack_the_same_keys_on_every_set(
        keys in prop::array::uniform8(0..300u64), lengths in prop::array::uniform8(9..300u16), right in any::<u8>(),
    ) {
        // Some of the lengths are those that the table knows.
        let lengths = std::array::from_fn(|i| {
            if right >> i & 1 != 0 { (9 + keys[i] as usize % PLACES % 8) as u16 } else { lengths[i] }
        });
        let (table, pairs) = (keys_table(), pairs_table());
        let lacking = (0..8).filter(|&i| !table.slots.contains(&keys[i]));
        let expected_keys = lacking.clone().fold(0, |mask, i| mask | 1 << i);
        let expected_kept: Vec<u16> = lacking.map(|i| lengths[i]).collect();
        let holds = |i: usize| {
            let key = long_key(word_at(keys[i] as usize % PLACES), lengths[i].into());
            lengths[i] <= 16 && pairs.slots.contains(&key)
        };
        let expected_pairs = (0..8).filter(|&i| !holds(i)).fold(0, |mask, i| mask | 1 << i);
        for found in on_every_set(&Lacking(keys, lengths)) {
            prop_assert_eq!(&found, &(expected_keys, expected_pairs, expected_kept.clone()));
        }
    }

    #[test]
    fn the_same_keys_are_missing_on_every_set(keys in prop::collection::vec(0..30u64, BLOCK)) {
        let found = on_every_set(&Missing(keys));
        prop_assert!(found.iter().all(|&missing| missing == found[0]));
    }

    #[test]
    fn positions_are_those_of_the_bits(bits in any::<u64>(), fewer in any::<u64>()) {
        for mask in [bits, bits & fewer, bits | fewer, 0, u64::MAX] {
            let expected: Vec<u16> = (0..64).filter(|&at| mask >> at & 1 != 0).map(|at| 1000 + at).collect();
            for found in on_every_set(&Positions(mask)) {
                prop_assert_eq!(&found, &expected);
            }
        }
    }

    #[test]
    fn all_paths_agree(block in prop::array::uniform32(any::<[u8; 2]>())) {
        let block: [u8; BLOCK] = std::array::from_fn(|i| block[i / 2][i % 2]);
        for masks in on_every_set(&Block(block)) {
            prop_assert_eq!(masks, expected(block));
        }
    }
}
