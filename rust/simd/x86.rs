//! Masks with AVX2 and AVX-512.

use super::{
    ANYTHING, Ahead, BLOCK, Direct, Fours, Kernel, Keys, Level, MANY_WORDS, MARGIN, Masks, NUMBER, Outline,
    Pairs, Room, Runs, SEPARATOR, SIGN, Signs, WORDS, Wanted, Weights, Window, is_foreign, there,
    weights::avx2, weights::avx512,
};
use std::arch::x86_64::*;

/// Processors of 2013 and later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

/// Ice Lake and later, Zen 4 and later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

/// Asks for the cache line of `soon`.
#[inline(always)]
pub(super) fn prefetch<T>(soon: *const T) {
    // SAFETY: prefetching reads nothing, and every processor of this architecture can do it.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(soon.cast()) };
}

impl Avx2 {
    /// The level, if the processor has it.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        let found = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        found.then_some(Self(()))
    }

    /// Runs `kernel` compiled for this level.
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
        fn compiled<K: Kernel>(kernel: K, level: Avx2) -> K::Output {
            kernel.run(level)
        }
        // SAFETY: the features were detected when `self` was made.
        unsafe { compiled(kernel, self) }
    }
}

impl Avx512 {
    /// The level, if the processor has it.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        // What fewest processors have first.
        let found = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("avx512vbmi2")
            && Avx2::detect().is_some();
        found.then_some(Self(()))
    }

    /// Runs `kernel` compiled for this level.
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        #[target_feature(
            enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2"
        )]
        fn compiled<K: Kernel>(kernel: K, level: Avx512) -> K::Output {
            kernel.run(level)
        }
        // SAFETY: the features were detected when `self` was made.
        unsafe { compiled(kernel, self) }
    }
}

/// Where words of four small letters begin in 32 bytes: see [`Level::fours`].
///
/// # Safety
/// The processor has AVX2, and `bytes` may be read from for 35 bytes.
#[inline(always)]
unsafe fn fours_32<const WORDS: usize>(bytes: *const u8, words: &[[u8; 4]; WORDS]) -> u64 {
    // SAFETY: the loads are of those bytes and may be unaligned; the caller vouches for AVX2.
    unsafe {
        let small = |i| _mm256_or_si256(_mm256_loadu_si256(bytes.add(i).cast()), _mm256_set1_epi8(0x20));
        let bytes = [small(0), small(1), small(2), small(3)];
        let mut found = _mm256_setzero_si256();
        for &[a, b, c, d] in words {
            let equal = |i: usize, b: u8| _mm256_cmpeq_epi8(bytes[i], _mm256_set1_epi8(b as i8));
            let all = _mm256_and_si256(
                _mm256_and_si256(equal(0, a), equal(1, b)),
                _mm256_and_si256(equal(2, c), equal(3, d)),
            );
            found = _mm256_or_si256(found, all);
        }
        u64::from(_mm256_movemask_epi8(found) as u32)
    }
}

/// Which of 32 bytes equal `byte`.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn equal_32(v: __m256i, byte: u8) -> u64 {
    // SAFETY: the caller vouches for AVX2.
    unsafe { u64::from(_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(byte as i8))) as u32) }
}

/// Which of 32 bytes are one of the `count` values from `first` on.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn within_32(v: __m256i, first: u8, count: u8) -> u64 {
    // SAFETY: the caller vouches for AVX2.
    unsafe {
        // Moved so that the range begins at the lowest signed value, one comparison tells what is in it.
        let moved = _mm256_sub_epi8(v, _mm256_set1_epi8((first ^ 0x80) as i8));
        let found = _mm256_cmpgt_epi8(_mm256_set1_epi8((0x80 + count) as i8), moved);
        u64::from(_mm256_movemask_epi8(found) as u32)
    }
}

/// The masks of 32 bytes.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn masks_32(v: __m256i) -> Masks {
    // SAFETY: the caller vouches for AVX2.
    unsafe {
        let blank = equal_32(v, b' ');
        Masks {
            letter: within_32(_mm256_or_si256(v, _mm256_set1_epi8(0x20)), b'a', 26),
            digit: within_32(v, b'0', 10),
            space: within_32(v, b'\t', 5) | blank,
            blank,
            apostrophe: equal_32(v, b'\''),
            high: u64::from(_mm256_movemask_epi8(v) as u32),
            separator: equal_32(v, SEPARATOR),
        }
    }
}

/// For each number, how many of some others are below it.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn below<const ROWS: usize>(numbers: &[[i16; 16]; ROWS], others: &[i16]) -> [[i16; 16]; ROWS] {
    let mut below = [[0; 16]; ROWS];
    // SAFETY: the caller vouches for AVX2, the rows have 32 bytes, and load and store may be unaligned.
    unsafe {
        let numbers = numbers.each_ref().map(|row| _mm256_loadu_si256(row.as_ptr().cast()));
        let mut counts = [_mm256_setzero_si256(); ROWS];
        for other in others {
            let other = _mm256_set1_epi16(*other);
            for (count, numbers) in counts.iter_mut().zip(numbers) {
                *count = _mm256_sub_epi16(*count, _mm256_cmpgt_epi16(numbers, other));
            }
        }
        for (row, count) in below.iter_mut().zip(counts) {
            _mm256_storeu_si256(row.as_mut_ptr().cast(), count);
        }
    }
    below
}

/// Which of 32 numbers have `value` in the bits of `mask`.
///
/// # Safety
/// The processor has AVX2, and there are 32 numbers.
#[inline(always)]
unsafe fn equal_numbers(numbers: *const u16, mask: u16, value: u16) -> u64 {
    // SAFETY: the caller vouches for AVX2 and the numbers, and the loads may be unaligned.
    unsafe {
        let equal = |numbers: *const u16| {
            let numbers = _mm256_loadu_si256(numbers.cast());
            let masked = _mm256_and_si256(numbers, _mm256_set1_epi16(mask as i16));
            _mm256_cmpeq_epi16(masked, _mm256_set1_epi16(value as i16))
        };
        // Packing goes by halves.
        let packed = _mm256_packs_epi16(equal(numbers), equal(numbers.add(16)));
        u64::from(_mm256_movemask_epi8(_mm256_permute4x64_epi64::<0xd8>(packed)) as u32)
    }
}

