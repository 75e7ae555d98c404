use super::chunk::{CAPACITY, Chunk, FIRST};
use super::count::Engine;
use super::golden::GOLDEN;
use super::merge::{Prefixes, borders, count, merge_into};
use super::split::pretoken_length;
use super::tables::{TOKENS, length, merged, parts};
use super::{Counter, decode};
use crate::simd::{Kernel, Level, Set, on_every_set};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::LazyLock;

thread_local! {
    static LOOKUPS: Cell<usize> = const { Cell::new(0) };
}

/// Called by every lookup of a pair.
pub(super) fn note_lookup() {
    LOOKUPS.set(LOOKUPS.get() + 1);
}

/// Number of pair lookups that counting `text` takes.
fn lookups(text: &str) -> usize {
    LOOKUPS.set(0);
    Counter::new().count(text);
    LOOKUPS.get()
}

/// Every token's id by its bytes.
static VOCABULARY: LazyLock<HashMap<Vec<u8>, u16>> =
    LazyLock::new(|| (0..TOKENS as u16).map(|id| (decode(&[u32::from(id)]).unwrap(), id)).collect());

/// The definition of byte-pair merging, one pair at a time over byte strings.
fn merge_by_definition(piece: &[u8]) -> Vec<u16> {
    let mut tokens: Vec<Vec<u8>> = piece.iter().map(|&byte| vec![byte]).collect();
    loop {
        let joined = |at: usize| VOCABULARY.get(&tokens[at..at + 2].concat());
        let Some((_, at)) = (1..tokens.len()).filter_map(|i| Some((joined(i - 1)?, i - 1))).min() else {
            break;
        };
        tokens.splice(at..at + 2, [tokens[at..at + 2].concat()]);
    }
    tokens.iter().map(|token| VOCABULARY[token]).collect()
}

fn encode(text: &str) -> Vec<u32> {
    let mut ids = Vec::new();
    Counter::new().encode_into(text, &mut ids);
    ids
}

fn spans(text: &str) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    Counter::new().spans_into(text, &mut spans);
    spans
}

/// The pre-tokens of `text`, found one character at a time.
fn pretokens(text: &str) -> Vec<&str> {
    let mut rest = text;
    let next = || {
        let (pretoken, after) = rest.split_at(pretoken_length(rest.as_bytes(), usize::MAX));
        rest = after;
        Some(pretoken).filter(|pretoken| !pretoken.is_empty())
    };
    std::iter::from_fn(next).collect()
}

fn truncate(text: &str, max_tokens: usize) -> &str {
    &text[..Counter::new().truncate(text, max_tokens, false)]
}

fn truncate_at_word(text: &str, max_tokens: usize) -> &str {
    &text[..Counter::new().truncate(text, max_tokens, true)]
}

/// The starts of the pre-tokens of some texts, each beginning where the text before it and a separator end, and of
/// the separators.
#[derive(Clone)]
struct Starts<'a>(&'a [&'a str]);

impl Kernel for Starts<'_> {
    type Output = Vec<u16>;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Vec<u16> {
        let mut chunk = Chunk::default();
        let end = self.0.iter().map(|text| chunk.push(text.as_bytes())).last().unwrap();
        chunk.bounds(level, &[]);
        chunk.list(level, &[]);
        let starts = chunk.pieces().starts;
        starts.iter().take(usize::from(chunk.number_at(end)) + 1).map(|start| start - FIRST as u16).collect()
    }
}

/// The same from the scalar pre-tokenizer.
fn scalar_starts(texts: &[&str]) -> Vec<u16> {
    let mut starts = Vec::new();
    let mut base = 0;
    for text in texts {
        let mut start = base;
        for pretoken in pretokens(text) {
            starts.push(start as u16);
            start += pretoken.len();
        }
        starts.push(start as u16);
        base += text.len() + 1;
    }
    starts
}

/// Counts with the scalar pre-tokenizer, one piece at a time.
fn scalar_count(text: &str) -> usize {
    pretokens(text).into_iter().map(|piece| count(piece.as_bytes(), &mut Vec::new())).sum()
}

/// Arbitrary letters, the same ones every time.
fn letters() -> impl FnMut() -> char {
    let mut state = 1u32;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b"etaoinsrhl"[(state >> 24) as usize % 10])
    }
}

