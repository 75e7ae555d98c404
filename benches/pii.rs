//! PII in Rust alone.
//!
//! `cargo bench --bench pii -- TEXTS [PASSES [whole]]` scans the lines of a file, or the whole of it as one text, again and
//! again and prints what a second of it does.

use rollgrade::pii::{Options, Scanner};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` adds an option of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let path = arguments.first().ok_or("expected a file of texts, one a line")?;
    let passes: usize = arguments.get(1).map_or(Ok(50), |passes| passes.parse())?;
    let all = std::fs::read_to_string(path)?;
    let whole = arguments.get(2).is_some_and(|lines| lines == "whole");
    let texts: Vec<&str> = if whole { vec![&all] } else { all.lines().collect() };
    let scanner = Scanner::new(&Options::default())?;
    let mut seconds = Vec::new();
    let mut matches = 0;
    for _ in 0..passes.max(1) {
        let start = Instant::now();
        matches = 0;
        scanner.scan_each(texts.iter().copied(), |found| matches += found.len());
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let median = seconds.get(seconds.len() / 2).copied().unwrap_or_default();
    let each = median / texts.len() as f64 * 1e9;
    let speed = all.len() as f64 / 1e6 / median;
    // What a busy machine disturbs least.
    let best = seconds.first().copied().unwrap_or_default() / texts.len() as f64 * 1e9;
    println!(
        "{} texts: {matches} matches, {each:.0} ns a text ({best:.0} at best), {speed:.0} MB/s",
        texts.len()
    );
    Ok(())
}
