//! Blocks of 64 bytes to masks, to runs of one class and to words: what every byte of a block is, one bit a byte; and tables
//! of words that are probed eight at a time.
//!
//! There is a portable path and one each for AVX2 and AVX-512, all with the same result. A [`Kernel`] is compiled
//! once for each of them, and a [`Set`] says which are there at run time.

mod portable;
mod table;
mod weights;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(test)]
mod tests;

use portable::Portable;
pub(crate) use table::{Direct, Keys, Pairs, long_key, short_key, word_key};
#[cfg(feature = "training")]
pub(crate) use weights::{WEIGHT_BITS, place};
pub(crate) use weights::{Wanted, Weights, hash};

/// Bytes in a block.
pub(crate) const BLOCK: usize = 64;

/// A block and some bytes before and after it.
pub(crate) type Window = [u8; MARGIN + BLOCK + MARGIN];

/// How many bytes before and after it: as many as a character can have.
pub(crate) const MARGIN: usize = 4;

/// Stands between and after texts in a buffer; no UTF-8 holds it.
pub(crate) const SEPARATOR: u8 = 0xFF;

/// What the bytes of a block are; bit `i` speaks of byte `i`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// `A` to `Z` and `a` to `z`.
    pub(crate) letter: u64,
    /// `0` to `9`.
    pub(crate) digit: u64,
    /// Tab, line feed, vertical tab, form feed, carriage return and space.
    pub(crate) space: u64,
    /// The space alone.
    pub(crate) blank: u64,
    /// `'`
    pub(crate) apostrophe: u64,
    /// 0x80 and above, [`SEPARATOR`] among them.
    pub(crate) high: u64,
    /// [`SEPARATOR`]
    pub(crate) separator: u64,
}

/// What a block holds that PII begins with or hides behind; bit `i` speaks of byte `i`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// `0` to `9`.
    pub(crate) digit: u64,
    /// `A` to `Z`.
    pub(crate) capital: u64,
    /// The space.
    pub(crate) blank: u64,
    /// `:`
    pub(crate) colon: u64,
    /// `@`
    pub(crate) at: u64,
    /// `%`, `&` and the backslash, and the underscore, which prefixes of keys end in.
    pub(crate) escape: u64,
    /// Brackets and their neighbours, which words for signs are fenced in by: `[`, `]`, `^`, `{`, `|`, `}`, `~`, and
    /// the last byte of ASCII.
    pub(crate) bracket: u64,
    /// `=`
    pub(crate) equals: u64,
    /// `-`
    pub(crate) dash: u64,
    /// What separates groups of digits: space, dash, full stop, slash and parentheses.
    pub(crate) gap: u64,
    /// 0x80 and above.
    pub(crate) high: u64,
    /// `A` to `Z` and `a` to `z`.
    pub(crate) letter: u64,
    /// Where three letters stand that a number word may begin with: see [`WORDS`].
    pub(crate) number: u64,
    /// The same of words for the at sign.
    pub(crate) sign: u64,
}

/// What is to be known of a block before its signs are worth it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// What there is of the bits of [`there`].
    pub(crate) kinds: u8,
    /// How many dashes there are.
    pub(crate) dashes: u32,
}

/// How many number words of a block are many.
pub(crate) const MANY_WORDS: u32 = 2;

/// What a block may have: bits of a byte.
pub(crate) mod there {
    /// A digit or colon.
    pub(crate) const NUMBER: u8 = 1;
    /// `@`
    pub(crate) const AT: u8 = 2;
    /// `%`, `&`, the backslash, an underscore or one of the [brackets](super::Signs::bracket): either bit.
    pub(crate) const ESCAPE: u8 = 4 | 8;
    /// 0x80 or above.
    pub(crate) const HIGH: u8 = 16;
    /// Perhaps the beginnings of [`MANY_WORDS`](super::MANY_WORDS) number words, where no letter stands before them or the
    /// block begins. It may be said of a block that has none, but is never left unsaid.
    pub(crate) const WORDS: u8 = 32;
    /// The same of one word for the at sign, or an `=`: either bit, which are those of [`WORDS`](super::WORDS).
    pub(crate) const SIGN: u8 = super::SIGN;
}