/// What both levels do with AVX2.
macro_rules! by_avx2 {
    () => {
        #[inline(always)]
        fn want<const BUCKETS: usize, const FEATURES: usize, const NUMBERS: usize>(
            self,
            feature: usize,
            start: u32,
            numbers: [&[u32; 8]; NUMBERS],
            wanted: &mut Wanted<BUCKETS, FEATURES>,
        ) {
            // SAFETY: `self` proves the instructions.
            unsafe { avx2::want(feature, start, numbers, wanted) }
        }

        #[inline(always)]
        fn below<const ROWS: usize>(self, numbers: &[[i16; 16]; ROWS], others: &[i16]) -> [[i16; 16]; ROWS] {
            // SAFETY: `self` proves the instructions.
            unsafe { below(numbers, others) }
        }

        #[inline(always)]
        fn equal(self, numbers: &[u16; 64], mask: u16, value: u16) -> u64 {
            let at = |first: usize| numbers.as_ptr().wrapping_add(first);
            // SAFETY: there are 64 numbers, and `self` proves the instructions.
            unsafe { equal_numbers(at(0), mask, value) | equal_numbers(at(32), mask, value) << 32 }
        }
    };
}

impl Level for Avx2 {
    by_avx2!();

    #[inline(always)]
    fn sums<const BUCKETS: usize, const FEATURES: usize>(
        self,
        table: &Weights<BUCKETS>,
        wanted: &Wanted<BUCKETS, FEATURES>,
    ) -> [i32; 8] {
        // SAFETY: `self` proves the instructions.
        unsafe { avx2::sums(table, wanted) }
    }

    #[inline(always)]
    fn fours<const WORDS: usize>(self, ahead: &Fours, words: &[[u8; 4]; WORDS]) -> u64 {
        let bytes = ahead.as_ptr();
        // SAFETY: there are 67 bytes, and `self` proves the instructions.
        unsafe { fours_32(bytes, words) | fours_32(bytes.add(32), words) << 32 }
    }

    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        // SAFETY: the block has 64 bytes, the loads may be unaligned, and `self` proves the instructions.
        let (low, high) = unsafe {
            (
                masks_32(_mm256_loadu_si256(block.as_ptr().cast())),
                masks_32(_mm256_loadu_si256(block.as_ptr().add(32).cast())),
            )
        };
        Masks {
            letter: low.letter | high.letter << 32,
            digit: low.digit | high.digit << 32,
            space: low.space | high.space << 32,
            blank: low.blank | high.blank << 32,
            apostrophe: low.apostrophe | high.apostrophe << 32,
            high: low.high | high.high << 32,
            separator: low.separator | high.separator << 32,
        }
    }

    #[inline(always)]
    fn signs(self, ahead: &Ahead) -> Signs {
        // SAFETY: there are 66 bytes, and `self` proves the instructions.
        let (low, high) = unsafe { (signs_32(ahead.as_ptr()), signs_32(ahead.as_ptr().add(32))) };
        Signs {
            digit: low.digit | high.digit << 32,
            capital: low.capital | high.capital << 32,
            blank: low.blank | high.blank << 32,
            colon: low.colon | high.colon << 32,
            at: low.at | high.at << 32,
            escape: low.escape | high.escape << 32,
            bracket: low.bracket | high.bracket << 32,
            equals: low.equals | high.equals << 32,
            dash: low.dash | high.dash << 32,
            gap: low.gap | high.gap << 32,
            high: low.high | high.high << 32,
            letter: low.letter | high.letter << 32,
            number: low.number | high.number << 32,
            sign: low.sign | high.sign << 32,
        }
    }

    #[inline(always)]
    fn outline(self, ahead: &Ahead) -> Outline {
        let bytes = ahead.as_ptr();
        // SAFETY: there are 66 bytes, the loads may be unaligned, and `self` proves the instructions.
        unsafe {
            let low = _mm256_loadu_si256(bytes.cast());
            let high = _mm256_loadu_si256(bytes.add(32).cast());
            // A byte later, with nothing before the first.
            let carried = _mm256_permute2x128_si256::<0x08>(low, low);
            let before_low = _mm256_alignr_epi8::<15>(low, carried);
            let before_high = _mm256_loadu_si256(bytes.add(31).cast());
            let (low_classes, low_words) = outline_32(bytes, low, before_low);
            let (high_classes, high_words) = outline_32(bytes.add(32), high, before_high);
            let words = any_32(low_words, NUMBER) | any_32(high_words, NUMBER) << 32;
            let many = if words & words.wrapping_sub(1) != 0 { there::WORDS } else { 0 };
            let signs = _mm256_or_si256(low_words, high_words);
            let signs = _mm256_and_si256(signs, _mm256_set1_epi8(there::SIGN as i8));
            let foreign = _mm256_srli_epi16::<3>(_mm256_or_si256(low, high));
            let foreign = _mm256_and_si256(foreign, _mm256_set1_epi8(there::HIGH as i8));
            let classes = _mm256_or_si256(low_classes, high_classes);
            let classes = _mm256_and_si256(classes, _mm256_set1_epi8(!DASH as i8));
            let kinds = _mm256_or_si256(classes, _mm256_or_si256(signs, foreign));
            let dashes = |classes| (_mm256_movemask_epi8(classes) as u32).count_ones();
            Outline { kinds: any_byte(kinds) | many, dashes: dashes(low_classes) + dashes(high_classes) }
        }
    }
}

/// The bit of a dash in [`CLASSES`]: the highest, which is quickest counted.
const DASH: u8 = 128;
const _: () = assert!(there::HIGH == 128 >> 3 && MANY_WORDS == 2, "an outline's shortcuts");