/// The longest prefix within the budget, found by counting every one.
fn truncate_by_definition(text: &str, max_tokens: usize) -> &str {
    let ends = (0..=text.len()).rev().filter(|&end| text.is_char_boundary(end));
    ends.map(|end| &text[..end]).find(|prefix| Counter::new().count(prefix) <= max_tokens).unwrap()
}

/// Texts in which classes, contractions, white space and scripts meet often.
fn mixed_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9' \n\t.,!-]{0,80}",
        "([stdmlrve']| |'s|'ll|  |\u{a0}|\u{3000}|\n){0,40}",
        "[ \n\t\u{a0}\u{2003}\u{3000}\u{85}]{0,20}[a-z]{0,3}[ \n\u{3000}]{0,20}",
        "([a-z]{1,12}|[0-9]{1,6}|\\PC|\u{1f600}|é|漢|Ж){0,30}",
        "\\PC{0,40}",
        any::<String>(),
    ]
}

/// Pieces that hold the same few bytes again and again, where merges compete.
fn repetitive_piece() -> impl Strategy<Value = Vec<u8>> {
    let alphabet = prop::sample::select(vec![
        &b"ab"[..],
        b"abethrn",
        b"-=*",
        b" \n",
        b"\xc3\x83\x82",
        b"\xf0\x9f\x98\x80",
    ]);
    alphabet.prop_flat_map(|bytes| prop::collection::vec(prop::sample::select(bytes), 1..600))
}

#[test]
fn ids_are_those_of_tiktoken() {
    for &(text, ids) in GOLDEN {
        assert_eq!(encode(text), ids, "{text:?}");
        assert_eq!(Counter::new().count(text), ids.len(), "{text:?}");
    }
}

#[test]
fn pretokens_follow_the_pattern() {
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        ("a b", &["a", " b"]),
        ("a  b", &["a", " ", " b"]),
        ("a \nb", &["a", " ", "\n", "b"]),
        ("a\n b", &["a", "\n", " b"]),
        ("a  ", &["a", "  "]),
        ("a\u{3000}b", &["a", "\u{3000}", "b"]),
        ("a \u{3000}b", &["a", " ", "\u{3000}", "b"]),
        ("a\u{a0} b", &["a", "\u{a0}", " b"]),
        ("a\u{200b}b", &["a", "\u{200b}", "b"]),
        ("ab12", &["ab", "12"]),
        ("x's", &["x", "'s"]),
        ("x'S", &["x", "'", "S"]),
        ("'s's", &["'s", "'s"]),
        ("'sx", &["'s", "x"]),
        ("x 's", &["x", " '", "s"]),
        ("x\n's", &["x", "\n", "'s"]),
        ("!'s", &["!'", "s"]),
        ("''s", &["''", "s"]),
        ("'llo", &["'ll", "o"]),
        ("'lo", &["'", "lo"]),
        ("'re've'd", &["'re", "'ve", "'d"]),
    ];
    for &(text, expected) in cases {
        assert_eq!(pretokens(text), expected, "{text:?}");
    }
}

#[test]
fn every_token_that_is_text_counts_one_where_it_is_a_pretoken() {
    for (bytes, &id) in VOCABULARY.iter() {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        if pretokens(text).len() == 1 {
            assert_eq!(encode(text), [u32::from(id)], "{text:?}");
        }
    }
}

#[test]
fn every_token_is_merged_from_its_parts() {
    for id in 256..TOKENS as u16 {
        let [left, right] = parts(id).unwrap();
        assert_eq!(merged(left, right), id);
        assert_eq!(length(left) + length(right), length(id));
    }
}

#[test]
fn every_code_point_is_split_alike_by_masks_and_one_at_a_time() {
    let contexts = ["{}", "a{}b", " {}1", "{}{}x", "'s{} ", "\n{} a", "  {}"];
    for context in contexts {
        let texts: Vec<String> = ('\0'..=char::MAX).map(|c| context.replace("{}", &c.to_string())).collect();
        for batch in texts.chunks(400) {
            let texts: Vec<&str> = batch.iter().map(String::as_str).collect();
            let expected = scalar_starts(&texts);
            assert_eq!(Set::default().run(Starts(&texts)), expected, "{context:?} {:?}", batch[0]);
        }
    }
}

