//! Sentences about the answer: of nothing but the words with which one speaks to whoever asked for it.
//!
//! What the paragraph is about has words of its own, so one word that is not listed here ends the reading; most sentences
//! end it at their second or third word. What is left is told by who speaks of what: see [`SAYINGS`].

use super::ViolationKind::{self, Assistant, Metadata, Preamble};

/// A sentence of more bytes or words says more than that.
const REACH: usize = 200;
const WORDS_AT_MOST: usize = 30;

/// May stand in such a sentence, and says nothing by itself.
const KNOWN: u64 = 1;
/// The speaker, and who is spoken to.
const I: u64 = 1 << 1;
const YOU: u64 = 1 << 2;
/// "We", where the next word tells what has to be done.
const WE: u64 = 1 << 3;
/// The answer as nothing else is called, and what its length is counted in.
const SUMMARY: u64 = 1 << 4;
/// The answer as others are called as well.
const ANSWER: u64 = 1 << 5;
const PARAGRAPH: u64 = 1 << 6;
/// What is to be summarized.
const DOCUMENT: u64 = 1 << 7;
/// What was told to be obeyed.
const RULE: u64 = 1 << 8;
const TOKEN: u64 = 1 << 9;
/// What an answer carries, and what it must not.
const FACT: u64 = 1 << 10;
const PRIVATE: u64 = 1 << 11;
/// What is asked and offered between the two.
const ASKING: u64 = 1 << 12;
/// Who asks as a model thinks of him, and what was asked.
const USER: u64 = 1 << 13;
const PROMPT: u64 = 1 << 53;
/// What is done to a text.
const WRITING: u64 = 1 << 14;
/// The document did not come.
const GONE: u64 = 1 << 15;
/// What an assistant can do.
const ABLE: u64 = 1 << 16;
const NOT: u64 = 1 << 17;
const PAST: u64 = 1 << 18;
/// What has to be done, also without a subject: "Need to", "Cannot".
const MUST: u64 = 1 << 19;
const DROPS: u64 = 1 << 20;
/// Fits the limit.
const WITHIN: u64 = 1 << 21;
/// Points at what stands nearby.
const NEARBY: u64 = 1 << 22;
const HERE: u64 = 1 << 23;
/// How an answer should be.
const SHORT: u64 = 1 << 24;
const KEEP: u64 = 1 << 25;
const SEEMS: u64 = 1 << 26;
const PRAISE: u64 = 1 << 27;
const THINK: u64 = 1 << 28;
const BE: u64 = 1 << 29;
const AS: u64 = 1 << 30;
const FINAL: u64 = 1 << 31;
/// May open any sentence.
const FILLER: u64 = 1 << 32;
/// A thought that comes after another.
const AFTERTHOUGHT: u64 = 1 << 33;
/// Tells to do something, where the sentence opens with it.
const TELLS: u64 = 1 << 34;
/// Has a noun or a subject behind it.
const DETERMINER: u64 = 1 << 35;
const THIS: u64 = 1 << 36;
const ALL: u64 = 1 << 37;
const FROM: u64 = 1 << 38;
const NOTE: u64 = 1 << 39;
const IF: u64 = 1 << 40;
const HOPE: u64 = 1 << 41;
const LET: u64 = 1 << 42;
const FREE: u64 = 1 << 43;
/// What is left of "us" in "let's".
const US: u64 = 1 << 44;
/// What "we" has behind it where the writer speaks.
const OBLIGED: u64 = 1 << 45;
const UNIT: u64 = 1 << 46;
const THANKS: u64 = 1 << 47;
const AI: u64 = 1 << 55;
const PII: u64 = 1 << 56;

/// What tells by its place in the sentence, and counts in its place alone: see [`Said::whole`].
const PLACED: u64 = DROPS
    | FILLER
    | AFTERTHOUGHT
    | TELLS
    | DETERMINER
    | THIS
    | ALL
    | FROM
    | NOTE
    | IF
    | HOPE
    | LET
    | FREE
    | US
    | OBLIGED
    | UNIT
    | THANKS
    | PRAISE;

