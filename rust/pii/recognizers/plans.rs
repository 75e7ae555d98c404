//! Every country's numbering plan, embedded and read in place.
//!
//! `training/phones.py` makes the tables; `rust/data/README.md` says from what. A plan is the possible lengths of
//! a national number, and an automaton of the numbers in use: one step a digit, one load a step.

use crate::pii::checksum::digit;

/// Starts at a cache line.
#[repr(C, align(64))]
struct Aligned<T>(T);

const STATES: usize = 3998;
const CODES: usize = 1000;
/// Bytes of a state's ten steps, and of a plan.
const STATE: usize = 20;
const PLAN: usize = 8;
/// The bit of a step after which a number may end.
const ACCEPTS: u16 = 0x8000;

static STEPS: Aligned<[u8; STATES * STATE]> = Aligned(*include_bytes!("../../data/phone_states.bin"));
static PLANS: Aligned<[u8; CODES * PLAN]> = Aligned(*include_bytes!("../../data/phone_plans.bin"));

/// What a country allows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    lengths: u32,
    start: u16,
    /// What is dialled before a national number, and left out behind a country code.
    trunk: Option<u8>,
}

/// The plan of a country code.
fn plan(code: usize) -> Option<Plan> {
    let [a, b, c, d, e, f, g, _] = *PLANS.0.get(code * PLAN..)?.first_chunk()?;
    let start = u16::from_le_bytes([e, f]);
    let trunk = g.checked_sub(1).map(|trunk| trunk + b'0');
    (start != 0).then_some(Plan { lengths: u32::from_le_bytes([a, b, c, d]), start, trunk })
}

/// The plan that digits with their country code belong to, and the national number.
pub(super) fn international(digits: &[u8]) -> Option<(Plan, &[u8])> {
    let mut code = 0;
    for length in 1..=3 {
        code = code * 10 + digit(*digits.get(length - 1)?)? as usize;
        // No code begins with 0, and none is the beginning of another.
        if code == 0 {
            return None;
        }
        if let Some(plan) = plan(code) {
            return Some((plan, digits.get(length..)?));
        }
    }
    None
}

impl Plan {
    /// Whether national numbers may have that length.
    pub(super) fn allows(self, national: &[u8]) -> bool {
        national.len() < 32 && self.lengths >> national.len() & 1 == 1
    }

    /// The national number without the trunk prefix that some write behind the country code: `+44 (0)20`.
    pub(super) fn without_trunk(self, national: &[u8]) -> Option<&[u8]> {
        national.split_first().filter(|(first, _)| Some(**first) == self.trunk).map(|(_, rest)| rest)
    }

    /// Whether the number is in use: it belongs to a line, a mobile, a service.
    pub(super) fn uses(self, national: &[u8]) -> bool {
        let mut step = self.start;
        for &b in national {
            let Some(digit) = digit(b) else { return false };
            let at = usize::from(step & !ACCEPTS) * STATE + digit as usize * 2;
            let Some(next) = STEPS.0.get(at..).and_then(|steps| steps.first_chunk()) else { return false };
            step = u16::from_le_bytes(*next);
            if step == 0 {
                return false;
            }
        }
        step & ACCEPTS != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_belong_to_plans() {
        for (digits, allowed, used) in [
            ("442079460958", true, true),
            ("12125550187", true, true),
            ("11125550187", true, false),
            ("78123456789", true, true),
            ("4915123456789", true, true),
            ("68340021", false, false),
            ("6834002", true, true),
            ("80012345678", true, true),
            ("44207946095", true, false),
            ("4420794609581", false, false),
        ] {
            let (plan, national) = international(digits.as_bytes()).unwrap();
            assert_eq!((plan.allows(national), plan.uses(national)), (allowed, used), "{digits}");
        }
        for digits in ["", "0", "0442079460958", "999123456", "21", "44a"] {
            let uses = international(digits.as_bytes()).is_some_and(|(plan, national)| plan.uses(national));
            assert!(!uses, "{digits}");
        }
    }

    #[test]
    fn trunk_prefixes_are_known() {
        let (plan, national) = international(b"4402079460958").unwrap();
        assert_eq!(plan.without_trunk(national), Some(b"2079460958".as_slice()));
        let (plan, national) = international(b"393012345678").unwrap();
        assert_eq!(plan.without_trunk(national), None);
    }
}
