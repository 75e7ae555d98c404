//! Identifiers of vehicles.

use super::{BASE, Canonical, Find, Recognizer, Strength, Verdict};
use crate::pii::candidate::Candidate;

pub(super) const VIN: Recognizer = Recognizer {
    name: "VIN",
    severity: 0.4,
    accepts: "seventeen letters and digits that end in four digits, with a passing check digit or context",
    example: "VIN 1M8GDM9AXKP042788",
    source: "ISO 3779; 49 CFR 565.15 (check digit in the ninth place)",
    find: &[Find::Lengths(1 << 17, vin)],
    context: "vin, vehicle, chassis, car, fahrgestellnummer, identification number",
    canonical: Canonical::Code,
    ..BASE
};

const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

fn vin(candidate: &Candidate) -> Option<Verdict> {
    let code = candidate.compact();
    let serial = candidate.digits() >> 13 == 0b1111;
    let letters = code.len() - candidate.digits().count_ones() as usize;
    if candidate.group_count() > 1 || !serial || letters < 3 {
        return None;
    }
    let sum: u32 =
        code.iter().zip(WEIGHTS).map(|(&b, weight)| value(b).map(|v| v * weight)).sum::<Option<u32>>()?;
    let passes = code.get(8) == b"0123456789X".get((sum % 11) as usize);
    // Makers outside of North America need no check digit.
    Some(if passes { Verdict::checked(Strength::Fair, true) } else { Verdict::shape(Strength::Weak) })
}

/// What a character counts; I, O and Q are not used.
fn value(b: u8) -> Option<u32> {
    match b {
        b'0'..=b'9' => Some(u32::from(b - b'0')),
        b'A'..=b'H' => Some(u32::from(b - b'A' + 1)),
        b'J'..=b'N' => Some(u32::from(b - b'J' + 1)),
        b'P' => Some(7),
        b'R' => Some(9),
        b'S'..=b'Z' => Some(u32::from(b - b'S' + 2)),
        _ => None,
    }
}