impl Signs {
    #[inline(always)]
    fn outline(&self) -> Outline {
        let kind = |mask: u64, kind: u8| if mask == 0 { 0 } else { kind };
        let free = !(self.letter << 1);
        Outline {
            kinds: kind(self.digit | self.colon, there::NUMBER)
                | kind(self.at, there::AT)
                | kind(self.escape | self.bracket, there::ESCAPE)
                | kind(self.sign & free | self.equals, there::SIGN)
                | if (self.number & free).count_ones() < MANY_WORDS { 0 } else { there::WORDS }
                | kind(self.high, there::HIGH),
            dashes: self.dash.count_ones(),
        }
    }
}

/// A block and the two bytes after it.
pub(crate) type Ahead = [u8; BLOCK + 2];

/// A block and the three bytes after it.
pub(crate) type Fours = [u8; BLOCK + 3];

/// The bits of [`WORDS`] that say a number word begins, and those that say a word for the at sign does.
pub(crate) const NUMBER: u8 = 0b0011_1111;
pub(crate) const SIGN: u8 = 0b1100_0000;

/// The bit that the third letter never clears, nor anything but ASCII in its place: behind `at` anything may stand.
pub(crate) const ANYTHING: u8 = 1 << 7;

/// For the first, second and third letter of a word, by its lowest five bits, a bit for each group of words that it is
/// in: three letters that share a bit may begin one of the group. The words of a group mix to nothing common.
pub(crate) static WORDS: [[u8; 32]; 3] = {
    let groups: [&[&[u8; 3]]; 8] = [
        &[b"zer", b"eig", b"qua", b"een", b"ein", b"zes", b"zev"],
        &[b"one", b"nin", b"six", b"sie", b"cin"],
        &[b"two", b"twe", b"zwe", b"dre", b"tre", b"tro", b"deu", b"due", b"uno", b"neu", b"nue"],
        &[b"thr", b"oit", b"ott"],
        &[b"fou", b"fiv", b"nov", b"vie", b"vij", b"ach", b"och"],
        &[b"sev", b"sei", b"hui", b"mei"],
        &[b"arr"],
        &[b"at ", b"a) "],
    ];
    let mut table = [[0; 32]; 3];
    let mut group = 0;
    while group < groups.len() {
        let mut word = 0;
        while word < groups[group].len() {
            let mut at = 0;
            while at < 3 {
                table[at][groups[group][word][at] as usize % 32] |= 1 << group;
                at += 1;
            }
            word += 1;
        }
        group += 1;
    }
    let mut letter = 0;
    while letter < 32 {
        table[2][letter] |= ANYTHING;
        letter += 1;
    }
    table
};

/// An instruction set; a value of it proves that the processor has it.
pub(crate) trait Level: Copy {
    /// Whether eight words side by side are quicker than one after the other.
    const SIDE_BY_SIDE: bool = false;

    /// The masks of one block.
    fn masks(self, block: &[u8; BLOCK]) -> Masks;

    /// The signs of the block at the beginning of `ahead`.
    fn signs(self, ahead: &Ahead) -> Signs;

    /// The masks of up to 64 bytes, with nothing behind them.
    #[inline(always)]
    fn short_masks(self, bytes: &[u8]) -> Masks {
        self.masks(&padded(bytes))
    }

    /// The signs of up to 64 bytes, with up to two behind them and nothing after those.
    #[inline(always)]
    fn short_signs(self, bytes: &[u8]) -> Signs {
        self.signs(&padded(bytes))
    }

    /// Where one of some words of four small letters begins in a block, which may be capitals as well; bytes that are no
    /// letters may be taken for some.
    #[inline(always)]
    fn fours<const WORDS: usize>(self, ahead: &Fours, words: &[[u8; 4]; WORDS]) -> u64 {
        let words = words.map(u32::from_le_bytes);
        let mut found = 0;
        for (at, four) in ahead.windows(4).enumerate() {
            let four = four.first_chunk().map_or(0, |four| u32::from_le_bytes(*four));
            found |= u64::from(words.contains(&(four | 0x2020_2020))) << at;
        }
        found
    }

    /// The same of up to 64 bytes, with up to three behind them and nothing after those.
    #[inline(always)]
    fn short_fours<const WORDS: usize>(self, bytes: &[u8], words: &[[u8; 4]; WORDS]) -> u64 {
        self.fours(&padded(bytes), words)
    }

