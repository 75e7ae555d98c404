//! Keys and tokens of services, by the prefixes that their makers gave them so that they are found; by the
//! parts that they are made of; and by the name of the setting that they stand in.

use super::{BASE, Canonical, Find, Recognizer, Span, Strength, Verdict};
use crate::pii::candidate::{before, byte, skip_back};

pub(super) const API_KEY: Recognizer = Recognizer {
    name: "API_KEY",
    aliases: &["SECRET"],
    severity: 1.0,
    accepts: "a service's prefix and as many characters as its keys have; JSON web tokens; private keys",
    example: "token ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    source: "the services' own documentation of their key formats; RFC 7519; RFC 7468",
    find: &[Find::Tokens(key), Find::Dashes(private_key)],
    context: "key, token, secret",
    against: 0,
    canonical: Canonical::Exact,
    ..BASE
};

/// What a key is written in behind its prefix.
#[derive(Debug, Clone, Copy)]
enum Letters {
    /// Hexadecimal digits.
    Hex,
    /// Capitals and digits.
    Capitals,
    /// Letters and digits.
    Plain,
    /// Letters, digits, dashes and underscores.
    Any,
}
use Letters::{Any, Capitals, Hex, Plain};

impl Letters {
    fn spell(self, rest: &[u8]) -> bool {
        rest.iter().all(|b| match self {
            Hex => b.is_ascii_hexdigit(),
            Capitals => b.is_ascii_uppercase() || b.is_ascii_digit(),
            Plain => b.is_ascii_alphanumeric(),
            Any => true,
        })
    }
}

/// Prefixes, the fewest and most characters behind them, and which.
const PREFIXES: &[(&[u8], usize, usize, Letters)] = &[
    // Amazon
    (b"AKIA", 16, 16, Capitals),
    (b"ASIA", 16, 16, Capitals),
    (b"ABIA", 16, 16, Capitals),
    (b"ACCA", 16, 16, Capitals),
    // Google
    (b"AIza", 35, 35, Any),
    (b"GOCSPX-", 28, 28, Any),
    // GitHub, GitLab
    (b"ghp_", 36, 255, Plain),
    (b"gho_", 36, 255, Plain),
    (b"ghu_", 36, 255, Plain),
    (b"ghs_", 36, 255, Any),
    (b"ghr_", 36, 255, Plain),
    (b"github_pat_", 22, 255, Any),
    (b"glpat-", 20, 255, Any),
    (b"gldt-", 20, 255, Any),
    (b"glrt-", 20, 255, Any),
    (b"glptt-", 40, 40, Hex),
    (b"glcbt-", 20, 255, Any),
    (b"glsoat-", 20, 255, Any),
    (b"glft-", 20, 255, Any),
    (b"GR1348941", 20, 20, Any),
    // Models
    (b"sk-", 20, 255, Any),
    (b"hf_", 30, 40, Plain),
    (b"api_org_", 30, 40, Plain),
    (b"gsk_", 48, 60, Plain),
    (b"xai-", 70, 90, Plain),
    (b"pplx-", 40, 60, Plain),
    (b"r8_", 37, 40, Plain),
    (b"nvapi-", 60, 80, Any),
    // Payments and shops
    (b"sk_live_", 20, 255, Any),
    (b"sk_test_", 20, 255, Any),
    (b"rk_live_", 20, 255, Any),
    (b"rk_test_", 20, 255, Any),
    (b"pk_live_", 20, 255, Any),
    (b"pk_test_", 20, 255, Any),
    (b"whsec_", 30, 64, Plain),
    (b"sq0atp-", 22, 22, Any),
    (b"sq0csp-", 43, 43, Any),
    (b"sq0idp-", 22, 22, Any),
    (b"EAAA", 56, 62, Any),
    (b"shpat_", 32, 32, Hex),
    (b"shpca_", 32, 32, Hex),
    (b"shppa_", 32, 32, Hex),
    (b"shpss_", 32, 32, Hex),
    (b"shippo_live_", 40, 40, Hex),
    // Messages and mail
    (b"xoxa-", 20, 255, Any),
    (b"xoxb-", 20, 255, Any),
    (b"xoxc-", 20, 255, Any),
    (b"xoxd-", 20, 255, Any),
    (b"xoxe-", 20, 255, Any),
    (b"xoxo-", 20, 255, Any),
    (b"xoxp-", 20, 255, Any),
    (b"xoxr-", 20, 255, Any),
    (b"xoxs-", 20, 255, Any),
    (b"xapp-", 20, 255, Any),
    (b"SK", 32, 32, Hex),
    (b"AC", 32, 32, Hex),
    (b"key-", 32, 32, Hex),
    (b"xkeysib-", 64, 90, Any),
    // Packages
    (b"npm_", 36, 36, Plain),
    (b"pypi-", 50, 255, Any),
    (b"rubygems_", 48, 48, Hex),
    (b"dckr_pat_", 27, 36, Any),
    // Infrastructure and tools
    (b"dop_v1_", 64, 64, Hex),
    (b"doo_v1_", 64, 64, Hex),
    (b"dor_v1_", 64, 64, Hex),
    (b"dapi", 32, 34, Any),
    (b"secret_", 43, 43, Plain),
    (b"ntn_", 40, 60, Plain),
    (b"lin_api_", 40, 40, Plain),
    (b"lin_oauth_", 40, 64, Hex),
    (b"PMAK-", 59, 59, Any),
    (b"glsa_", 32, 48, Any),
    (b"sntrys_", 40, 255, Any),
    (b"sntryu_", 64, 64, Hex),
    (b"nfp_", 36, 40, Plain),
    (b"pul-", 40, 40, Hex),
    (b"pscale_tkn_", 32, 64, Any),
    (b"pscale_pw_", 32, 64, Any),
    (b"figd_", 36, 60, Any),
    (b"sbp_", 40, 40, Hex),
    (b"ATATT3", 60, 255, Any),
    (b"ATCTT3", 60, 255, Any),
    (b"bkua_", 40, 40, Hex),
    (b"CFPAT-", 43, 43, Any),
    (b"NRAK-", 27, 27, Capitals),
    (b"phc_", 40, 48, Plain),
    (b"phx_", 40, 48, Plain),
    (b"AGE-SECRET-KEY-1", 58, 58, Capitals),
    (b"eyJ", 30, 255, Any),
];

