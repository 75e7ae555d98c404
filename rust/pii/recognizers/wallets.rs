//! Addresses of wallets, and their private keys.

use super::secrets::without_emphasis;
use super::{BASE, Canonical, Find, Recognizer, Span, Strength, Verdict};
use crate::pii::checksum::{base58, bech32, double_sha};

pub(super) const CRYPTO: Recognizer = Recognizer {
    name: "CRYPTO",
    severity: 0.6,
    accepts: "base58check and bech32 with a passing checksum (Bitcoin and its kin, Tron, XRP, private keys), \
              Ethereum and Monero by their shape; a failing checksum and Solana need context",
    example: "send to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    source: "BIP 13, BIP 173, BIP 350, EIP-55, XRPL base58 encodings",
    find: &[Find::Tokens(wallet)],
    context: "wallet, address, bitcoin, btc, crypto, ethereum, eth, solana, sol, litecoin, dogecoin, monero, xmr, \
              send, coin, donate",
    against: 0,
    canonical: Canonical::Wallet,
    ..BASE
};

const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

fn wallet(text: &[u8], start: usize, end: usize) -> Option<(Span, Verdict)> {
    let (start, end) = without_emphasis(text, start, end);
    Some(((start, end), judge(text.get(start..end)?)?))
}

/// Whether it is an address or key of a wallet, by its checksum or by a shape that nothing else has.
pub(crate) fn is_wallet(token: &[u8]) -> bool {
    judge(token).is_some_and(|verdict| verdict.strength >= Strength::Strong)
}

fn judge(token: &[u8]) -> Option<Verdict> {
    if let [b'0', b'x' | b'X', hex @ ..] = token {
        let address = hex.len() == 40 && hex.iter().all(u8::is_ascii_hexdigit);
        return address.then_some(Verdict::shape(Strength::Strong));
    }
    if let Some(verdict) = segwit(token) {
        return Some(verdict);
    }
    if !is_mixed(token) {
        return None;
    }
    // Behind version and hash stand four bytes of checksum: addresses have 21 to 23 bytes, keys 33 or 34.
    let checked = |bytes: &Vec<u8>| matches!(bytes.len(), 25..=27 | 37 | 38) && double_sha(bytes);
    match token.len() {
        25..=53 => {
            if token.starts_with(b"r") && base58(token, RIPPLE).as_ref().is_some_and(checked) {
                return Some(Verdict::checked(Strength::Certain, true));
            }
            let bytes = base58(token, BITCOIN)?;
            let bitcoin = matches!(token, [b'1' | b'3', ..]) && token.len() <= 35;
            match bytes.len() {
                _ if checked(&bytes) => Some(Verdict::checked(Strength::Certain, true)),
                _ if bitcoin => Some(Verdict::checked(Strength::Weak, false)),
                // Keys of Solana are bare.
                32 if token.len() >= 43 => Some(Verdict::shape(Strength::Weak)),
                _ => None,
            }
        }
        95 if matches!(token, [b'4' | b'8', ..]) && token.iter().all(|b| BITCOIN.contains(b)) => {
            Some(Verdict::shape(Strength::Strong))
        }
        _ => None,
    }
}

/// Bech32 behind any prefix of letters; those of Bitcoin and Litecoin are told by their shape too.
fn segwit(token: &[u8]) -> Option<Verdict> {
    let split = token.iter().take(12).position(|&b| b == b'1').filter(|&split| split >= 2)?;
    let (prefix, data) = token.split_at_checked(split)?;
    let letters = prefix.iter().all(u8::is_ascii_alphabetic);
    if !letters || !(26..=90).contains(&token.len()) || !data.iter().skip(1).all(u8::is_ascii_alphanumeric) {
        return None;
    }
    if bech32(token) {
        return Some(Verdict::checked(Strength::Certain, true));
    }
    let known = [b"bc".as_slice(), b"tb", b"ltc"].iter().any(|known| known.eq_ignore_ascii_case(prefix));
    known.then_some(Verdict::checked(Strength::Weak, false))
}

/// Letters of both cases, digits, and nothing else.
fn is_mixed(token: &[u8]) -> bool {
    token.iter().all(u8::is_ascii_alphanumeric)
        && token.iter().any(u8::is_ascii_lowercase)
        && token.iter().any(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes bytes in base58, with their checksum.
    fn encode(payload: &[u8], alphabet: &[u8; 58]) -> String {
        let check = crate::pii::sha256::sha256(&crate::pii::sha256::sha256(payload));
        let bytes = [payload, &check[..4]].concat();
        let mut digits: Vec<usize> = Vec::new();
        for &b in &bytes {
            let mut carry = usize::from(b);
            for digit in &mut digits {
                carry += *digit << 8;
                *digit = carry % 58;
                carry /= 58;
            }
            while carry > 0 {
                digits.push(carry % 58);
                carry /= 58;
            }
        }
        digits.extend(bytes.iter().take_while(|&&b| b == 0).map(|_| 0));
        digits.iter().rev().map(|&d| char::from(alphabet[d])).collect()
    }

    #[test]
    fn published_addresses_pass() {
        for address in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
            "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
        ] {
            assert_eq!(
                judge(address.as_bytes()),
                Some(Verdict::checked(Strength::Certain, true)),
                "{address}"
            );
        }
    }

    #[test]
    fn addresses_of_every_version_pass_until_a_letter_is_changed() {
        for version in 0..=255 {
            let payload: Vec<u8> =
                [version].into_iter().chain((0..20).map(|i| i * 11 + version % 7)).collect();
            for alphabet in [BITCOIN, RIPPLE] {
                let address = encode(&payload, alphabet);
                let ours = alphabet == BITCOIN || address.starts_with('r');
                let passes = |text: &str| judge(text.as_bytes()).is_some_and(|v| v.checksum == Some(true));
                assert_eq!(passes(&address), ours, "{address}");
                let last = if address.ends_with('x') { 'y' } else { 'x' };
                assert!(!passes(&format!("{}{last}", &address[..address.len() - 1])), "{address}");
            }
        }
    }

    #[test]
    fn shapes_without_a_passing_checksum_are_weak_or_nothing() {
        let failing = Verdict::checked(Strength::Weak, false);
        for (token, verdict) in [
            ("16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ2", Some(failing)),
            ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdx", Some(failing)),
            ("0x52908400098527886E0F7030069857D2E4169EE7", Some(Verdict::shape(Strength::Strong))),
            ("0x52908400098527886E0F7030069857D2E4169EE", None),
            ("7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", Some(Verdict::shape(Strength::Weak))),
            ("8f953371d3e85eddb89b05ed6b9e680791055315c73e1025ab5dba7bb2aee189", None),
            ("AbCdEfGhIjKlMnOpQrStUvWxYz0123456789", None),
            ("part1of2-the-very-long-name-of-a-file", None),
        ] {
            assert_eq!(judge(token.as_bytes()), verdict, "{token}");
        }
    }
}
