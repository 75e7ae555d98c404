//! One small monotone model over all measures, and its calibration.
//!
//! `rust/data/fluency_score.bin` is made by `training/fluency`: 64 bytes of header; for each measure [`KNOTS`] places and
//! the penalty at each, rising, with straight lines between them; [`CURVE`] penalties and the score at each, falling.
//! All are little-endian f32. The penalties of all measures add up, and the curve turns their sum into a score.

pub(super) const HEADER: usize = 64;
pub(super) const KNOTS: usize = 8;
pub(super) const CURVE: usize = 16;

#[repr(align(64))]
struct Aligned<const N: usize>([u8; N]);

static TABLE: Aligned<{ include_bytes!("../data/fluency_score.bin").len() }> =
    Aligned(*include_bytes!("../data/fluency_score.bin"));

/// The penalty of measure number `measure`: 0 or more, rising with the measure.
pub(super) fn penalty(measure: usize, value: f32) -> f32 {
    interpolate(HEADER + measure * KNOTS * 8, KNOTS, value)
}

/// The score, in [0, 1], for the sum of all penalties. `measures` is how many measures there are.
pub(super) fn score(measures: usize, penalty: f32) -> f32 {
    interpolate(HEADER + measures * KNOTS * 8, CURVE, penalty).clamp(0.0, 1.0)
}

/// The line through `count` places and the values at them; level beyond both ends.
fn interpolate(offset: usize, count: usize, at: f32) -> f32 {
    let number = |place: usize| {
        let start = offset + 4 * place;
        TABLE.0.get(start..start + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0.0, f32::from_le_bytes)
    };
    if at <= number(0) {
        return number(count);
    }
    for knot in 1..count {
        let (left, right) = (number(knot - 1), number(knot));
        if at < right {
            let (low, high) = (number(count + knot - 1), number(count + knot));
            return low + (high - low) * (at - left) / (right - left);
        }
    }
    number(2 * count - 1)
}
