//! A table of weights of hashed features: eight places are hashed and looked up side by side.

use std::array::from_fn;

/// Bits of a weight; the other ten of its slot are the tag that tells a feature from the others of its bucket.
pub(crate) const WEIGHT_BITS: u32 = 6;
/// Bits of a tag.
const TAG_BITS: u32 = 16 - WEIGHT_BITS;
/// What the sum of a hash is multiplied by.
const FACTOR: u32 = 0x9e37_79b1;
/// By how many bits the numbers that make a hash are turned left.
const TURNS: [u32; 4] = [0, 11, 21, 5];
/// One in each slot of a bucket.
const SLOTS: u64 = 0x0001_0001_0001_0001;

/// Buckets of four slots.
pub(crate) struct Weights<const BUCKETS: usize>(pub(crate) &'static [[u8; 8]; BUCKETS]);

/// Where some features of eight places are to be found in a table of so many buckets, once they were asked for.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<const BUCKETS: usize, const FEATURES: usize> {
    /// Each below `BUCKETS`.
    buckets: [[u32; 8]; FEATURES],
    /// Each twice, in the upper and in the lower half.
    tags: [[u32; 8]; FEATURES],
}

impl<const BUCKETS: usize, const FEATURES: usize> Default for Wanted<BUCKETS, FEATURES> {
    fn default() -> Self {
        Self { buckets: [[0; 8]; FEATURES], tags: [[0; 8]; FEATURES] }
    }
}

/// A hash of 32 bits of some numbers, in their order.
#[inline(always)]
pub(crate) fn hash<const NUMBERS: usize>(start: u32, numbers: [u32; NUMBERS]) -> u32 {
    let turned = |sum: u32, (number, turn): (&u32, u32)| sum.wrapping_add(number.rotate_left(turn));
    let sum = numbers.iter().zip(TURNS).fold(start, turned);
    (sum ^ (sum >> 15)).wrapping_mul(FACTOR)
}

/// The bucket of a feature and its tag, which is never 0, in the place where a slot has it; `bits` of the hash tell the
/// bucket.
#[inline(always)]
pub(crate) fn place(hash: u32, bits: u32) -> (u32, u32) {
    let tag = (hash >> (32 - bits - TAG_BITS)) & ((1 << TAG_BITS) - 1);
    (hash >> (32 - bits), tag.max(1) << WEIGHT_BITS)
}

impl<const BUCKETS: usize> Weights<BUCKETS> {
    /// Bits of a hash that tell a bucket.
    const BITS: u32 = BUCKETS.ilog2();

    #[inline(always)]
    fn slots(&self, bucket: u32) -> u64 {
        u64::from_le_bytes(self.0[bucket as usize % BUCKETS])
    }

    /// The slots of the buckets of eight places.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn slots_of<const FEATURES: usize>(
        &self,
        wanted: &Wanted<BUCKETS, FEATURES>,
        feature: usize,
    ) -> [i64; 8] {
        wanted.buckets[feature].map(|bucket| {
            // SAFETY: whatever makes or changes `wanted` keeps its buckets below `BUCKETS`.
            let bucket = unsafe { self.0.get_unchecked(bucket as usize) };
            i64::from_le_bytes(*bucket)
        })
    }

    /// The weight of a feature in steps; 0 when the table does not hold it.
    #[inline]
    pub(crate) fn weight(&self, hash: u32) -> i32 {
        let (bucket, tag) = place(hash, Self::BITS);
        found(self.slots(bucket), tag | tag << 16)
    }

    /// Finds the features that begin with `start` and go on with the `numbers` of eight places.
    #[inline(always)]
    pub(super) fn want<const FEATURES: usize, const NUMBERS: usize>(
        feature: usize,
        start: u32,
        numbers: [&[u32; 8]; NUMBERS],
        wanted: &mut Wanted<BUCKETS, FEATURES>,
    ) {
        let hashes: [u32; 8] = from_fn(|at| hash(start, numbers.map(|numbers| numbers[at])));
        let places = hashes.map(|hash| place(hash, Self::BITS));
        wanted.buckets[feature] = places.map(|(bucket, _)| bucket);
        wanted.tags[feature] = places.map(|(_, tag)| tag | tag << 16);
    }

    /// For each of eight places the sum of the weights of its features.
    #[inline(always)]
    pub(super) fn sums<const FEATURES: usize>(&self, wanted: &Wanted<BUCKETS, FEATURES>) -> [i32; 8] {
        let mut sums = [0; 8];
        for (buckets, tags) in wanted.buckets.iter().zip(&wanted.tags) {
            for ((sum, bucket), tag) in sums.iter_mut().zip(buckets).zip(tags) {
                *sum += found(self.slots(*bucket), *tag);
            }
        }
        sums
    }
}

