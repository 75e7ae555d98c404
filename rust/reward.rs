//! How the rules combine into one reward.
//!
//! Whatever the combination, the reward is in [0, 1], raising one rule's score never lowers it, and an answer
//! that is not valid gets 0, unless the rubric grades those too.

use crate::rubric::{Combine, Gate, Length, Rubric, Weights};
use crate::rules::Found;

/// The score at which the PII rule passes: matches that only warn stay at or above it, failing ones below.
pub const PII_THRESHOLD: f64 = 0.75;

/// The scores of the five rules, each in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scores {
    /// 1 within the token budget.
    pub length: f64,
    /// Coverage as credited: see [`credited`]. None where coverage is not graded: its weight is then left out.
    pub coverage: Option<f64>,
    /// 1 without PII.
    pub pii: f64,
    /// Fluency. None where it is not graded: its weight is then left out.
    pub fluency: Option<f64>,
    /// 1 when there is only the paragraph.
    pub form: f64,
}

impl Scores {
    /// In the rules' order; None where a rule is not graded.
    pub fn in_order(&self) -> [Option<f64>; 5] {
        [Some(self.length), self.coverage, Some(self.pii), self.fluency, Some(self.form)]
    }
}

/// Which rules pass: their score reaches their threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passed {
    /// The answer is within the token budget.
    pub length: bool,
    /// Coverage reaches its threshold, or is not graded.
    pub coverage: bool,
    /// No PII match fails.
    pub pii: bool,
    /// Fluency reaches its threshold.
    pub fluency: bool,
    /// The form score reaches its threshold.
    pub form: bool,
}

impl Passed {
    /// In the rules' order.
    pub fn in_order(&self) -> [bool; 5] {
        [self.length, self.coverage, self.pii, self.fluency, self.form]
    }
}

/// The length rule's score for an answer of `tokens`: 1 within the budget; over it a step down to `over`, then a
/// slope, so that every further token costs.
pub fn length_score(length: &Length, tokens: usize) -> f64 {
    if tokens <= length.max_tokens { 1.0 } else { length.over * length.max_tokens as f64 / tokens as f64 }
}

/// Coverage is credited in readable text only: in full from the fluency threshold on, in proportion below it. Where
/// fluency is not graded nothing is known to be hard to read.
pub fn credited(coverage: f64, fluency: Option<f64>, fluency_threshold: f64) -> f64 {
    match fluency {
        Some(fluency) if fluency < fluency_threshold => coverage * fluency / fluency_threshold,
        _ => coverage,
    }
}

/// Most that one value takes of what is left, so that a second one still costs something.
const WORST: f64 = 0.99;

/// The PII rule's score from the severities, in (0, 1], of the distinct values that fail and that only warn.
pub fn pii_score(failing: &[f64], warning: &[f64]) -> f64 {
    let left = |severities: &[f64]| severities.iter().map(|s| 1.0 - s.clamp(0.0, WORST)).product::<f64>();
    let warned = left(warning);
    if failing.is_empty() {
        PII_THRESHOLD + (1.0 - PII_THRESHOLD) * warned
    } else {
        // Both factors are at most 1 and the first is below 1, so that no failing answer reaches a warned one.
        PII_THRESHOLD * left(failing) * (0.9 + 0.1 * warned)
    }
}

/// Which rules pass under `rubric`.
pub fn passed(rubric: &Rubric, scores: &Scores) -> Passed {
    Passed {
        length: scores.length >= 1.0,
        coverage: scores.coverage.is_none_or(|c| c >= rubric.coverage.threshold),
        pii: scores.pii >= PII_THRESHOLD,
        fluency: scores.fluency.is_none_or(|f| f >= rubric.fluency_threshold),
        form: scores.form >= rubric.form_threshold,
    }
}

