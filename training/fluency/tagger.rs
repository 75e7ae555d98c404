//! Makes `fluency_tags.bin`: a hidden Markov model of parts of speech, from a tagged corpus and, where that has no
//! word for it, from the prose.
//!
//! The counts of the corpus make a first model; what it expects of each word of the prose is added to the words'
//! counts. Words whose tags are much those of their class need no entry; the others are put into groups of like ones.

use super::corpus::Source;
use super::random::{exp, ln};
use crate::fluency::classes::CLASSES;
use crate::fluency::scan::{Token, WORD, scan};
use crate::fluency::tags::{BUCKETS, HEADER, LENGTH, MOST, NONE, SCALE, TAGS, Tag, has_own, place};
use std::collections::BTreeMap;
use std::path::Path;

/// Of the prose every so many paragraphs are read.
const STEP: usize = 20;
/// What an expected count of the prose counts beside one of the corpus.
const PROSE: f64 = 0.5;
/// Rarer tags of a word are left out.
const LEAST_SHARE: f64 = 0.01;

type Shares = [f64; TAGS];

struct Counts {
    pairs: Vec<Shares>,
    tags: Shares,
    classes: Vec<Shares>,
    /// By the key of the word; the class that it had is that of its class's share.
    words: BTreeMap<u32, Counted>,
}

#[derive(Clone, Copy)]
struct Counted {
    class: u8,
    tags: Shares,
}

/// A tag and the logarithm of how much likelier it is than anywhere.
type May = Vec<(usize, f64)>;

struct Model {
    pairs: Vec<Shares>,
    classes: Vec<May>,
    words: BTreeMap<u32, May>,
}

pub(super) fn make(folder: &Path, sources: &[Source]) -> std::io::Result<Vec<u8>> {
    let mut counts = Counts {
        pairs: vec![[0.0; TAGS]; TAGS],
        tags: [0.0; TAGS],
        classes: vec![[0.0; TAGS]; CLASSES],
        words: BTreeMap::new(),
    };
    let sentences = sentences(folder)?;
    for (tokens, tags) in &sentences {
        let mut before = Tag::Stop as usize;
        for (token, tag) in tokens.iter().zip(tags) {
            let tag = *tag as usize;
            counts.pairs[before][tag] += 1.0;
            counts.tags[tag] += 1.0;
            counts.classes[usize::from(token.class)][tag] += 1.0;
            count(&mut counts.words, token, tag, 1.0);
            before = tag;
        }
    }
    let model = model(&counts);
    let paragraphs = || sources.iter().flat_map(|source| source.paragraphs.iter().step_by(STEP));
    for paragraph in paragraphs() {
        let tokens = scan(paragraph);
        for (token, expected) in tokens.iter().zip(model.expected(&tokens)) {
            for (tag, share) in expected {
                count(&mut counts.words, token, tag, PROSE * share);
            }
        }
    }
    counts.words.retain(|_, word| word.tags.iter().sum::<f64>() >= 2.0);
    eprintln!("tags: {} sentences, {} words", sentences.len(), counts.words.len());
    Ok(write(&counts))
}

fn count(words: &mut BTreeMap<u32, Counted>, token: &Token, tag: usize, times: f64) {
    if has_own(token) {
        let new = Counted { class: token.class, tags: [0.0; TAGS] };
        words.entry(token.key).or_insert(new).tags[tag] += times;
    }
}

/// How frequent each tag is.
fn prior(counts: &Counts) -> Shares {
    let total: f64 = counts.tags.iter().sum();
    counts.tags.map(|count| (count + 0.5) / (total + 0.5 * TAGS as f64))
}

/// Counts as shares, drawn towards others where there are few.
fn shares(counts: &Shares, base: &Shares, weight: f64) -> Shares {
    let total: f64 = counts.iter().sum::<f64>() + weight;
    std::array::from_fn(|tag| (counts[tag] + weight * base[tag]) / total)
}

