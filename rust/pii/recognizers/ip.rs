//! Addresses of the internet and of network cards.

use super::{BASE, Canonical, Find, Recognizer, Shape, Span, Strength, Tier, Verdict};
use crate::pii::candidate::{Candidate, Gap, before, byte, digits_at};
use crate::pii::context::against;

pub(super) const IP_ADDRESS: Recognizer = Recognizer {
    name: "IP_ADDRESS",
    aliases: &["IP", "IPV4", "IPV6"],
    severity: 0.4,
    tier: Tier::Default,
    accepts: "IPv4 in four decimal parts, IPv6 in any of its written forms; a prefix length belongs to it",
    example: "logged in from 203.0.113.77",
    source: "RFC 6943 section 3.1.1 (strict dotted decimal), RFC 4291 section 2.2, RFC 4007 section 11",
    find: &[Find::Lengths(0x1ff << 4, version_4), Find::Colons(version_6)],
    context: "ip, ipv, address, server, host, network, subnet, gateway, dns, ping, login, logged, router, \
         proxy, client, addr, localhost, loopback, connecting, connect",
    labels: "",
    against: against::VERSION | against::PLACE_IN_TEXT | against::PUBLICATION | against::NUMBERED,
    canonical: Canonical::Address,
    belongs: None,
    widen: Some(prefix_length),
};

fn version_4(candidate: &Candidate) -> Option<Verdict> {
    if candidate.group_count() != 4 || !candidate.is_number() || candidate.separator() != Some(Gap::Dot) {
        return None;
    }
    // A network called zero, or four single digits, are a version or a section more often than an address.
    let weak = candidate.compact().starts_with(b"0") || candidate.length() == 4;
    let mut digits = candidate.compact();
    for length in candidate.group_lengths() {
        let (part, rest) = digits.split_at_checked(length)?;
        let value =
            part.iter().fold(0, |n: u32, &b| n.saturating_mul(10).saturating_add(u32::from(b - b'0')));
        if length > 3 || value > 255 || (length > 1 && part.starts_with(b"0")) {
            return None;
        }
        digits = rest;
    }
    Some(Verdict::shape(if weak { Strength::Weak } else { Strength::Strong }))
}

/// `run` is a run of hexadecimal digits, colons and dots.
fn version_6(run: &[u8]) -> Option<Verdict> {
    let (mut groups, mut gaps, mut digits) = (0, 0, 0);
    let mut rest = run;
    if let Some(tail) = rest.strip_prefix(b"::") {
        gaps = 1;
        rest = tail;
    }
    while !rest.is_empty() {
        let length = rest.iter().position(|&b| b == b':').unwrap_or(rest.len());
        let (group, tail) = rest.split_at_checked(length)?;
        if group.contains(&b'.') {
            if !tail.is_empty() || !is_dotted(group) {
                return None;
            }
            groups += 2;
            digits += 4;
            break;
        }
        if group.is_empty() || group.len() > 4 {
            return None;
        }
        groups += 1;
        digits += group.iter().filter(|b| b.is_ascii_digit()).count();
        rest = match tail {
            [b':', b':', more @ ..] => {
                gaps += 1;
                more
            }
            [b':'] => return None,
            [b':', more @ ..] => more,
            _ => tail,
        };
    }
    match (gaps, groups) {
        // Single digits are a ratio.
        (0, 8) if run.len() == 15 => Some(Verdict::shape(Strength::Weak)),
        (0, 8) => Some(Verdict::shape(Strength::Certain)),
        (1, 3..=7) if digits > 0 => Some(Verdict::shape(Strength::Strong)),
        (1, 2) if digits > 0 && run.len() > 5 => Some(Verdict::shape(Strength::Strong)),
        (1, 0..=7) => Some(Verdict::shape(Strength::Weak)),
        _ => None,
    }
}

fn is_dotted(group: &[u8]) -> bool {
    let part = |part: &[u8]| match part {
        [b] => b.is_ascii_digit(),
        [b'0', ..] | [] => false,
        _ => part.len() <= 3 && std::str::from_utf8(part).is_ok_and(|s| s.parse::<u8>().is_ok()),
    };
    group.split(|&b| b == b'.').count() == 4 && group.split(|&b| b == b'.').all(part)
}