/// The weight in the first slot that has a tag, which is given twice.
#[inline(always)]
fn found(slots: u64, tag: u32) -> i32 {
    const TAGS: u64 = 0xffff - ((1 << WEIGHT_BITS) - 1);
    // One bit lower than they are, tags leave room for a carry.
    let differing = ((slots ^ (u64::from(tag) | u64::from(tag) << 32)) & (TAGS * SLOTS)) >> 1;
    let equal = !(differing + 0x7fff * SLOTS) & (0x8000 * SLOTS);
    let weight = (slots >> (equal.trailing_zeros() & 0x30)) as i32 & ((1 << WEIGHT_BITS) - 1);
    if equal == 0 { 0 } else { weight - (1 << (WEIGHT_BITS - 1)) }
}

#[cfg(target_arch = "x86_64")]
pub(super) mod avx2 {
    use super::{FACTOR, TAG_BITS, TURNS, WEIGHT_BITS, Wanted, Weights};
    use std::arch::x86_64::*;

    /// The same as [`Weights::want`].
    ///
    /// # Safety
    /// The processor has AVX2.
    #[inline(always)]
    pub(in crate::simd) unsafe fn want<const BUCKETS: usize, const FEATURES: usize, const NUMBERS: usize>(
        feature: usize,
        start: u32,
        numbers: [&[u32; 8]; NUMBERS],
        wanted: &mut Wanted<BUCKETS, FEATURES>,
    ) {
        // SAFETY: the caller vouches for AVX2, the loads and stores may be unaligned, and the arrays have as many bytes.
        unsafe {
            let mut sum = _mm256_set1_epi32(start as i32);
            for (numbers, turn) in numbers.into_iter().zip(TURNS) {
                let number = _mm256_loadu_si256(numbers.as_ptr().cast());
                let (left, right) = (_mm_cvtsi32_si128(turn as i32), _mm_cvtsi32_si128(32 - turn as i32));
                let turned = _mm256_or_si256(_mm256_sll_epi32(number, left), _mm256_srl_epi32(number, right));
                sum = _mm256_add_epi32(sum, if turn == 0 { number } else { turned });
            }
            let mixed = _mm256_xor_si256(sum, _mm256_srli_epi32::<15>(sum));
            let hashes = _mm256_mullo_epi32(mixed, _mm256_set1_epi32(FACTOR as i32));
            let bits = Weights::<BUCKETS>::BITS;
            let right = |bits: u32| _mm256_srl_epi32(hashes, _mm_cvtsi32_si128(bits as i32));
            let tags = _mm256_and_si256(right(32 - bits - TAG_BITS), _mm256_set1_epi32((1 << TAG_BITS) - 1));
            let tags = _mm256_max_epu32(tags, _mm256_set1_epi32(1));
            let tags = _mm256_or_si256(
                _mm256_slli_epi32::<{ WEIGHT_BITS as i32 }>(tags),
                _mm256_slli_epi32::<{ WEIGHT_BITS as i32 + 16 }>(tags),
            );
            _mm256_storeu_si256(wanted.buckets[feature].as_mut_ptr().cast(), right(32 - bits));
            _mm256_storeu_si256(wanted.tags[feature].as_mut_ptr().cast(), tags);
        }
    }

