//! The allow list: values that are not PII.
//!
//! A pattern is compared with the whole value, without case; `*` stands for any run. A pattern without letters
//! is also compared without separators, so `800-555-*` allows `(800) 555-0100`.
//! Promise: time linear in the value for each run of the pattern.

/// One compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// What stands between the `*`s.
    parts: Vec<Vec<u8>>,
    /// Compared on digits and letters alone.
    bare: bool,
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
        let (plain, bare) = (value.to_lowercase().into_bytes(), bare(value));
        self.0.iter().any(|pattern| pattern.matches(if pattern.bare { &bare } else { &plain }))
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

impl Pattern {
    fn new(pattern: &str) -> Self {
        let pattern = pattern.trim();
        let is_bare = !pattern.chars().any(char::is_alphabetic);
        let part = |part: &str| if is_bare { bare(part) } else { part.to_lowercase().into_bytes() };
        Self { parts: pattern.split('*').map(part).collect(), bare: is_bare }
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
        ] {
            let list = AllowList::new(&[pattern.to_owned()]);
            assert_eq!(list.allows(value), allowed, "{pattern} {value}");
        }
    }
}
