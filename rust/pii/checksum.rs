//! Check digits: the arithmetic that identifiers share.
//!
//! Promise: total. Bytes that are no digits (or letters, where letters have values) make a check fail.

use super::sha256::sha256;

/// The value of an ASCII digit.
pub(crate) fn digit(b: u8) -> Option<u32> {
    char::from(b).to_digit(10)
}

/// Luhn's check (ISO/IEC 7812-1): every second digit from the right doubled, digits summed, modulo ten.
pub(crate) fn luhn(digits: &[u8]) -> bool {
    // Twice a digit, its own digits summed.
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let mut sum = 0;
    for pair in digits.rchunks(2) {
        let (&[.., last], first) = (pair, pair.len() == 2) else { return false };
        let value = |b: u8| usize::from(b.wrapping_sub(b'0'));
        let first = if first { value(pair[0]) } else { 0 };
        match DOUBLED.get(first) {
            Some(doubled) if last.is_ascii_digit() => sum += doubled + u32::from(last - b'0'),
            _ => return false,
        }
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

/// The number that ASCII digits write; `None` for anything else, or more than eighteen digits.
pub(crate) fn number(digits: &[u8]) -> Option<u64> {
    if digits.len() > 18 {
        return None;
    }
    digits.iter().try_fold(0, |n, &b| Some(n * 10 + u64::from(digit(b)?)))
}

/// Whether a month has such a day, in a leap year.
pub(crate) fn is_day(month: u64, day: u64) -> bool {
    let length = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=length).contains(&day)
}

/// Whether there is such a day in a year of which the last two digits are known.
pub(crate) fn is_date(year: u64, month: u64, day: u64) -> bool {
    is_day(month, day) && ((month, day) != (2, 29) || year.is_multiple_of(4))
}

/// The sum of the digits times their weights; `None` where a byte is no digit. Digits past the weights count
/// nothing.
pub(crate) fn weighted(digits: &[u8], weights: &[u32]) -> Option<u32> {
    digits.iter().zip(weights).map(|(&b, weight)| digit(b).map(|d| d * weight)).sum()
}

/// ISO 7064 mod 11,10 over digits, the last of which is the check digit.
pub(crate) fn mod11_10(digits: &[u8]) -> bool {
    let Some((&check, body)) = digits.split_last() else { return false };
    let product = body.iter().try_fold(10, |product, &b| {
        Some(match (digit(b)? + product) % 10 {
            0 => 20 % 11,
            sum => sum * 2 % 11,
        })
    });
    product.is_some_and(|product| digit(check) == Some((11 - product) % 10))
}

/// The number that the two digits at `at` write: a month, a day, a province.
pub(crate) fn pair(digits: &[u8], at: usize) -> Option<u64> {
    number(digits.get(at..at + 2)?)
}

/// Whether the last digit is what `check` says.
pub(crate) fn ends_in(digits: &[u8], check: u32) -> bool {
    digits.last().and_then(|&b| digit(b)) == Some(check)
}

/// Whether every byte is the same.
pub(crate) fn is_monotonous(code: &[u8]) -> bool {
    code.iter().all(|b| code.first() == Some(b))
}

/// ISO/IEC 7064 MOD 97-10 over digits and letters in the order written, as a legal entity identifier has them:
/// the remainder must be one.
pub(crate) fn mod97_in_order(code: &[u8]) -> bool {
    // An IBAN is read from its fifth character on: moving the last four to the front undoes that.
    let Some(split) = code.len().checked_sub(4) else { return false };
    let (head, tail) = (code.get(..split).unwrap_or_default(), code.get(split..).unwrap_or_default());
    mod97(&[tail, head].concat())
}

/// Each digit times its place from the right, the last one's being one: the sum must divide by eleven. An `X` at
/// the end counts ten (ISBN-10; ISO 2108).
pub(crate) fn mod11(digits: &[u8]) -> bool {
    let mut sum = 0;
    for (place, &b) in (1..).zip(digits.iter().rev()) {
        let value = if b == b'X' && place == 1 { Some(10) } else { digit(b) };
        let Some(value) = value else { return false };
        sum = (sum + value * (place % 11)) % 11;
    }
    sum == 0
}

/// Damm's check: a totally anti-symmetric quasigroup of order ten (Damm, 2004).
pub(crate) fn damm(digits: &[u8]) -> bool {
    const TABLE: [&[u8; 10]; 10] = [
        b"0317598642",
        b"7092154863",
        b"4206871359",
        b"1750983426",
        b"6123045978",
        b"3674209581",
        b"5869720134",
        b"8945362017",
        b"9438617205",
        b"2581436790",
    ];
    let mut state = 0;
    for &b in digits {
        let next = digit(b).and_then(|d| TABLE.get(state as usize)?.get(d as usize).copied()).and_then(digit);
        let Some(next) = next else { return false };
        state = next;
    }
    state == 0
}

/// Verhoeff's check: the dihedral group of order ten, and a permutation for each place from the right.
pub(crate) fn verhoeff(digits: &[u8]) -> bool {
    const PLACES: [&[u8; 10]; 8] = [
        b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09",
        b"\x01\x05\x07\x06\x02\x08\x03\x00\x09\x04",
        b"\x05\x08\x00\x03\x07\x09\x06\x01\x04\x02",
        b"\x08\x09\x01\x06\x00\x04\x03\x05\x02\x07",
        b"\x09\x04\x05\x03\x01\x02\x06\x08\x07\x00",
        b"\x04\x02\x08\x06\x05\x07\x03\x09\x00\x01",
        b"\x02\x07\x09\x03\x08\x00\x06\x04\x01\x05",
        b"\x07\x00\x04\x06\x09\x01\x03\x02\x05\x08",
    ];
    let mut state = 0;
    for (&b, place) in digits.iter().rev().zip(PLACES.iter().cycle()) {
        let Some(&d) = digit(b).and_then(|d| place.get(d as usize)) else { return false };
        state = dihedral(state, d);
    }
    state == 0
}

/// The product of two elements of the dihedral group of order ten: 0 to 4 rotate, 5 to 9 reflect.
fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// The bytes that base58 of this alphabet writes; `None` for other characters, or more than forty bytes.
pub(crate) fn base58(code: &[u8], alphabet: &[u8; 58]) -> Option<Vec<u8>> {
    // Least significant first.
    let mut limbs = [0_u32; 10];
    for b in code {
        let mut carry = alphabet.iter().position(|letter| letter == b)? as u64;
        for limb in &mut limbs {
            let value = u64::from(*limb) * 58 + carry;
            (*limb, carry) = (value as u32, value >> 32);
        }
        if carry > 0 {
            return None;
        }
    }
    // Each leading letter of value zero is a byte of zero.
    let mut bytes: Vec<u8> = code.iter().take_while(|b| alphabet.first() == Some(b)).map(|_| 0).collect();
    bytes.extend(limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()).skip_while(|&b| b == 0));
    Some(bytes)
}