/// It opens the answer, also with a colon behind it; it ends the answer.
const FIRST: u64 = 1 << 48;
const LABEL: u64 = 1 << 49;
const LAST: u64 = 1 << 50;
/// Of more than two words; of fewer than five.
const SEVERAL: u64 = 1 << 51;
const FEW: u64 = 1 << 52;
/// A colon ends it, and no article or pronoun opens it.
const COLON: u64 = 1 << 57;
/// It ends the answer, and opens with "this".
const CLOSING: u64 = 1 << 58;

const ANY: u64 = u64::MAX;
const SELF: u64 = I | WE;
const TEXT: u64 = DOCUMENT | ANSWER | PARAGRAPH;

/// What makes a sentence one about the answer: a word of each of the groups.
const SAYINGS: [[u64; 3]; 46] = [
    [UNIT, ANY, ANY],
    [LABEL, HERE, SEVERAL],
    [LABEL, I, SHORT | WRITING | ASKING | ANSWER],
    [LABEL, PROMPT, ANY],
    [LABEL, NEARBY | SHORT, TEXT | FACT | RULE],
    [DROPS, WRITING | RULE | TOKEN | ASKING | SHORT | FACT | TEXT, ANY],
    [LET, WITHIN | WRITING | RULE | TOKEN | TEXT | SUMMARY, ANY],
    [LET, I, THINK],
    [FREE, ASKING | WRITING, ANY],
    [HOPE, YOU | ASKING | WITHIN | ANSWER | SUMMARY, ANY],
    [IF, I, ASKING | WRITING | SHORT],
    [NOTE, WRITING | RULE | TOKEN | DOCUMENT | SUMMARY, ANY],
    [ALL, FACT, WRITING],
    [PRIVATE, WRITING, BE | FEW],
    [FROM, DOCUMENT | SUMMARY, ASKING | NEARBY],
    [SUMMARY, FEW, ANY],
    [SELF, SHORT, PARAGRAPH | KEEP],
    [RULE, WITHIN, I | CLOSING],
    [SEEMS, YOU, DOCUMENT | GONE | ASKING],
    [AFTERTHOUGHT, SELF, RULE | TOKEN | WRITING | TEXT],
    [TELLS, TEXT | RULE | TOKEN | FACT | SUMMARY | SHORT, ANY],
    [AS, NEARBY, SUMMARY | DOCUMENT | ANSWER],
    [DOCUMENT, GONE, NOT | SEEMS | FIRST],
    [DOCUMENT, NOT, SEEMS],
    [DOCUMENT, NOT, YOU | ASKING | I],
    [DOCUMENT, GONE, YOU | ASKING | I],
    [MUST, SHORT, TEXT | SUMMARY],
    [FINAL, ANSWER, NEARBY | SELF],
    [PRAISE, DOCUMENT, FEW],
    [LABEL, SUMMARY, ANY],
    [THIS, ANSWER | PARAGRAPH, WRITING],
    [SELF, FACT, ASKING],
    [USER, SELF | SUMMARY | TOKEN | PARAGRAPH, ANY],
    [THANKS, FIRST | LAST, ANY],
    [THIS, WRITING, FACT],
    [TELLS, I, YOU],
    [I, MUST, WRITING | RULE | TOKEN | TEXT],
    [WE, MUST, TOKEN | PARAGRAPH | ANSWER],
    [LET, I, FACT],
    [COLON, FEW, SUMMARY],
    [COLON, SHORT | FINAL, ANSWER],
    [ABLE, I, THIS],
    [AI, WRITING | SUMMARY | SELF, ANY],
    [PII, FEW, ANY],
    [PARAGRAPH, FEW, SHORT | ALL],
    [DOCUMENT, NOT, FEW],
];

/// What adds up where none of them holds, and how much makes a sentence one about the answer.
const ONES: u64 = I
    | USER
    | YOU
    | WE
    | RULE
    | TOKEN
    | DOCUMENT
    | ANSWER
    | PARAGRAPH
    | FACT
    | ASKING
    | WRITING
    | GONE
    | ABLE;
const TWOS: u64 = SUMMARY | PROMPT;
const ENOUGH: u32 = 3;

