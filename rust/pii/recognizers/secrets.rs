//! Keys and tokens of services, by the prefixes that their makers gave them so that they are found; and
//! addresses of wallets.

use super::{BASE, Canonical, Find, Recognizer, Strength, Verdict};
use crate::pii::checksum::bech32;

pub(super) const API_KEY: Recognizer = Recognizer {
    name: "API_KEY",
    aliases: &["SECRET"],
    severity: 1.0,
    accepts: "a service's prefix and as many characters as its keys have",
    example: "token ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    source: "the services' own documentation of their key formats",
    find: &[Find::Tokens(key)],
    context: "key, token, secret",
    against: 0,
    canonical: Canonical::Exact,
    ..BASE
};

/// Prefixes, and the fewest and most characters behind them.
const PREFIXES: &[(&[u8], usize, usize)] = &[
    (b"AKIA", 16, 16),
    (b"ASIA", 16, 16),
    (b"ghp_", 36, 255),
    (b"gho_", 36, 255),
    (b"ghu_", 36, 255),
    (b"ghs_", 36, 255),
    (b"ghr_", 36, 255),
    (b"github_pat_", 22, 255),
    (b"glpat-", 20, 60),
    (b"sk-", 20, 255),
    (b"sk_live_", 20, 255),
    (b"sk_test_", 20, 255),
    (b"rk_live_", 20, 255),
    (b"pk_live_", 20, 255),
    (b"xoxa-", 10, 255),
    (b"xoxb-", 10, 255),
    (b"xoxp-", 10, 255),
    (b"xoxr-", 10, 255),
    (b"xoxs-", 10, 255),
    (b"AIza", 35, 35),
    (b"npm_", 36, 36),
    (b"pypi-", 50, 255),
    (b"hf_", 30, 40),
    (b"dop_v1_", 64, 64),
    (b"shpat_", 32, 32),
    (b"eyJ", 30, 255),
];

fn key(token: &[u8]) -> Option<Verdict> {
    let fits = |&(prefix, least, most): &(&[u8], usize, usize)| {
        token.strip_prefix(prefix).is_some_and(|rest| (least..=most).contains(&rest.len()))
    };
    PREFIXES.iter().any(fits).then_some(Verdict::shape(Strength::Certain))
}

pub(super) const CRYPTO: Recognizer = Recognizer {
    name: "CRYPTO",
    severity: 0.6,
    accepts: "Bitcoin addresses (bech32 with its checksum, base58 with context), Ethereum addresses",
    example: "send to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    source: "BIP 173, BIP 350, BIP 13, EIP-55",
    find: &[Find::Tokens(wallet)],
    context: "wallet, address, bitcoin, btc, crypto, ethereum, eth, send, coin, donate",
    against: 0,
    canonical: Canonical::Exact,
    ..BASE
};

fn wallet(token: &[u8]) -> Option<Verdict> {
    match token {
        [b'0', b'x', hex @ ..] if hex.len() == 40 && hex.iter().all(u8::is_ascii_hexdigit) => {
            Some(Verdict::shape(Strength::Strong))
        }
        [b'b' | b'B', b'c' | b'C', b'1', ..] => {
            bech32(token).then_some(Verdict::checked(Strength::Certain, true))
        }
        [b'1' | b'3', ..] if (26..=35).contains(&token.len()) && is_base58(token) => {
            Some(Verdict::shape(Strength::Weak))
        }
        _ => None,
    }
}

/// Letters of both cases and digits, without the four that look alike.
fn is_base58(token: &[u8]) -> bool {
    token.iter().all(|b| b.is_ascii_alphanumeric() && !b"0OIl".contains(b))
        && token.iter().any(u8::is_ascii_lowercase)
        && token.iter().any(u8::is_ascii_uppercase)
}
