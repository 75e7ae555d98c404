//! Token counting in Rust alone, by instruction set.
//!
//! `cargo bench --bench tokens -- TEXTS [PASSES]` counts the lines of a file again and again and prints what a
//! second of it does. `cargo bench --bench tokens -- TEXTS PASSES SET` makes that many passes with one instruction set
//! and prints nothing but the tokens: for valgrind, which counts instructions.

use rollgrade::tokens::Counter;
use std::time::Instant;

/// Counts the tokens of all texts.
fn pass(counter: &mut Counter, texts: &[&str], counts: &mut Vec<u32>) -> u64 {
    counts.clear();
    counter.count_each(texts, counts);
    counts.iter().map(|&count| u64::from(count)).sum()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` adds an option of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let path = arguments.first().ok_or("expected a file of texts, one a line")?;
    let passes: usize = arguments.get(1).map_or(Ok(50), |passes| passes.parse())?;
    let all = std::fs::read_to_string(path)?;
    let texts: Vec<&str> = all.lines().collect();
    let megabytes = all.len() as f64 / 1e6;
    let mut counts = Vec::with_capacity(texts.len());
    if let Some(set) = arguments.get(2) {
        let mut counter = Counter::with_instruction_set(set).ok_or("expected an instruction set")?;
        let tokens: u64 = (0..passes).map(|_| pass(&mut counter, &texts, &mut counts)).sum();
        println!("{tokens}");
        return Ok(());
    }
    println!("{} texts, {megabytes:.2} MB", texts.len());
    for set in Counter::instruction_sets() {
        let mut counter = Counter::with_instruction_set(set).ok_or("expected an instruction set")?;
        let mut timed = || {
            let start = Instant::now();
            let tokens = pass(&mut counter, &texts, &mut counts);
            (start.elapsed().as_secs_f64(), tokens)
        };
        let (first, tokens) = timed();
        let mut warm: Vec<f64> = (0..passes).map(|_| timed().0).collect();
        warm.sort_by(f64::total_cmp);
        let median = warm.get(passes / 2).copied().unwrap_or(first);
        let (first, median) = (megabytes / first, megabytes / median);
        println!("{set:>9}: {tokens} tokens, first pass {first:.0} MB/s, then {median:.0} MB/s");
    }
    Ok(())
}
