//! Facts and summaries with what is known of them, and any strings.

use super::*;
use proptest::prelude::*;

const FACTS: [&str; 4] = [
    "NASA named David Salvagnini its first chief artificial intelligence officer.",
    "The mission will launch 12 astronauts in June 2026.",
    "The agency did not approve the budget of $4.2 million.",
    "Heavy rain closed the airport in Lisbon on Monday.",
];

fn prepared(facts: &[&str]) -> Facts {
    Facts::new(facts, None, &[], Settings::default()).unwrap()
}

fn first(fact: &str, summary: &str) -> FactScore {
    prepared(&[fact]).score(summary).per_fact.remove(0)
}

#[test]
fn a_summary_that_holds_every_fact_scores_1() {
    let coverage = prepared(&FACTS).score(&FACTS.join(" "));
    assert_eq!(coverage.guard, 1.0);
    assert_eq!(coverage.mean, 1.0);
    for fact in &coverage.per_fact {
        assert!(fact.present && !fact.negated && fact.missing.is_empty(), "{fact:?}");
    }
}

#[test]
fn the_span_is_the_passage_that_carries_the_fact() {
    let summary = FACTS.join(" ");
    let coverage = prepared(&FACTS).score(&summary);
    for (fact, score) in FACTS.iter().zip(&coverage.per_fact) {
        assert_eq!(summary.get(score.span.clone().unwrap()), Some(fact.trim_end_matches('.')));
    }
    assert_eq!(first(FACTS[0], "Cats purr quietly.").span, None);
}

#[test]
fn says_what_is_missing() {
    let score = first(FACTS[1], "The mission will launch some astronauts next year.");
    assert_eq!(score.missing, ["12", "June", "2026"]);
    assert_eq!(score.missing_numbers, ["12", "2026"]);
    assert_eq!(score.missing_names, ["June"]);
}

#[test]
fn numbers_compare_by_value() {
    let cases = [
        (
            "The plant employs 1,200 people.",
            ["1200", "twelve hundred", "one thousand two hundred", "1.2 thousand"],
        ),
        ("Prices rose by 5% in May.", ["5 percent", "five percent", "five per cent", "5.0 %"]),
        ("The city paid $4.2M for it.", ["$4.2 million", "4.2 million dollars", "$4,200,000", "$4.2m"]),
        ("The 4th bid won.", ["fourth", "4th", "4", "four"]),
    ];
    let written = ["1,200", "5%", "$4.2M", "4th"];
    for ((fact, others), written) in cases.into_iter().zip(written) {
        for other in others {
            let score = first(fact, &fact.replace(written, other));
            assert_eq!((score.score, score.missing), (1.0, Vec::new()), "{fact:?} with {other:?}");
        }
    }
    let score = first("The city paid $4.2 million for it.", "The city paid a lot for it.");
    assert_eq!(score.missing_numbers, ["4.2 million"]);
    assert_eq!(first("He ran the 5m race.", "He ran the 5 m race.").missing, Vec::<String>::new());
}

#[test]
fn the_span_covers_a_number_of_several_words() {
    let summary = "Yesterday twenty-five thousand dollars were paid to them.";
    let score = first("$25,000 were paid.", summary);
    assert_eq!(summary.get(score.span.unwrap()), Some("twenty-five thousand dollars were paid"));
    let score = first("They were paid $25,000.", "They were paid twenty-five thousand dollars, he said.");
    assert_eq!(score.span, Some(0.."They were paid twenty-five thousand dollars".len()));
}

#[test]
fn names_fold_case_and_diacritics() {
    let fact = "The prize went to José Muñoz of İzmir and NASA.";
    for summary in
        ["The prize went to JOSE MUNOZ of Izmir and NASA.", "the prize went to josé munoz of izmir and nasa."]
    {
        let score = first(fact, summary);
        assert_eq!((score.score, score.missing_names), (1.0, Vec::new()), "{summary:?}");
    }
    assert_eq!(first(fact, "The prize went to someone of Izmir.").missing_names, ["José", "Muñoz", "NASA"]);
}

#[test]
fn wording_that_means_the_same_matches() {
    let cases = [
        ("The agency took 12 samples in Café Zoë.", "Twelve samples were taken by the agency in cafe Zoe."),
        ("The nation's 1,200 workers won.", "1200 workers of the nation win."),
        ("The U.S. didn’t fight.", "The US didn't fight."),
    ];
    for (fact, summary) in cases {
        assert!(first(fact, summary).present, "{fact:?} {summary:?}");
    }
}