fn is_part(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}

fn key(text: &[u8], start: usize, end: usize) -> Option<(Span, Verdict)> {
    let (start, end) = without_emphasis(text, start, end);
    let token = text.get(start..end)?;
    let span = web_token(text, start, end)
        .or_else(|| (is_prefixed(token) || is_of_mailchimp(token)).then_some((start, end)))
        .or_else(|| webhook(text, start, end))
        .or_else(|| bot(text, start, end))
        .or_else(|| dotted(text, start, end))
        .or_else(|| setting(text, start, end))?;
    Some((span, Verdict::shape(Strength::Certain)))
}

/// Whether a key ends at `end`.
pub(super) fn is_key(text: &[u8], end: usize) -> bool {
    const LONGEST: usize = 256;
    let start = skip_back(text, end, LONGEST, is_part);
    key(text, start, end).is_some()
}

/// A token without the underscores on both sides that are marks of emphasis.
pub(super) fn without_emphasis(text: &[u8], start: usize, end: usize) -> Span {
    let token = text.get(start..end).unwrap_or_default();
    let marks = token.iter().zip(token.iter().rev()).take_while(|pair| *pair == (&b'_', &b'_')).count();
    if 2 * marks < token.len() { (start + marks, end - marks) } else { (start, end) }
}

/// Whether what stands behind a prefix has a digit, or letters of both cases and nothing between: no name does.
fn is_random(rest: &[u8]) -> bool {
    let plain = || rest.iter().all(u8::is_ascii_alphabetic);
    let both = || rest.iter().any(u8::is_ascii_lowercase) && rest.iter().any(u8::is_ascii_uppercase);
    rest.iter().any(u8::is_ascii_digit) || (plain() && both())
}

fn is_prefixed(token: &[u8]) -> bool {
    PREFIXES.iter().any(|&(prefix, least, most, letters)| {
        token.strip_prefix(prefix).is_some_and(|rest| {
            (least..=most).contains(&rest.len()) && letters.spell(rest) && is_random(rest)
        })
    })
}

/// Mailchimp's keys: 32 hexadecimal digits and the name of a data centre.
fn is_of_mailchimp(token: &[u8]) -> bool {
    token.split_at_checked(32).is_some_and(|(key, centre)| {
        let number = centre.strip_prefix(b"-us").unwrap_or_default();
        Hex.spell(key) && (1..=2).contains(&number.len()) && number.iter().all(u8::is_ascii_digit)
    })
}

/// An address that messages to Slack are sent to, whose last part is the secret: all from the service's name on.
fn webhook(text: &[u8], start: usize, end: usize) -> Option<Span> {
    const SERVICE: &[u8] = b"hooks.slack.com/services/";
    const PART: usize = 16;
    let part = |end: usize, first: u8| {
        let slash = end.checked_sub(1).filter(|&slash| byte(text, slash) == b'/')?;
        let length =
            (1..=PART).take_while(|&i| slash >= i && byte(text, slash - i).is_ascii_alphanumeric()).count();
        Some(slash - length).filter(|&from| length > 8 && byte(text, from) == first)
    };
    let service = part(part(start, b'B')?, b'T')?.checked_sub(SERVICE.len())?;
    (end - start == 24 && text.get(service..)?.starts_with(SERVICE)).then_some((service, end))
}

