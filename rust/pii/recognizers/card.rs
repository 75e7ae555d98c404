//! Payment cards: issuer ranges, lengths and Luhn's check.

use super::{Canonical, Find, Recognizer, Strength, Tier, Verdict};
use crate::pii::candidate::{Candidate, Gap};
use crate::pii::checksum::luhn;
use crate::pii::context::against;

pub(super) const CREDIT_CARD: Recognizer = Recognizer {
    name: "CREDIT_CARD",
    aliases: &["PAYMENT_CARD"],
    severity: 1.0,
    tier: Tier::Default,
    accepts: "12 to 19 digits of an issuer's range that pass Luhn's check; 12 to 14 digits need context",
    example: "card 4556 7375 8689 9855",
    source: "ISO/IEC 7812-1; issuer ranges as the networks publish them",
    find: &[Find::Lengths(0xff << 12, card)],
    context: "card, credit, debit, visa, mastercard, amex, american express, discover, maestro, diners, \
         jcb, cc, payment, pan, cvv, expiry, expire, expiration, unionpay, karte, kreditkarte, carte, \
         tarjeta, carta, cartão",
    labels: "",
    against: against::ANY,
    canonical: Canonical::Digits,
    belongs: None,
    widen: None,
};

/// Ranges of the first six digits, with the lengths (bits) that are issued in them; by the first of all.
const RANGES: &[(u32, u32, u32)] = &[
    (60_400, 60_499, 0xff << 12),                             // Maestro, 0604
    (180_000, 180_099, 1 << 15),                              // JCB, older cards
    (100_000, 199_999, 1 << 15),                              // UATP
    (213_100, 213_199, 1 << 15),                              // JCB, older cards
    (220_000, 220_499, 0b1111 << 16),                         // Mir
    (222_100, 272_099, 1 << 16),                              // Mastercard
    (300_000, 305_999, 0b11_1111 << 14),                      // Diners Club
    (309_500, 309_599, 0b11_1111 << 14),                      // Diners Club
    (340_000, 349_999, 1 << 15),                              // American Express
    (352_800, 358_999, 0b1111 << 16),                         // JCB
    (360_000, 369_999, 0b11_1111 << 14),                      // Diners Club
    (370_000, 379_999, 1 << 15),                              // American Express
    (380_000, 399_999, 0b11_1111 << 14),                      // Diners Club
    (400_000, 499_999, (1 << 13) | (1 << 16) | (0b11 << 18)), // Visa
    (500_000, 509_999, 0xff << 12),                           // Maestro and national schemes
    (510_000, 559_999, 1 << 16),                              // Mastercard
    (560_000, 589_999, 0xff << 12),                           // Maestro
    (600_000, 699_999, 0xff << 12),                           // Discover, UnionPay, Maestro, RuPay
    (810_000, 819_999, 1 << 16),                              // UnionPay, RuPay
    (979_200, 979_299, 1 << 16),                              // Troy
];

/// Up to where the ranges of each first digit go.
const ENDS: [usize; 10] = {
    let (mut ends, mut i) = ([0; 10], 0);
    while i < RANGES.len() {
        let (from, to, _) = RANGES[i];
        assert!(from / 100_000 == to / 100_000, "a range has one first digit");
        assert!(i == 0 || from / 100_000 >= RANGES[i - 1].0 / 100_000, "ranges go by their first digit");
        let mut first = (from / 100_000) as usize;
        while first < ends.len() {
            ends[first] = i + 1;
            first += 1;
        }
        i += 1;
    }
    ends
};

/// Whether cards of so many digits are issued in a range that the first six lie in.
fn is_issued(issuer: u32, digits: usize) -> bool {
    let first = (issuer / 100_000) as usize;
    let end = |first: usize| ENDS.get(first).copied().unwrap_or_default();
    let ranges = RANGES.get(first.checked_sub(1).map_or(0, end)..end(first)).unwrap_or_default();
    ranges.iter().any(|&(from, to, lengths)| (from..=to).contains(&issuer) && lengths >> digits & 1 == 1)
}

fn card(candidate: &Candidate) -> Option<Verdict> {
    if !candidate.is_number() || !candidate.is_uniform() || !is_grouped(candidate) {
        return None;
    }
    let digits = candidate.compact();
    let issuer: u32 = digits.iter().take(6).fold(0, |n, &b| n * 10 + u32::from(b - b'0'));
    let (known, passes) = (is_issued(issuer, digits.len()), luhn(digits));
    if !(known || passes) || digits.iter().all(|b| digits.first() == Some(b)) {
        return None;
    }
    // Short numbers, and airlines' plan, whose range is a tenth of all numbers, are too common by chance.
    let telling = known && passes && digits.len() >= 15 && issuer >= 200_000;
    let slashed = candidate.separator() == Some(Gap::Slash);
    let strength = if telling && !slashed { Strength::Strong } else { Strength::Weak };
    Some(Verdict::checked(strength, passes))
}

/// Whether it is written as cards are: in one piece, in fours (the last group shorter or longer), or 4-6-5.
fn is_grouped(candidate: &Candidate) -> bool {
    if candidate.group_count() == 1 {
        return true;
    }
    let leading = candidate.group_count() - 1;
    let fours = candidate.group_lengths().take(leading).all(|length| length == 4);
    fours && candidate.group_lengths().all(|length| length <= 7)
        || candidate.is_grouped(&[4, 6, 5])
        || candidate.is_grouped(&[4, 6, 4])
}
