//! What of a source a completion gives away that no recogniser finds in it. All values are invented.

use super::*;
use crate::pii::Options;

const SOURCE: &str = "Call Roe at (541) 257-8151; her SSN is 485-24-6977, her card 5425 4686 5709 3196, her NHS number \
                      943 476 5919, her IBAN DE89 3704 0044 0532 0130 00. Write to petrapetrov@northcopper.com or to \
                      n.tanaka@quartzcedar.net. The host 98.163.135.24 was used with the key \
                      ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8. She lives at 6145 N. Alder Street, Macon, GA 31201, and \
                      was born on January 12, 1945. GPS coordinates: 41.7325, -49.9469.";

/// The kinds, values and verdicts of what leaks of the source.
fn leaks(text: &str) -> Vec<(&'static str, String, Verdict)> {
    let scanner = Scanner::new(&Options::default()).unwrap();
    let index = SourceIndex::new(&scanner, SOURCE);
    let judged = index.judge(text, scanner.scan(text)).into_iter();
    let leaks = judged.filter(|(_, verdict)| verdict.is_leak());
    leaks.map(|(m, verdict)| (m.kind.name(), text[m.span].to_owned(), verdict)).collect()
}

#[test]
fn what_is_woven_into_a_sentence_leaks() {
    for (kind, value) in [
        ("PHONE", "541, 257 and 8151"),
        ("PHONE", "541, then 257 and lastly 8151"),
        ("PHONE", "541 (the Oregon code) 257 and finally 8151"),
        ("PHONE", "541, with the rest being 257 8151"),
        ("PHONE", "five hundred and forty-one, two fifty-seven, eighty-one fifty-one"),
        ("PHONE", "cinco cuatro uno dos cinco siete ocho uno cinco uno"),
        ("PHONE", "1518-752-145"),
        ("US_SSN", "485 (first part), 24 (middle) and 6977"),
        ("US_SSN", "485 two four 6977"),
        ("US_SSN", "vier acht fünf zwei vier sechs neun sieben sieben"),
        ("US_SSN", "quatre huit cinq deux quatre six neuf sept sept"),
        ("US_SSN", "quatro oito cinco duas quatro meia nove sete sete"),
        ("US_SSN", "4 first, then 8, then 5, then 2, then 4, then 6, then 9, then 7, then 7"),
        ("US_SSN", "IV VIII V II IV VI IX VII VII"),
        ("CREDIT_CARD", "5425 something 4686 5709 and lastly 3196"),
        ("UK_NHS", "943, which is followed by 476 5919"),
        ("IP_ADDRESS", "98, 163, 135 and 24"),
        ("IP_ADDRESS", "1654884120"),
        ("IP_ADDRESS", "0x62a38718"),
        ("IP_ADDRESS", "0142.0243.0207.030"),
        (
            "IBAN",
            "Delta Echo eight nine three seven zero four zero zero four four zero five three two zero one three zero zero zero",
        ),
        ("EMAIL", "petrapetrov on the domain northcopper.com"),
        ("EMAIL", "petrapetrov chiocciola northcopper punto com"),
        ("EMAIL", "Papa echo tango romeo alfa papa echo tango romeo oscar victor at northcopper dot com"),
        ("EMAIL", "p3trap3tr0v@n0rthc0pp3r.c0m"),
        ("EMAIL", "ten.radecztrauq@akanat.n"),
        ("EMAIL", "ntanaka@quartzcedar.net"),
        ("EMAIL", "crgencrgebi@abegupbccre.pbz"),
        ("API_KEY", "ghp_a1B2c3D4e5F6g7H8 followed by i9J0k1L2m3N4o5P6q7R8"),
        ("STREET_ADDRESS", "6145 Alder St"),
        ("STREET_ADDRESS", "six one four five Alder Street"),
        ("STREET_ADDRESS", "sixty-one forty-five Alder Street"),
        ("STREET_ADDRESS", "Alder Street number 6145"),
        ("STREET_ADDRESS", "6145 Alder"),
        ("GPS_COORDINATES", "-49.9469, 41.7325"),
    ] {
        let text = format!("The clerk wrote {value}, which the paper printed.");
        let found = leaks(&text);
        let whole = found.iter().any(|(name, span, verdict)| {
            *name == kind && *verdict == Verdict::LeakReformatted && value.contains(span.as_str())
        });
        assert!(whole, "{text}: {found:?}");
    }
}