/// A JSON web token: two objects in base64 and, in most, a signature behind a full stop each.
fn web_token(text: &[u8], start: usize, end: usize) -> Option<Span> {
    const LONGEST: usize = 4096;
    let token = text.get(start..end)?;
    if !token.starts_with(b"eyJ") || text.get(end..end + 4) != Some(b".eyJ") {
        return None;
    }
    let mut end = end;
    for _ in 0..2 {
        let length = (end + 1..end + 1 + LONGEST).take_while(|&i| is_part(byte(text, i))).count();
        if byte(text, end) == b'.' && length > 0 {
            end += 1 + length;
        }
    }
    Some((start, end))
}

/// A bot's token: its number, a colon, and 35 characters.
fn bot(text: &[u8], start: usize, end: usize) -> Option<Span> {
    let colon = start.checked_sub(1).filter(|&at| byte(text, at) == b':' && end - start == 35)?;
    let digits = (1..=11).take_while(|&i| colon >= i && byte(text, colon - i).is_ascii_digit()).count();
    let from = colon - digits;
    let free = !before(text, from).is_ascii_alphanumeric() || text.get(..from)?.ends_with(b"bot");
    (text.get(start..end)?.starts_with(b"AA") && (8..=10).contains(&digits) && free).then_some((from, end))
}

/// Keys that are made of parts with full stops between.
fn dotted(text: &[u8], start: usize, end: usize) -> Option<Span> {
    const BEHIND: usize = 72;
    const AHEAD: usize = 160;
    let is_inside = |b: u8| is_part(b) || b == b'.';
    let (mut from, mut to) = (start, end);
    while start - from < BEHIND && is_inside(before(text, from)) {
        from -= 1;
    }
    while to - end < AHEAD && is_inside(byte(text, to)) {
        to += 1;
    }
    while before(text, to) == b'.' {
        to -= 1;
    }
    let mut parts = text.get(from..to)?.split(|&b| b == b'.');
    let (first, second) = (parts.next()?, parts.next()?);
    let (third, more) = (parts.next().map(<[u8]>::len), parts.next().is_some());
    let known = match (first, second.len(), third) {
        // SendGrid
        (b"SG", 22, Some(43)) => true,
        // Doppler
        (b"dp", 2..=3, Some(40..=44)) => true,
        // Discord: the number of an account in base64, a time, a signature
        ([b'M' | b'N' | b'O', ..], 6 | 7, Some(27..=40)) => (23..=28).contains(&first.len()),
        // Vault, Google
        (b"hvs" | b"hvb" | b"hvr", 24.., None) => true,
        (b"ya29", 30.., None) => true,
        // Airtable
        ([b'p', b'a', b't', ..], 64, None) => first.len() == 17 && Hex.spell(second),
        _ => false,
    };
    (known && !more).then_some((from, to))
}

/// Names of settings whose value is a secret in base64, and the fewest characters of one.
const SETTINGS: &[(&[u8], usize)] = &[
    (b"accountkey", 40),
    (b"sharedaccesskey", 40),
    (b"aws_secret_access_key", 40),
    (b"secretaccesskey", 40),
    (b"secret_access_key", 40),
];

/// The value of a setting that is known by name.
fn setting(text: &[u8], start: usize, end: usize) -> Option<Span> {
    const LONGEST: usize = 96;
    let is_inside = |b: u8| is_part(b) || matches!(b, b'+' | b'/');
    let (mut from, mut to) = (start, end);
    while start - from < LONGEST && is_inside(before(text, from)) {
        from -= 1;
    }
    while to - from < 2 * LONGEST && is_inside(byte(text, to)) {
        to += 1;
    }
    let mut name = from;
    while from - name < 5 && matches!(before(text, name), b'=' | b':' | b' ' | b'"' | b'\'') {
        name -= 1;
    }
    let length = to - from;
    while to - end < LONGEST && byte(text, to) == b'=' && to - from < length + 2 {
        to += 1;
    }
    let named = |&(known, least): &(&[u8], usize)| {
        let label = name.checked_sub(known.len()).and_then(|at| text.get(at..name));
        length >= least && label.is_some_and(|label| label.eq_ignore_ascii_case(known))
    };
    (name < from && SETTINGS.iter().any(named)).then_some((from, to))
}

