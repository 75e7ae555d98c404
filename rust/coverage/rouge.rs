//! ROUGE-N, ROUGE-L and ROUGE-Lsum, bit-equal to google's `rouge_score` 0.1.2.
//!
//! Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004). Words are those of
//! [`crate::words::alnum`], Porter-stemmed above three letters if asked. A [`Reference`] is tokenised and indexed
//! once; a prediction then costs one pass over its words, one look-up each, and the bit-parallel LCS. Memory is
//! linear in the texts.

use super::lcs::Masks;
use super::ngrams::Ngrams;
use crate::Error;
use crate::words::alnum::Words;
use crate::words::map::{UNKNOWN, WordMap};
use crate::words::stems::Stems;
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// Precision, recall and F-measure of one ROUGE type, each in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Score {
    /// Share of the prediction's units that the reference holds.
    pub precision: f64,
    /// Share of the reference's units that the prediction holds.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub fmeasure: f64,
}

impl Score {
    /// The score of `hits` units among `predicted` and `referred`, in google's order of operations.
    fn of(hits: usize, predicted: usize, referred: usize) -> Self {
        let precision = hits as f64 / predicted.max(1) as f64;
        let recall = hits as f64 / referred.max(1) as f64;
        let sum = precision + recall;
        let fmeasure = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Self { precision, recall, fmeasure }
    }
}

/// A ROUGE type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RougeType {
    /// N-gram overlap, 1 to 9.
    N(u8),
    /// Longest common subsequence of the whole texts.
    L,
    /// Union of the longest common subsequences, line by line.
    Lsum,
}

impl RougeType {
    /// Parses `rouge1` .. `rouge9`, `rougeL`, `rougeLsum`.
    pub fn parse(name: &str) -> Result<Self, Error> {
        match name.strip_prefix("rouge").map(str::as_bytes) {
            Some(b"L") => Ok(Self::L),
            Some(b"Lsum") => Ok(Self::Lsum),
            Some([n @ b'1'..=b'9']) => Ok(Self::N(n - b'0')),
            _ => Err(Error::new("types", format!("{name:?}"), "rouge1 to rouge9, rougeL or rougeLsum")),
        }
    }
}

/// What [`Reference::new`] prepares for.
const USUAL: [RougeType; 3] = [RougeType::N(1), RougeType::N(2), RougeType::L];

/// A text as ids, and where its lines end.
#[derive(Debug, Clone, Default)]
struct Tokens {
    ids: Vec<u32>,
    /// For each line feed, the tokens before it.
    breaks: Vec<u32>,
}

/// Texts of fewer words than this are indexed in a table with much room.
const FEW: usize = 256;

impl Tokens {
    /// Room for the ids, and the breaks between lines if they are asked for.
    fn reset(&mut self, words: &Words, lines: bool) {
        self.ids.clear();
        self.ids.reserve(words.len());
        self.breaks.clear();
        if lines {
            self.breaks.extend(words.breaks());
        }
    }

    /// The lines that hold a token, as ranges of `ids`.
    fn lines(&self) -> impl Iterator<Item = Range<usize>> {
        let ends = self.breaks.iter().map(|&end| end as usize).chain([self.ids.len()]);
        let starts = std::iter::once(0).chain(self.breaks.iter().map(|&end| end as usize));
        starts.zip(ends).map(|(start, end)| start..end).filter(|line| !line.is_empty())
    }
}

/// Buffers, and stems of words met before; one a thread, for any number of texts.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    words: Words,
    stems: Stems,
    prediction: Tokens,
    /// The index of a pair that is not met again.
    once: Reference,
}

/// Buffers of longer texts are given back.
const KEPT: usize = 1 << 20;

impl Scratch {
    /// Gives back what a text of `bytes` left, unless it is small.
    fn release(&mut self, bytes: usize) {
        if bytes > KEPT {
            *self = Self { stems: std::mem::take(&mut self.stems), ..Self::default() };
        }
    }
}