#[test]
fn a_negated_fact_does_not_count() {
    let cases = [
        ("The chief was suspended on Monday.", "The chief was not suspended on Monday.", true),
        ("The chief was suspended on Monday.", "The chief wasn't suspended on Monday.", true),
        ("The agency launched the probe.", "The agency never launched the probe.", true),
        ("The agency launched the probe.", "The agency failed to launch the probe.", true),
        ("The agency launched the probe.", "The agency denies it launched the probe.", true),
        ("The team won the final game.", "The team did not win the final game.", true),
        ("The chief was not suspended on Monday.", "The chief was suspended on Monday.", true),
        ("The chief was not suspended on Monday.", "The chief was not suspended on Monday.", false),
        ("The chief was suspended on Monday.", "The chief was suspended on Monday, not fired.", false),
        ("The chief left without paying rent.", "The chief left, paying rent.", true),
        ("The board found no errors in the report.", "The board found errors in the report.", true),
        ("She is expected to marry Ann.", "She is not expected to marry Ann.", true),
        ("She is going to marry Ann.", "She is not due to marry Ann.", true),
        ("The derby starts at noon.", "Police had no objections to the derby, which starts at noon.", false),
        ("The probe found 5 cases.", "The probe found not only 5 cases but also 3 gaps.", false),
        ("The rocket failed to reach its orbit.", "The rocket did not fail to reach its orbit.", true),
        ("The rocket reached its orbit.", "The rocket did not fail to reach its orbit.", false),
        ("The rocket did not fail to reach its orbit.", "The rocket reached its orbit.", false),
    ];
    for (fact, summary, negated) in cases {
        let score = first(fact, summary);
        assert_eq!(score.negated, negated, "{fact:?} {summary:?}");
        assert_eq!(score.present, !negated, "{fact:?} {summary:?}");
    }
    let settings = Settings { polarity: false, ..Settings::default() };
    let facts = Facts::new(&[cases[0].0], None, &[], settings).unwrap();
    assert!(facts.score(cases[0].1).per_fact[0].present);
}

#[test]
fn another_number_in_the_place_of_the_facts_voids_it() {
    let fact = "The storm killed 45 people in the town.";
    assert!(first(fact, "The storm killed 45 people in the town.").present);
    assert_eq!(first(fact, "The storm killed 54 people in the town.").score, 0.0);
    assert_eq!(first(fact, "The storm killed sixty people in the town.").score, 0.0);
    assert!(first(fact, "The storm killed many people in the town.").score > 0.3);
    for (fact, summary) in [
        ("The law passed in June 2013.", "The law passed in June 2015."),
        ("It was founded by Ann Lee in 1970.", "Founded by Ann Lee way back in 1985, it was sold."),
        ("The deal is worth $300 million.", "The deal is, they said, worth $310 million."),
        ("Turnout reached 61% in the vote.", "Turnout in the vote reached a record 75 per cent."),
        ("The rule is in Section 702 of it.", "The rule is in Section 704 of it."),
    ] {
        assert_eq!(first(fact, summary).score, 0.0, "{fact:?} {summary:?}");
    }
    for (fact, summary, carried) in [
        ("The fair drew 31,204 visitors.", "The fair drew more than 31,000 visitors.", true),
        ("The fair drew 31,204 visitors.", "The fair drew nearly 32,000 visitors.", true),
        ("The fair drew 31,204 visitors.", "The fair drew more than 32,000 visitors.", false),
        ("The fair drew 31,204 visitors.", "The fair drew 31,000 visitors.", false),
        ("The fair drew nearly 31,000 visitors.", "The fair drew nearly 31,200 visitors.", false),
        ("The deal is worth $4,217,000.", "The deal is worth $4.2 million.", true),
        ("The deal is worth $4,217,000.", "The deal is worth $4.1 million.", false),
        ("Costs rose by 5.1 percent.", "Costs rose by about $5.", false),
        ("The mill weighs 2,000 kilograms.", "The mill weighs two tonnes.", true),
        ("The mill weighs 2,000 kilograms.", "The mill weighs three tonnes.", false),
        ("The siege lasted 14 days.", "The siege lasted two weeks.", true),
        ("It hit one in five homes.", "It hit 20 percent of homes.", true),
        ("It hit 20 percent of homes.", "It hit one in five homes.", true),
        ("It hit 20 percent of homes.", "It hit one in four homes.", false),
        ("The law passed in June 2013.", "The law passed in about 2010.", false),
    ] {
        assert_eq!(first(fact, summary).score > 0.5, carried, "{fact:?} {summary:?}");
    }
    let score = first("The deal is worth $300 million.", "The deal is worth a lot, and 12 people signed it.");
    assert!(score.score > 0.3, "{score:?}");
}

