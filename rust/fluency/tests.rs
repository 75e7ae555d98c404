use super::{Invalid, fluency, fluency_score, form, validity};
use proptest::prelude::*;

const CLEAN: [&str; 5] = [
    "The city council approved a new budget on Monday that raises spending on schools and cuts the fire \
     department's overtime, a move the mayor said would balance the books by 2026.",
    "Heavy rain closed two bridges in the valley, and officials asked residents to stay at home until the river \
     falls below flood level on Thursday.",
    "The museum, which opened in 1911, will close for three years while workers replace its roof and move 40,000 \
     objects into storage.",
    "Researchers found that bees exposed to the pesticide returned to the hive less often; the company that makes it \
     disputes the results.",
    "Dr. Ann Lee of the U.S. Geological Survey said the quake was felt as far away as Reno, but nobody was hurt.",
];

fn shuffled(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    // A stride that shares no factor with the length visits every word once.
    let stride = (7..).find(|stride| !words.len().is_multiple_of(*stride) && stride % 2 == 1).unwrap_or(1);
    (0..words.len()).map(|place| words[place * stride % words.len()]).collect::<Vec<_>>().join(" ")
}

#[test]
fn clean_prose_scores_far_above_the_threshold_and_has_no_reason() {
    for text in CLEAN {
        let found = fluency(text);
        assert!(found.score > 0.75, "{text} {found:?}");
        assert_eq!((found.reason.as_str(), found.worst), ("", None));
    }
}

#[test]
fn letters_set_as_one_read_as_those_that_they_are() {
    let plain = "The office confirmed that floods affected five offices, an official finding. Firms filed final figures.";
    let set = plain.replace("ffi", "ﬃ").replace("ff", "ﬀ").replace("fi", "ﬁ").replace("fl", "ﬂ");
    let (plain, found) = (fluency(plain), fluency(&set));
    assert!((plain.score - found.score).abs() < 0.05, "{found:?} {plain:?}");
    assert_eq!(validity(&set, 4), None);
    assert!(form(&set, false).violations.is_empty());
}

#[test]
fn broken_prose_scores_below_the_threshold() {
    for text in CLEAN {
        let sentence = text.to_owned();
        let broken = [
            format!("{text} {text}"),
            [text; 3].join(" "),
            shuffled(text),
            text.to_uppercase(),
            text.to_lowercase().replace(['.', ',', ';'], ""),
            text.replace(' ', ""),
            sentence.chars().flat_map(|c| [c, '\u{200b}']).collect(),
            "council budget Monday schools fire department overtime mayor 2026 bridges valley".to_owned(),
            "NASA, Artemis, Moon, 2024, launch, astronauts, rocket, Orion, crew, mission, Florida".to_owned(),
        ];
        for text in broken {
            let found = fluency(&text);
            assert!(found.score < 0.5, "{text} {found:?}");
            assert!(!found.reason.is_empty());
        }
    }
}

#[test]
fn the_reason_names_the_worst_spot() {
    let cases = [
        (
            "The officials said the officials said the officials said it was over.",
            "repeats 'the officials said' 3 times",
        ),
        (
            "The plan was approved by the council on Monday after a long debate about the",
            "breaks off in the middle",
        ),
        (
            "NASA launches rocket Orion, crew trains, astronauts return, mission costs grow, Florida waits.",
            "reads like a keyword list",
        ),
        ("THE COUNCIL MET ON MONDAY AND APPROVED THE BUDGET FOR THE NEXT YEAR.", "is written in capitals"),
        (
            "The council approved and new budget and Monday and property taxes rise and 3 percent and schools and 40 \
             teachers and the bridge and closed and repairs.",
            "strings words together with the same few small words",
        ),
        ("Council, budget, Monday, property taxes, 3 percent, May.", "lists things without a verb"),
        (
            "the council met on Monday and approved the budget for the year.",
            "sentences begin with small letters",
        ),
    ];
    for (text, reason) in cases {
        let found = fluency(text);
        assert!(found.reason.starts_with(reason), "{text}: {}", found.reason);
        assert!(found.worst.is_some());
    }
}