/// Whether hexadecimal digits and colons are an address of the internet or of a network card.
pub(crate) fn is_address(run: &[u8]) -> bool {
    mac(run).or_else(|| version_6(run)).is_some_and(|verdict| verdict.strength >= Strength::Strong)
}

/// Takes in a zone (`%eth0`) and a prefix length (`/24`).
fn prefix_length(text: &[u8], start: usize, end: usize) -> (usize, usize) {
    let mut end = end;
    if byte(text, end) == b'%' && byte(text, end + 1).is_ascii_alphabetic() {
        let zone = (end + 1..end + 16).take_while(|&i| byte(text, i).is_ascii_alphanumeric()).count();
        end += 1 + zone;
    }
    if byte(text, end) == b'/' {
        let digits = digits_at(text, end + 1, 4);
        let value = (end + 1..end + 1 + digits).fold(0, |n: u32, i| n * 10 + u32::from(byte(text, i) - b'0'));
        let most = if text.get(start..end).is_some_and(|value| value.contains(&b':')) { 128 } else { 32 };
        if digits > 0 && value <= most && !byte(text, end + 1 + digits).is_ascii_alphanumeric() {
            end += 1 + digits;
        }
    }
    (start, end)
}

pub(super) const MAC_ADDRESS: Recognizer = Recognizer {
    name: "MAC_ADDRESS",
    aliases: &["MAC"],
    severity: 0.4,
    accepts: "six pairs of hexadecimal digits with colons or dashes, or, with context, spaces or nothing, or three groups of four with dots",
    example: "MAC 00:1A:2B:3C:4D:5E",
    source: "IEEE 802-2014 section 8.1",
    find: &[
        Find::Colons(mac),
        Find::Shapes(
            &[
                Shape::new("XX-XX-XX-XX-XX-XX", Strength::Strong),
                Shape::new("XXXX-XXXX-XXXX", Strength::Strong),
                Shape::new("XXXXXXXXXXXX", Strength::Slight),
            ],
            dashed_mac,
        ),
        Find::Dashes(lettered_mac),
    ],
    context: "mac, ethernet, hardware, physical address, nic, wifi, bluetooth",
    canonical: Canonical::Code,
    ..BASE
};

/// Pairs that are all the same are no card's: the broadcast and the empty address.
fn is_card(digits: impl Iterator<Item = u8> + Clone) -> bool {
    let first = digits.clone().next();
    digits.clone().all(|b| b.is_ascii_hexdigit()) && !digits.into_iter().all(|b| Some(b) == first)
}

fn mac(run: &[u8]) -> Option<Verdict> {
    let pairs = run.len() == 17 && run.iter().skip(2).step_by(3).all(|&b| b == b':');
    let digits = run.iter().copied().filter(|&b| b != b':');
    (pairs && digits.clone().count() == 12 && is_card(digits)).then_some(Verdict::shape(Strength::Certain))
}

fn dashed_mac(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let dotted = candidate.separator() == Some(Gap::Dot);
    let six = candidate.group_count() == 6;
    let dashed = six && candidate.separator() == Some(Gap::Dash);
    let spaced = six && candidate.separator() == Some(Gap::Space);
    let strength =
        if candidate.group_count() == 3 && candidate.is_number() { Strength::Weak } else { strength };
    // Pairs with spaces between are as well the bytes of anything.
    let strength = if spaced { Strength::Slight } else { strength };
    let whole = candidate.group_count() == 1;
    ((dotted || dashed || spaced || whole) && is_card(candidate.compact().iter().copied()))
        .then_some(Verdict::shape(strength))
}

/// Six pairs with dashes between, of which the first two are letters: no digit leads to their beginning, so their first
/// dash does.
fn lettered_mac(text: &[u8], dash: usize) -> Option<(Span, Verdict)> {
    let start = dash.checked_sub(2).filter(|_| byte(text, dash) == b'-')?;
    let end = start + 17;
    let run = text.get(start..end)?;
    let pairs =
        run.iter().enumerate().all(|(i, b)| if i % 3 == 2 { *b == b'-' } else { b.is_ascii_hexdigit() });
    let letters = run.iter().take(5).all(|b| !b.is_ascii_digit());
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let free = !is_part(before(text, start)) && !is_part(byte(text, end));
    let known = pairs && letters && free && is_card(run.iter().copied().filter(|&b| b != b'-'));
    known.then_some(((start, end), Verdict::shape(Strength::Strong)))
}