/// What a byte of ASCII is that a block is told by: a bit of [`there`], or the dash's. Of those that share one, the bytes
/// with both halves of any are all.
const fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b':' => there::NUMBER,
        b'@' => there::AT,
        b'%' | b'&' => there::ESCAPE & 7,
        b'['..=b'_' | b'{'..=b'\x7f' => there::ESCAPE & 8,
        b'=' => there::SIGN & 64,
        b'-' => DASH,
        _ => 0,
    }
}

/// What the bytes are that a block is told by, by their lower and their upper four bits: what both have in common. The
/// highest bit is the dash's, the others are those of [`there`].
static CLASSES: [[u8; 16]; 2] = {
    let mut classes = [[0; 16]; 2];
    let mut byte = 0;
    while byte < 128 {
        let bit = class(byte as u8);
        classes[0][byte % 16] |= bit;
        classes[1][byte / 16] |= bit;
        byte += 1;
    }
    classes
};

/// [`WORDS`] by the lowest four bits of a letter alone: of words that are there, all are found.
static NEAR_WORDS: [[u8; 16]; 3] = {
    let mut near = [[0; 16]; 3];
    let mut letter = 0;
    while letter < 32 {
        let mut place = 0;
        while place < 3 {
            near[place][letter % 16] |= WORDS[place][letter];
            place += 1;
        }
        letter += 1;
    }
    near
};

/// The bits that any of 32 bytes has.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn any_byte(v: __m256i) -> u8 {
    // SAFETY: the caller vouches for AVX2.
    let eight = unsafe {
        let half = _mm_or_si128(_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
        _mm_cvtsi128_si64(_mm_or_si128(half, _mm_unpackhi_epi64(half, half))) as u64
    };
    let four = eight | eight >> 32;
    let two = four | four >> 16;
    (two | two >> 8) as u8
}

/// What a table of 16 bytes has for the lowest four bits of each of 32 bytes; nothing for all but ASCII.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn in_16(table: &[u8; 16], bytes: __m256i) -> __m256i {
    // SAFETY: the load is of the table's bytes and may be unaligned; the caller vouches for AVX2.
    unsafe {
        let table = _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().cast()));
        _mm256_shuffle_epi8(table, bytes)
    }
}

/// For 32 bytes their [`CLASSES`], and something for each that a word of [`WORDS`] may begin at, if what stands before it
/// (`earlier`) is no letter. `bytes` is where the 32 bytes are, and two more.
///
/// # Safety
/// The processor has AVX2, and `bytes` may be read from for 34 bytes.
#[inline(always)]
unsafe fn outline_32(bytes: *const u8, v: __m256i, earlier: __m256i) -> (__m256i, __m256i) {
    // SAFETY: the loads are of those bytes and may be unaligned; the caller vouches for AVX2.
    unsafe {
        let [low, high] = &CLASSES;
        let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(v), _mm256_set1_epi8(15));
        let classes = _mm256_and_si256(in_16(low, v), in_16(high, upper));
        let second = _mm256_loadu_si256(bytes.add(1).cast());
        let third = _mm256_loadu_si256(bytes.add(2).cast());
        let [a, b, c] = &NEAR_WORDS;
        // Behind `at` anything may stand.
        let third = _mm256_or_si256(in_16(c, third), _mm256_set1_epi8(ANYTHING as i8));
        let words = _mm256_and_si256(in_16(a, v), _mm256_and_si256(in_16(b, second), third));
        let small = _mm256_or_si256(earlier, _mm256_set1_epi8(0x20));
        let moved = _mm256_sub_epi8(small, _mm256_set1_epi8((b'a' ^ 0x80) as i8));
        let letters = _mm256_cmpgt_epi8(_mm256_set1_epi8((0x80 + 26_u8) as i8), moved);
        (classes, _mm256_andnot_si256(letters, words))
    }
}

/// The signs of 32 bytes, and of the two after them.
///
/// # Safety
/// The processor has AVX2, and `bytes` may be read from for 34 bytes.
#[inline(always)]
unsafe fn signs_32(bytes: *const u8) -> Signs {
    // SAFETY: the loads are of those bytes and may be unaligned; the caller vouches for AVX2.
    unsafe {
        let v = _mm256_loadu_si256(bytes.cast());
        let second = _mm256_loadu_si256(bytes.add(1).cast());
        let third = _mm256_loadu_si256(bytes.add(2).cast());
        let [a, b, c] = &WORDS;
        // Behind `at` anything may stand.
        let third = _mm256_or_si256(in_32(c, third), _mm256_set1_epi8(ANYTHING as i8));
        let words = _mm256_and_si256(in_32(a, v), _mm256_and_si256(in_32(b, second), third));
        Signs {
            digit: within_32(v, b'0', 10),
            capital: within_32(v, b'A', 26),
            blank: equal_32(v, b' '),
            colon: equal_32(v, b':'),
            at: equal_32(v, b'@'),
            escape: within_32(v, b'%', 2) | equal_32(v, b'\\') | equal_32(v, b'_'),
            bracket: equal_32(v, b'[') | within_32(v, b']', 2) | within_32(v, b'{', 5),
            equals: equal_32(v, b'='),
            dash: equal_32(v, b'-'),
            gap: equal_32(v, b' ') | equal_32(v, b'-') | within_32(v, b'.', 2) | within_32(v, b'(', 2),
            high: u64::from(_mm256_movemask_epi8(v) as u32),
            letter: within_32(_mm256_or_si256(v, _mm256_set1_epi8(0x20)), b'a', 26),
            number: any_32(words, NUMBER),
            sign: any_32(words, SIGN),
        }
    }
}