#[test]
fn a_full_stop_inside_a_sentence_is_named_and_one_behind_what_was_shortened_is_not() {
    let reason = "has a full stop inside a sentence at";
    let cases = [
        ("The crew landed in Kazakhstan. on March 12 they left for the coast.", "Kazakhstan. on"),
        (
            "The seedlings go to almost fifty schools across the country. spring 2025 is the start.",
            "country. spring",
        ),
        ("The council approved. the budget for the next year on Monday.", "approved. the"),
        ("The trees were planted in 2022. to almost fifty schools they went.", "2022. to"),
    ];
    for (text, at) in cases {
        let found = fluency(text);
        assert_eq!(found.reason, format!("{reason} '{at}'"), "{text}");
        assert!(found.score < 0.7, "{text} {}", found.score);
        assert!(fluency(&text.replace(". ", " ")).score > found.score);
    }
    let twice = "Selected schools get trees. from the seeds that were grown in every state. starting in March they come.";
    assert!(fluency(twice).score < 0.5);
    for text in [
        "Acme Inc. said on Monday that Smith Jr. will lead the U.S. office from Jan. until the end of the year.",
        "The talks, which began at 9 a.m. on Monday, took place in Washington, D.C. with Gen. officers and others.",
        "Apples, pears, etc. are sold at the market on Main St. near the river, cf. what Yahoo! says.",
        "Use the scale of the system (ie. are the values in points?) or another scale, eg. the one of the printer.",
        "He waited ... and then he left. iPhone sales rose, and eBay said \"Buy.\" and nothing more.",
        "The firms (Acme Corp. and Bolt Co. of Leeds) met at No. 5. the High Street, ca. two miles off.",
    ] {
        assert!(!fluency(text).reason.contains(reason), "{text}");
        let starts = fluency(text).parts.into_iter().find(|(name, _)| *name == "sentence_starts");
        assert!(starts.is_some_and(|(_, score)| score > 0.9), "{text} {starts:?}");
    }
}

#[test]
fn symbols_behind_the_last_sentence_and_a_byte_order_mark_are_not_read() {
    let text = CLEAN[0];
    for answer in
        [format!("{text} 😀"), format!("{text}✔\u{fe0f}"), format!("\u{feff}{text} 👨\u{200d}👩\u{200d}👧")]
    {
        assert_eq!(fluency(&answer).score, fluency(text).score, "{answer}");
        assert_eq!(fluency_score(&answer), fluency_score(text));
    }
    let answer = "\u{feff}The plan was approved by the council on Monday after a long debate about the";
    assert_eq!(fluency(answer).worst.map(|span| &answer[span]), Some("the"));
    let hidden =
        |text: &str| fluency(text).parts.iter().find(|(name, _)| *name == "hidden").map(|part| part.1);
    assert_eq!(hidden(&text.replacen("city", "👨\u{200d}👩 city", 1)), hidden(text));
    assert!(hidden(&text.replace("ou", "o\u{200d}u")) < hidden(text));
}

#[test]
fn a_form_that_the_word_before_rules_out_is_named() {
    let cases = [
        ("She has went home to Leeds.", "has the wrong form of a verb at 'has went'"),
        ("The council has vote to close the library.", "has the wrong form of a verb at 'has vote'"),
        ("The old bridge was build in 1932.", "has the wrong form of a verb at 'was build'"),
        ("The team didn’t won a single match.", "has the wrong form of a verb at 'didn’t won'"),
        ("The team did not won a single match.", "has the wrong form of a verb at 'did not won'"),
        ("The mayor wants to took the train.", "has the wrong form of a verb at 'to took'"),
        (
            "Many school were closed because of the storm.",
            "has one thing where there are several at 'Many school'",
        ),
        ("He spent 20 year in prison for it.", "has one thing where there are several at '20 year'"),
        ("Two of the worker were injured.", "has one thing where there are several at 'Two of the worker'"),
        ("The police arrested a men in Leeds.", "has several things where there is one at 'a men'"),
        ("The minister have resigned over it.", "has a plural verb for one thing at 'The minister have'"),
        ("The children was playing in the park.", "has a singular verb for several at 'The children was'"),
        ("It is the most largest lake in Peru.", "compares twice at 'most largest'"),
        ("The company buyed a factory in Leeds.", "has a form that no word has at 'buyed'"),
        ("Police arrested he after the talks.", "has a pronoun in the wrong case at 'he'"),
        ("The mayor not agree with the plan.", "lacks a verb before 'not' at 'The mayor not agree'"),
        ("The mayor mayor said it on Monday.", "repeats 'mayor' at once"),
        ("The fire killed fire killed three people.", "repeats 'fire killed' at once"),
        (
            "The bank raised rates. The bank raised rates. Prices fell.",
            "repeats 'The bank raised rates' at once",
        ),
        (
            "The council and the noise and the rebate and the mayor and the storm and the law.",
            "lists things without",
        ),
    ];
    for (text, reason) in cases {
        let found = fluency(text);
        assert!(found.score < 0.6, "{text}: {}", found.score);
        assert!(found.reason.starts_with(reason), "{text}: {}", found.reason);
    }
}

