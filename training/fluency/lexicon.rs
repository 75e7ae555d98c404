//! The forms of words, told by rules and by which forms the prose has.

use super::corpus::Source;
use super::random::Random;
use crate::fluency::classes;
use crate::fluency::scan::{WORD, scan};
use std::collections::HashMap;

/// Past tense and participle of irregular verbs.
const IRREGULAR: &str = "\
arise arose arisen|awake awoke awoken|bear bore borne|beat beat beaten|become became become|begin began begun|bend bent bent|\
bet bet bet|bind bound bound|bite bit bitten|bleed bled bled|blow blew blown|break broke broken|bring brought brought|\
build built built|burn burned burnt|buy bought bought|catch caught caught|choose chose chosen|come came come|cost cost cost|\
cut cut cut|deal dealt dealt|dig dug dug|do did done|draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten|\
fall fell fallen|feed fed fed|feel felt felt|fight fought fought|find found found|flee fled fled|fly flew flown|\
forbid forbade forbidden|forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|get got gotten|give gave given|\
go went gone|grow grew grown|hang hung hung|have had had|hear heard heard|hide hid hidden|hit hit hit|hold held held|\
hurt hurt hurt|keep kept kept|know knew known|lay laid laid|lead led led|learn learned learnt|leave left left|lend lent lent|\
let let let|lie lay lain|light lit lit|lose lost lost|make made made|mean meant meant|meet met met|pay paid paid|put put put|\
read read read|ride rode ridden|ring rang rung|rise rose risen|run ran run|say said said|see saw seen|seek sought sought|\
sell sold sold|send sent sent|set set set|shake shook shaken|shine shone shone|shoot shot shot|show showed shown|shut shut shut|\
sing sang sung|sink sank sunk|sit sat sat|sleep slept slept|speak spoke spoken|spend spent spent|spread spread spread|\
stand stood stood|steal stole stolen|stick stuck stuck|strike struck struck|swear swore sworn|sweep swept swept|swim swam swum|\
take took taken|teach taught taught|tear tore torn|tell told told|think thought thought|throw threw thrown|\
understand understood understood|undergo underwent undergone|undertake undertook undertaken|wake woke woken|wear wore worn|\
weave wove woven|win won won|withdraw withdrew withdrawn|write wrote written";

/// Endings that turn a word into another kind of word.
const DERIVED: [(&str, &str); 22] = [
    ("ly", ""),
    ("", "ly"),
    ("ness", ""),
    ("ful", ""),
    ("al", ""),
    ("ity", ""),
    ("tion", "te"),
    ("te", "tion"),
    ("ment", ""),
    ("", "ment"),
    ("ive", "ion"),
    ("ion", "ive"),
    ("ence", "ent"),
    ("ent", "ence"),
    ("ance", "ant"),
    ("ant", "ance"),
    ("er", ""),
    ("", "er"),
    ("y", "ily"),
    ("ic", "y"),
    ("ous", ""),
    ("able", ""),
];

pub(super) struct Lexicon {
    /// The other forms of each form of a verb.
    verbs: HashMap<String, Vec<String>>,
    counts: HashMap<String, u32>,
    /// Words to throw into other texts, the frequent ones more often.
    pub(super) frequent: Vec<String>,
    /// Passages of other texts.
    pub(super) passages: Vec<String>,
}