/// The words, each with what it is.
const WORDS: [(u64, &str); 51] = [
    (
        KNOWN,
        "able about access accurate accurately across adapt adapted additional additionally ado aforementioned \
         after again allow allowed allows almost along already alternatively although always am another answering \
         any anything anyway approach approx approximate approximately at attempt attempts available aware away \
         back base basic because before begin beginning begins behind being besides best better between beyond \
         both break brevity bullet bulleted bullets by can capable careful carefully certain certainly chance \
         choose chose chosen clean clear clearly collect combined combining come comes comfortable coming \
         commentary complete completed completely consider considered content contents could course critical \
         crucial curious currently d dear dedicated definitely deliver delivered delivers desired different \
         direct directly does doing done down due during each eager earlier easily easy effectively either else \
         end ends english enough entire entirely especially essence essential even ever everyone exact exactly \
         exceeding exceedingly except expected explaining extra fair familiar far few filler find finds fine five \
         fix fixed fixing fluff for form formal format formatted former forward four free full fully further \
         furthermore gather general generate get gets getting give given gives giving go goal goes going good got \
         grab grammatical guess hand handy happen happened happens happily hard has having hello hence hereby hi \
         high hold honest how however idea ideal ideas identical immediately important improved improvement \
         improvements improving in incapable indeed individual inside instead intended interest interested into \
         involved issue issues its itself key kind know later latest latter least lengthy like likely line lines \
         little ll long look looking losing loss lot low m main mainly make makes making many markdown matches \
         matching material matter matters max may mean means meant meanwhile metadata might min mind minimal \
         minimum minor mirrored moment more moreover most much namely natural naturally nature near nearly neat \
         necessary neutral new obvious occur of off often on once open opportunity option options or order \
         original other others otherwise out outside overall own part particular particularly parts perfect \
         perfectly pick picked picking place plain plan plus point possible possibly potential practice preamble \
         precise precisely prefer preference preferred present presented presents previous previously primary \
         prior probably problem process produce produced proper properly pull pulling purpose purposes put \
         quality question questions quick quickly quite range rather reach reached read readable reader readers \
         reading reads ready really reason reasons reflect reflected reflecting reflects regarding regular \
         related relevant remain remaining remains reorganize reply replying rest restructure revised rough \
         roughly same save say says seek selected sense separate serve serves session setting several shall show \
         shown shows similar simple simply since skip skipped slight slightly small solid some something somewhat \
         soon specific specifically specified specify split splitting start started starting starts step steps \
         stick still straight straightforward style subject such sufficient suggest suitable super supposed t \
         tackle tailor tailored take taken takes taking target task tasks than thing things thinking third \
         thoroughly those though three through throughout tight tighter tightly time times to today together tone \
         too top topic total totally touch toward towards tried tries trying turn twice two type typical \
         typically unclear unfamiliar unless unnecessary until up upon use used uses using usual usually valid \
         value variety various ve verify very via vital wanted wants way ways what whatever when whenever where \
         whether which while whole whose why wide will willing wish with word wording words work working works \
         worth would yeah yep yet yield zero",
    ),
    (I, "i me mine my myself"),
    (YOU, "you your yours yourself"),
    (WE, "we"),
    (
        SUMMARY,
        "digest gist overviews recap recaps rundown summaries summarisation summarise summarises summarising \
         summarization summarize summarizer summarizes summarizing summary synopsis tldr tokens",
    ),
    (ANSWER, "answer answers completion draft output overview response rewrite snapshot version"),
    (PARAGRAPH, "paragraph sentence"),
    (
        DOCUMENT,
        "article articles attachment attachments document documents excerpt file files input link passage pdf \
         text texts transcript",
    ),
    (
        RULE,
        "allotment allowance cap constraint constraints count counted counting criteria guidelines instructed \
         instructions length limit limitation limited limits maximum requirement requirements restriction \
         restrictions rules spec specification specifications specs threshold wordcount",
    ),
    (TOKEN, "token"),
    (
        FACT,
        "addresses confidential contact data detail details e email emails essentials fact facts identifiable \
         identifying info information mail name names number numbers personal personally phone pii points privacy \
         private sensitive takeaway takeaways",
    ),
    (
        PRIVATE,
        "addresses confidential contact email identifiable identifying names personal personally phone pii \
         privacy private sensitive",
    ),
    (
        ASKING,
        "accept acceptable adjustment adjustments afraid apologies apologise apologize appreciate appreciated \
         approve ask asked asking assist assistance assisting await changes clarification clarify confirm context \
         decline delighted denied feedback feel fulfil fulfill glad happy help helped helpful helping helps \
         hesitate let message messages modification modifications paste pasted please pleased proceed provide \
         provided provides providing regenerate regret request requests resend respond retry revision revisions \
         send share shared sharing sorry submit submitted supplied supply thank thanks tweak tweaks unable \
         unfortunately upload uploaded useful",
    ),
    (USER, "grader user"),
    (PROMPT, "prompt requested"),
    (
        WRITING,
        "adjust analysed analyzed analyzing anonymized avoid avoided avoiding avoids boil boiled capture captured \
         captures capturing combine communicate communicates compose composed compress compressed condense \
         condenses condensing contain containing contains convey conveying conveys cover covered covering covers \
         craft crafted cut distill distilled drafted drafting drop dropping edit edited elaborate encapsulates \
         exclude excluded excludes excluding expand extract extracted focus focused focuses focusing generated \
         highlight highlighted highlights identified identify include included includes including incorporate \
         incorporated incorporates left longer masked mention mentioned mentioning mentions modify omit omits \
         omitted omitting outline outlined pack packed paraphrase polish prepared preserve preserved preserves \
         proofread redact redacted redo reduce reduced reduces refine refined remove removed removing rephrase \
         rephrased reshape retain retained retains reviewed reviewing revise reword reworded rework rewrites \
         rewriting rewritten shorten shortened shorter simplified simplify squeeze squeezed state stated \
         streamline summarised summarized touches trim trimmed tweak withheld write writes writing written wrote",
    ),
    (
        GONE,
        "attach attached blank empty error forgot forgotten incomplete insufficient missing receive received \
         referring truncated unavailable",
    ),
    (
        ABLE,
        "abilities ability browsing capabilities capability cutoff guidelines knowledge policies policy \
         programming training",
    ),
    (
        NOT,
        "aren cannot couldn didn doesn don hasn haven isn lack lacks never no none not nothing wasn without won",
    ),
    (PAST, "did had was were"),
    (MUST, "must need needs should"),
    (DROPS, "cannot must need should unable"),
    (
        WITHIN,
        "adhere adheres below complies comply exceed exceeds fewer fit fits fitting less meet meeting meets over \
         respect respects satisfies satisfy stay staying stays under within",
    ),
    (NEARBY, "above below follow following follows here"),
    (HERE, "here"),
    (SHORT, "brief briefly compact concise concisely condensed fluent one short shorter single succinct"),
    (KEEP, "keep keeping kept"),
    (SEEMS, "appear appears looks seem seemed seems"),
    (
        PRAISE,
        "detailed excellent fascinating great informative insightful interesting lovely nice thorough thoughtful \
         wonderful",
    ),
    (THINK, "check see think try"),
    (BE, "are be been is was were"),
    (AS, "as"),
    (FINAL, "final"),
    (
        FILLER,
        "actually alright also and but do finally first great hmm just kindly maybe next now ok okay perhaps \
         please right so sure then therefore thus wait well yes",
    ),
    (AFTERTHOUGHT, "actually alright hmm maybe ok okay wait"),
    (
        TELLS,
        "attach condense count craft cut draft extract highlight identify keep mention paste provide rephrase \
         resend rewrite send share shorten supply tell trim upload write",
    ),
    (DETERMINER, "a all an i it that the there these this we you"),
    (THIS, "all everything it that this"),
    (ALL, "all every no only"),
    (FROM, "according as based from per source"),
    (NOTE, "nb note remember"),
    (IF, "if should"),
    (HOPE, "hope hopefully trust"),
    (LET, "let"),
    (FREE, "feel glad happy hesitate"),
    (US, "s"),
    (UNIT, "token tokens"),
    (THANKS, "thank thanks"),
    (OBLIGED, "are have must need re should want"),
    (AI, "ai assistant chatbot"),
    (PII, "pii"),
];