    /// The outline of the block's signs: quicker than to ask for them.
    #[inline(always)]
    fn outline(self, ahead: &Ahead) -> Outline {
        self.signs(ahead).outline()
    }

    /// The outline of up to 64 bytes, with up to two behind them and nothing after those.
    #[inline(always)]
    fn short_outline(self, bytes: &[u8]) -> Outline {
        self.outline(&padded(bytes))
    }

    /// Writes `base` plus the position of each bit of `mask` in order; what lies behind them is arbitrary.
    #[inline(always)]
    fn positions(self, mask: u64, base: u16, out: &mut [u16; BLOCK]) {
        let mut left = mask;
        for eight in out.chunks_exact_mut(8) {
            // Eight at a time without asking for each whether it is there.
            for position in eight {
                *position = base.wrapping_add(left.trailing_zeros() as u16);
                left &= left.wrapping_sub(1);
            }
            if left == 0 {
                break;
            }
        }
    }

    /// Where runs of one class begin in the block in the middle of `window`.
    #[inline(always)]
    fn runs(self, window: &Window) -> Runs {
        let Some(block) = window.get(MARGIN..).and_then(<[u8]>::first_chunk) else { return Runs::default() };
        let masks = self.masks(block);
        let (mut before, mut after) = (Edge::of(window[MARGIN - 1]), Edge::of(window[MARGIN + BLOCK]));
        let mut high = masks.high;
        let foreign = u128::from(before.foreign) << (MARGIN - 1)
            | u128::from(high & !masks.separator) << MARGIN
            | u128::from(after.foreign) << (MARGIN + BLOCK);
        if foreign != 0 {
            let marks = marks(window, foreign);
            high &= !((marks >> MARGIN) as u64);
            before.mark(marks >> (MARGIN - 1));
            after.mark(marks >> (MARGIN + BLOCK));
        }
        let other = !(masks.letter | masks.digit | masks.space | high);
        let word = masks.letter | masks.digit | other;
        let word_begins = begins(masks.letter, before.letter)
            | begins(masks.digit, before.digit)
            | begins(other, before.other);
        let after_blank = masks.blank << 1 | before.blank;
        let before_word = masks.space & (word >> 1 | (after.letter | after.digit | after.other) << 63);
        let word_begins = word_begins & !after_blank;
        Runs {
            starts: word_begins | begins(masks.space, before.space) | before_word | masks.separator,
            quotes: word_begins & masks.apostrophe,
            foreign: high != masks.separator || before.foreign | after.foreign != 0,
        }
    }

    /// Which of a block's keys a table lacks.
    #[inline(always)]
    fn missing<const SLOTS: usize>(self, table: &Direct<SLOTS>, keys: &[u64; BLOCK]) -> u64 {
        let mut missing = 0;
        for &key in keys.iter().rev() {
            missing = missing << 1 | u64::from(!table.holds(table.slot(key), key));
        }
        missing
    }

    /// Which of eight keys a table lacks.
    #[inline(always)]
    fn lacking_keys<const BUCKETS: usize, const SLOTS: usize>(
        self,
        table: &Keys<BUCKETS, SLOTS>,
        keys: [u64; 8],
    ) -> u8 {
        let mut lacking = 0;
        for &key in keys.iter().rev() {
            lacking = lacking << 1 | u8::from(!table.holds(table.slot(key), key));
        }
        lacking
    }

    /// Which of eight words of at least nine bytes a table lacks. They are given by sixteen bytes from their beginning
    /// on, and their length.
    #[inline(always)]
    fn lacking_words<const BUCKETS: usize, const SLOTS: usize>(
        self,
        table: &Pairs<BUCKETS, SLOTS>,
        words: [&[u8; 16]; 8],
        lengths: [u16; 8],
    ) -> u8 {
        let mut lacking = 0;
        for (at, (word, length)) in words.into_iter().zip(lengths).enumerate() {
            let key = long_key(word, length.into());
            let holds = table.holds(table.slot(key), key) & (length <= 16);
            lacking |= u8::from(!holds) << at;
        }
        lacking
    }

