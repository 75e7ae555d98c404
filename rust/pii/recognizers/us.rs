//! Identifiers of the United States.

use super::{Canonical, Find, Recognizer, Shape, Strength, Tier, Verdict};
use crate::pii::candidate::{Candidate, Gap};
use crate::pii::context::against;

pub(super) const SSN: Recognizer = Recognizer {
    name: "US_SSN",
    aliases: &["SSN"],
    severity: 1.0,
    tier: Tier::Default,
    accepts: "123-45-6789 with an area, group and serial that are issued; other writings need context",
    example: "her SSN is 536-90-4399",
    source: "Social Security Administration, randomisation of 2011 (no area 000, 666 or 9xx)",
    find: &[Find::Shapes(
        &[
            Shape::new("999-99-9999", Strength::Strong),
            Shape::new("999999999", Strength::Weak),
            Shape::new("999-999999", Strength::Weak),
            Shape::new("99999-9999", Strength::Weak),
        ],
        ssn,
    )],
    context: "ssn, ssns, social, social security, security number, soc sec, ss #, ssa, taxpayer",
    against: against::ANY,
    canonical: Canonical::Digits,
    widen: None,
};

/// Numbers that were printed in advertisements and belong to nobody.
const ADVERTISED: &[&[u8]] = &[b"078051120", b"219099999"];

fn ssn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let (area, group, serial) = (digits.get(..3)?, digits.get(3..5)?, digits.get(5..)?);
    if area == b"000" || area == b"666" || group == b"00" || serial == b"0000" || !candidate.is_uniform() {
        return None;
    }
    // Written with spaces or dots it may be any number; areas above 899 were never issued.
    let plain = candidate.separator() == Some(Gap::Dash) && area < b"900".as_slice();
    let strength = if plain { strength } else { Strength::Weak };
    if ADVERTISED.contains(&digits) {
        return Some(Verdict::checked(Strength::Weak, false));
    }
    Some(Verdict::shape(strength))
}