/// A private key between its rules; where the second is missing, the first rule alone.
fn private_key(text: &[u8], at: usize) -> Option<(Span, Verdict)> {
    const RULE: &[u8] = b"-----";
    const LONGEST: usize = 8192;
    let rest = text.get(at..)?;
    let label = rest.strip_prefix(b"-----BEGIN ")?;
    let length = label.iter().take(40).position(|&b| b == b'-')?;
    let title = label.get(..length)?;
    if !(title.ends_with(b"PRIVATE KEY") || title.ends_with(b"PRIVATE KEY BLOCK")) {
        return None;
    }
    let head = b"-----BEGIN ".len() + length;
    if rest.get(head..head + RULE.len()) != Some(RULE) {
        return None;
    }
    let head = head + RULE.len();
    // The next rule ends the search, so that headers in a row cost no more than their length.
    let body = rest.get(head..)?.get(..LONGEST).or_else(|| rest.get(head..))?;
    let close = body.windows(RULE.len()).position(|window| window == RULE).map(|i| head + i);
    let tail =
        close.and_then(|close| rest.get(close..)?.strip_prefix(b"-----END ").map(|tail| (close, tail)));
    let end = tail.and_then(|(close, tail)| {
        let length = tail.iter().take(40).position(|&b| b == b'-')?;
        Some(close + b"-----END ".len() + length + RULE.len())
    });
    let end = end.filter(|&end| end <= rest.len()).unwrap_or(head);
    Some(((at, at + end), Verdict::shape(Strength::Certain)))
}

#[cfg(test)]
mod tests {
    use crate::pii::{Options, Scanner};

    fn found(text: &str) -> Vec<&str> {
        let options = Options { kinds: vec!["API_KEY".to_owned()], ..Options::default() };
        let scanner = Scanner::new(&options).unwrap();
        scanner.scan(text).into_iter().map(|m| &text[m.span]).collect()
    }

    /// `count` characters that take turns.
    fn filler(letters: &str, count: usize) -> String {
        letters.chars().cycle().take(count).collect()
    }

    #[test]
    fn every_prefix_is_found_with_the_length_that_its_keys_have() {
        for &(prefix, least, most, letters) in super::PREFIXES {
            let letters = match letters {
                super::Hex => "0a1b2c3d4e5f",
                super::Capitals => "A2B3C4D5",
                super::Plain => "aB3dE6",
                super::Any => "aB3_dE6",
            };
            let prefix = std::str::from_utf8(prefix).unwrap();
            for length in [least, most] {
                let key = format!("{prefix}{}", filler(letters, length));
                assert_eq!(found(&format!("it is {key}, keep it")), [&key], "{key}");
            }
            // Some lengths are those of another prefix's keys.
            let short = format!("it is {prefix}{}, keep it", filler(letters, least - 1));
            assert_eq!(found(&short), [""; 0], "{short}");
        }
    }

    #[test]
    fn keys_of_parts_are_found_whole() {
        for (text, key) in [
            (
                "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U.",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
            ),
            (
                "api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/getMe",
                "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",
            ),
            (
                "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",
                "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",
            ),
            (
                "token MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs, please",
                "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs",
            ),
            ("VAULT_TOKEN=hvs.CAESIJ2bQk4x7wZt9LmNpRsT", "hvs.CAESIJ2bQk4x7wZt9LmNpRsT"),
            (
                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE123\nregion",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE123",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nqwerty+/==\n-----END RSA PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nqwerty+/==\n-----END RSA PRIVATE KEY-----",
            ),
            (
                "https://hooks.slack.com/services/T00000000/B00000000/XXQafAh04YcmpYLAkhCkRpkV",
                "hooks.slack.com/services/T00000000/B00000000/XXQafAh04YcmpYLAkhCkRpkV",
            ),
            ("it is bb2e35cbf0f19c557067cbbe80c46d1f-us12", "bb2e35cbf0f19c557067cbbe80c46d1f-us12"),
            ("-----BEGIN PRIVATE KEY----- and no end", "-----BEGIN PRIVATE KEY-----"),
        ] {
            assert_eq!(found(text), [key], "{text}");
        }
        for text in [
            "-----BEGIN PUBLIC KEY-----\nMIIEowIBAAKCAQEA\n-----END PUBLIC KEY-----",
            "-----BEGIN PRIVATE KEY",
            "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 was reverted",
            "see www.example-with-a-long-name-2024.org/path_of_2024_and_more",
            "aws_region = eu-central-1-and-another-name-2024-for-it",
            "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn keys_of_letters_alone_are_told_from_names() {
        let key = format!("hf_{}", filler("aBcDeFgHiJ", 34));
        assert_eq!(found(&format!("it is {key}, keep it")), [&key]);
        assert_eq!(
            found("sk_live_this_is_a_placeholder_key and ghp_notakeynotakeynotakeynotakeynotakeynot"),
            [""; 0]
        );
    }

    #[test]
    fn headers_in_a_row_are_read_in_linear_time() {
        let header = "-----BEGIN PRIVATE KEY-----\n";
        assert_eq!(found(&header.repeat(2000)).len(), 2000);
    }
}