/// Which of 32 bytes have any of some bits.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn any_32(v: __m256i, bits: u8) -> u64 {
    // SAFETY: the caller vouches for AVX2.
    unsafe {
        let found = _mm256_and_si256(v, _mm256_set1_epi8(bits as i8));
        let none = _mm256_cmpeq_epi8(found, _mm256_setzero_si256());
        u64::from(!_mm256_movemask_epi8(none) as u32)
    }
}

/// What a table of 32 bytes has for the lowest five bits of each of 32 bytes; nothing for all but ASCII.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn in_32(table: &[u8; 32], bytes: __m256i) -> __m256i {
    // SAFETY: the loads are of 16 of the table's bytes each and may be unaligned; the caller vouches for AVX2.
    unsafe {
        let low = _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().cast()));
        let high = _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().add(16).cast()));
        // All but ASCII keeps its highest bit, for which nothing is chosen.
        let nibbles = _mm256_and_si256(bytes, _mm256_set1_epi8((0x80_u8 | 15) as i8));
        // The bit that chooses the half becomes the sign.
        let half = _mm256_slli_epi16::<3>(bytes);
        _mm256_blendv_epi8(_mm256_shuffle_epi8(low, nibbles), _mm256_shuffle_epi8(high, nibbles), half)
    }
}

/// The numbers from 0 on.
static ALL: [u8; BLOCK] = {
    let mut all = [0; BLOCK];
    let mut at = 0;
    while at < BLOCK {
        all[at] = at as u8;
        at += 1;
    }
    all
};

/// Which of 64 bytes equal `byte`.
///
/// # Safety
/// The processor has AVX-512BW.
#[inline(always)]
unsafe fn equal_64(v: __m512i, byte: u8) -> u64 {
    // SAFETY: the caller vouches for AVX-512BW.
    unsafe { _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(byte as i8)) }
}

/// 1 for the ASCII that an outline tells of by itself.
static TELLING: [u8; 2 * BLOCK] = {
    let mut telling = [0; 2 * BLOCK];
    let mut byte = 0;
    while byte < 2 * BLOCK {
        telling[byte] = (class(byte as u8) & !DASH != 0) as u8;
        byte += 1;
    }
    telling
};

/// The masks of 64 bytes.
///
/// # Safety
/// The processor has AVX-512BW.
#[inline(always)]
unsafe fn masks_64(v: __m512i) -> Masks {
    // SAFETY: the caller vouches for AVX-512BW.
    unsafe {
        let blank = equal_64(v, b' ');
        Masks {
            letter: within_64(_mm512_or_si512(v, _mm512_set1_epi8(0x20)), b'a', 26),
            digit: within_64(v, b'0', 10),
            space: within_64(v, b'\t', 5) | blank,
            blank,
            apostrophe: equal_64(v, b'\''),
            high: _mm512_movepi8_mask(v),
            separator: equal_64(v, SEPARATOR),
        }
    }
}

/// Up to 64 bytes from the number `from` on, with zeros behind them.
///
/// # Safety
/// The processor has AVX-512BW.
#[inline(always)]
unsafe fn short_64(bytes: &[u8], from: usize) -> __m512i {
    let count = bytes.len().saturating_sub(from).min(BLOCK);
    // SAFETY: no more than the bytes that are there are loaded; the caller vouches for the instructions.
    unsafe {
        let mask = _bzhi_u64(u64::MAX, count as u32);
        _mm512_maskz_loadu_epi8(mask, bytes.as_ptr().wrapping_add(from).cast())
    }
}

/// A block, and the same from its second and its third byte on.
///
/// # Safety
/// The processor has AVX-512F.
#[inline(always)]
unsafe fn ahead_64(ahead: &Ahead) -> [__m512i; 3] {
    let bytes = ahead.as_ptr();
    // SAFETY: there are 66 bytes, and the loads may be unaligned; the caller vouches for the instructions.
    unsafe {
        [
            _mm512_loadu_si512(bytes.cast()),
            _mm512_loadu_si512(bytes.add(1).cast()),
            _mm512_loadu_si512(bytes.add(2).cast()),
        ]
    }
}

/// What [`WORDS`] has in common for each byte and the two after it.
///
/// # Safety
/// The processor has AVX-512VBMI.
#[inline(always)]
unsafe fn words_64([first, second, third]: [__m512i; 3]) -> __m512i {
    // SAFETY: the caller vouches for the instructions.
    unsafe {
        let [a, b, c] = &WORDS;
        // Behind `at` anything may stand.
        let third = _mm512_or_si512(in_64(c, third), _mm512_set1_epi8(ANYTHING as i8));
        _mm512_and_si512(in_64(a, first), _mm512_and_si512(in_64(b, second), third))
    }
}

/// The signs of 64 bytes.
///
/// # Safety
/// The processor has AVX-512VBMI.
#[inline(always)]
unsafe fn signs_64(bytes: [__m512i; 3]) -> Signs {
    // SAFETY: the caller vouches for the instructions.
    unsafe {
        let [v, _, _] = bytes;
        let words = words_64(bytes);
        Signs {
            digit: within_64(v, b'0', 10),
            capital: within_64(v, b'A', 26),
            blank: equal_64(v, b' '),
            colon: equal_64(v, b':'),
            at: equal_64(v, b'@'),
            escape: within_64(v, b'%', 2) | equal_64(v, b'\\') | equal_64(v, b'_'),
            bracket: equal_64(v, b'[') | within_64(v, b']', 2) | within_64(v, b'{', 5),
            equals: equal_64(v, b'='),
            dash: equal_64(v, b'-'),
            gap: equal_64(v, b' ') | equal_64(v, b'-') | within_64(v, b'.', 2) | within_64(v, b'(', 2),
            high: _mm512_movepi8_mask(v),
            letter: within_64(_mm512_or_si512(v, _mm512_set1_epi8(0x20)), b'a', 26),
            number: _mm512_test_epi8_mask(words, _mm512_set1_epi8(NUMBER as i8)),
            sign: _mm512_test_epi8_mask(words, _mm512_set1_epi8(SIGN as i8)),
        }
    }
}