#[test]
fn facts_woven_into_each_other_earn_less_than_facts_told_one_by_one() {
    let facts = [
        "The council has approved the budget on Monday.",
        "The tax on property will rise by 3 percent in May.",
    ];
    let guard = |text: &str| prepared(&facts).score(text).guard;
    assert_eq!(guard(&facts.join(" ")), 1.0);
    // A word that was said before tells nothing new.
    let again = "The council has approved the budget on Monday, and the tax on property will rise by 3 percent in \
                 May, as the council said of the budget before it spoke of the tax.";
    assert_eq!(guard(again), 1.0);
    let woven = "The council and the tax have approved the budget and will rise on Monday by 3 percent.";
    assert!(guard(woven) < 0.9, "{}", guard(woven));
}

#[test]
fn facts_with_their_ends_exchanged_earn_no_more_than_without_them() {
    let facts = [
        "The council approved a wall of stone.",
        "Brandt sued the mayor over a bridge.",
        "Rain closed the airport in Lisbon.",
        "Farmers planted 60 million trees.",
    ];
    let facts = prepared(&facts);
    let cases = [
        ("Brandt approved a wall of stone. The council sued the mayor over a bridge.", 0.25),
        ("The council sued the mayor over a bridge, and Brandt approved a wall of stone.", 0.25),
        (
            "Rain closed the airport in Lisbon. Brandt approved a wall of stone. The council sued the mayor over a bridge.",
            1.0 / 3.0,
        ),
        (
            "The council sued the mayor over a bridge. Brandt closed the airport in Lisbon. Rain approved a wall of stone.",
            0.25,
        ),
        (
            "The council sued the mayor over a bridge. Rain closed the airport in Lisbon. Brandt approved a wall of stone.",
            1.0 / 3.0,
        ),
        ("The council approved a wall of stone. Brandt sued the mayor over a bridge.", 1.0),
        ("The council, which Brandt sued over a bridge, approved a wall of stone.", 1.0),
        (
            "A wall of stone was approved by the council, while the mayor was sued over a bridge by Brandt.",
            1.0,
        ),
    ];
    for (summary, factor) in cases {
        let guard = facts.score(summary).guard;
        assert!((guard - factor).abs() < 0.01, "{summary:?} {guard}");
    }
}