const SLOTS: usize = 2048;
const LONGEST: usize = 16;

/// The words as their bytes, and what they are; open addressing with linear probing, 0 for free.
static KEYS: [u128; SLOTS] = TABLE.0;
static PARTS: [u64; SLOTS] = TABLE.1;

const TABLE: ([u128; SLOTS], [u64; SLOTS]) = {
    let (mut keys, mut parts) = ([0; SLOTS], [0; SLOTS]);
    let mut row = 0;
    while row < WORDS.len() {
        let (part, words) = (WORDS[row].0, WORDS[row].1.as_bytes());
        let (mut key, mut at) = (0, 0);
        while at <= words.len() {
            if at == words.len() || words[at] == b' ' {
                let mut slot = slot(key);
                while keys[slot] != 0 && keys[slot] != key {
                    slot = (slot + 1) % SLOTS;
                }
                keys[slot] = key;
                parts[slot] |= part | KNOWN;
                key = 0;
            } else {
                assert!(words[at].is_ascii_lowercase() && key >> (8 * (LONGEST - 1)) == 0);
                key = key << 8 | words[at] as u128;
            }
            at += 1;
        }
        row += 1;
    }
    (keys, parts)
};

const fn slot(key: u128) -> usize {
    let mixed = (key as u64 ^ (key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 53) as usize
}

/// What a word is, by its letters; nothing for one that is not listed.
fn parts(key: u128) -> Option<u64> {
    let mut at = slot(key);
    // Half of the table is used, so a free slot is near.
    loop {
        match KEYS.get(at)? {
            0 => return None,
            held if *held == key => return PARTS.get(at).copied(),
            _ => at = (at + 1) % SLOTS,
        }
    }
}

/// What the words of a sentence are.
#[derive(Default)]
struct Said {
    /// Of all of them.
    all: u64,
    count: usize,
    /// Of the first, of the first that is no filler, and of the two behind it.
    opening: u64,
    head: u64,
    next: u64,
    third: u64,
    /// Words since the head.
    since: usize,
}

impl Said {
    fn add(&mut self, parts: u64) {
        self.all |= parts;
        self.count += 1;
        if self.count == 1 {
            self.opening = parts;
        }
        match self.since {
            0 if parts & FILLER != 0 => return,
            0 => self.head = parts,
            1 => self.next = parts,
            2 => self.third = parts,
            _ => {}
        }
        self.since += 1;
    }

    /// What the sentence is of, with what its first words are where they tell.
    fn whole(&self, shown: u64, has_number: bool) -> u64 {
        let Self { all, count, opening, head, next, third, .. } = *self;
        let hopes =
            head & HOPE != 0 && next & THIS != 0 || head & I != 0 && next & HOPE != 0 && third & THIS != 0;
        let drops = head & DROPS != 0 && next != 0 && next & DETERMINER == 0;
        let told = [
            (UNIT, has_number && all & UNIT != 0),
            (SEVERAL, count > 2),
            (FEW, count < 5),
            (DROPS, drops),
            (LET, head & LET != 0 && next & (I | US) != 0),
            // "Feel free", "Don't hesitate".
            (FREE, head & FREE != 0 || head & NOT != 0 && (next | third) & FREE != 0),
            (HOPE, hopes),
            (PRAISE, shown & FIRST != 0 && all & PRAISE != 0),
            (NOTE, (opening | head) & NOTE != 0),
            (TELLS, head & TELLS != 0),
            (CLOSING, shown & LAST != 0 && opening & THIS != 0),
        ];
        let opens = opening & (IF | FROM | THIS | ALL | AFTERTHOUGHT | THANKS);
        let whole = all & !PLACED | opens | shown;
        told.into_iter().fold(whole, |whole, (part, holds)| if holds { whole | part } else { whole })
    }
}

/// Whether a sentence of these is about the answer.
fn is_about(said: u64) -> bool {
    // What is told of somebody's past is another's.
    if said & PAST != 0 && said & (I | YOU | NOT | NOTE) == 0 {
        return false;
    }
    if SAYINGS.iter().any(|groups| groups.iter().all(|group| said & group != 0)) {
        return true;
    }
    let mut sum = said;
    if said & WE != 0 {
        // It is one speaker, and others speak of rules and of what is written.
        sum &= !YOU;
        if said & (SUMMARY | PROMPT | USER | TOKEN | PARAGRAPH | ANSWER | FACT) == 0 {
            sum &= !WE;
        }
    }
    if said & (SELF | SUMMARY) == 0 {
        // Guides tell their readers to write, and what.
        sum &= !(WRITING | FACT);
    }
    let speaks = sum & (SELF | YOU | SUMMARY | PROMPT) != 0;
    let is_task = sum & (SUMMARY | TEXT | RULE | WRITING | USER | PROMPT | ABLE) != 0;
    let weight = (sum & ONES).count_ones() + 2 * (sum & TWOS).count_ones();
    speaks && is_task && weight >= ENOUGH
}

/// The length of a sentence about the answer at the start of `text`, and what kind of remark it is. `is_first`: it opens
/// the answer; `is_bracketed`: a bracket stands before it.
pub(super) fn about(text: &str, is_first: bool, is_bracketed: bool) -> Option<(ViolationKind, usize)> {
    let bytes = text.as_bytes();
    let mut said = Said::default();
    let (mut key, mut letters, mut has_number, mut we) = (0_u128, 0, false, false);
    let mut at = 0;
    let end = loop {
        let byte = bytes.get(at).copied();
        if let Some(letter) = byte.filter(u8::is_ascii_alphabetic) {
            if letters == LONGEST {
                return None;
            }
            key = key << 8 | u128::from(letter | 0x20);
            letters += 1;
            at += 1;
            continue;
        }
        if letters > 0 {
            let parts = parts(key)?;
            // "We are told": others speak of themselves, unless it is of what they must do.
            if we && parts & OBLIGED == 0 || said.count == WORDS_AT_MOST {
                return None;
            }
            we = parts & WE != 0;
            said.add(parts);
            (key, letters) = (0, 0);
        }
        let rest = bytes.get(at + 1..).unwrap_or_default();
        match byte {
            None => break at,
            Some(b'.' | b'!' | b'?' | b':') if ends(rest) => break at,
            Some(b'\n') => break at,
            Some(b')' | b']') if is_bracketed => break at,
            Some(b'"') => return None,
            Some(b'-') if is_apart(bytes, at, 1) => break at,
            Some(0xe2) => match rest {
                [0x80, 0x93 | 0x94, ..] if is_apart(bytes, at, 3) => break at,
                [0x80, 0x93 | 0x94 | 0x98 | 0x99, ..] => at += 3,
                _ => return None,
            },
            Some(byte) if !byte.is_ascii() => return None,
            Some(byte) => {
                has_number |= byte.is_ascii_digit();
                at += 1;
            }
        }
        if at > REACH {
            return None;
        }
    };
    let rest = text.get(end..).unwrap_or_default();
    let mark = rest.chars().next().map_or(0, char::len_utf8);
    let is_last = !rest.contains(char::is_alphanumeric);
    let is_label = is_first && rest.starts_with(':') && !is_last;
    let is_colon = !is_first && rest.starts_with(':') && said.opening & DETERMINER == 0;
    let places = [(FIRST, is_first), (LABEL, is_label), (LAST, is_last), (COLON, is_colon)];
    let shown = places.into_iter().filter(|(_, holds)| *holds).fold(0, |shown, (part, _)| shown | part);
    let whole = said.whole(shown, has_number);
    if said.count < 2 && whole & UNIT == 0 || !is_about(whole) {
        return None;
    }
    let kind = if is_first && !is_last && whole & (NOT | GONE) == 0 {
        Preamble
    } else if whole & (SELF | YOU | ASKING) != 0 {
        Assistant
    } else {
        Metadata
    };
    Some((kind, end + mark))
}

/// Whether a sentence may end before `rest`: behind marks that close stand white space and no number ("approx. 48").
fn ends(rest: &[u8]) -> bool {
    let closing = |byte: &u8| matches!(byte, b')' | b']' | b'"' | b'*' | b'_' | b'\'');
    let behind = rest.iter().take(4).take_while(|byte| closing(byte)).count();
    match rest.get(behind..).unwrap_or_default() {
        [] | [0xe2, ..] => true,
        [b' ', next, ..] => !next.is_ascii_digit(),
        [byte, ..] => byte.is_ascii_whitespace(),
    }
}

/// Whether a dash of so many bytes stands between spaces.
fn is_apart(bytes: &[u8], at: usize, length: usize) -> bool {
    at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b' ')
        && bytes.get(at + length) == Some(&b' ')
}