/// The outline of 64 bytes.
///
/// # Safety
/// The processor has AVX-512VBMI.
#[inline(always)]
unsafe fn outline_64(bytes: [__m512i; 3]) -> Outline {
    // SAFETY: the table has 128 bytes, the loads may be unaligned; the caller vouches for the instructions.
    unsafe {
        let [v, _, _] = bytes;
        let low = _mm512_loadu_si512(TELLING.as_ptr().cast());
        let high = _mm512_loadu_si512(TELLING.as_ptr().add(BLOCK).cast());
        let telling = _mm512_permutex2var_epi8(low, v, high);
        // All but ASCII has its highest bit, which the table's numbers lack.
        let telling = _mm512_or_si512(telling, _mm512_and_si512(v, _mm512_set1_epi8(-128)));
        let words = words_64(bytes);
        let letter = within_64(_mm512_or_si512(v, _mm512_set1_epi8(0x20)), b'a', 26);
        let words = _mm512_test_epi8_mask(words, words) & !(letter << 1);
        if _mm512_test_epi8_mask(telling, telling) | words == 0 {
            return Outline { kinds: 0, dashes: equal_64(v, b'-').count_ones() };
        }
        signs_64(bytes).outline()
    }
}

/// What a table of 32 bytes has for the lowest five bits of each of 64 bytes; nothing for all but ASCII.
///
/// # Safety
/// The processor has AVX-512VBMI.
#[inline(always)]
unsafe fn in_64(table: &[u8; 32], bytes: __m512i) -> __m512i {
    // SAFETY: the table has 32 bytes, the load may be unaligned; the caller vouches for the instructions.
    unsafe {
        // Six bits choose, so the table is there twice.
        let table = _mm512_broadcast_i64x4(_mm256_loadu_si256(table.as_ptr().cast()));
        _mm512_maskz_permutexvar_epi8(!_mm512_movepi8_mask(bytes), bytes, table)
    }
}

/// Which of 64 bytes are one of the `count` values from `first` on.
///
/// # Safety
/// The processor has AVX-512BW.
#[inline(always)]
unsafe fn within_64(v: __m512i, first: u8, count: u8) -> u64 {
    // SAFETY: the caller vouches for AVX-512BW.
    unsafe {
        let moved = _mm512_sub_epi8(v, _mm512_set1_epi8(first as i8));
        _mm512_cmplt_epu8_mask(moved, _mm512_set1_epi8(count as i8))
    }
}

impl Level for Avx512 {
    by_avx2!();

    #[inline(always)]
    fn fours<const WORDS: usize>(self, ahead: &Fours, words: &[[u8; 4]; WORDS]) -> u64 {
        // SAFETY: there are 67 bytes, the loads may be unaligned, and `self` proves the instructions.
        unsafe {
            let small =
                |i| _mm512_or_si512(_mm512_loadu_si512(ahead.as_ptr().add(i).cast()), _mm512_set1_epi8(0x20));
            let bytes = [small(0), small(1), small(2), small(3)];
            let mut found = 0;
            for &[a, b, c, d] in words {
                found |= equal_64(bytes[0], a)
                    & equal_64(bytes[1], b)
                    & equal_64(bytes[2], c)
                    & equal_64(bytes[3], d);
            }
            found
        }
    }

    const SIDE_BY_SIDE: bool = true;