#[test]
fn what_excludes_a_word_of_a_fact_in_its_place_voids_it() {
    let cases = [
        ("The council approved the plan on Monday.", "The council rejected the plan on Monday.", false),
        ("The council approved the plan on Monday.", "The council approved the plan on Tuesday.", false),
        ("The council approved the plan on Monday.", "The council did not back the plan on Monday.", false),
        ("The council approved the plan on Monday.", "Did the council approve the plan on Monday?", false),
        (
            "The council approved the plan on Monday.",
            "The council, which had not met before, approved the plan.",
            true,
        ),
        ("The council approved the plan on Monday.", "The council adopted the plan on Monday.", true),
        ("Prices rose 3 percent in May.", "Prices gained 3 percent in May.", true),
        ("Prices rose 3 percent in May.", "Prices rose 3 percent in May after they fell in April.", true),
        ("The judge denied the firm a new trial.", "The judge did not grant the firm a new trial.", true),
        ("Who won the race in Ghent on Monday?", "Who won the race in Ghent on Monday?", true),
        (
            "The council approved the plan on Monday.",
            "The council may have approved the plan on Monday.",
            false,
        ),
        (
            "The council approved the plan on Monday.",
            "The council plans to approve the plan on Monday.",
            false,
        ),
        (
            "The council approved the plan on Monday.",
            "The council voted to approve the plan on Monday.",
            true,
        ),
        (
            "The council approved the plan on Monday.",
            "The council would meet again, after it approved the plan on Monday.",
            true,
        ),
        (
            "The painting was recovered undamaged in Rome.",
            "The painting was recovered damaged in Rome.",
            false,
        ),
        ("A strike of pilots is likely on Monday.", "A strike of pilots is unlikely on Monday.", false),
        ("A strike of pilots is likely on Monday.", "A strike of pilots may come on Monday.", true),
        ("The plan will be approved on Monday.", "The plan would be approved on Monday.", true),
        ("The council approves the plan on Monday.", "The council will approve the plan on Monday.", true),
        (
            "Exports of steel have been halted since March.",
            "Exports of steel have been halted since May.",
            false,
        ),
        (
            "Exports of steel have been halted since May.",
            "Exports of steel have been halted since March.",
            false,
        ),
        ("Exports of steel have been halted since May.", "Steel exports have been halted since May.", true),
        (
            "Exports of steel were halted in March.",
            "Halted were exports of steel, and may be for long.",
            true,
        ),
        ("On Monday Theresa May halted exports.", "On Monday the leader halted exports in June.", true),
    ];
    for (fact, summary, carried) in cases {
        let score = prepared(&[fact]).score(summary).per_fact[0].clone();
        assert_eq!(score.score > 0.4 && !score.negated, carried, "{fact:?} {summary:?} {score:?}");
    }
    // Of facts that tell of a claim and that it is false, neither takes back the other.
    let facts = ["Smith said the vote was stolen.", "The claim is false."];
    let both = prepared(&facts).score("Smith said the vote was stolen. The claim is false.");
    assert!(both.per_fact.iter().all(|fact| fact.score > 0.9), "{both:?}");
    assert!(
        prepared(&facts[..1]).score("Smith said the vote was stolen. The claim is false.").per_fact[0]
            .negated
    );
    // So do both sides beside a number of the fact alone.
    let facts = ["Profit rose 12 percent to $310 million.", "Revenue fell 3 percent to $2.8 billion."];
    for (summary, carried) in [
        ("Profit was up 12 percent to $310 million while revenue dropped 3 percent to $2.8 billion.", true),
        ("Profit fell 12 percent to $310 million. Revenue fell 3 percent to $2.8 billion.", false),
        ("Profit was down 12 percent to $310 million. Revenue fell 3 percent to $2.8 billion.", false),
        ("Profit dropped by 12 percent to $310 million. Revenue fell 3 percent to $2.8 billion.", false),
    ] {
        let both = prepared(&facts).score(summary);
        assert!(both.per_fact[1].score > 0.7, "{both:?}");
        assert_eq!(both.per_fact[0].score > 0.7, carried, "{both:?}");
    }
    let fact = "Profit was up 12 percent, and revenue down 3 percent.";
    assert!(first(fact, "Profit grew by 12 percent, and revenue was down 3 percent.").score > 0.7);
    assert!(first(fact, "The firm earned 12 percent more, and revenue was down 3 percent.").score > 0.4);
    let facts = ["The council voted 7-2 to close the bridge.", "The bridge is to reopen in October."];
    let both = prepared(&facts).score("The council voted 7-2 to shut the bridge until October.");
    assert!(both.per_fact.iter().all(|fact| fact.score > 0.4), "{both:?}");
    let facts = ["Fire destroyed the hotel in Lisbon.", "Lim promised to rebuild the hotel."];
    let both =
        prepared(&facts).score("Fire destroyed the hotel in Lisbon. Lim promised to demolish the hotel.");
    assert_eq!(both.per_fact[1].score, 0.0, "{both:?}");
    // A verb may stand in the future of another fact.
    let facts = ["Shares closed 6 percent higher.", "The company will close its plant."];
    let both = prepared(&facts).score("Shares were 6 percent higher, and the company will close its plant.");
    assert!(both.per_fact[0].score > 0.7, "{both:?}");
    let both =
        prepared(&facts).score("Shares will close 6 percent higher, and the company will close its plant.");
    assert_eq!(both.per_fact[0].score, 0.0, "{both:?}");
    // What another fact tells is no opposite.
    let facts = ["The council approved the plan on Monday.", "The mayor rejected the road on Tuesday."];
    let both = prepared(&facts)
        .score("On Monday the council, and not the mayor who rejected a road, let the plan pass.");
    assert!(both.per_fact[0].score > 0.3, "{both:?}");
}