/// A reference, tokenised and indexed once for many predictions.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    use_stemmer: bool,
    tokens: Tokens,
    /// Number of distinct ids.
    ids: usize,
    /// Every word of the reference as written (lower-cased), to its id.
    words: WordMap,
    /// With the stemmer, every stem to its id.
    stems: WordMap,
    /// Occurrences of each id.
    counts: Vec<u32>,
    /// N-grams for the orders (2 to 9) that were asked for.
    ngrams: Vec<Ngrams>,
    masks: Option<Masks>,
}

impl Reference {
    /// Prepares `text`; with `use_stemmer`, words of more than three characters are Porter-stemmed.
    ///
    /// Indexed for ROUGE-1, 2 and L; other types are scored too, at the cost of indexing again each time: see
    /// [`Reference::for_types`].
    pub fn new(text: &str, use_stemmer: bool) -> Self {
        Self::for_types(text, use_stemmer, &USUAL, &mut Scratch::default())
    }

    /// Prepares `text`, indexed for just `types`.
    pub fn for_types(text: &str, use_stemmer: bool, types: &[RougeType], scratch: &mut Scratch) -> Self {
        let mut reference = Self::default();
        reference.read(text, use_stemmer, types, scratch);
        scratch.release(text.len());
        reference
    }

    /// Prepares `text` in the place of the text before.
    fn read(&mut self, text: &str, use_stemmer: bool, types: &[RougeType], scratch: &mut Scratch) {
        let Scratch { words, stems, .. } = scratch;
        words.read(text);
        self.use_stemmer = use_stemmer;
        // Half of a text's words are new to it; in a table with much room they are found at once.
        let room = if words.len() < FEW { 2 * words.len() } else { words.len() / 2 };
        self.words.reset(room);
        self.stems.reset(if use_stemmer { room } else { 0 });
        self.tokens.reset(words, true);
        self.counts.clear();
        for word in words.iter() {
            let new = self.counts.len() as u32;
            let mut id = self.words.get_or_insert(word, new);
            if id == new && use_stemmer {
                id = self.stems.get_or_insert(stems.of(word), new);
                if id != new {
                    self.words.replace(word, id);
                }
            }
            match self.counts.get_mut(id as usize) {
                Some(count) => *count += 1,
                None => self.counts.push(1),
            }
            self.tokens.ids.push(id);
        }
        self.ids = self.counts.len();
        let mut orders: Vec<u8> = types.iter().filter_map(|t| order(*t)).collect();
        orders.sort_unstable();
        orders.dedup();
        self.ngrams = orders.into_iter().map(|n| Ngrams::new(&self.tokens.ids, n)).collect();
        self.masks = types.contains(&RougeType::L).then(|| {
            let mut masks = self.masks.take().unwrap_or_default();
            masks.read(&self.tokens.ids, self.ids);
            masks
        });
    }

    /// The prediction's words as ids of the reference, [`UNKNOWN`] for words that it lacks, and its lines.
    fn read_prediction(&self, prediction: &str, lines: bool, scratch: &mut Scratch) {
        let Scratch { words, stems, prediction: tokens, .. } = scratch;
        words.read(prediction);
        tokens.reset(words, lines);
        if self.use_stemmer {
            for word in words.iter() {
                let id = self.words.get(word);
                tokens.ids.push(if id == UNKNOWN { self.stems.get(stems.of(word)) } else { id });
            }
        } else {
            tokens.ids.extend(words.iter().map(|word| self.words.get(word)));
        }
    }

    /// Scores `prediction` for each of `types`, appended to `out`.
    pub fn score_into(
        &self,
        prediction: &str,
        types: &[RougeType],
        scratch: &mut Scratch,
        out: &mut Vec<Score>,
    ) {
        self.read_prediction(prediction, types.contains(&RougeType::Lsum), scratch);
        out.extend(types.iter().map(|&kind| self.score_tokens(&scratch.prediction, kind)));
        scratch.release(prediction.len());
    }