    #[inline(always)]
    fn sums<const BUCKETS: usize, const FEATURES: usize>(
        self,
        table: &Weights<BUCKETS>,
        wanted: &Wanted<BUCKETS, FEATURES>,
    ) -> [i32; 8] {
        // SAFETY: `self` proves the instructions.
        unsafe { avx512::sums(table, wanted) }
    }

    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        // SAFETY: the block has 64 bytes, the load may be unaligned, and `self` proves the instructions.
        unsafe { masks_64(_mm512_loadu_si512(block.as_ptr().cast())) }
    }

    #[inline(always)]
    fn short_masks(self, bytes: &[u8]) -> Masks {
        // SAFETY: `self` proves the instructions.
        unsafe { masks_64(short_64(bytes, 0)) }
    }

    #[inline(always)]
    fn signs(self, ahead: &Ahead) -> Signs {
        // SAFETY: there are 66 bytes, the loads may be unaligned, and `self` proves the instructions.
        unsafe { signs_64(ahead_64(ahead)) }
    }

    #[inline(always)]
    fn short_signs(self, bytes: &[u8]) -> Signs {
        // SAFETY: `self` proves the instructions.
        unsafe { signs_64([short_64(bytes, 0), short_64(bytes, 1), short_64(bytes, 2)]) }
    }

    #[inline(always)]
    fn outline(self, ahead: &Ahead) -> Outline {
        // SAFETY: there are 66 bytes, the loads may be unaligned, and `self` proves the instructions.
        unsafe { outline_64(ahead_64(ahead)) }
    }

    #[inline(always)]
    fn short_outline(self, bytes: &[u8]) -> Outline {
        // SAFETY: `self` proves the instructions.
        unsafe { outline_64([short_64(bytes, 0), short_64(bytes, 1), short_64(bytes, 2)]) }
    }

    #[inline(always)]
    fn positions(self, mask: u64, base: u16, out: &mut [u16; BLOCK]) {
        // SAFETY: the array has 64 elements, the load may be unaligned, and `self` proves the instructions.
        unsafe {
            let found = _mm512_maskz_compress_epi8(mask, _mm512_loadu_si512(ALL.as_ptr().cast()));
            store_numbers(found, base, out, mask.count_ones() > 32);
        }
    }

    #[inline(always)]
    fn runs(self, window: &Window) -> Runs {
        // SAFETY: each load is of 64 of the window's bytes and may be unaligned, and `self` proves the instructions.
        unsafe {
            let before = _mm512_loadu_si512(window.as_ptr().add(MARGIN - 1).cast());
            let here = _mm512_loadu_si512(window.as_ptr().add(MARGIN).cast());
            let classes = [classes_64(before), classes_64(here)];
            let (previous, next) = (window[MARGIN - 1], window[MARGIN + BLOCK]);
            let next_class = CLASS[usize::from(next)];
            let separators = equal_64(here, SEPARATOR);
            let foreign = _mm512_movepi8_mask(here) & !separators;
            let foreign_edge = [is_foreign(previous), is_foreign(next)];
            if foreign == 0 && foreign_edge == [false; 2] {
                return runs_64(before, here, classes, next_class, separators);
            }
            let marks = marks_72(window);
            let [at_before, at_here, at_next] =
                [MARGIN - 1, MARGIN, MARGIN + BLOCK].map(|shift| (marks >> shift) as u64);
            let other = _mm512_set1_epi8(OTHER as i8);
            let classes = [
                _mm512_mask_mov_epi8(classes[0], at_before, other),
                _mm512_mask_mov_epi8(classes[1], at_here, other),
            ];
            let next_class = if at_next & 1 == 0 { next_class } else { OTHER };
            let foreign = foreign & !at_here
                | u64::from(foreign_edge[0]) & !at_before
                | u64::from(foreign_edge[1]) & !at_next;
            Runs { foreign: foreign != 0, ..runs_64(before, here, classes, next_class, separators) }
        }
    }

    #[inline(always)]
    fn missing<const SLOTS: usize>(self, table: &Direct<SLOTS>, keys: &[u64; BLOCK]) -> u64 {
        let mut slots = [0u16; BLOCK];
        // SAFETY: `self` proves the instructions; each access is to eight of the 64 elements.
        unsafe {
            let multiplier = _mm512_set1_epi64(table.multiplier as i64);
            let shift = _mm_cvtsi32_si128((u64::BITS - SLOTS.ilog2()) as i32);
            for (keys, slots) in keys.as_chunks::<8>().0.iter().zip(slots.as_chunks_mut::<8>().0) {
                let product = _mm512_mullo_epi64(_mm512_loadu_si512(keys.as_ptr().cast()), multiplier);
                let shifted = _mm512_srl_epi64(product, shift);
                _mm_storeu_si128(slots.as_mut_ptr().cast(), _mm512_cvtepi64_epi16(shifted));
            }
        }
        let mut missing = 0;
        for (at, (keys, slots)) in keys.as_chunks::<8>().0.iter().zip(slots.as_chunks::<8>().0).enumerate() {
            let found = slots.map_eight(|slot| table.slots[slot % SLOTS]);
            // SAFETY: as above.
            let other = unsafe {
                _mm512_cmpneq_epi64_mask(_mm512_loadu_si512(keys.as_ptr().cast()), eight_64(found))
            };
            missing |= u64::from(other) << (8 * at);
        }
        missing
    }

    #[inline(always)]
    fn lacking_keys<const BUCKETS: usize, const SLOTS: usize>(
        self,
        table: &Keys<BUCKETS, SLOTS>,
        keys: [u64; 8],
    ) -> u8 {
        // SAFETY: `self` proves the instructions.
        unsafe {
            let keys = eight_64(keys);
            let product = _mm512_mullo_epi64(keys, _mm512_set1_epi64(table.multiplier as i64));
            let slots = slots_of::<BUCKETS, SLOTS>(product, table.pilots);
            let found = slots.map_eight(|slot| table.slots[slot % SLOTS]);
            _mm512_cmpneq_epi64_mask(keys, eight_64(found))
        }
    }

    #[inline(always)]
    fn lacking_words<const BUCKETS: usize, const SLOTS: usize>(
        self,
        table: &Pairs<BUCKETS, SLOTS>,
        words: [&[u8; 16]; 8],
        lengths: [u16; 8],
    ) -> u8 {
        // SAFETY: `self` proves the instructions.
        unsafe {
            // Of the eight words, every other one is in each of two vectors: so the low halves of both make the vector of
            // all of them.
            let [a, b, c, d, e, f, g, h] = words;
            let lengths = eight_16(lengths);
            let short = _mm512_zextsi128_si512(_mm_min_epu16(lengths, _mm_set1_epi16(16)));
            let even = padded_16(four_16([a, c, e, g]), short, 0);
            let odd = padded_16(four_16([b, d, f, h]), short, 2);
            let [low, high] = table.multipliers;
            let multipliers = _mm512_set4_epi64(high as i64, low as i64, high as i64, low as i64);
            let (even_hash, odd_hash) =
                (_mm512_mullo_epi64(even, multipliers), _mm512_mullo_epi64(odd, multipliers));
            let hashes = _mm512_xor_si512(
                _mm512_unpacklo_epi64(even_hash, odd_hash),
                _mm512_unpackhi_epi64(even_hash, odd_hash),
            );
            let [a, b, c, d, e, f, g, h] =
                slots_of::<BUCKETS, SLOTS>(hashes, table.pilots).map_eight(|slot| &table.slots[slot % SLOTS]);
            let even = _mm512_cmpneq_epi64_mask(even, four_16([a, c, e, g]));
            let odd = _mm512_cmpneq_epi64_mask(odd, four_16([b, d, f, h]));
            let too_long = _mm_cmpgt_epu16_mask(lengths, _mm_set1_epi16(16));
            (even | even >> 1) & 0x55 | (odd | odd << 1) & 0xAA | too_long
        }
    }

    #[inline(always)]
    fn keep(self, numbers: [u16; 8], mask: u8, out: &mut [u16; 8]) {
        // SAFETY: the array has 16 bytes, the store may be unaligned, and `self` proves the instructions.
        unsafe {
            let kept = _mm_maskz_compress_epi16(mask, eight_16(numbers));
            _mm_storeu_si128(out.as_mut_ptr().cast(), kept);
        }
    }

    #[inline(always)]
    fn words(
        self,
        window: &[u8; 2 * BLOCK],
        starts: u64,
        next: u8,
        [base, number]: [u16; 2],
        room: Room<'_>,
    ) -> Option<usize> {
        // SAFETY: the arrays have 64 elements and the window twice as many bytes, the accesses may be unaligned, and
        // `self` proves the instructions.
        unsafe {
            let all = _mm512_loadu_si512(ALL.as_ptr().cast());
            let count = starts.count_ones();
            let begins = _mm512_maskz_compress_epi8(starts, all);
            store_numbers(begins, base, room.starts, count > 32);
            let ends = _mm512_maskz_compress_epi8(starts & starts.wrapping_sub(1), all);
            let last = 1u64.wrapping_shl(count.wrapping_sub(1));
            let ends = _mm512_mask_blend_epi8(last, ends, _mm512_set1_epi8(next as i8));
            let lengths = _mm512_sub_epi8(ends, begins);
            let fit = _mm512_cmple_epu8_mask(lengths, _mm512_set1_epi8(8));
            let lengths = _mm512_maskz_mov_epi8(fit, lengths);
            let long = _bzhi_u64(!fit, count);
            store_numbers(_mm512_maskz_compress_epi8(long, all), number, room.long, false);

            let low = _mm512_loadu_si512(window.as_ptr().cast());
            let high = _mm512_loadu_si512(window.as_ptr().add(BLOCK).cast());
            let (keys, _) = room.keys.as_chunks_mut::<8>();
            // Few blocks have more than sixteen words: without a branch on their number that is seldom right.
            let (usual, more) = keys.split_at_mut(2);
            for (i, keys) in usual.iter_mut().enumerate() {
                store_words([low, high], begins, lengths, i, keys);
            }
            if count > 16 {
                for (i, keys) in more.iter_mut().enumerate() {
                    store_words([low, high], begins, lengths, 2 + i, keys);
                }
            }
            Some(long.count_ones() as usize)
        }
    }
}