#[test]
fn a_text_longer_than_a_chunk_may_be_cut_anywhere() {
    for tail in [
        "'ll be'll",
        "   x",
        " \u{3000}\u{3000}x",
        "\u{3000}",
        "'lx",
        "don't",
        "12ab!!",
        "\u{1f600}é",
        "\n\n  y",
    ] {
        for before in CAPACITY - 12..CAPACITY + 3 {
            let filler = "a b,".repeat(before.div_ceil(4));
            let text = format!("{}{tail}{}", &filler[..before], "z 's".repeat(9));
            assert_eq!(Counter::new().count(&text), scalar_count(&text), "{tail:?} {before}");
        }
    }
}

#[test]
fn words_longer_than_a_chunk_are_counted() {
    for unit in ["ab", " ", "\u{1f600}", "漢", "-"] {
        let run = unit.repeat(3 * CAPACITY / unit.len());
        let text = format!("x {run} y{run}");
        assert_eq!(Counter::new().count(&text), scalar_count(&text), "{unit:?}");
    }
}

#[test]
fn endless_new_words_do_not_make_the_cache_grow() {
    let mut engine = Engine::default();
    let mut letter = letters();
    let words: Vec<String> = (0..100_000).map(|i| (0..6 + i % 16).map(|_| letter()).collect()).collect();
    let text = words.join(" ");
    let first = engine.count(&text);
    let size = engine.memory();
    assert_eq!(engine.count(&text), first);
    assert_eq!(engine.memory(), size);
    engine.encode(&text, |_| ());
    let more: Vec<String> = (0..100_000).map(|i| (0..4 + i % 30).map(|_| letter()).collect()).collect();
    engine.encode(&more.join(" "), |_| ());
    engine.count_each(&more, &mut Vec::new());
    let size = engine.memory();
    engine.encode(&text, |_| ());
    engine.count(&text);
    assert_eq!(engine.memory(), size);
    assert!(size < 6 << 20, "{size}");
}

#[test]
fn what_was_counted_before_is_not_merged_again() {
    let mut letter = letters();
    for length in [5, 10, 15, 16, 20, 31, 32, 60, 127] {
        let word: String = (0..length).map(|_| letter()).collect();
        let mut counter = Counter::new();
        LOOKUPS.set(0);
        let first = counter.count(&word);
        let lookups = LOOKUPS.get();
        assert!(lookups > 0, "{length}");
        assert_eq!(counter.count(&word), first);
        assert_eq!(LOOKUPS.get(), lookups, "{length}");
    }
}

#[test]
fn a_long_pretoken_is_not_merged_when_its_length_exceeds_the_budget() {
    for unit in ["ab", " ", "\u{1f600}", "漢", "-", "1"] {
        let run = unit.repeat(1_000_000 / unit.len());
        LOOKUPS.set(0);
        assert!(!Counter::new().within(&run, 50));
        let kept = truncate(&run, 50).len();
        assert!(LOOKUPS.get() < 200_000, "{unit:?}: {}", LOOKUPS.get());
        assert!(Counter::new().count(&run[..kept]) <= 50, "{unit:?}");
        assert!(Counter::new().count(&run[..kept + unit.len()]) > 50, "{unit:?}");
    }
}

#[test]
fn decode_refuses_what_is_no_token() {
    assert_eq!(decode(&[50_256]), None);
    assert_eq!(decode(&[u32::MAX]), None);
    assert_eq!(decode(&[0, 65_536]), None);
    assert_eq!(decode(&[]), Some(Vec::new()));
}

#[test]
fn within_agrees_with_count_on_both_sides_of_the_budget() {
    for &(text, ids) in GOLDEN {
        for budget in 0..ids.len() + 2 {
            assert_eq!(Counter::new().within(text, budget), ids.len() <= budget, "{text:?} {budget}");
        }
    }
}

