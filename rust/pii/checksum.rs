//! Check digits: the arithmetic that identifiers share.
//!
//! Promise: total. Bytes that are no digits (or letters, where letters have values) make a check fail.

/// The value of an ASCII digit.
fn digit(b: u8) -> Option<u32> {
    char::from(b).to_digit(10)
}

/// Luhn's check (ISO/IEC 7812-1): every second digit from the right doubled, digits summed, modulo ten.
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0;
    for (i, &b) in digits.iter().rev().enumerate() {
        let Some(d) = digit(b) else { return false };
        sum += match i % 2 {
            0 => d,
            _ if d > 4 => 2 * d - 9,
            _ => 2 * d,
        };
    }
    sum % 10 == 0
}

/// ISO 7064 mod 97-10 over digits and letters (A = 10 ... Z = 35), read from the fifth character on and then
/// the first four, as IBANs are: the remainder must be one.
pub(crate) fn mod97(code: &[u8]) -> bool {
    let (Some(head), Some(body)) = (code.get(..4), code.get(4..)) else { return false };
    let mut rest = 0;
    for &b in body.iter().chain(head) {
        rest = match char::from(b).to_digit(36) {
            Some(d) if d < 10 => (rest * 10 + d) % 97,
            Some(d) => (rest * 100 + d) % 97,
            None => return false,
        };
    }
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_takes_the_published_test_numbers() {
        for good in ["4111111111111111", "378282246310005", "6011000990139424", "0"] {
            assert!(luhn(good.as_bytes()), "{good}");
        }
        for bad in ["4111111111111112", "37828224631000a", "1"] {
            assert!(!luhn(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn mod97_takes_the_registrys_examples() {
        for good in ["GB29NWBK60161331926819", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"] {
            assert!(mod97(good.as_bytes()), "{good}");
        }
        for bad in ["GB28NWBK60161331926819", "GB2", "", "GB29-WBK60161331926819"] {
            assert!(!mod97(bad.as_bytes()), "{bad}");
        }
    }
}