/// Eight numbers in the place of eight others, one by one.
trait MapEight {
    fn map_eight<T>(self, of: impl Fn(usize) -> T) -> [T; 8];
}

impl MapEight for [u16; 8] {
    #[inline(always)]
    fn map_eight<T>(self, of: impl Fn(usize) -> T) -> [T; 8] {
        // Spelled out, for `map` would be compiled apart.
        let [a, b, c, d, e, f, g, h] = self;
        [
            of(a.into()),
            of(b.into()),
            of(c.into()),
            of(d.into()),
            of(e.into()),
            of(f.into()),
            of(g.into()),
            of(h.into()),
        ]
    }
}

/// # Safety
/// The processor has AVX-512F.
#[inline(always)]
unsafe fn eight_64([a, b, c, d, e, f, g, h]: [u64; 8]) -> __m512i {
    // SAFETY: the caller vouches for AVX-512F.
    unsafe {
        _mm512_setr_epi64(a as i64, b as i64, c as i64, d as i64, e as i64, f as i64, g as i64, h as i64)
    }
}

/// # Safety
/// None: every processor of this architecture can do it.
#[inline(always)]
unsafe fn eight_16([a, b, c, d, e, f, g, h]: [u16; 8]) -> __m128i {
    // SAFETY: SSE2 is always there.
    unsafe { _mm_setr_epi16(a as i16, b as i16, c as i16, d as i16, e as i16, f as i16, g as i16, h as i16) }
}

/// Four times sixteen bytes.
///
/// # Safety
/// The processor has AVX-512DQ.
#[inline(always)]
unsafe fn four_16<T>([a, b, c, d]: [&T; 4]) -> __m512i {
    const { assert!(size_of::<T>() == 16) };
    // SAFETY: each load is of sixteen bytes and may be unaligned; the caller vouches for the instructions.
    unsafe {
        let [a, b, c, d] = [
            _mm_loadu_si128(std::ptr::from_ref(a).cast()),
            _mm_loadu_si128(std::ptr::from_ref(b).cast()),
            _mm_loadu_si128(std::ptr::from_ref(c).cast()),
            _mm_loadu_si128(std::ptr::from_ref(d).cast()),
        ];
        let (low, high) = (_mm256_set_m128i(b, a), _mm256_set_m128i(d, c));
        _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
    }
}

/// Four words of sixteen bytes, padded from their lengths on: these are every fourth byte of `lengths` from `first`
/// on.
///
/// # Safety
/// The processor has AVX-512VBMI.
#[inline(always)]
unsafe fn padded_16(words: __m512i, lengths: __m512i, first: u8) -> __m512i {
    // SAFETY: the caller vouches for the instructions.
    unsafe {
        let all = _mm512_loadu_si512(ALL.as_ptr().cast());
        let place = _mm512_and_si512(all, _mm512_set1_epi8(15));
        let word = _mm512_and_si512(_mm512_srli_epi16::<2>(all), _mm512_set1_epi8(12));
        let length = _mm512_permutexvar_epi8(_mm512_add_epi8(word, _mm512_set1_epi8(first as i8)), lengths);
        let padding = _mm512_cmpge_epu8_mask(place, length);
        _mm512_mask_blend_epi8(padding, words, _mm512_set1_epi8(SEPARATOR as i8))
    }
}

/// The slots that hashes lead to, as [`super::table`] has it.
///
/// # Safety
/// The processor has AVX-512DQ and VL.
#[inline(always)]
unsafe fn slots_of<const BUCKETS: usize, const SLOTS: usize>(
    hashes: __m512i,
    pilots: &[u16; BUCKETS],
) -> [u16; 8] {
    // SAFETY: the arrays have 16 bytes, the stores may be unaligned; the caller vouches for the instructions.
    unsafe {
        let hashes = _mm512_xor_si512(hashes, _mm512_srli_epi64::<32>(hashes));
        let mut buckets = [0u16; 8];
        _mm_storeu_si128(buckets.as_mut_ptr().cast(), _mm512_cvtepi64_epi16(hashes));
        let pilots = eight_16(buckets.map_eight(|bucket| pilots[bucket % BUCKETS]));
        let product = _mm512_mullo_epi64(hashes, _mm512_cvtepu16_epi64(pilots));
        let shift = _mm_cvtsi32_si128((u64::BITS - SLOTS.ilog2()) as i32);
        let mut slots = [0u16; 8];
        _mm_storeu_si128(slots.as_mut_ptr().cast(), _mm512_cvtepi64_epi16(_mm512_srl_epi64(product, shift)));
        slots
    }
}