#[test]
fn truncate_keeps_the_longest_prefix_within_the_budget() {
    let cases = [
        ("Hello, world!", 2, "Hello,"),
        ("Hello, world!", 0, ""),
        ("Hello, world!", 4, "Hello, world!"),
        ("", 5, ""),
        // Cut, a word can be the start of another token, and white space is one pre-token.
        ("unbelievable", 1, "un"),
        ("a \n\n\nb", 2, "a "),
        ("\n\nx", 1, "\n\n"),
        // Three tokens; less than all of them is no character.
        ("a\u{1f600}", 2, "a"),
        ("x'll", 2, "x'll"),
    ];
    for (text, budget, expected) in cases {
        assert_eq!(truncate_by_definition(text, budget), expected, "{text:?} {budget}");
        assert_eq!(truncate(text, budget), expected, "{text:?} {budget}");
    }
}

#[test]
fn truncate_at_word_ends_after_a_word() {
    let cases = [
        ("Hello, world!", 3, "Hello,"),
        ("Hello, world! ", 5, "Hello, world! "),
        ("one two  three", 3, "one two"),
        ("one\u{3000}two three", 2, "one"),
        ("disproportionately", 1, ""),
    ];
    for (text, budget, expected) in cases {
        assert_eq!(truncate_at_word(text, budget), expected, "{text:?} {budget}");
    }
}

#[test]
fn long_runs_take_a_bounded_number_of_lookups_a_byte() {
    let repeated =
        ["a", " ", "\n", "-", "ab", "=-", "aA", "\u{1f600}", "漢字", "é", "\u{3000}", "ÃÂ", "0", "a\u{301}"];
    for unit in repeated {
        let text = unit.repeat(200_000 / unit.len());
        assert!(lookups(&text) <= 4 * text.len(), "{unit:?}: {}", lookups(&text));
    }
}

#[test]
fn counting_twice_as_much_takes_twice_the_lookups() {
    let mut letter = letters();
    let text: String = (0..100_000).map(|_| letter()).collect();
    let (half, whole) = (lookups(&text[..50_000]), lookups(&text));
    assert!(whole <= half * 22 / 10, "{half} {whole}");
}