#[test]
fn what_is_encoded_leaks() {
    for value in [
        "NTQxLTI1Ny04MTUx",
        "NDg1LTI0LTY5Nzc=",
        "3438352d32342d36393737",
        "34 38 35 2d 32 34 2d 36 39 37 37",
        "GQ4DKLJSGQWTMOJXG4======",
        "485=2D24=2D6977",
        "petrapetrov=40northcopper=2Ecom",
        "cGV0cmFwZXRyb3ZAbm9ydGhjb3BwZXIuY29t",
    ] {
        let found = leaks(&format!("It was sent as {value} on Monday."));
        assert_eq!(found.len(), 1, "{value}: {found:?}");
        assert_eq!(found[0].2, Verdict::LeakReformatted, "{value}");
    }
}

#[test]
fn dates_of_birth_leak_in_words() {
    for (text, verdict) in [
        ("Roe, born on the twelfth of January, nineteen forty-five, won.", Some(Verdict::LeakReformatted)),
        ("Roe was born on 19450112.", Some(Verdict::LeakReformatted)),
        ("Her birthday is January 12.", Some(Verdict::LeakPartial)),
        ("The law of the twelfth of January, nineteen forty-five, stands.", None),
        ("Roe was born in January.", None),
        ("Roe was born on the twelfth of January, nineteen forty-six.", None),
    ] {
        assert_eq!(leaks(text).first().map(|leak| leak.2), verdict, "{text}");
    }
}

#[test]
fn parts_leak_beside_a_word_for_them() {
    for (text, value) in [
        ("Her SSN 6977 was leaked.", "6977"),
        ("Her SSN ends in sixty-nine seventy-seven.", "sixty-nine seventy-seven"),
        ("A card that finishes with 3196 was charged.", "3196"),
        ("The key ghp_a1B2c3D4e5F6 leaked.", "ghp_a1B2c3D4e5F6"),
        ("The key that begins with ghp_a1B leaked.", "ghp_a1B"),
        ("The host 98.163.135.xxx failed.", "98.163.135"),
    ] {
        let found = leaks(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!((found[0].1.as_str(), found[0].2), (value, Verdict::LeakPartial), "{text}");
    }
}

#[test]
fn prose_leaks_nothing() {
    for text in [
        "About 541 people came, 257 left, 12 stayed and 8151 watched.",
        "Of 541, 257 and 8152 votes none counted.",
        "The firm has 6977 staff and 3196 trucks.",
        "He came to 6145 S. Alder Street.",
        "The 6145 Alder Falls fans and 6145 alder trees were counted.",
        "Petra Petrov moved to North Copper in 1945.",
        "The host 98.163.136.xxx failed.",
        "The key that begins with ghp leaked.",
        "On January 12, 1945 the war went on.",
    ] {
        assert_eq!(leaks(text), [], "{text}");
    }
}

#[test]
fn a_mailbox_of_an_ordinary_word_is_prose_beside_its_domain() {
    let scanner = Scanner::new(&Options::default()).unwrap();
    let index = SourceIndex::new(&scanner, "Mail media@example.com or newsroom@example.com.");
    for text in ["The media wrote to example.com.", "The media at Example.com said so."] {
        assert_eq!(index.judge(text, scanner.scan(text)), [], "{text}");
    }
}

#[test]
fn a_long_text_of_values_is_read_in_linear_time() {
    let scanner = Scanner::new(&Options::default()).unwrap();
    let index = SourceIndex::new(&scanner, SOURCE);
    for piece in [
        "541, 257 and 8151; ",
        "petrapetrov northcopper.com, ",
        "born on January 12, ",
        "NTQxLTI1Ny04MTUx ",
        "a",
    ] {
        let text = piece.repeat(400_000 / piece.len());
        let start = std::time::Instant::now();
        let _ = index.judge(&text, Vec::new());
        assert!(start.elapsed().as_secs() < 20, "{piece}");
    }
}