    fn score_tokens(&self, prediction: &Tokens, kind: RougeType) -> Score {
        match kind {
            RougeType::N(1) => self.unigrams(prediction),
            RougeType::N(n) => self.ngrams(prediction, n),
            RougeType::L => self.longest(prediction),
            RougeType::Lsum => self.union_of_lines(prediction),
        }
    }

    fn unigrams(&self, prediction: &Tokens) -> Score {
        let hits = self.clipped(prediction.ids.iter().copied());
        Score::of(hits, prediction.ids.len(), self.tokens.ids.len())
    }

    /// How many of `ids` the reference holds, none more often than it does.
    fn clipped(&self, ids: impl Iterator<Item = u32>) -> usize {
        let mut left = self.counts.clone();
        ids.filter(|&id| take(&mut left, id)).count()
    }

    fn ngrams(&self, prediction: &Tokens, n: u8) -> Score {
        let table = match self.ngrams.iter().find(|table| table.order() == n) {
            Some(table) => Cow::Borrowed(table),
            None => Cow::Owned(Ngrams::new(&self.tokens.ids, n)),
        };
        let of = |tokens: &Tokens| (tokens.ids.len() + 1).saturating_sub(usize::from(n));
        Score::of(table.clipped(&self.tokens.ids, &prediction.ids), of(prediction), of(&self.tokens))
    }

    fn longest(&self, prediction: &Tokens) -> Score {
        let masks = match &self.masks {
            Some(masks) => Cow::Borrowed(masks),
            None => Cow::Owned(Masks::new(&self.tokens.ids, self.ids)),
        };
        Score::of(masks.lcs_len(&prediction.ids), prediction.ids.len(), masks.len())
    }

    /// ROUGE-Lsum: for each line of the reference the union of its LCS with each line of the prediction, a word
    /// counted at most as often as either text holds it.
    fn union_of_lines(&self, prediction: &Tokens) -> Score {
        let mut lines: Vec<&[u32]> = prediction.lines().filter_map(|line| prediction.ids.get(line)).collect();
        // A line met before adds nothing to the union.
        let mut met = HashSet::new();
        lines.retain(|line| met.insert(*line));
        let mut left = vec![0u32; self.ids];
        for &id in &prediction.ids {
            if let Some(count) = left.get_mut(id as usize) {
                *count += 1;
            }
        }
        let holders = Holders::new(&lines, self.ids);
        let mut local = LocalIds::new(self.ids, lines.len());
        let mut hits = 0;
        for line in self.tokens.lines() {
            let Some(line) = self.tokens.ids.get(line) else { continue };
            let covered = local.union_lcs(line, &lines, &holders);
            hits += covered.filter(|&id| take(&mut left, id)).count();
        }
        Score::of(hits, prediction.ids.len(), self.tokens.ids.len())
    }
}

/// Takes one of what is left of `id`, if there is one.
fn take(left: &mut [u32], id: u32) -> bool {
    match left.get_mut(id as usize) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}

/// The order of a type that needs a table of n-grams.
fn order(kind: RougeType) -> Option<u8> {
    match kind {
        RougeType::N(n) if n > 1 => Some(n),
        _ => None,
    }
}

/// For each id, the lines that hold it.
struct Holders {
    starts: Vec<u32>,
    lines: Vec<u32>,
}