#[test]
fn keyword_lists_earn_little() {
    let keywords = "NASA named David Salvagnini first chief artificial intelligence officer mission launch";
    let coverage = prepared(&FACTS).score(keywords);
    assert!(coverage.guard < 0.1 && coverage.mean < 0.05, "{coverage:?}");
    assert_eq!(prepared(&FACTS).score("NASA named David").mean, 0.0);
}

#[test]
fn empty_and_repeated_facts_do_not_count_in_the_mean() {
    let summary = "NASA has named David Salvagnini its first chief artificial intelligence officer.";
    let alone = prepared(&FACTS[..2]).score(summary);
    let more = prepared(&[FACTS[0], "", FACTS[1], FACTS[1], " - "]).score(summary);
    assert_eq!(alone.mean, more.mean);
    let scores: Vec<f64> = more.per_fact.iter().map(|f| f.score).collect();
    assert_eq!(scores, [alone.per_fact[0].score, 0.0, alone.per_fact[1].score, alone.per_fact[1].score, 0.0]);
    assert_eq!(prepared(&[]).mean(summary, None), 0.0);
    assert_eq!(prepared(&["", "..."]).mean(summary, None), 0.0);
}

#[test]
fn weights_weigh_the_facts() {
    let weigh = |weights: &[f64]| Facts::new(&FACTS[..2], Some(weights), &[], Settings::default());
    let summary = "The mission will launch 12 astronauts in June 2026.";
    assert!(
        weigh(&[1.0, 3.0]).unwrap().mean(summary, None) > weigh(&[1.0, 1.0]).unwrap().mean(summary, None)
    );
    for bad in [&[1.0][..], &[1.0, 0.0], &[1.0, -1.0], &[f64::NAN, 1.0], &[f64::INFINITY, 1.0]] {
        assert_eq!(weigh(bad).map_err(|e| e.field).err(), Some("weights".to_owned()), "{bad:?}");
    }
}

#[test]
fn ignored_spans_carry_no_weight() {
    let fact = "Write to jane.doe@example.org about the open call.";
    let at = fact.find("jane").unwrap();
    let email = at..at + "jane.doe@example.org".len();
    let facts = Facts::new(&[fact], None, &[Vec::from([email])], Settings::default()).unwrap();
    let with = facts.mean("Write to jane.doe@example.org about the open call.", None);
    let without = facts.mean("Write to us about the open call.", None);
    assert!(with <= without, "{with} {without}");
    assert!(facts.score("Write about it.").per_fact[0].missing.iter().all(|w| !w.contains("jane")));
}

proptest! {
    #[test]
    fn any_strings_have_a_score(facts in prop::collection::vec("\\PC{0,60}", 0..4), summary in any::<String>()) {
        let facts: Vec<&str> = facts.iter().map(String::as_str).collect();
        let facts = prepared(&facts);
        let coverage = facts.score(&summary);
        prop_assert!((0.0..=1.0).contains(&coverage.mean) && (0.0..=1.0).contains(&coverage.guard));
        prop_assert_eq!(facts.mean(&summary, None).to_bits(), coverage.mean.to_bits());
    }

    #[test]
    fn the_fast_path_equals_the_evidence(
        facts in prop::collection::vec("((the|not|Rome|12|twelve|fell|army|,|no|denied|million|5%|[$]4.2M|2019|\\PC) ){0,12}", 0..5),
        summary in "((the|not|Rome|12|13|fell|army|[.]|never|million|%|percent|[$]5m|2019|\\PC) ){0,40}",
    ) {
        let facts: Vec<&str> = facts.iter().map(String::as_str).collect();
        let facts = prepared(&facts);
        let coverage = facts.score(&summary);
        let mut scores = Vec::new();
        prop_assert_eq!(facts.mean(&summary, Some(&mut scores)).to_bits(), coverage.mean.to_bits());
        prop_assert_eq!(scores, coverage.per_fact.iter().map(|f| f.score).collect::<Vec<_>>());
        prop_assert!((0.0..=1.0).contains(&coverage.mean));
        for fact in &coverage.per_fact {
            prop_assert!((0.0..=1.0).contains(&fact.score));
            prop_assert!(fact.span.clone().is_none_or(|span| summary.get(span).is_some()));
        }
    }
}