#[test]
fn words_that_are_written_in_other_signs_are_broken() {
    let broken = [
        CLEAN[0].replace(' ', "_"),
        CLEAN[0].replace("budget", "bu\u{ff44}\u{ff47}et").replace("schools", "ｓｃｈｏｏｌｓ"),
        CLEAN[0].replace("council", "c0unc1l").replace("schools", "5ch00l5"),
        CLEAN[0].replace("council", "council🎉").replace("budget", "🔥budget"),
        CLEAN[0].replace("department's", "departmentâ€™s").replace("mayor", "mayorâ€™s aide"),
        CLEAN[0].replace("council", "coun- cil").replace("budget", "bud- get"),
    ];
    let spacing =
        |text: &str| fluency(text).parts.into_iter().find(|(name, _)| *name == "spacing").map(|part| part.1);
    for text in broken {
        assert!(spacing(&text).is_some_and(|part| part < 0.8), "{text} {:?}", spacing(&text));
    }
    for text in [
        "The B2B firm sells mp3s, and COVID19 and H1N1 tests, in 3D for the 1990s on the A1c and l10n desks.",
        "The file max_tokens.py sets x_1 and y for the naïve café in SÃO PAULO 🎉 and Â, Ã.",
        "It passed 🎉 on Monday (👍), and the price was 20€.",
        "Pre- and post-war flats, and short- to medium-term loans, cost more.",
    ] {
        assert!(spacing(text).is_some_and(|part| part > 0.9), "{text} {:?}", spacing(text));
    }
}

#[test]
fn articles_go_by_the_sound() {
    let part = |text: &str| {
        fluency(text).parts.into_iter().find(|(name, _)| *name == "articles").map(|(_, score)| score)
    };
    for wrong in [
        "an number",
        "a important",
        "an the",
        "an Dutch",
        "a Iowan",
        "an 12-year",
        "a 8-year",
        "a 18,000-seat",
        "an CSV",
        "a API",
        "a X-ray",
        "an T-shirt",
        "an vrandiq",
    ] {
        assert!(part(&format!("They saw {wrong} thing there.")) < Some(1.0), "{wrong}");
    }
    for right in [
        "a number",
        "an important",
        "an hour-long",
        "an historic",
        "a historic",
        "a European",
        "a one-off",
        "a 12-year",
        "an 8-year",
        "an 11th",
        "an 80-seat",
        "a 1,100-seat",
        "an FBI",
        "a UN",
        "a NATO",
        "an NHS",
        "an X-ray",
        "a T-shirt",
        "an iPhone",
        "a Uzbek",
        "a unit",
        "an unusual",
        "a U.S.",
        "an M.A.",
    ] {
        assert_eq!(part(&format!("They saw {right} thing there.")), Some(1.0), "{right}");
    }
}

#[test]
fn capitals_stray_between_small_letters_only() {
    let part = |text: &str| {
        fluency(text).parts.into_iter().find(|(name, _)| *name == "stray_capitals").map(|(_, score)| score)
    };
    for wrong in
        ["The council Approved the plan on Monday.", "The council approved the plan Quickly on Monday."]
    {
        assert!(part(wrong) < Some(1.0), "{wrong}");
    }
    for right in [
        "The council approved the plan on Monday.",
        "She said, \"Approved plans are open.\"",
        "They read The Approved Plan on Monday.",
        "He works for PyPI and for Microsoft now.",
    ] {
        assert_eq!(part(right), Some(1.0), "{right}");
    }
}

