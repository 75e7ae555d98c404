//! Fluency, form and validity in Rust alone.
//!
//! `cargo bench --bench fluency -- TEXTS [PASSES [fluency | scores | form | validity]]` scores the lines of a file again
//! and again and prints what one takes.

use rollgrade::fluency::{fluency, fluency_score, form, validity};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` adds an option of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let path = arguments.first().ok_or("expected a file of texts, one a line")?;
    let passes: usize = arguments.get(1).map_or(Ok(50), |passes| passes.parse())?;
    let what = arguments.get(2).map_or("fluency", String::as_str);
    let score: fn(&str) -> f64 = match what {
        "fluency" => |text| fluency(text).score,
        "scores" => fluency_score,
        "form" => |text| form(text, false).score,
        "validity" => |text| f64::from(u8::from(validity(text, 4).is_none())),
        _ => return Err(format!("expected fluency, scores, form or validity, not {what}").into()),
    };
    let all = std::fs::read_to_string(path)?;
    let texts: Vec<&str> = all.lines().collect();
    let (mut seconds, mut total) = (Vec::new(), 0.0);
    for _ in 0..passes.max(1) {
        let start = Instant::now();
        total = texts.iter().map(|text| score(text)).sum();
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let of = |seconds: Option<&f64>| seconds.copied().unwrap_or_default() / texts.len() as f64 * 1e9;
    // What a busy machine disturbs least is the best.
    println!(
        "{} texts, {what}: {:.0} ns each ({:.0} at best), mean score {:.6}",
        texts.len(),
        of(seconds.get(seconds.len() / 2)),
        of(seconds.first()),
        total / texts.len() as f64
    );
    Ok(())
}