/// The reward of an answer that is valid, or graded all the same; `custom` is what the rubric's own rules make of it.
pub fn reward(rubric: &Rubric, scores: &Scores, custom: &[Found]) -> f64 {
    let value = match rubric.combine {
        Combine::Priority => scores.length * mean(&PRIORITY, scores, rubric, custom),
        Combine::Weighted => mean(&rubric.weights, scores, rubric, custom),
        Combine::Gate if scores.length < 1.0 => 0.0,
        Combine::Gate => geometric_mean(rubric, scores, custom),
        Combine::Lexicographic => {
            // A rule without weight has no say.
            let heavy = rubric.rules.iter().zip(custom).filter(|(rule, _)| rule.weight > 0.0);
            let bits = passed(rubric, scores).in_order().into_iter();
            let (band, bands) = bits
                .chain(heavy.map(|(_, found)| found.passed))
                .fold((0, 1), |(band, bands), bit| (band * 2 + u64::from(bit), bands * 2u64));
            (band as f64 + mean(&rubric.weights, scores, rubric, custom)) / bands as f64
        }
    };
    value.clamp(0.0, 1.0)
}

/// Below length the weights halve from rule to rule, so that a rule won outright outweighs all that follow it.
const PRIORITY: Weights = Weights { length: 0.0, coverage: 8.0, pii: 4.0, fluency: 2.0, form: 1.0 };

/// The geometric mean of the scores that count, 1 where none does. What is not graded counts as 1.
fn geometric_mean(rubric: &Rubric, scores: &Scores, custom: &[Found]) -> f64 {
    let gate: &Gate = &rubric.gate;
    let terms = [
        (gate.coverage, scores.coverage.unwrap_or(1.0)),
        (gate.pii, scores.pii),
        (gate.fluency, scores.fluency.unwrap_or(1.0)),
        (gate.form, scores.form),
    ];
    let custom =
        rubric.rules.iter().zip(custom).map(|(rule, found)| (rule.gated, found.score.unwrap_or(1.0)));
    let counted =
        terms.into_iter().chain(custom).filter(|(counts, _)| *counts).map(|(_, score)| score.max(gate.floor));
    let (n, product) = counted.fold((0, 1.0), |(n, product), score| (n + 1, product * score));
    match n {
        0 | 1 => product,
        2 => product.sqrt(),
        n => product.powf(1.0 / f64::from(n)),
    }
}

