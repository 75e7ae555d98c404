//! One small monotone model over all measures, and its calibration.
//!
//! `rust/data/fluency_score.bin` is made by `training/fluency`: 64 bytes of header; for each measure [`KNOTS`] places and
//! the penalty at each, rising, with straight lines between them; [`CURVE`] penalties and the score at each, falling.
//! All are little-endian f32. The penalties of all measures add up, and the curve turns their sum into a score.

use super::score::TERMS;

pub(super) const HEADER: usize = 64;
pub(super) const KNOTS: usize = 8;
pub(super) const CURVE: usize = 16;

const FILE: &[u8] = include_bytes!("../data/fluency_score.bin");

/// Places and the values at them.
struct Line<const COUNT: usize> {
    places: [f32; COUNT],
    values: [f32; COUNT],
}

static PENALTIES: [Line<KNOTS>; TERMS] = {
    let mut lines = [const { Line { places: [0.0; KNOTS], values: [0.0; KNOTS] } }; TERMS];
    let mut term = 0;
    while term < TERMS {
        lines[term] = line(HEADER + term * KNOTS * 8);
        term += 1;
    }
    lines
};

static SCORES: Line<CURVE> = line(HEADER + TERMS * KNOTS * 8);

const fn line<const COUNT: usize>(offset: usize) -> Line<COUNT> {
    Line { places: numbers(offset), values: numbers(offset + 4 * COUNT) }
}

/// Some numbers of the file; zeros behind its end, which training may meet before the table is made anew.
const fn numbers<const COUNT: usize>(offset: usize) -> [f32; COUNT] {
    let mut numbers = [0.0; COUNT];
    let mut at = 0;
    while at < COUNT && offset + 4 * at + 4 <= FILE.len() {
        if let Some(bytes) = FILE.split_at(offset + 4 * at).1.first_chunk() {
            numbers[at] = f32::from_le_bytes(*bytes);
        }
        at += 1;
    }
    numbers
}

/// The penalty of measure number `measure`: 0 or more, rising with the measure.
pub(super) fn penalty(measure: usize, value: f32) -> f32 {
    PENALTIES.get(measure).map_or(0.0, |line| line.at(value))
}

/// The score, in [0, 1], for the sum of all penalties.
pub(super) fn score(penalty: f32) -> f32 {
    SCORES.at(penalty).clamp(0.0, 1.0)
}

impl<const COUNT: usize> Line<COUNT> {
    /// The line through the places and values; level beyond both ends.
    fn at(&self, at: f32) -> f32 {
        // Most rules have nothing to say of most texts.
        if at <= self.places[0] {
            return self.values[0];
        }
        // Without a branch for each place: where it falls no processor foresees.
        let passed: usize = self.places.iter().map(|place| usize::from(*place <= at)).sum();
        // What is no number passes none, and counts as the worst.
        if passed == 0 || passed == COUNT {
            return self.values[COUNT - 1];
        }
        let [left, right] = [passed - 1, passed].map(|knot| (self.places[knot], self.values[knot]));
        left.1 + (right.1 - left.1) * (at - left.0) / (right.0 - left.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_one_this_reader_knows() {
        assert_eq!(FILE.len(), HEADER + (TERMS * KNOTS + CURVE) * 8);
    }

    #[test]
    fn a_line_goes_through_its_places_and_is_level_beyond_them() {
        let line = Line { places: [1.0, 2.0, 2.0, 4.0], values: [0.0, 1.0, 3.0, 4.0] };
        let cases = [(0.0, 0.0), (1.0, 0.0), (1.5, 0.5), (2.0, 3.0), (3.0, 3.5), (4.0, 4.0), (9.0, 4.0)];
        for (at, value) in cases {
            assert_eq!(line.at(at), value, "{at}");
        }
    }
}
