//! Where somebody else's words stand.

/// The quotations of a text, read from its beginning as far as they are asked for.
pub(super) struct Quotation<'a> {
    body: &'a str,
    at: usize,
    straight: bool,
    curly: bool,
}

impl<'a> Quotation<'a> {
    pub(super) fn of(body: &'a str) -> Self {
        let opening = [('"', '"'), ('“', '”')].into_iter().find(|(open, _)| body.starts_with(*open));
        let at = opening.map_or(0, |(open, close)| {
            // Marks around the whole quote nobody.
            let behind = body.get(open.len_utf8()..).and_then(|inner| inner.split_once(close));
            let is_whole = behind.is_none_or(|(_, rest)| !rest.contains(char::is_alphanumeric));
            if is_whole { open.len_utf8() } else { 0 }
        });
        Self { body, at, straight: false, curly: false }
    }

    /// Whether a quotation is open at a place that is no earlier than the one asked for before.
    pub(super) fn holds(&mut self, place: usize) -> bool {
        for mark in self.body.get(self.at..place).unwrap_or_default().chars() {
            match mark {
                '"' => self.straight = !self.straight,
                '“' => self.curly = true,
                '”' => self.curly = false,
                _ => {}
            }
        }
        self.at = self.at.max(place);
        self.straight || self.curly
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_between_quotation_marks_are_somebody_elses() {
        let cases = [
            ("It rained. \"X came,\" she said.", true),
            ("It rained. “It poured. X came,” she said.", true),
            ("\"It rained,\" she said. X came.", false),
            ("\"It rained,\" she said. \"X came.\"", true),
            ("\"It rained. X came.\"", false),
            ("“It rained. X came.”", false),
            ("X came.", false),
        ];
        for (text, holds) in cases {
            let place = text.find('X').unwrap_or_default();
            assert_eq!(Quotation::of(text).holds(place), holds, "{text:?}");
        }
    }
}