    /// Finds the features of eight places that begin with `start` and go on with their `numbers`.
    #[inline(always)]
    fn want<const BUCKETS: usize, const FEATURES: usize, const NUMBERS: usize>(
        self,
        feature: usize,
        start: u32,
        numbers: [&[u32; 8]; NUMBERS],
        wanted: &mut Wanted<BUCKETS, FEATURES>,
    ) {
        Weights::want(feature, start, numbers, wanted);
    }

    /// For each of eight places the sum of the weights of its features; one that the table does not hold weighs nothing.
    #[inline(always)]
    fn sums<const BUCKETS: usize, const FEATURES: usize>(
        self,
        table: &Weights<BUCKETS>,
        wanted: &Wanted<BUCKETS, FEATURES>,
    ) -> [i32; 8] {
        table.sums(wanted)
    }

    /// For each number, how many of some others are below it.
    #[inline(always)]
    fn below<const ROWS: usize>(self, numbers: &[[i16; 16]; ROWS], others: &[i16]) -> [[i16; 16]; ROWS] {
        numbers.map(|row| row.map(|number| others.iter().map(|other| i16::from(*other < number)).sum()))
    }

    /// Which of 64 numbers have `value` in the bits of `mask`.
    #[inline(always)]
    fn equal(self, numbers: &[u16; 64], mask: u16, value: u16) -> u64 {
        numbers.iter().rev().fold(0, |equal, number| equal << 1 | u64::from(number & mask == value))
    }

    /// Writes those of eight numbers that `mask` keeps; what lies behind them is arbitrary.
    #[inline(always)]
    fn keep(self, numbers: [u16; 8], mask: u8, out: &mut [u16; 8]) {
        let mut kept = 0;
        for (at, &number) in numbers.iter().enumerate() {
            out[kept % 8] = number;
            kept += usize::from(mask >> at & 1);
        }
    }

    /// Lists the words of a block side by side, where that is quicker than one at a time: their starts, keys, and
    /// which of them are long. `window` is the block and the one after it, bit `i` of `starts` says that a word
    /// begins at byte `i`; the last one ends at the byte `next`. Returns the number of long words, or `None` where
    /// only the starts are done.
    #[inline(always)]
    fn words(
        self,
        window: &[u8; 2 * BLOCK],
        starts: u64,
        next: u8,
        [base, number]: [u16; 2],
        room: Room<'_>,
    ) -> Option<usize> {
        let _ = (window, next, number);
        self.positions(starts, base, room.starts);
        None
    }
}

/// The numbers of the bits that are set.
pub(crate) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        bit
    })
}

/// Bytes with zeros behind them.
#[inline]
fn padded<const SIZE: usize>(bytes: &[u8]) -> [u8; SIZE] {
    let mut all = [0; SIZE];
    let length = bytes.len().min(SIZE);
    all[..length].copy_from_slice(&bytes[..length]);
    all
}

/// First bits of the runs in `mask`, where `last` says whether one reaches into it.
#[inline(always)]
fn begins(mask: u64, last: u64) -> u64 {
    mask & !(mask << 1 | last)
}

/// Whether a byte is neither ASCII nor a separator.
#[inline(always)]
pub(crate) fn is_foreign(byte: u8) -> bool {
    (0x80..SEPARATOR).contains(&byte)
}

/// Those of some bytes of a window, given as bits, that are a dash, a quotation mark, a bullet or an ellipsis of U+2010 to
/// U+2027: what prose has of other than ASCII. They are neither letters nor digits nor white space. If other bytes are
/// among the given ones, some may be left out.
#[inline(always)]
fn marks(window: &Window, bytes: u128) -> u128 {
    let (mut marks, mut left) = (0, bytes);
    while left != 0 {
        let at = left.trailing_zeros() as usize;
        // The first one may have begun earlier.
        let Some(first) = (at.saturating_sub(2)..=at).rev().find(|&first| is_mark(window, first)) else {
            break;
        };
        marks |= 7 << first;
        left &= !marks;
    }
    marks
}

/// Whether U+2010 to U+2027 begins at a byte.
#[inline(always)]
fn is_mark(window: &Window, first: usize) -> bool {
    matches!(window.get(first..), Some([0xE2, 0x80, 0x90..0xA8, ..]))
}