/// Whether the last four bytes are the first ones of SHA-256 of SHA-256 of the others (base58check).
pub(crate) fn double_sha(bytes: &[u8]) -> bool {
    let Some((payload, check)) = bytes.len().checked_sub(4).and_then(|at| bytes.split_at_checked(at)) else {
        return false;
    };
    sha256(&sha256(payload)).starts_with(check)
}

/// The checksum of a segwit address, bech32 or bech32m (BIP 173 and BIP 350), of one case.
pub(crate) fn bech32(address: &[u8]) -> bool {
    const LETTERS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let mixed = address.iter().any(u8::is_ascii_lowercase) && address.iter().any(u8::is_ascii_uppercase);
    let Some(split) = address.iter().rposition(|&b| b == b'1').filter(|_| address.len() <= 90 && !mixed)
    else {
        return false;
    };
    let (prefix, data) =
        (address.get(..split).unwrap_or_default(), address.get(split + 1..).unwrap_or_default());
    let step = |state: u32, value: u32| {
        let next = (state & 0x01ff_ffff) << 5 ^ value;
        GENERATOR
            .iter()
            .enumerate()
            .fold(next, |n, (i, g)| if state >> (25 + i) & 1 == 1 { n ^ g } else { n })
    };
    let lower = |b: &u8| u32::from(b.to_ascii_lowercase());
    let mut state = prefix.iter().fold(1, |state, b| step(state, lower(b) >> 5));
    state = prefix.iter().fold(step(state, 0), |state, b| step(state, lower(b) & 31));
    for b in data {
        let Some(value) = LETTERS.iter().position(|letter| letter.eq_ignore_ascii_case(b)) else {
            return false;
        };
        state = step(state, value as u32);
    }
    data.len() >= 6 && matches!(state, 1 | 0x2bc8_30a3)
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
    fn verhoeff_takes_the_published_example() {
        assert!(verhoeff(b"2363"));
        for bad in ["2364", "2633", "a363"] {
            assert!(!verhoeff(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn mod11_10_takes_the_standards_example() {
        assert!(mod11_10(b"794623"));
        for bad in ["794624", "749623", "", "79462x"] {
            assert!(!mod11_10(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn bech32_takes_the_vectors_of_the_proposals() {
        for good in [
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ] {
            assert!(bech32(good.as_bytes()), "{good}");
        }
        for bad in ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "bc1Qw508d", "1", "", "bc1bbbbbbb"] {
            assert!(!bech32(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn weights_multiply_digit_by_digit() {
        assert_eq!(weighted(b"123", &[3, 2, 1]), Some(10));
        assert_eq!(weighted(b"12a", &[1, 1, 1]), None);
        assert!(is_day(2, 29) && is_day(12, 31) && !is_day(2, 30) && !is_day(13, 1) && !is_day(1, 0));
        assert_eq!((pair(b"123456", 2), pair(b"123", 2)), (Some(34), None));
        assert!(ends_in(b"123", 3) && !ends_in(b"", 0) && is_monotonous(b"777") && !is_monotonous(b"778"));
        assert!(is_date(96, 2, 29) && is_date(0, 2, 29) && !is_date(90, 2, 29) && is_date(90, 2, 28));
        assert_eq!((number(b"0042"), number(b"4x"), number(&[b'9'; 19])), (Some(42), None, None));
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