fn may(shares: &Shares, prior: &Shares) -> May {
    let mut found: Vec<usize> = (0..TAGS).filter(|tag| shares[*tag] >= LEAST_SHARE).collect();
    found.sort_by(|a, b| shares[*b].total_cmp(&shares[*a]).then(a.cmp(b)));
    found.truncate(MOST);
    found.into_iter().map(|tag| (tag, ln(shares[tag] / prior[tag]))).collect()
}

fn model(counts: &Counts) -> Model {
    let prior = prior(counts);
    let pairs = counts.pairs.iter().map(|row| shares(row, &prior, 5.0).map(ln)).collect();
    let classes = counts.classes.iter().map(|class| may(&shares(class, &prior, 1.0), &prior)).collect();
    let words = counts.words.iter().filter(|(_, word)| word.tags.iter().sum::<f64>() >= 2.0);
    let words = words.map(|(key, word)| (*key, may(&shares(&word.tags, &prior, 0.1), &prior))).collect();
    Model { pairs, classes, words }
}

impl Model {
    /// What each token is, as the forward-backward algorithm expects it.
    fn expected(&self, tokens: &[Token]) -> Vec<Vec<(usize, f64)>> {
        let may = |token: &Token| {
            let own = if has_own(token) { self.words.get(&token.key) } else { None };
            own.unwrap_or(&self.classes[usize::from(token.class)])
        };
        let step = |before: &[(usize, f64)], tag: usize| -> f64 {
            before.iter().map(|(first, share)| share * exp(self.pairs[*first][tag])).sum()
        };
        let mut forward: Vec<Vec<(usize, f64)>> = Vec::with_capacity(tokens.len());
        for token in tokens {
            let start = [(Tag::Stop as usize, 1.0)];
            let before = forward.last().map_or(&start[..], Vec::as_slice);
            let mut here: Vec<_> =
                may(token).iter().map(|(tag, odds)| (*tag, exp(*odds) * step(before, *tag))).collect();
            normalize(&mut here);
            forward.push(here);
        }
        let mut after: Vec<(usize, f64)> = Vec::new();
        for (token, here) in tokens.iter().zip(&mut forward).rev() {
            // Of each tag how likely what comes after is.
            let back = |tag: usize| -> f64 {
                let row = &self.pairs[tag];
                if after.is_empty() {
                    1.0
                } else {
                    after.iter().map(|(next, share)| share * exp(row[*next])).sum()
                }
            };
            let mut before: Vec<_> =
                may(token).iter().map(|(tag, odds)| (*tag, exp(*odds) * back(*tag))).collect();
            for (tag, share) in here.iter_mut() {
                *share *= back(*tag);
            }
            normalize(here);
            normalize(&mut before);
            after = before;
        }
        forward
    }
}

fn normalize(shares: &mut [(usize, f64)]) {
    let sum = shares.iter().map(|(_, share)| share).sum::<f64>().max(1e-300);
    shares.iter_mut().for_each(|(_, share)| *share /= sum);
}

/// How many nats are lost if a word is taken for what others are.
fn loss(word: &Shares, others: &Shares) -> f64 {
    let tags = word.iter().zip(others).filter(|(share, _)| **share > 0.0);
    tags.map(|(share, other)| share * ln(share / other.max(1e-4))).sum()
}

/// Words in groups of like ones: of each word its group, and the shares of each group.
fn groups(words: &[(u32, f64, Shares)]) -> (Vec<usize>, Vec<Shares>) {
    const ROUNDS: usize = 10;
    // The heaviest words that differ from all before them begin.
    let mut centres: Vec<Shares> = Vec::new();
    for (_, _, shares) in words {
        if centres.len() < CLASSES && centres.iter().all(|centre| loss(shares, centre) > 0.03) {
            centres.push(*shares);
        }
    }
    let mut group = vec![0; words.len()];
    for _ in 0..ROUNDS {
        let mut sums = vec![[0.0; TAGS]; centres.len()];
        for ((_, weight, shares), group) in words.iter().zip(&mut group) {
            let losses = centres.iter().map(|centre| loss(shares, centre)).enumerate();
            *group = losses.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(group, _)| group);
            for (sum, share) in sums[*group].iter_mut().zip(shares) {
                *sum += weight * share;
            }
        }
        for (centre, sum) in centres.iter_mut().zip(&sums) {
            let total: f64 = sum.iter().sum();
            if total > 0.0 {
                *centre = sum.map(|share| share / total);
            }
        }
    }
    (group, centres)
}

