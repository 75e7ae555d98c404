//! Preparing tasks and grading in Rust alone.
//!
//! `cargo bench --bench grade -- TASKS [PASSES [prepare|single]]` reads a file whose lines begin with what they hold and a
//! tab: `source`, its `fact`s, then its `completion`s. It grades all of them again and again, together or one by one, or
//! prepares all tasks again and again, and prints what one takes.

use rollgrade::grade::{Detail, Grader, Material, Rollout, Scratch};
use rollgrade::rubric::{Basis, Rubric};
use std::time::Instant;

#[derive(Default)]
struct Prompt<'a> {
    source: &'a str,
    facts: Vec<&'a str>,
    completions: Vec<&'a str>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` adds an option of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let path = arguments.first().ok_or("expected a file of tasks")?;
    let passes: usize = arguments.get(1).map_or(Ok(20), |passes| passes.parse())?;
    let is_asked = |name: &str| arguments.get(2).is_some_and(|what| what == name);
    let preparing = is_asked("prepare");
    let all = std::fs::read_to_string(path)?;
    let mut prompts: Vec<Prompt<'_>> = Vec::new();
    for line in all.lines() {
        let (what, text) = line.split_once('\t').ok_or("expected a tab in each line")?;
        if what == "source" {
            prompts.push(Prompt { source: text, ..Prompt::default() });
        }
        let prompt = prompts.last_mut().ok_or("expected a source first")?;
        match what {
            "fact" => prompt.facts.push(text),
            "completion" => prompt.completions.push(text),
            _ => {}
        }
    }
    let grader = Grader::new(Rubric::default())?;
    let mut scratch = Scratch::default();
    let prepare = |prompt: &Prompt<'_>, scratch: &mut Scratch| {
        let material =
            Material { source: Some(prompt.source), facts: Some(&prompt.facts), ..Material::default() };
        grader.prepare(Basis::Facts, material, scratch)
    };
    let tasks = prompts.iter().map(|prompt| prepare(prompt, &mut scratch)).collect::<Result<Vec<_>, _>>()?;
    let mut rollouts = Vec::new();
    for (prompt, task) in prompts.iter().zip(&tasks) {
        rollouts.extend(prompt.completions.iter().map(|text| (Rollout { text, ..Rollout::default() }, task)));
    }
    let (mut seconds, mut total) = (Vec::new(), 0.0);
    for _ in 0..passes.max(1) {
        let start = Instant::now();
        total = 0.0;
        if preparing {
            for prompt in &prompts {
                std::hint::black_box(prepare(prompt, &mut scratch)?);
            }
        } else if is_asked("single") {
            for (rollout, task) in &rollouts {
                total += grader.grade(task, *rollout, Detail::Scores, &mut scratch).score;
            }
        } else {
            grader.grade_each(&rollouts, Detail::Scores, &mut scratch, |grade| total += grade.score);
        }
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let (n, what) = if preparing { (tasks.len(), "task") } else { (rollouts.len(), "grade") };
    let of = |seconds: Option<&f64>| seconds.copied().unwrap_or_default() / n as f64 * 1e9;
    // What a busy machine disturbs least is the best.
    println!(
        "{n} {what}s: {:.0} ns each ({:.0} at best), mean reward {:.6}",
        of(seconds.get(seconds.len() / 2)),
        of(seconds.first()),
        total / rollouts.len() as f64
    );
    Ok(())
}