impl Lexicon {
    pub(super) fn new(sources: &[Source], random: &mut Random) -> Self {
        const LEAST: u32 = 25;
        let mut counts: HashMap<String, u32> = HashMap::new();
        let mut frequent = Vec::new();
        let mut passages = Vec::new();
        for (number, paragraph) in sources.iter().flat_map(|source| &source.paragraphs).enumerate() {
            for token in scan(paragraph).iter().filter(|token| token.is(WORD)) {
                let word = paragraph.get(token.span()).unwrap_or_default();
                if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
                    *counts.entry(word.to_owned()).or_default() += 1;
                    if random.below(400) == 0 {
                        frequent.push(word.to_owned());
                    }
                }
            }
            if number % 8 == 0 {
                passages.extend(super::corpus::passages(paragraph, random).into_iter().map(str::to_owned));
            }
        }
        counts.retain(|_, count| *count >= LEAST);
        let verbs = verbs(&counts);
        Self { verbs, counts, frequent, passages }
    }

    pub(super) fn is_verb(&self, word: &str) -> bool {
        self.verbs.contains_key(word)
    }

    pub(super) fn verb_forms(&self, word: &str) -> Vec<String> {
        self.verbs.get(word).cloned().unwrap_or_default()
    }

    /// With an "s" more or less: another number of a noun, or of a verb.
    pub(super) fn s_form(&self, word: &str) -> Option<String> {
        if word.len() < 3 || classes::is_function_word(word) {
            return None;
        }
        let forms = match word.strip_suffix('s') {
            Some(stem) if !stem.ends_with('s') => {
                let y = stem.strip_suffix("ie").map(|stem| format!("{stem}y"));
                let es = stem.strip_suffix('e').map(str::to_owned);
                [y, Some(stem.to_owned()), es]
            }
            _ => {
                let y = word.strip_suffix('y').map(|stem| format!("{stem}ies"));
                [y, Some(format!("{word}s")), Some(format!("{word}es"))]
            }
        };
        forms.into_iter().flatten().find(|form| self.counts.contains_key(form))
    }

    pub(super) fn derived(&self, word: &str) -> Vec<String> {
        if word.len() < 5 || classes::is_function_word(word) {
            return Vec::new();
        }
        DERIVED
            .iter()
            .filter_map(|(from, to)| Some(format!("{}{to}", word.strip_suffix(from)?)))
            .filter(|form| form != word && self.counts.contains_key(form))
            .collect()
    }
}

fn verbs(counts: &HashMap<String, u32>) -> HashMap<String, Vec<String>> {
    let mut paradigms: Vec<Vec<String>> = Vec::new();
    let mut bases: Vec<&String> = counts.keys().collect();
    bases.sort();
    for base in bases {
        let irregular = IRREGULAR.split('|').find_map(|line| {
            let mut forms = line.split_whitespace();
            (forms.next() == Some(base)).then(|| forms.map(str::to_owned).collect::<Vec<_>>())
        });
        let stem = base.strip_suffix('e').unwrap_or(base);
        let last = base.chars().last().unwrap_or_default();
        let double = format!("{base}{last}");
        let has = |form: &String| counts.contains_key(form);
        let ing = [format!("{stem}ing"), format!("{double}ing"), format!("{base}ing")].into_iter().find(has);
        let s = match base.strip_suffix('y') {
            Some(stem) if !base.ends_with("ay") && !base.ends_with("ey") && !base.ends_with("oy") => {
                format!("{stem}ies")
            }
            _ if base.ends_with(['s', 'x', 'h', 'o', 'z']) && has(&format!("{base}es")) => {
                format!("{base}es")
            }
            _ => format!("{base}s"),
        };
        let past = irregular.or_else(|| {
            let y = base.strip_suffix('y').map(|stem| format!("{stem}ied"));
            let forms = [Some(format!("{stem}ed")), Some(format!("{double}ed")), y];
            forms.into_iter().flatten().find(has).map(|form| vec![form])
        });
        let (Some(ing), Some(past)) = (ing, past) else { continue };
        let mut forms = vec![base.clone(), ing];
        forms.extend(Some(s).filter(has));
        forms.extend(past);
        forms.dedup();
        paradigms.push(forms);
    }
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for forms in paradigms {
        for form in &forms {
            let others = found.entry(form.clone()).or_default();
            others.extend(forms.iter().filter(|other| *other != form).cloned());
        }
    }
    for others in found.values_mut() {
        others.sort();
        others.dedup();
    }
    found
}
