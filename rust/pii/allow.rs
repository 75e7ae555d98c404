//! The allow list: values that are not PII.
//!
//! A pattern is compared with the whole value, in plain writing and without case; `*` stands for any run. A domain
//! (`example.org`, `@example.org`) allows every address at it, and at no other. A pattern of digits is compared
//! without separators, so `800-555-*` allows `(800) 555-0100`; one with three dots or a colon is an address.
//! Promise: time linear in the value for each run of the pattern.

use super::normalize::plain;

/// One compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// What stands between the `*`s.
    parts: Vec<Vec<u8>>,
    /// Compared on digits and letters alone.
    bare: bool,
    /// Compared with what stands behind the `@` too.
    domain: bool,
}

/// Compiled patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AllowList(Vec<Pattern>);

impl AllowList {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn new(patterns: &[String]) -> Self {
        Self(patterns.iter().filter(|pattern| !pattern.trim().is_empty()).map(|p| Pattern::new(p)).collect())
    }

    /// Whether `value` is allowed.
    pub(crate) fn allows(&self, value: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let value = plain(value).to_lowercase();
        let bare = bare(&value);
        let domain = value.rsplit_once('@').map(|(_, domain)| domain.as_bytes());
        self.0.iter().any(|pattern| {
            pattern.matches(if pattern.bare { &bare } else { value.as_bytes() })
                || domain.is_some_and(|domain| pattern.domain && pattern.matches(domain))
        })
    }
}

/// Letters and digits alone, lower case.
fn bare(value: &str) -> Vec<u8> {
    value
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .into_bytes()
}

/// Whether a pattern is the name of a domain: labels with dots between them, a letter in the last.
fn is_domain(pattern: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    pattern.rsplit_once('.').is_some_and(|(_, last)| last.chars().any(char::is_alphabetic))
        && pattern.split('.').all(is_label)
}

impl Pattern {
    fn new(pattern: &str) -> Self {
        let pattern = pattern.trim();
        let is_address = pattern.matches('.').count() == 3 || pattern.contains(':');
        let is_bare = !is_address && !pattern.chars().any(char::is_alphabetic);
        let domain = is_domain(pattern.strip_prefix('@').unwrap_or(pattern));
        let pattern = if domain { pattern.trim_start_matches('@') } else { pattern };
        let part = |part: &str| if is_bare { bare(part) } else { part.to_lowercase().into_bytes() };
        Self { parts: pattern.split('*').map(part).collect(), bare: is_bare, domain }
    }

    fn matches(&self, value: &[u8]) -> bool {
        let (Some((first, rest)), Some(last)) = (self.parts.split_first(), self.parts.last()) else {
            return false;
        };
        if rest.is_empty() {
            return value == first;
        }
        let Some(mut open) =
            value.strip_prefix(first.as_slice()).and_then(|v| v.strip_suffix(last.as_slice()))
        else {
            return false;
        };
        for part in rest.iter().take(rest.len() - 1).filter(|part| !part.is_empty()) {
            let Some(at) = open.windows(part.len()).position(|window| window == part) else { return false };
            open = open.get(at + part.len()..).unwrap_or_default();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_without_case_and_separators() {
        for (pattern, value, allowed) in [
            ("911", "911", true),
            ("911", "9112", false),
            ("800-555-0100", "(800) 555 0100", true),
            ("800-555-*", "(800) 555-0199", true),
            ("800-555-*", "(801) 555-0199", false),
            ("*.gov", "Press@NASA.gov", true),
            ("*.gov", "press@nasa.gov.evil.com", false),
            ("*@example.*", "a@example.org", true),
            ("info@*.org", "info@.org", true),
            ("ab*ba", "aba", false),
            ("*", "anything", true),
            ("", "anything", false),
            ("example.org", "Jane@Example.org", true),
            ("@example.org", "jane@example.org", true),
            ("example.org", "jane@evil-example.org", false),
            ("example.org", "jane@mail.example.org", false),
            ("@example.org", "jane@example.org.evil.net", false),
            ("*.example.org", "jane@mail.example.org", true),
            ("*.gov", "press [at] nasa [dot] gov", true),
            ("example.org", "jane%40example.org", true),
            ("911", "+1 415 555 0911", false),
            ("911", "9-1-1", true),
            ("192.0.2.*", "192.0.2.77", true),
            ("192.0.2.*", "192.0.21.7", false),
            ("19.20.2.1", "192.0.2.1", false),
            ("2001:db8::*", "2001:db8::1", true),
            ("Case", "case", true),
        ] {
            let list = AllowList::new(&[pattern.to_owned()]);
            assert_eq!(list.allows(value), allowed, "{pattern} {value}");
        }
    }
}