#[test]
fn a_letter_is_no_article() {
    for text in [
        "Terminal A at Logan is shut.",
        "Point A is north of point B.",
        "Let a and b be the lengths of the two sides.",
        "The letter a appears twice in the word.",
        "Inspectors visited Block A after complaints.",
    ] {
        let part = fluency(text).parts.into_iter().find(|(name, _)| *name == "articles");
        assert!(part.is_some_and(|(_, part)| part > 0.9), "{text} {part:?}");
    }
    assert!(fluency("He ate a apple and an banana.").reason.starts_with("has the wrong article"));
}

#[test]
fn what_only_looks_wrong_is_left_alone() {
    let texts = [
        "He served a 20 year sentence in a prison near Leeds.",
        "The two school buildings and the three car parks were closed.",
        "One of the children was playing in the park.",
        "What the museum had became clear only after the fire.",
        "The committee insisted that the minister resign.",
        "She said that that was all they had had to eat.",
        "Duran Duran played in Walla Walla on a very, very cold night.",
        "It went on day after day after day, again and again and again.",
        "It was a life that had never been his.",
        "On 9/11, 2,977 people died.",
        "The team won 11 of 12 games in 2023-24.",
        "He waited . . . and then he left the house.",
        "Two dead, dozens hurt as train derails near Thessaloniki.",
        "There is express language about it in the contract.",
    ];
    for text in texts {
        let found = fluency(text);
        let rules = ["agreement", "stutter", "verbs", "ending", "letters", "spacing"];
        let parts: Vec<_> = found.parts.iter().filter(|(name, _)| rules.contains(name)).collect();
        assert!(parts.iter().all(|(_, part)| *part > 0.8), "{text} {parts:?}");
    }
}

#[test]
fn every_part_is_a_share_that_the_score_does_not_exceed() {
    for text in CLEAN.into_iter().chain(["", "x", "The", "?!", "the the the the the"]) {
        let found = fluency(text);
        let is_share = |part: f64| (0.0..=1.0).contains(&part) && part >= found.score;
        assert!(found.parts.iter().all(|(_, part)| is_share(*part)), "{text} {found:?}");
    }
}

#[test]
fn a_small_mistake_lowers_the_score_and_more_of_them_lower_it_further() {
    let cases = [
        (CLEAN[0], "a new budget", "an new budget", "an new budget in in"),
        (CLEAN[1], "to stay at home", "to stays at home", "to stays at the of home"),
        (CLEAN[2], "will close for", "will close for in", "will closes the for in"),
        (CLEAN[3], "exposed to the", "exposed of the", "exposed of the to"),
        (CLEAN[3], "returned to the hive", "returned to hive the", "returned hive the to"),
    ];
    for (text, right, wrong, worse) in cases {
        let [clean, broken, ruined] =
            [right, wrong, worse].map(|with| fluency(&text.replace(right, with)).score);
        assert!(clean > broken && broken > ruined, "{wrong}: {clean} {broken} {ruined}");
    }
}

#[test]
fn a_long_text_is_as_good_as_its_pieces() {
    let text = CLEAN.join(" ");
    assert!(fluency(&text).score > 0.85, "{:?}", fluency(&text));
    let broken: Vec<String> = CLEAN.iter().map(|text| shuffled(text)).collect();
    assert!(fluency(&broken.join(" ")).score < 0.2);
}

#[test]
fn a_text_without_words_is_not_fluent() {
    for text in ["", " ", "...", "\u{200b}", "--- !!! ---"] {
        assert_eq!(fluency(text).score, 0.0, "{text:?}");
    }
}

