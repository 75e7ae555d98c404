//! Makes the tables of the fluency rule from prose; `make models` runs it.
//!
//!     train-fluency STEP PROSE_FOLDER DATA_FOLDER
//!
//! `tags` makes `fluency_tags.bin` (of the tagged corpus in `PROSE_FOLDER/masc` as well), `ngrams` makes
//! `fluency_ngrams.bin`, `detector` makes `fluency_detector.bin`, `score` makes `fluency_score.bin`. Each step reads the
//! tables that the steps before it made, which are compiled in.

mod corpus;
mod corrupt;
mod detector;
mod lexicon;
mod ngrams;
mod random;
mod score;
mod tagger;

use random::Random;
use std::path::Path;

/// Runs one step with the arguments of the command line.
///
/// # Errors
/// What was wrong with the arguments or the files.
pub fn run(arguments: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let [step, prose, data] = arguments else {
        return Err("expected: train-fluency STEP PROSE_FOLDER DATA_FOLDER".into());
    };
    let prose = Path::new(prose);
    let corpus = corpus::read(prose)?;
    let data = Path::new(data);
    match step.as_str() {
        "tags" => {
            std::fs::write(data.join("fluency_tags.bin"), tagger::make(&prose.join("masc"), &corpus.train)?)?;
        }
        "ngrams" => std::fs::write(data.join("fluency_ngrams.bin"), ngrams::make(&corpus.train))?,
        "detector" => {
            let mut random = Random::new(8);
            let lexicon = lexicon::Lexicon::new(&corpus.train, &mut random);
            let table = detector::make(&corpus.train, &corpus.fit, &lexicon, &mut random);
            std::fs::write(data.join("fluency_detector.bin"), table)?;
        }
        "score" => {
            let mut random = Random::new(9);
            let lexicon = lexicon::Lexicon::new(&corpus.train, &mut random);
            let table = score::make(&corpus.fit, &lexicon, &mut random);
            std::fs::write(data.join("fluency_score.bin"), table)?;
        }
        _ => return Err(format!("unknown step {step:?}: expected tags, ngrams, detector or score").into()),
    }
    Ok(())
}