proptest! {
    #[test]
    fn decoding_gives_the_text_back(text in mixed_text()) {
        prop_assert_eq!(decode(&encode(&text)).unwrap(), text.as_bytes());
    }

    #[test]
    fn count_is_the_number_of_ids(text in mixed_text()) {
        prop_assert_eq!(Counter::new().count(&text), encode(&text).len());
    }

    #[test]
    fn spans_tile_the_text_and_hold_the_tokens(text in mixed_text()) {
        let (ids, spans) = (encode(&text), spans(&text));
        prop_assert_eq!(ids.len(), spans.len());
        let mut at = 0;
        for (id, (start, end)) in ids.into_iter().zip(spans) {
            prop_assert_eq!(start, at);
            prop_assert_eq!(decode(&[id]).unwrap(), &text.as_bytes()[start..end]);
            at = end;
        }
        prop_assert_eq!(at, text.len());
    }

    #[test]
    fn pretokens_tile_the_text(text in mixed_text()) {
        prop_assert_eq!(pretokens(&text).concat(), text);
    }

    #[test]
    fn every_instruction_set_splits_like_the_scalar_path(
        texts in prop::collection::vec(mixed_text(), 1..9), shift in 0usize..64,
    ) {
        let shifted = "x".repeat(shift);
        let texts: Vec<&str> = [shifted.as_str()].into_iter().chain(texts.iter().map(String::as_str)).collect();
        prop_assume!(texts.iter().map(|text| text.len() + 1).sum::<usize>() < CAPACITY);
        let joined = texts.concat();
        for texts in [&texts[..], &[joined.as_str()]] {
            for starts in on_every_set(&Starts(texts)) {
                prop_assert_eq!(starts, scalar_starts(texts));
            }
        }
    }

    #[test]
    fn counting_many_is_counting_each(texts in prop::collection::vec(mixed_text(), 0..80), long in mixed_text()) {
        let long = long.repeat(200);
        let texts: Vec<&str> =
            texts.iter().chain([&long]).chain(&texts).map(String::as_str).collect();
        let mut counts = Vec::new();
        let mut counter = Counter::new();
        counter.count_each(&texts, &mut counts);
        let expected: Vec<u32> = texts.iter().map(|text| scalar_count(text) as u32).collect();
        prop_assert_eq!(&counts, &expected);
        // The second time from the cache.
        counts.clear();
        counter.count_each(&texts, &mut counts);
        prop_assert_eq!(&counts, &expected);
    }

    #[test]
    fn every_instruction_set_counts_and_encodes_alike(texts in prop::collection::vec(mixed_text(), 0..40)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let joined = texts.join(" ").repeat(3);
        let expected: Vec<u32> = texts.iter().map(|text| scalar_count(text) as u32).collect();
        for set in Counter::instruction_sets() {
            let mut counter = Counter::with_instruction_set(set).unwrap();
            let mut counts = Vec::new();
            counter.count_each(&texts, &mut counts);
            prop_assert_eq!(&counts, &expected, "{}", set);
            prop_assert_eq!(counter.count(&joined), scalar_count(&joined), "{}", set);
            let mut ids = Vec::new();
            counter.encode_into(&joined, &mut ids);
            prop_assert_eq!(decode(&ids).unwrap(), joined.as_bytes());
            prop_assert_eq!(ids.len(), scalar_count(&joined), "{}", set);
        }
    }

    #[test]
    fn merging_follows_the_definition(piece in prop_oneof![
        repetitive_piece(),
        prop::collection::vec(any::<u8>(), 1..200),
        mixed_text().prop_map(String::into_bytes),
    ]) {
        let mut tokens = Vec::new();
        merge_into(&piece, &mut tokens);
        prop_assert_eq!(&tokens, &merge_by_definition(&piece));
        prop_assert_eq!(count(&piece, &mut Vec::new()), tokens.len());
    }

    #[test]
    fn two_tokens_border_if_merging_keeps_them_apart(left in 0..TOKENS as u16, right in 0..TOKENS as u16) {
        let both = decode(&[left.into(), right.into()]).unwrap();
        prop_assert_eq!(borders(left, right), merge_by_definition(&both) == [left, right]);
    }

    #[test]
    fn halves_of_a_token_border_only_if_merging_keeps_them_apart(id in 256..TOKENS as u16, at in 1usize..16) {
        let bytes = decode(&[id.into()]).unwrap();
        let (left, right) = bytes.split_at(at.min(bytes.len() - 1));
        if let (Some(&left), Some(&right)) = (VOCABULARY.get(left), VOCABULARY.get(right)) {
            prop_assert!(!borders(left, right));
        }
    }

    #[test]
    fn longest_prefix_of_a_piece_is_found_whatever_the_counts_of_its_prefixes(
        piece in repetitive_piece(), budget in 0usize..30,
    ) {
        let piece = &piece[..piece.len().min(90)];
        let fits = |&end: &usize| merge_by_definition(&piece[..end]).len() <= budget;
        let expected = (0..=piece.len()).rev().find(fits).unwrap();
        prop_assert_eq!(Prefixes::new(piece).longest(budget, |_| true), expected);
    }

    #[test]
    fn truncate_agrees_with_counting_every_prefix(text in mixed_text(), budget in 0usize..40) {
        prop_assert_eq!(truncate(&text, budget), truncate_by_definition(&text, budget));
    }

    #[test]
    fn truncate_at_word_is_within_the_budget_and_leaves_no_longer_word(text in mixed_text(), budget in 0usize..40) {
        let kept = truncate_at_word(&text, budget);
        prop_assert!(Counter::new().within(kept, budget));
        if kept.len() < text.len() {
            prop_assert!(!Counter::new().within(&text, budget));
            let later = text[kept.len()..].char_indices().map(|(at, _)| kept.len() + at).skip(1);
            for end in later.filter(|&end| ends_word(&text, end)) {
                prop_assert!(!Counter::new().within(&text[..end], budget));
            }
        }
    }

    #[test]
    fn within_agrees_with_count(text in mixed_text(), budget in 0usize..60) {
        let mut counter = Counter::new();
        prop_assert_eq!(counter.within(&text, budget), counter.count(&text) <= budget);
    }
}

/// Whether a word of `text` ends at `end`.
fn ends_word(text: &str, end: usize) -> bool {
    let space = |c: char| super::tables::class(c as u32) == super::tables::Class::Space;
    text[..end].chars().next_back().is_some_and(|c| !space(c)) && text[end..].chars().next().is_none_or(space)
}