#[test]
fn validity_names_what_cannot_be_graded() {
    let cases = [
        ("", Some(Invalid::Empty)),
        (" \n\t", Some(Invalid::Empty)),
        ("The", Some(Invalid::TooFewWords)),
        ("- - - - -", Some(Invalid::TooFewWords)),
        ("I can't help with that request.", Some(Invalid::Refusal)),
        ("I’m sorry, but I cannot summarize this document.", Some(Invalid::Refusal)),
        ("As an AI language model, I cannot read documents.", Some(Invalid::Refusal)),
        ("Unfortunately, I am unable to provide a summary of the text.", Some(Invalid::Refusal)),
        ("Sorry, I don't have access to the document you mention.", Some(Invalid::Refusal)),
        (
            "El presidente de la república anunció que los impuestos van a subir en el mes de mayo.",
            Some(Invalid::OtherLanguage),
        ),
        (
            "Der Präsident hat am Montag die neuen Regeln für den Handel mit der Union vorgestellt.",
            Some(Invalid::OtherLanguage),
        ),
        (
            "Le président a annoncé que les impôts vont augmenter dans les trois mois qui viennent.",
            Some(Invalid::OtherLanguage),
        ),
        ("Президент объявил о новых правилах торговли с союзом.", Some(Invalid::OtherLanguage)),
        ("总统宣布了新的贸易规则。", Some(Invalid::OtherLanguage)),
        ("NASA named David Salvagnini chief AI officer.", None),
        ("Sorry, but as an AI I cannot do that.", Some(Invalid::Refusal)),
        ("There is no document provided for me to summarize.", Some(Invalid::Refusal)),
        ("I am not able to access the file you shared.", Some(Invalid::Refusal)),
        ("Tổng thống đã thông báo rằng thuế sẽ tăng vào tháng Năm.", Some(Invalid::OtherLanguage)),
        ("Prezydent ogłosił, że podatki wzrosną w maju dla firm.", Some(Invalid::OtherLanguage)),
        ("Cirque du Soleil opens the show Le Rêve in Las Vegas.", None),
        ("The naïve fiancé opened a café in São Paulo with the mayor.", None),
        ("I can't wait for the launch, the astronaut said.", None),
        ("I cannot forget that day, the witness said.", None),
        ("The company apologized and said it could not help customers.", None),
        ("Officials said: \"I'm sorry, but I cannot help with that.\"", None),
        ("Rio de Janeiro, São Paulo and Los Angeles signed the pact.", None),
        ("Ursula von der Leyen met Charles de Gaulle's heirs in Paris.", None),
    ];
    for (text, expected) in cases {
        assert_eq!(validity(text, 4), expected, "{text:?}");
    }
}

#[test]
fn what_somebody_in_the_text_says_is_no_refusal() {
    let said = [
        "\"I cannot support this bill,\" Senator Lisa Murkowski said on Monday.",
        "“I can't share a stage with him,” wrote the king in a letter.",
        "\"I cannot give up. I won't share power,\" he said.",
        "I won't answer that, Biden said when asked about the pardon.",
        "I'm sorry, but I can't apologise for winning, said the golfer.",
        "Unfortunately, I cannot read it, Sen. Ann Lee told reporters.",
        "No document was provided to the court, which therefore dismissed the claim.",
        "The document was not provided to the defence until the trial had begun.",
        "There is no document to prove the sale, the judge ruled.",
    ];
    let refused = [
        "\"I cannot help with that request.\"",
        "I cannot summarize this, as the document said nothing.",
        "I'm sorry, but I can't help with what you asked, I said.",
        "No document was provided.",
        "No text was provided, so there is nothing to write.",
        "There is no document to summarize in the prompt.",
        "Please provide the document you want me to summarize.",
    ];
    for (texts, expected) in [(&said[..], None), (&refused[..], Some(Invalid::Refusal))] {
        for text in texts {
            assert_eq!(validity(text, 4), expected, "{text:?}");
        }
    }
}

#[test]
fn a_minimum_of_words_counts_only_words() {
    assert_eq!(validity("One two three four", 4), None);
    assert_eq!(validity("One two - three !", 4), Some(Invalid::TooFewWords));
    assert_eq!(validity("Yes.", 0), None);
}

proptest! {
    #[test]
    fn any_text_gets_scores_and_spans_within_it(text in any::<String>(), truncated in any::<bool>()) {
        check_totality(&text, truncated);
    }

    #[test]
    fn any_mixture_of_marks_gets_scores_and_spans_within_it(
        text in "([<>|*_`{}\\[\\]()#&~:;.,!?'\"“”’•\u{200b}\u{2028}\r\n -]|the|of|I'm sorry|Here is|1|A){0,60}",
    ) {
        check_totality(&text, false);
    }
}

fn check_totality(text: &str, truncated: bool) {
    let found = fluency(text);
    assert!((0.0..=1.0).contains(&found.score));
    assert!(found.worst.is_none_or(|span| text.get(span).is_some()));
    let found = form(text, truncated);
    assert!((0.0..=1.0).contains(&found.score));
    for violation in found.violations {
        assert!(text.get(violation.span.clone()).is_some(), "{violation:?}");
    }
    validity(text, 4);
}