/// Where words and white space begin, by ASCII and the marks of prose alone: see [`Level::runs`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Runs {
    /// The first byte of each run of letters, of digits, of white space, and of what is none of these; but a space
    /// belongs to the run after it, and of any other white space the last byte before a run begins one of its own.
    /// Separators all do.
    pub(crate) starts: u64,
    /// Those of the starts that are an apostrophe.
    pub(crate) quotes: u64,
    /// Whether the block, or the byte before or after it, holds anything but ASCII, separators and U+2010 to U+2027;
    /// the rest is wrong then.
    pub(crate) foreign: bool,
}

/// Where [`Level::words`] lists words; what lies behind them is arbitrary.
pub(crate) struct Room<'a> {
    /// `base` plus the place of each word in its block.
    pub(crate) starts: &'a mut [u16; BLOCK],
    /// The first eight bytes of each word, padded with [`SEPARATOR`]; nothing but padding for longer words.
    pub(crate) keys: &'a mut [u64; BLOCK],
    /// `number` plus the index of each word that has more than eight bytes.
    pub(crate) long: &'a mut [u16; BLOCK],
}

/// What a byte beside a block is, one bit each.
#[derive(Clone, Copy)]
struct Edge {
    letter: u64,
    digit: u64,
    space: u64,
    blank: u64,
    other: u64,
    foreign: u64,
}

impl Edge {
    #[inline(always)]
    fn of(byte: u8) -> Self {
        let (letter, digit) = (byte.is_ascii_alphabetic(), byte.is_ascii_digit());
        let (blank, space) = (byte == b' ', matches!(byte, b'\t'..=b'\r' | b' '));
        Self {
            letter: letter.into(),
            digit: digit.into(),
            space: space.into(),
            blank: blank.into(),
            other: (byte.is_ascii() & !(letter | digit | space)).into(),
            foreign: is_foreign(byte).into(),
        }
    }
}

impl Edge {
    /// Makes it something other than a letter, digit or white space if the lowest bit is set.
    fn mark(&mut self, bits: u128) {
        let bit = bits as u64 & 1;
        self.other |= bit;
        self.foreign &= !bit;
    }
}

/// Work that is compiled for each instruction set.
pub(crate) trait Kernel {
    /// What the work gives.
    type Output;
    /// Does the work. To be marked `#[inline(always)]`, so that it is compiled for the instruction set.
    fn run<L: Level>(self, level: L) -> Self::Output;
}

/// An instruction set that the processor has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Set {
    /// What every processor has.
    Portable(Portable),
    /// AVX2, BMI and their like.
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2),
    /// AVX-512 as of Ice Lake and Zen 4.
    #[cfg(target_arch = "x86_64")]
    Avx512(x86::Avx512),
}

impl Set {
    /// All that the processor has, the best last.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let portable = [Self::Portable(Portable)].into_iter();
        #[cfg(target_arch = "x86_64")]
        let portable = portable
            .chain(x86::Avx2::detect().map(Self::Avx2))
            .chain(x86::Avx512::detect().map(Self::Avx512));
        portable
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Portable(_) => "portable",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx512",
        }
    }

    /// Runs `kernel` as compiled for this set.
    #[inline]
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            Self::Portable(level) => kernel.run(level),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(level) => level.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(level) => level.run(kernel),
        }
    }
}

/// The best that the processor has.
impl Default for Set {
    #[inline]
    fn default() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            // For a short text a list of them all would be a part of the work.
            if let Some(level) = x86::Avx512::detect() {
                return Self::Avx512(level);
            }
            if let Some(level) = x86::Avx2::detect() {
                return Self::Avx2(level);
            }
        }
        Self::Portable(Portable)
    }
}

/// Asks the processor to fetch what is needed soon.
#[inline(always)]
pub(crate) fn prefetch<T>(soon: Option<&T>) {
    if let Some(soon) = soon {
        prefetch_at(soon);
    }
}

/// The same for an address, which may be any: nothing is read from it.
#[inline(always)]
pub(crate) fn prefetch_at<T>(soon: *const T) {
    #[cfg(target_arch = "x86_64")]
    x86::prefetch(soon);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = soon;
}

/// What `kernel` gives on every instruction set that the processor has.
#[cfg(test)]
pub(crate) fn on_every_set<K: Kernel + Clone>(kernel: &K) -> Vec<K::Output> {
    Set::all().map(|set| set.run(kernel.clone())).collect()
}
