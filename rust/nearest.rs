//! The known name nearest to one that was not understood, for error messages.
//!
//! Promise: pure, no allocation beyond two short rows, and `None` where nothing is near enough to help.

/// Longest name compared; what is longer is no typing slip of a name of ours.
const LONGEST: usize = 64;

/// The candidate nearest to `name` by edit distance, without case; `None` when more than a third of it (at
/// least two characters) would have to change.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.len() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (distance(name.as_bytes(), candidate.as_bytes()), candidate))
        .filter(|&(distance, _)| distance <= limit)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance over bytes, ASCII letters without case.
fn distance(a: &[u8], b: &[u8]) -> usize {
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, &from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (&to, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let substituted = diagonal + usize::from(!from.eq_ignore_ascii_case(&to));
            diagonal = *cell;
            left = substituted.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_answered_with_the_name_meant() {
        let known = ["max_tokens", "min_words", "EMAIL", "PHONE"];
        for (given, expected) in [
            ("max_token", Some("max_tokens")),
            ("maxtokens", Some("max_tokens")),
            ("emial", Some("EMAIL")),
            ("Phone", Some("PHONE")),
            ("weather", None),
            ("", None),
        ] {
            assert_eq!(nearest(given, known), expected, "{given}");
        }
    }

    #[test]
    fn the_distance_is_levenshteins() {
        for (a, b, expected) in
            [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("same", "SAME", 0)]
        {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
        }
        assert_eq!(distance(&[b'a'; 100], b"a"), usize::MAX);
    }
}