impl Holders {
    fn new(lines: &[&[u32]], ids: usize) -> Self {
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            pairs.extend(line.iter().filter(|&&id| id != UNKNOWN).map(|&id| (id, i as u32)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let starts =
            (0..=ids as u32).map(|id| pairs.partition_point(|(held, _)| *held < id) as u32).collect();
        Self { starts, lines: pairs.into_iter().map(|(_, line)| line).collect() }
    }

    fn of(&self, id: u32) -> &[u32] {
        match self.starts.get(id as usize..) {
            Some(&[from, to, ..]) => self.lines.get(from as usize..to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// Renumbers the ids of one line at a time from 0, so that a line's masks cost what the line does.
struct LocalIds {
    of: Vec<u32>,
    tokens: Vec<u32>,
    candidate: Vec<u32>,
    /// For each candidate line, whether it shares a token with the line at hand.
    shares: Vec<bool>,
}

impl LocalIds {
    fn new(ids: usize, lines: usize) -> Self {
        Self { of: vec![UNKNOWN; ids], tokens: Vec::new(), candidate: Vec::new(), shares: vec![false; lines] }
    }

    /// The tokens of `line` that the union of its LCS with each of `candidates` covers.
    fn union_lcs<'a>(
        &mut self,
        line: &'a [u32],
        candidates: &[&[u32]],
        holders: &Holders,
    ) -> impl Iterator<Item = u32> + use<'a> {
        let mut related = Vec::new();
        let mut distinct = 0;
        self.tokens.clear();
        for &id in line {
            let Some(local) = self.of.get_mut(id as usize) else { continue };
            if *local == UNKNOWN {
                *local = distinct;
                distinct += 1;
                related.extend(holders.of(id).iter().copied().filter(|&l| mark(&mut self.shares, l)));
            }
            self.tokens.push(*local);
        }
        let masks = Masks::new(&self.tokens, distinct as usize);
        let mut covered = vec![0u64; line.len().div_ceil(64)];
        for &candidate in &related {
            let ids = candidates.get(candidate as usize).copied().unwrap_or_default();
            let known = ids.iter().map(|&id| self.of.get(id as usize).copied().unwrap_or(UNKNOWN));
            self.candidate.clear();
            self.candidate.extend(known);
            masks.mark_lcs(&self.candidate, &mut covered);
        }
        for candidate in related {
            if let Some(shares) = self.shares.get_mut(candidate as usize) {
                *shares = false;
            }
        }
        for &id in line {
            if let Some(local) = self.of.get_mut(id as usize) {
                *local = UNKNOWN;
            }
        }
        let is_covered = move |i: usize| covered.get(i / 64).is_some_and(|bits| bits >> (i % 64) & 1 == 1);
        line.iter().enumerate().filter(move |(i, _)| is_covered(*i)).map(|(_, &id)| id)
    }
}

/// Sets a flag; whether it was not set before.
fn mark(flags: &mut [bool], at: u32) -> bool {
    flags.get_mut(at as usize).is_some_and(|flag| !std::mem::replace(flag, true))
}

/// Scores one pair that is not met again, appended to `out`.
///
/// N-gram overlap and LCS do not care which text is indexed, so that is the shorter one.
pub fn score_into(
    prediction: &str,
    reference: &str,
    types: &[RougeType],
    use_stemmer: bool,
    scratch: &mut Scratch,
    out: &mut Vec<Score>,
) {
    let turn = prediction.len() < reference.len() && !types.contains(&RougeType::Lsum);
    let (indexed, other) = if turn { (prediction, reference) } else { (reference, prediction) };
    let from = out.len();
    let mut index = std::mem::take(&mut scratch.once);
    index.read(indexed, use_stemmer, types, scratch);
    index.score_into(other, types, scratch, out);
    if indexed.len() <= KEPT {
        scratch.once = index;
    }
    if turn {
        for score in out.iter_mut().skip(from) {
            std::mem::swap(&mut score.precision, &mut score.recall);
        }
    }
}

/// Scores each pair of a prediction and a reference for each of `types`. Predictions of one reference that stand
/// together, as rollouts of one prompt do, share its index.
pub fn score_pairs(
    pairs: &[(&str, &str)],
    types: &[RougeType],
    use_stemmer: bool,
    scratch: &mut Scratch,
) -> Vec<Score> {
    let mut scores = Vec::with_capacity(pairs.len() * types.len());
    for group in pairs.chunk_by(|(_, a), (_, b)| a == b) {
        if let [(prediction, reference)] = group {
            score_into(prediction, reference, types, use_stemmer, scratch, &mut scores);
            continue;
        }
        let Some((_, reference)) = group.first() else { continue };
        let prepared = Reference::for_types(reference, use_stemmer, types, scratch);
        for (prediction, _) in group {
            prepared.score_into(prediction, types, scratch, &mut scores);
        }
    }
    scores
}

/// For each type, the score against the reference with the highest F-measure, as google's `score_multi`: the
/// first of equals. Without references every score is 0 (google's raises).
pub fn score_multi(
    prediction: &str,
    references: &[&str],
    types: &[RougeType],
    use_stemmer: bool,
    scratch: &mut Scratch,
) -> Vec<Score> {
    let mut best: Vec<Score> = Vec::with_capacity(types.len());
    let mut scores = Vec::new();
    for text in references {
        if best.is_empty() {
            score_into(prediction, text, types, use_stemmer, scratch, &mut best);
            continue;
        }
        scores.clear();
        score_into(prediction, text, types, use_stemmer, scratch, &mut scores);
        for (best, score) in best.iter_mut().zip(&scores) {
            if score.fmeasure > best.fmeasure {
                *best = *score;
            }
        }
    }
    best.resize(types.len(), Score::default());
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TYPES: [RougeType; 11] = [
        RougeType::N(1),
        RougeType::N(2),
        RougeType::N(3),
        RougeType::N(4),
        RougeType::N(5),
        RougeType::N(6),
        RougeType::N(7),
        RougeType::N(8),
        RougeType::N(9),
        RougeType::L,
        RougeType::Lsum,
    ];

    fn unescape(text: &str) -> String {
        let mut out = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            out.push(match c {
                '\\' => match chars.next().unwrap() {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    c => c,
                },
                c => c,
            });
        }
        out
    }

    #[test]
    fn equals_google_to_the_bit() {
        let mut cases = 0;
        let mut scratch = Scratch::default();
        for line in include_str!("../../tests/data/rouge_golden.tsv").split_terminator('\n') {
            let mut fields = line.split('\t');
            let use_stemmer = fields.next() == Some("1");
            let prediction = unescape(fields.next().unwrap());
            let references = unescape(fields.next().unwrap());
            let references: Vec<&str> = references.split('\u{1f}').collect();
            let expected: Vec<u64> = fields.map(|f| f.parse::<f64>().unwrap().to_bits()).collect();
            let scores = score_multi(&prediction, &references, &TYPES, use_stemmer, &mut scratch);
            let bits = |s: &Score| [s.precision.to_bits(), s.recall.to_bits(), s.fmeasure.to_bits()];
            let got: Vec<u64> = scores.iter().flat_map(bits).collect();
            assert_eq!(got, expected, "{prediction:?} {references:?}");
            cases += 1;
        }
        assert_eq!(cases, 170);
    }

    #[test]
    fn parses_its_types() {
        assert_eq!(RougeType::parse("rouge9"), Ok(RougeType::N(9)));
        assert_eq!(RougeType::parse("rougeL"), Ok(RougeType::L));
        assert_eq!(RougeType::parse("rougeLsum"), Ok(RougeType::Lsum));
        for name in ["", "rouge", "rouge0", "rouge10", "rougel", "L", "rougeN"] {
            assert_eq!(RougeType::parse(name).map_err(|e| e.field), Err("types".to_owned()), "{name:?}");
        }
    }

    #[test]
    fn takes_the_first_of_the_best_references() {
        let mut scratch = Scratch::default();
        let best = score_multi("a b c", &["a x", "a b", "b a"], &[RougeType::N(1)], false, &mut scratch)[0];
        assert_eq!(best, Score::of(2, 3, 2));
        assert_eq!(score_multi("a b c", &[], &[RougeType::L], false, &mut scratch), [Score::default()]);
    }

    #[test]
    fn a_long_pair_takes_linear_memory() {
        let text = |step: usize| -> String { (0..20_000).map(|i| format!("w{} ", i * step % 977)).collect() };
        let mut scores = Vec::new();
        let types = [RougeType::L, RougeType::Lsum];
        Reference::new(&text(5), false).score_into(&text(7), &types, &mut Scratch::default(), &mut scores);
        // One line each: the union is the subsequence itself.
        assert_eq!(scores[0], scores[1]);
        assert!(scores[0].fmeasure > 0.05);
    }

    /// Google's table of LCS lengths and what its backtracking marks.
    fn table_lcs(reference: &[&str], candidate: &[&str]) -> Vec<usize> {
        let mut table = vec![vec![0; candidate.len() + 1]; reference.len() + 1];
        for (i, r) in reference.iter().enumerate() {
            for (j, c) in candidate.iter().enumerate() {
                let longer = table[i][j + 1].max(table[i + 1][j]);
                table[i + 1][j + 1] = if r == c { table[i][j] + 1 } else { longer };
            }
        }
        let (mut i, mut j, mut marked) = (reference.len(), candidate.len(), Vec::new());
        while i > 0 && j > 0 {
            if reference[i - 1] == candidate[j - 1] {
                marked.push(i - 1);
                (i, j) = (i - 1, j - 1);
            } else if table[i][j - 1] > table[i - 1][j] {
                j -= 1;
            } else {
                i -= 1;
            }
        }
        marked
    }

    /// ROUGE-Lsum hits by google's tables.
    fn table_lsum(reference: &[Vec<&str>], candidate: &[Vec<&str>]) -> usize {
        let mut left: Vec<&str> = candidate.concat();
        let mut hits = 0;
        for line in reference {
            let mut union: Vec<usize> = candidate.iter().flat_map(|c| table_lcs(line, c)).collect();
            union.sort_unstable();
            union.dedup();
            for i in union {
                if let Some(at) = left.iter().position(|w| *w == line[i]) {
                    left.swap_remove(at);
                    hits += 1;
                }
            }
        }
        hits
    }

    fn lines() -> impl Strategy<Value = Vec<Vec<&'static str>>> {
        let word = prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "g"]);
        prop::collection::vec(prop::collection::vec(word, 1..90), 1..4)
    }