// Functions, not closures: only these are sure to be inlined, and so compiled for the instruction set.

/// The [`CLASS`] of each of 64 bytes.
///
/// # Safety
/// The processor has AVX-512VBMI.
#[inline(always)]
unsafe fn classes_64(bytes: __m512i) -> __m512i {
    // SAFETY: the table has more than 128 bytes; the caller vouches for the instructions.
    unsafe {
        let low = _mm512_loadu_si512(CLASS.as_ptr().cast());
        let high = _mm512_loadu_si512(CLASS.as_ptr().add(BLOCK).cast());
        let ascii = _mm512_testn_epi8_mask(bytes, _mm512_set1_epi8(-128));
        _mm512_maskz_permutex2var_epi8(ascii, low, bytes, high)
    }
}

/// Where runs begin in a block, as [`Level::runs`] has it: by the block as moved by one byte and itself, by the
/// classes of both and of the byte after it.
///
/// # Safety
/// The processor has AVX-512BW.
#[inline(always)]
unsafe fn runs_64(before: __m512i, here: __m512i, classes: [__m512i; 2], next: u8, separators: u64) -> Runs {
    // SAFETY: the caller vouches for the instructions.
    unsafe {
        let space = equal_64(classes[1], SPACE);
        let word = _mm512_cmpgt_epu8_mask(classes[1], _mm512_set1_epi8(SPACE as i8));
        let begins = _mm512_cmpneq_epi8_mask(classes[1], classes[0]);
        let word_begins = begins & word & !equal_64(before, b' ');
        let before_word = space & (word >> 1 | u64::from(next > SPACE) << 63);
        Runs {
            starts: word_begins | begins & space | before_word | separators,
            quotes: word_begins & equal_64(here, b'\''),
            foreign: false,
        }
    }
}

/// The bytes of a window that [`marks`](super::marks) looks for.
///
/// # Safety
/// The processor has AVX-512BW.
#[inline(always)]
unsafe fn marks_72(window: &Window) -> u128 {
    // SAFETY: both loads are of 64 of the window's bytes and may be unaligned; the caller vouches for AVX-512BW.
    unsafe {
        let low = _mm512_loadu_si512(window.as_ptr().cast());
        let high = _mm512_loadu_si512(window.as_ptr().add(2 * MARGIN).cast());
        let joined = [
            (equal_64(low, 0xE2), equal_64(high, 0xE2)),
            (equal_64(low, 0x80), equal_64(high, 0x80)),
            (within_64(low, 0x90, 0x18), within_64(high, 0x90, 0x18)),
        ];
        let [first, second, third] =
            joined.map(|(low, high)| u128::from(low) | u128::from(high) << (2 * MARGIN));
        let firsts = first & second >> 1 & third >> 2;
        firsts | firsts << 1 | firsts << 2
    }
}

/// Writes the keys of eight of the words that `begins` and `lengths` list, from the number `8 * i` on, whose bytes the
/// `window` holds: each byte of a key is told its place in the word, and the word's start and length.
///
/// # Safety
/// The processor has AVX-512VBMI.
#[inline(always)]
unsafe fn store_words(
    window: [__m512i; 2],
    begins: __m512i,
    lengths: __m512i,
    i: usize,
    keys: &mut [u64; 8],
) {
    // SAFETY: the array has 64 bytes, the accesses may be unaligned; the caller vouches for the instructions.
    unsafe {
        let all = _mm512_loadu_si512(ALL.as_ptr().cast());
        let place = _mm512_and_si512(all, _mm512_set1_epi8(7));
        let first = _mm512_and_si512(_mm512_srli_epi16::<3>(all), _mm512_set1_epi8(7));
        let word = _mm512_add_epi8(first, _mm512_set1_epi8(8 * i as i8));
        let bytes = _mm512_add_epi8(_mm512_permutexvar_epi8(word, begins), place);
        let padding = _mm512_cmpge_epu8_mask(place, _mm512_permutexvar_epi8(word, lengths));
        let words = _mm512_permutex2var_epi8(window[0], bytes, window[1]);
        let words = _mm512_mask_blend_epi8(padding, words, _mm512_set1_epi8(SEPARATOR as i8));
        _mm512_storeu_si512(keys.as_mut_ptr().cast(), words);
    }
}

/// Writes `base` plus each of the first 32 bytes of `numbers`, or of all 64.
///
/// # Safety
/// The processor has AVX-512BW.
#[inline(always)]
unsafe fn store_numbers(numbers: __m512i, base: u16, out: &mut [u16; BLOCK], all: bool) {
    // SAFETY: the array has 64 elements, the accesses may be unaligned; the caller vouches for AVX-512BW.
    unsafe {
        let base = _mm512_set1_epi16(base as i16);
        let low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(numbers));
        _mm512_storeu_si512(out.as_mut_ptr().cast(), _mm512_add_epi16(base, low));
        if all {
            let high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64::<1>(numbers));
            _mm512_storeu_si512(out.as_mut_ptr().add(32).cast(), _mm512_add_epi16(base, high));
        }
    }
}

/// Class of each byte: 2 letter, 3 digit, [`SPACE`], or [`OTHER`]. 0 stands for all that is no ASCII.
static CLASS: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 2 * BLOCK {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => 2,
            b'0'..=b'9' => 3,
            b'\t'..=b'\r' | b' ' => SPACE,
            _ => OTHER,
        };
        byte += 1;
    }
    classes
};
const SPACE: u8 = 1;
const OTHER: u8 = 4;