fn write(counts: &Counts) -> Vec<u8> {
    let model = model(counts);
    let prior = prior(counts);
    let classes: Vec<Shares> = counts.classes.iter().map(|class| shares(class, &prior, 1.0)).collect();
    // What a word's own tags say more than those of its class, the most first.
    let mut words: Vec<(f64, u32, f64, Shares)> = counts
        .words
        .iter()
        .map(|(key, word)| {
            let base = &classes[usize::from(word.class)];
            let own = shares(&word.tags, base, 1.0);
            let count: f64 = word.tags.iter().sum();
            (count * loss(&own, base), *key, count, own)
        })
        .collect();
    words.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut taken = vec![Vec::<u8>::new(); BUCKETS];
    words.retain(|(_, key, ..)| {
        let (bucket, mark) = place(*key);
        let is_free = taken[bucket].len() < 4 && !taken[bucket].contains(&mark);
        if is_free {
            taken[bucket].push(mark);
        }
        is_free
    });
    let words: Vec<(u32, f64, Shares)> =
        words.into_iter().map(|(_, key, count, own)| (key, count, own)).collect();
    let (group, centres) = groups(&words);
    eprintln!("tags: {} words in {} groups", words.len(), centres.len());
    let step = |nats: f64| ((nats * SCALE).round().clamp(-127.0, 127.0) as i8) as u8;
    let mut data = vec![0_u8; HEADER];
    data[..8].copy_from_slice(b"rgtags01");
    data.extend(model.pairs.iter().flatten().map(|odds| step(*odds)));
    let of_groups = centres.iter().map(|centre| may(centre, &prior));
    let unused = vec![Vec::new(); CLASSES - centres.len()];
    for may in model.classes.iter().cloned().chain(of_groups).chain(unused) {
        let mut tags = [NONE; MOST];
        let mut weights = [0; MOST];
        for (at, (tag, odds)) in may.into_iter().enumerate() {
            tags[at] = tag as u8;
            weights[at] = step(odds);
        }
        if tags[0] == NONE {
            tags[0] = Tag::Other as u8;
        }
        data.extend(tags.into_iter().chain(weights));
    }
    let start = data.len();
    data.resize(LENGTH, 0);
    for ((key, ..), group) in words.iter().zip(group) {
        let (bucket, mark) = place(*key);
        let at = start + 8 * bucket;
        if let Some(slot) = data[at..at + 8].chunks_mut(2).find(|slot| slot[0] == 0) {
            slot.copy_from_slice(&[mark, group as u8]);
        }
    }
    data
}

/// The sentences of the corpus, as the kernel's tokens, and the tag of each token.
fn sentences(folder: &Path) -> std::io::Result<Vec<(Vec<Token>, Vec<Tag>)>> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
        found.extend(text.lines().map(sentence).filter(|(tokens, _)| !tokens.is_empty()));
    }
    Ok(found)
}

