//! The prose: which sources are trained on, which the score is fitted on, and passages as long as summaries.

use super::random::Random;
use crate::fluency::scan::{STOP, WORD, scan};
use std::path::Path;

/// What the score is fitted on: no other table has seen it. The sources of neither list are trained on.
const FIT: [&str; 5] = ["gov-gsa-guides", "jose-papers", "openstax-us-history", "plos", "todogroup-site"];
/// What the quality is measured on (benches/fluency_quality.py): nothing has seen it.
const TEST: [&str; 6] =
    ["cia-factbook", "openstax-psychology", "pypi-blog", "uk-gds-nhs", "wikinews-gum", "worldbank"];
/// Of these every k-th paragraph is enough: their share of the text is larger than their likeness to a summary.
const THINNED: [(&str, usize); 4] =
    [("arxiv-cs", 3), ("stdlib-sotu", 3), ("msdocs", 2), ("openstax-life-liberty-and-pursuit-happiness", 2)];

pub(super) struct Source {
    pub(super) name: String,
    pub(super) paragraphs: Vec<String>,
}

pub(super) struct Corpus {
    pub(super) train: Vec<Source>,
    pub(super) fit: Vec<Source>,
}

/// Reads every `*.txt` of a folder, in the order of their names.
pub(super) fn read(folder: &Path) -> std::io::Result<Corpus> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let mut corpus = Corpus { train: Vec::new(), fit: Vec::new() };
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if TEST.contains(&name.as_str()) {
            continue;
        }
        let thin = THINNED.iter().find(|(thinned, _)| *thinned == name).map_or(1, |(_, step)| *step);
        let text = std::fs::read_to_string(&path)?;
        let kept = text.lines().filter(|line| !line.is_empty()).step_by(thin);
        let source = Source { paragraphs: kept.map(str::to_owned).collect(), name };
        let part = if FIT.contains(&source.name.as_str()) { &mut corpus.fit } else { &mut corpus.train };
        part.push(source);
    }
    Ok(corpus)
}

/// Not a list of authors or a sentence that has lost a reference to a figure: a passage of prose.
pub(super) fn is_prose(passage: &str) -> bool {
    const MOST_INITIALS: usize = 2;
    let initials = passage.split_whitespace().filter(|word| {
        let mut letters = word.chars();
        letters.next().is_some_and(|first| first.is_ascii_uppercase()) && letters.next() == Some('.')
    });
    !passage.contains(" .") && !passage.contains(" ,") && initials.count() <= MOST_INITIALS
}

/// Cuts a paragraph into passages of one to three sentences each.
pub(super) fn passages<'a>(paragraph: &'a str, random: &mut Random) -> Vec<&'a str> {
    const MOST_WORDS: usize = 75;
    let mut found = Vec::new();
    let (mut start, mut wanted, mut sentences, mut words) = (0, 1 + random.below(3), 0, 0);
    let tokens = scan(paragraph);
    for (place, token) in tokens.iter().enumerate() {
        words += usize::from(token.is(WORD));
        if !token.is(STOP) {
            continue;
        }
        // Quotation marks and brackets after the full stop belong to the sentence.
        let next = tokens.get(place + 1).map_or(paragraph.len(), |next| next.start);
        let gap = paragraph.get(token.end..next).unwrap_or_default();
        let Some(space) = gap.find(char::is_whitespace).or((next == paragraph.len()).then_some(gap.len()))
        else {
            continue;
        };
        sentences += 1;
        if sentences >= wanted || words > MOST_WORDS / 2 {
            let passage = paragraph.get(start..token.end + space).unwrap_or_default().trim();
            if (4..=MOST_WORDS).contains(&words) {
                found.push(passage);
            }
            (start, wanted, sentences, words) = (token.end + space, 1 + random.below(3), 0, 0);
        }
    }
    found
}