fn mean(weights: &Weights, scores: &Scores, rubric: &Rubric, custom: &[Found]) -> f64 {
    let weighed = [weights.length, weights.coverage, weights.pii, weights.fluency, weights.form];
    let terms = weighed.into_iter().zip(scores.in_order());
    let custom = rubric.rules.iter().zip(custom).map(|(rule, found)| (rule.weight, found.score));
    let (mut sum, mut total) = (0.0, 0.0);
    for (weight, score) in terms.chain(custom) {
        if let Some(score) = score {
            sum += weight * score;
            total += weight;
        }
    }
    // All weight may lie on coverage while coverage is not graded: then nothing is asked for.
    if total > 0.0 { sum / total } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Asks, Rule};
    use proptest::prelude::*;

    /// The reward without rules of the user's own.
    fn reward(rubric: &Rubric, scores: &Scores) -> f64 {
        super::reward(rubric, scores, &[])
    }

    fn custom_rule() -> impl Strategy<Value = (Rule, f64)> {
        let weight = prop_oneof![Just(0.0), Just(1.0), 0.0..=100.0f64];
        (weight, unit(), any::<bool>(), unit()).prop_map(|(weight, threshold, gated, score)| {
            let (name, asks, examples) = (String::new(), Asks::Caller, Vec::new());
            let rule =
                Rule { name, asks, weight, threshold, gated, ignore_case: false, unicode: false, examples };
            (rule, score)
        })
    }

    fn custom(rubric: &Rubric, scores: &[f64]) -> Vec<Found> {
        rubric.rules.iter().zip(scores).map(|(rule, score)| rule.scored(Some(*score))).collect()
    }

    fn rubric(combine: Combine) -> Rubric {
        Rubric { combine, ..Rubric::default() }
    }

    const ALL: [Combine; 4] = [Combine::Priority, Combine::Lexicographic, Combine::Gate, Combine::Weighted];

    fn unit() -> impl Strategy<Value = f64> {
        prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0f64]
    }

    fn scores() -> impl Strategy<Value = Scores> {
        let perhaps = || prop::option::weighted(0.9, unit());
        (unit(), perhaps(), unit(), perhaps(), unit()).prop_map(|(length, coverage, pii, fluency, form)| {
            Scores { length, coverage, pii, fluency, form }
        })
    }

    /// The scores with rule number `rule` (in priority order) set to `value`.
    fn with(mut s: Scores, rule: usize, value: f64) -> Scores {
        match rule {
            0 => s.length = value,
            1 => s.coverage = s.coverage.map(|_| value),
            2 => s.pii = value,
            3 => s.fluency = s.fluency.map(|_| value),
            _ => s.form = value,
        }
        s
    }

    fn gate() -> impl Strategy<Value = Gate> {
        (any::<[bool; 4]>(), unit()).prop_map(|([coverage, pii, fluency, form], floor)| Gate {
            coverage,
            pii,
            fluency,
            form,
            floor,
        })
    }

    proptest! {
        #[test]
        fn reward_is_in_the_unit_interval_and_monotone(
            s in scores(), rule in 0..5usize, low in unit(), high in unit(), gate in gate(),
        ) {
            let (low, high) = (low.min(high), low.max(high));
            for combine in ALL {
                let r = Rubric { gate, ..rubric(combine) };
                let (a, b) = (reward(&r, &with(s, rule, low)), reward(&r, &with(s, rule, high)));
                prop_assert!((0.0..=1.0).contains(&a) && (0.0..=1.0).contains(&b));
                prop_assert!(a <= b, "{combine:?}: {a} > {b}");
            }
        }

        #[test]
        fn reward_with_own_rules_is_in_the_unit_interval_and_monotone(
            s in scores(), rules in prop::collection::vec(custom_rule(), 1..33), at in 0..37usize, low in unit(),
            high in unit(), gate in gate(),
        ) {
            let (low, high) = (low.min(high), low.max(high));
            let (rules, given): (Vec<_>, Vec<_>) = rules.into_iter().unzip();
            for combine in ALL {
                let r = Rubric { gate, rules: rules.clone(), ..rubric(combine) };
                let value = |value| {
                    let mut given = given.clone();
                    match given.get_mut(at.wrapping_sub(5)) {
                        Some(score) => { *score = value; super::reward(&r, &s, &custom(&r, &given)) }
                        None => super::reward(&r, &with(s, at.min(4), value), &custom(&r, &given)),
                    }
                };
                let (a, b) = (value(low), value(high));
                prop_assert!((0.0..=1.0).contains(&a) && (0.0..=1.0).contains(&b));
                prop_assert!(a <= b, "{combine:?}: {a} > {b}");
            }
        }

        #[test]
        fn an_own_rule_without_weight_changes_nothing(s in scores(), (rule, score) in custom_rule(), gate in gate()) {
            for combine in ALL {
                let rules = vec![Rule { weight: 0.0, gated: false, ..rule.clone() }];
                let (without, with) = (Rubric { gate, ..rubric(combine) }, Rubric { gate, rules, ..rubric(combine) });
                prop_assert_eq!(reward(&without, &s), super::reward(&with, &s, &custom(&with, &[score])));
            }
        }

        #[test]
        fn priority_a_rule_won_outweighs_all_below_it(s in scores(), rule in 1..5usize) {
            let r = rubric(Combine::Priority);
            let mut s = Scores { length: 1.0, ..s };
            s.coverage = s.coverage.or(Some(0.0));
            s.fluency = s.fluency.or(Some(0.0));
            let (mut won, mut lost) = (with(s, rule, 1.0), with(s, rule, 0.0));
            for below in rule + 1..5 {
                won = with(won, below, 0.0);
                lost = with(lost, below, 1.0);
            }
            prop_assert!(reward(&r, &won) > reward(&r, &lost));
        }

        #[test]
        fn priority_over_the_budget_every_token_costs(s in scores(), n in 51..5_000usize, over in 0.01..=1.0f64) {
            let length = Length { over, ..Rubric::default().length };
            let r = rubric(Combine::Priority);
            let at = |n| reward(&r, &Scores { length: length_score(&length, n), ..s });
            prop_assert!(at(n) <= over);
            prop_assert!(at(n + 1) < at(n) || at(n) == 0.0);
            prop_assert!(at(n) <= at(50));
        }

        #[test]
        fn lexicographic_a_higher_rule_passed_is_never_below(a in scores(), b in scores()) {
            let r = rubric(Combine::Lexicographic);
            let bits = |s: &Scores| passed(&r, s).in_order();
            if bits(&a) > bits(&b) {
                prop_assert!(reward(&r, &a) >= reward(&r, &b));
            }
        }

        #[test]
        fn pii_a_failing_answer_is_below_every_warned_one(
            failing in prop::collection::vec(0.01..=1.0f64, 1..5), warning in prop::collection::vec(0.01..=1.0f64, 0..5),
            other in prop::collection::vec(0.01..=1.0f64, 0..5), more in 0.01..=1.0f64,
        ) {
            let score = pii_score(&failing, &warning);
            prop_assert!(score < PII_THRESHOLD && pii_score(&[], &other) >= PII_THRESHOLD);
            let (mut f, mut w) = (failing.clone(), warning.clone());
            f.push(more);
            w.push(more);
            prop_assert!(pii_score(&f, &warning) < score && pii_score(&failing, &w) < score);
        }
    }

    #[test]
    fn length_within_the_budget_is_one_then_a_step_and_a_slope() {
        let length = Rubric::default().length;
        for (tokens, expected) in [(0, 1.0), (50, 1.0), (51, 0.5 * 50.0 / 51.0), (100, 0.25)] {
            assert_eq!(length_score(&length, tokens), expected, "{tokens}");
        }
        assert_eq!(length_score(&Length { over: 0.0, ..length.clone() }, 51), 0.0);
    }

    #[test]
    fn gate_is_the_geometric_mean_of_what_it_asks_for() {
        let s = Scores { length: 1.0, coverage: Some(0.25), pii: 0.5, fluency: Some(0.01), form: 0.125 };
        let none = Gate { coverage: false, pii: false, fluency: false, form: false, floor: 0.0 };
        let at = |gate: Gate, s: &Scores| reward(&Rubric { gate, ..rubric(Combine::Gate) }, s);
        assert_eq!(at(Rubric::default().gate, &s), 0.05);
        assert_eq!(at(none, &s), 1.0);
        assert_eq!(at(none, &Scores { length: 0.5, ..s }), 0.0);
        assert_eq!(at(Gate { coverage: true, ..none }, &s), 0.25);
        assert_eq!(at(Gate { coverage: true, fluency: true, floor: 0.04, ..none }, &s), 0.1);
        let three = at(Gate { coverage: true, pii: true, form: true, ..none }, &s);
        assert!((three - 0.25).abs() < 1e-12);
    }

    #[test]
    fn own_rules_join_the_others() {
        let s = Scores { length: 1.0, coverage: Some(1.0), pii: 1.0, fluency: Some(1.0), form: 0.0 };
        let rule = |weight, gated| Rule {
            name: String::new(),
            asks: Asks::Caller,
            weight,
            threshold: 0.5,
            gated,
            ignore_case: false,
            unicode: false,
            examples: Vec::new(),
        };
        let at = |combine, scores: &[f64]| {
            let r = Rubric { rules: vec![rule(2.0, false), rule(3.0, true)], ..rubric(combine) };
            super::reward(&r, &s, &custom(&r, scores))
        };
        assert_eq!(at(Combine::Priority, &[0.5, 1.0]), (14.0 + 1.0 + 3.0) / 20.0);
        assert_eq!(at(Combine::Weighted, &[0.5, 0.0]), (30.0 + 1.0) / 36.0);
        assert_eq!(at(Combine::Lexicographic, &[0.5, 0.0]), (f64::from(0b111_1010) + 31.0 / 36.0) / 128.0);
        assert_eq!(at(Combine::Gate, &[0.0, 0.125]), 0.5);
    }

    #[test]
    fn coverage_that_is_not_graded_leaves_its_weight_out() {
        let s = Scores { length: 1.0, coverage: None, pii: 1.0, fluency: Some(1.0), form: 0.0 };
        assert_eq!(reward(&rubric(Combine::Priority), &s), 6.0 / 7.0);
        assert_eq!(reward(&rubric(Combine::Gate), &s), 1.0);
    }

    #[test]
    fn coverage_is_credited_in_readable_text_only() {
        assert_eq!(credited(0.8, Some(0.5), 0.5), 0.8);
        assert_eq!(credited(0.8, Some(0.25), 0.5), 0.4);
        assert_eq!(credited(0.8, Some(0.0), 0.0), 0.8);
        assert_eq!(credited(0.8, None, 0.5), 0.8);
    }
}