/// A line of the corpus: `The_DT mayor_NN 's_POS`.
fn sentence(line: &str) -> (Vec<Token>, Vec<Tag>) {
    let mut text = String::new();
    let mut words: Vec<(usize, usize, &str, &str)> = Vec::new();
    for (word, penn) in line.split_whitespace().filter_map(|token| token.rsplit_once('_')) {
        let joins =
            word.starts_with('\'') || matches!(word, "n't" | "." | "," | ";" | ":" | "?" | "!" | ")" | "%");
        if !joins && !text.is_empty() && !text.ends_with('(') {
            text.push(' ');
        }
        let start = text.len();
        text.push_str(word);
        words.push((start, text.len(), word, penn));
    }
    let tokens = scan(&text);
    let of = |token: &Token| {
        if !token.is(WORD) {
            return mark(token.class);
        }
        let within: Vec<_> = words.iter().filter(|word| word.1 > token.start && word.0 < token.end).collect();
        if within.len() > 1 && within.last().is_some_and(|word| word.3 == "POS") {
            return Tag::Possessive;
        }
        let has_hyphen = text.get(token.span()).is_some_and(|word| word.contains('-'));
        let told = if has_hyphen { within.last() } else { within.first() };
        told.map_or(Tag::Other, |word| tag(word.2, word.3))
    };
    let tags = tokens.iter().map(of).collect();
    (tokens, tags)
}

fn mark(class: u8) -> Tag {
    match class {
        0 => Tag::Stop,
        1 => Tag::Comma,
        2 => Tag::Colon,
        3 => Tag::Open,
        4 => Tag::Close,
        5 => Tag::Dash,
        _ => Tag::Other,
    }
}

/// The tag of a word by the word and by the Penn Treebank's tag.
fn tag(word: &str, penn: &str) -> Tag {
    match (word.to_ascii_lowercase().as_str(), penn) {
        ("of", _) => Tag::Of,
        ("by", _) => Tag::By,
        ("to", _) => Tag::To,
        ("not", _) => Tag::Not,
        ("a" | "an", _) => Tag::A,
        ("the", _) => Tag::The,
        ("is" | "are" | "am", _) => Tag::Is,
        ("was" | "were", _) => Tag::Was,
        ("be", _) => Tag::Be,
        ("been", _) => Tag::Been,
        ("being", _) => Tag::Being,
        ("have" | "has" | "do" | "does", "VB") => Tag::Plain,
        ("have" | "has", _) => Tag::Has,
        ("had", "VBN") => Tag::Participle,
        ("had", _) => Tag::Had,
        ("do" | "does", _) => Tag::Does,
        ("did", _) => Tag::Did,
        ("i" | "we" | "he" | "she" | "they", _) => Tag::Subject,
        (
            "me" | "us" | "him" | "them" | "myself" | "himself" | "herself" | "themselves" | "itself"
            | "ourselves",
            _,
        ) => Tag::Object,
        ("this" | "that" | "these" | "those", "DT") => Tag::Pointing,
        ("that", "IN") => Tag::That,
        (
            "because" | "although" | "though" | "if" | "while" | "whether" | "unless" | "until" | "as"
            | "since" | "after" | "before" | "than",
            "IN",
        ) => Tag::Joining,
        (_, penn) => match penn {
            "NN" => Tag::Noun,
            "NNS" => Tag::Nouns,
            "NNP" | "NNPS" => Tag::Name,
            "JJ" => Tag::Adjective,
            "JJR" | "JJS" | "RBR" | "RBS" => Tag::Compared,
            "RB" => Tag::Adverb,
            "VB" => Tag::Plain,
            "VBP" => Tag::Present,
            "VBZ" => Tag::PresentS,
            "VBD" => Tag::Past,
            "VBN" => Tag::Participle,
            "VBG" => Tag::Ing,
            "CD" => Tag::Number,
            "UH" => Tag::Interjection,
            "RP" => Tag::Particle,
            "DT" | "PDT" => Tag::Determiner,
            "PRP" => Tag::Pronoun,
            "PRP$" => Tag::Owner,
            "WP" | "WP$" => Tag::Who,
            "WDT" => Tag::Which,
            "WRB" => Tag::When,
            "IN" => Tag::Preposition,
            "CC" => Tag::And,
            "MD" => Tag::Modal,
            "EX" => Tag::There,
            "POS" => Tag::Possessive,
            _ => Tag::Other,
        },
    }
}
