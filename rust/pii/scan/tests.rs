//! The short way to tell that a part hides nothing, against the views that it saves.

use super::*;
use proptest::prelude::*;
use std::cell::Cell;

thread_local! {
    static SAVED: Cell<usize> = const { Cell::new(0) };
}

/// Reads the parts that are told to show nothing by their views too, which find no more than the text does.
fn check(text: &str) -> Result<(), TestCaseError> {
    let scanner = Scanner::new(&Options::default()).unwrap();
    let ground = Ground::of(text.as_bytes());
    let mut hidden = Hidden::new(scanner.set, text, ground);
    let hits = scanner.read(text.as_bytes(), ground, surveys(scanner.set, ground), Some(&mut hidden));
    for part in hidden.parts() {
        let shown = &text[part.whole.clone()];
        if part.foreign && scanner.shows_nothing(text, &part) {
            let mut all = hits.clone();
            scanner.undo(shown, &part, &mut all, &mut Vec::new());
            prop_assert_eq!(resolve(all), resolve(hits.clone()), "{}", text);
            SAVED.set(SAVED.get() + 1);
        }
    }
    Ok(())
}

#[test]
fn dashes_between_years_and_pages_are_told_without_a_view() {
    for text in [
        "Auguste Comte (1798–1857). Comte coined the word.",
        "History of Psychology, 47, 170–174.\nMcCrae, R. R. (1987). Personality, 52, 81–90.",
        "The recession of 2007–2009 — the longest — ended; pp. 98–109 tell of 12–14 of them.",
    ] {
        let before = SAVED.get();
        check(text).unwrap();
        assert!(SAVED.get() > before, "{text}");
    }
}

proptest! {
    #[test]
    fn what_shows_nothing_holds_no_more_than_the_text(
        parts in prop::collection::vec(
            "[0-9]{1,4}–[0-9]{1,4}|[0-9]{1,4}|[(]?[0-9]{3}[)–. −-]{1,2}[0-9]{3}[–−-][0-9]{4}|, |[.]\n|[(]| |—| — |–|pp[.] |phone |call |SSN |born |Main Street|Springfield, IL |May |[a-z]{1,9} |[A-Z][a-z]{1,9} |[A-Z]{1,3}|user@example|[.]com|°|½|\u{a0}|’",
            1..60,
        ),
    ) {
        check(&parts.concat())?;
    }
}
