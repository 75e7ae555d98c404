//! Which words of a text stand where it leaves open whether something happened: behind `would`, `may`, `plans to`.

use crate::words::stream::{Break, Case, Stream};

/// The groups of `to` and of the modal verbs ([`crate::words::function`]).
const TO: u8 = 8;
const MODALS: u8 = 19;
/// Words that a modal verb reaches over: `would later have been`.
const REACH: usize = 4;

/// Reads a text word by word.
#[derive(Default)]
pub(super) struct Mood {
    /// Words that the last modal verb still reaches over.
    left: usize,
    /// Whether any `to` leaves open what stands behind it: `a wall to be built`.
    any_to: bool,
}

impl Mood {
    /// For a fact, which only tells what did happen where nothing speaks against it.
    pub(super) fn of_fact() -> Self {
        Self { any_to: true, ..Self::default() }
    }

    /// Whether the next word of a text, at `at`, is one that is left open.
    #[inline]
    pub(super) fn leaves_open(&mut self, stream: &Stream, at: usize) -> bool {
        let Some(token) = stream.tokens.get(at) else { return false };
        if !token.function {
            let is_open = self.left > 0 && token.before <= Break::Space;
            let is_adverb = || stream.text(token).ends_with(b"ly");
            self.left = if is_open && is_adverb() { self.left - 1 } else { 0 };
            return is_open;
        }
        self.left = match token.group {
            // Not the month.
            MODALS if token.case == Case::Lower && is_open_modal(stream.text(token)) => REACH,
            TO if self.any_to || leads_nowhere(stream, at) => REACH,
            _ if token.before > Break::Space => 0,
            _ => self.left.saturating_sub(1),
        };
        false
    }
}

fn is_open_modal(word: &[u8]) -> bool {
    matches!(word, b"could" | b"may" | b"might" | b"should" | b"will" | b"would")
}

/// Whether the word before the `to` at `at` leaves open whether what follows came about: not so `managed to`, `decided to`.
fn leads_nowhere(stream: &Stream, at: usize) -> bool {
    const WORDS: [&[u8]; 41] = [
        b"aim",
        b"aimed",
        b"aims",
        b"asked",
        b"attempt",
        b"attempted",
        b"attempts",
        b"due",
        b"expected",
        b"expects",
        b"hope",
        b"hoped",
        b"hopes",
        b"intended",
        b"intends",
        b"likely",
        b"offered",
        b"offers",
        b"plan",
        b"planned",
        b"planning",
        b"plans",
        b"pretended",
        b"promised",
        b"promises",
        b"scheduled",
        b"seek",
        b"seeks",
        b"sought",
        b"supposed",
        b"threatened",
        b"threatens",
        b"tried",
        b"tries",
        b"trying",
        b"urged",
        b"vowed",
        b"want",
        b"wanted",
        b"wants",
        b"wish",
    ];
    let before = at.checked_sub(1).and_then(|at| stream.tokens.get(at));
    before.is_some_and(|token| WORDS.binary_search(&stream.text(token)).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_behind_modal_verbs_are_left_open() {
        let cases: [(&str, &[&str]); 10] = [
            ("Ann won the race.", &[]),
            ("Ann would win the race.", &["win"]),
            ("Ann may have won.", &["won"]),
            ("The wall might be fully built.", &["fully", "built"]),
            ("Ann tried to win.", &["win"]),
            ("Ann managed to win.", &[]),
            ("Ann was expected to win, and won.", &["win"]),
            ("If she would, Ann won.", &[]),
            ("Ann will run, and Bob ran.", &["run"]),
            ("In May Ann won.", &[]),
        ];
        for (text, expected) in cases {
            let stream = Stream::new(text);
            let mut mood = Mood::default();
            let open = (0..stream.tokens.len()).filter(|&at| mood.leaves_open(&stream, at));
            let words: Vec<_> =
                open.map(|at| String::from_utf8_lossy(stream.text(&stream.tokens[at]))).collect();
            assert_eq!(words, expected, "{text:?}");
        }
    }
}