    /// The same as [`Weights::sums`].
    ///
    /// # Safety
    /// The processor has AVX2.
    #[inline(always)]
    pub(in crate::simd) unsafe fn sums<const BUCKETS: usize, const FEATURES: usize>(
        table: &Weights<BUCKETS>,
        wanted: &Wanted<BUCKETS, FEATURES>,
    ) -> [i32; 8] {
        // SAFETY: the caller vouches for AVX2, and the store may be unaligned.
        unsafe {
            let zero = _mm256_setzero_si256();
            let (mut low, mut high) = (zero, zero);
            for (feature, tags) in wanted.tags.iter().enumerate() {
                let [a, b, c, d, e, f, g, h] = table.slots_of(wanted, feature);
                let tags = _mm256_loadu_si256(tags.as_ptr().cast());
                let near = _mm256_cvtepu32_epi64(_mm256_castsi256_si128(tags));
                let far = _mm256_cvtepu32_epi64(_mm256_extracti128_si256::<1>(tags));
                low = _mm256_add_epi32(low, found(_mm256_set_epi64x(d, c, b, a), near));
                high = _mm256_add_epi32(high, found(_mm256_set_epi64x(h, g, f, e), far));
            }
            // The halves of a place's buckets together.
            let low = _mm256_castsi256_ps(_mm256_add_epi32(low, _mm256_srli_epi64::<32>(low)));
            let high = _mm256_castsi256_ps(_mm256_add_epi32(high, _mm256_srli_epi64::<32>(high)));
            let sums = _mm256_castps_si256(_mm256_shuffle_ps::<0x88>(low, high));
            let mut all = [0; 8];
            _mm256_storeu_si256(all.as_mut_ptr().cast(), _mm256_permute4x64_epi64::<0xd8>(sums));
            all
        }
    }

    /// The weights of four features, each in the half of its bucket that has it.
    ///
    /// # Safety
    /// The processor has AVX2.
    #[inline(always)]
    unsafe fn found(slots: __m256i, tags: __m256i) -> __m256i {
        // SAFETY: the caller vouches for AVX2.
        unsafe {
            let tags = _mm256_shuffle_epi32::<0xa0>(tags);
            let weights = _mm256_set1_epi16((1 << WEIGHT_BITS) - 1);
            let equal = _mm256_cmpeq_epi16(_mm256_andnot_si256(weights, slots), tags);
            // The lowest bit that is set, in the first slot that is equal, takes the weight of its slot.
            let first = _mm256_and_si256(equal, _mm256_sub_epi64(_mm256_setzero_si256(), equal));
            let weights = _mm256_and_si256(slots, weights);
            let weights = _mm256_sub_epi16(weights, _mm256_set1_epi16(1 << (WEIGHT_BITS - 1)));
            _mm256_madd_epi16(weights, first)
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) mod avx512 {
    use super::{WEIGHT_BITS, Wanted, Weights};
    use std::arch::x86_64::*;

    /// The same as [`Weights::sums`].
    ///
    /// # Safety
    /// The processor has AVX-512 with BW, DQ and VL.
    #[inline(always)]
    pub(in crate::simd) unsafe fn sums<const BUCKETS: usize, const FEATURES: usize>(
        table: &Weights<BUCKETS>,
        wanted: &Wanted<BUCKETS, FEATURES>,
    ) -> [i32; 8] {
        // SAFETY: the caller vouches for AVX-512, and the loads and the store may be unaligned.
        unsafe {
            let (zero, ones) = (_mm512_setzero_si512(), _mm512_set1_epi16(1));
            let weights = _mm512_set1_epi16((1 << WEIGHT_BITS) - 1);
            let middle = _mm512_set1_epi16(1 << (WEIGHT_BITS - 1));
            let mut sums = zero;
            for (feature, tags) in wanted.tags.iter().enumerate() {
                let [a, b, c, d, e, f, g, h] = table.slots_of(wanted, feature);
                let slots = _mm512_set_epi64(h, g, f, e, d, c, b, a);
                let tags = _mm512_cvtepu32_epi64(_mm256_loadu_si256(tags.as_ptr().cast()));
                let tags = _mm512_shuffle_epi32::<0xa0>(tags);
                let equal = _mm512_cmpeq_epi16_mask(_mm512_andnot_si512(weights, slots), tags);
                let equal = _mm512_maskz_mov_epi16(equal, ones);
                // The lowest bit that is set, in the first slot that is equal.
                let first = _mm512_and_si512(equal, _mm512_sub_epi64(zero, equal));
                let found = _mm512_sub_epi16(_mm512_and_si512(slots, weights), middle);
                // It takes the weight of its slot, and the slots go together two and two.
                sums = _mm512_add_epi32(sums, _mm512_madd_epi16(found, first));
            }
            let sums = _mm512_add_epi32(sums, _mm512_srli_epi64::<32>(sums));
            let mut all = [0; 8];
            _mm256_storeu_si256(all.as_mut_ptr().cast(), _mm512_cvtepi64_epi32(sums));
            all
        }
    }
}