    proptest! {
        #[test]
        fn lcs_and_union_equal_the_tables(reference in lines(), candidate in lines()) {
            let join = |lines: &[Vec<&str>]| lines.iter().map(|l| l.join(" ")).collect::<Vec<_>>().join("\n");
            let (r, c) = (reference.concat(), candidate.concat());
            let mut scores = Vec::new();
            let types = [RougeType::L, RougeType::Lsum];
            let prepared = Reference::new(&join(&reference), false);
            prepared.score_into(&join(&candidate), &types, &mut Scratch::default(), &mut scores);
            prop_assert_eq!(scores[0], Score::of(table_lcs(&r, &c).len(), c.len(), r.len()));
            prop_assert_eq!(scores[1], Score::of(table_lsum(&reference, &candidate), c.len(), r.len()));
        }

        #[test]
        fn any_text_scores_alike_prepared_for_its_types_or_not(
            prediction in "([a-c] |\n|\\PC){0,30}", reference in "([a-c] |\n|\\PC){0,30}", stem: bool,
        ) {
            let (mut usual, mut asked) = (Vec::new(), Vec::new());
            let mut scratch = Scratch::default();
            Reference::new(&reference, stem).score_into(&prediction, &TYPES, &mut scratch, &mut usual);
            let all = Reference::for_types(&reference, stem, &TYPES, &mut scratch);
            all.score_into(&prediction, &TYPES, &mut scratch, &mut asked);
            prop_assert_eq!(&usual, &asked);
            for (at, kind) in TYPES.iter().enumerate() {
                let one = score_multi(&prediction, &[&reference], &[*kind], stem, &mut scratch);
                prop_assert_eq!(one, &asked[at..=at]);
            }
            prop_assert!(usual.iter().all(|s| (0.0..=1.0).contains(&s.fmeasure)));
        }
    }
}
