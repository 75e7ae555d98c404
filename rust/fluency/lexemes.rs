//! Words that the rules of grammar know: what part each may play, by the key of its token.
//!
//! What is not listed goes by its class, where the class is of one kind (see [`super::agreement`]).

use super::classes::{Class, hash_of, key};
use super::scan::Token;
use std::hint::select_unpredictable;

/// Forms of "have", "be", "do".
pub(super) const HAVE: u64 = 1;
pub(super) const BE: u64 = 1 << 1;
pub(super) const DO: u64 = 1 << 2;
pub(super) const MODAL: u64 = 1 << 3;
pub(super) const TO: u64 = 1 << 4;
/// "not", or a word that ends in "n't".
pub(super) const NOT: u64 = 1 << 5;
/// Stands between an auxiliary and its verb.
pub(super) const ADVERB: u64 = 1 << 6;
/// Past tense of an irregular verb, which is no other form and no noun.
pub(super) const PAST: u64 = 1 << 7;
/// Past participle, and no other form.
pub(super) const PARTICIPLE: u64 = 1 << 8;
/// Past tense and participle, but not the plain form.
pub(super) const BOTH: u64 = 1 << 9;
/// Plain form of a verb, no noun, adjective or participle.
pub(super) const PLAIN: u64 = 1 << 10;
/// Plain form of a verb that the classes do not tell.
pub(super) const ODD: u64 = 1 << 11;
/// One of what can be counted.
pub(super) const NOUN: u64 = 1 << 12;
/// Such a noun that may be a verb as well.
pub(super) const EITHER: u64 = 1 << 13;
/// Such a noun that may take a plural verb: many people in one.
pub(super) const MANY_IN_ONE: u64 = 1 << 14;
/// A measure of time, length or money.
pub(super) const UNIT: u64 = 1 << 15;
/// Goes before several: "many", "these", "two".
pub(super) const SEVERAL: u64 = 1 << 16;
/// Number words above one.
pub(super) const NUMBER: u64 = 1 << 17;
/// "a", "each", "every".
pub(super) const SINGLE: u64 = 1 << 18;
/// "the", "his": goes before one or several.
pub(super) const DETERMINER: u64 = 1 << 60;
/// Goes before a clause: "that", "because".
pub(super) const JOINS: u64 = 1 << 61;
/// A verb in agreement with one thing: "is", "has".
pub(super) const FOR_ONE: u64 = 1 << 21;
/// A verb in agreement with several: "are", "have".
pub(super) const FOR_MANY: u64 = 1 << 22;
/// "he", "she", "it", "I".
pub(super) const ONE: u64 = 1 << 23;
/// "they", "we".
pub(super) const WE: u64 = 1 << 24;
/// "him", "them".
pub(super) const OBJECT: u64 = 1 << 25;
/// Plural that does not end in -s.
pub(super) const PLURAL: u64 = 1 << 26;
/// "larger", "largest".
pub(super) const COMPARED: u64 = 1 << 27;
/// "more", "most".
pub(super) const COMPARES: u64 = 1 << 28;
/// No word of English, but formed like one.
pub(super) const FALSE: u64 = 1 << 29;
/// Prepositions that follow an object.
pub(super) const PREPOSITION: u64 = 1 << 30;
/// Closes a noun phrase though it is no function word: "ago".
pub(super) const CLOSES: u64 = 1 << 31;
/// Past tense of a verb that has no passive: "died".
pub(super) const INTRANSITIVE: u64 = 1 << 32;
/// In -s, but of one thing as well, or before a noun ("a sports club").
pub(super) const ALIKE: u64 = 1 << 35;
/// Prepositions that say where or when.
pub(super) const PLACE: u64 = 1 << 36;
/// "and", "or".
pub(super) const AND_OR: u64 = 1 << 34;
/// Plain form that is the past tense as well: "put".
pub(super) const UNCHANGED: u64 = 1 << 33;

/// May rule out the form of a word behind it, wherever it stands.
pub(super) const RULING: u64 = 1 << 62;
/// Makes a sentence of words, or a headline.
pub(super) const VERBAL: u64 = 1 << 63;

/// A kind with what follows from it.
const fn with_groups(kind: u64) -> u64 {
    const RULE: u64 =
        HAVE | BE | DO | MODAL | TO | SEVERAL | SINGLE | ONE | WE | OBJECT | COMPARES | FALSE | NUMBER;
    const MAKE: u64 = HAVE | BE | DO | MODAL | PAST | BOTH | FOR_ONE | INTRANSITIVE | UNCHANGED | PLACE;
    let (is_ruling, is_verbal) = (kind & RULE != 0, kind & MAKE != 0);
    kind | if is_ruling { RULING } else { 0 } | if is_verbal { VERBAL } else { 0 }
}

/// What each word may be; its bits add up where it stands in several groups.
const WORDS: &[(u64, &str)] = &[
    (HAVE | FOR_ONE, "has"),
    (HAVE | FOR_ONE | NOT, "hasn't"),
    (HAVE | FOR_MANY, "have"),
    (HAVE | FOR_MANY | NOT, "haven't"),
    (HAVE, "had i've we've they've you've"),
    (HAVE | NOT, "hadn't"),
    (BE | FOR_ONE, "is was"),
    (BE | FOR_ONE | NOT, "isn't wasn't"),
    (BE | FOR_MANY, "are"),
    (BE | FOR_MANY | NOT, "aren't"),
    (BE, "were be been being am we're they're you're"),
    (BE | NOT, "weren't"),
    (DO | FOR_ONE, "does"),
    (DO | FOR_ONE | NOT, "doesn't"),
    (DO | FOR_MANY, "do"),
    (DO | FOR_MANY | NOT, "don't"),
    (DO, "did"),
    (DO | NOT, "didn't"),
    (MODAL, "can could will would may might must shall should i'll we'll they'll he'll she'll you'll it'll"),
    (MODAL | NOT, "cannot can't couldn't won't wouldn't mustn't shouldn't"),
    (TO, "to"),
    (NOT | ADVERB, "not"),
    (
        ADVERB,
        "never also always already now just still only often soon once ever since even long again then recently",
    ),
    (
        PAST,
        "went took gave became began knew wrote rode drove grew flew ate spoke chose threw swam sang sank drank shook \
         stole froze forgot undertook withdrew overcame underwent foresaw oversaw mistook forbade forgave arose awoke \
         came blew ran wore broke drew",
    ),
    (
        PARTICIPLE,
        "gone taken given begun known written ridden driven grown flown eaten spoken chosen thrown swum sung shaken \
         stolen frozen forgotten undertaken withdrawn undergone foreseen overseen mistaken forbidden forgiven arisen \
         done seen broken fallen risen shown worn torn sworn hidden beaten bitten drawn proven",
    ),
    (
        BOTH,
        "won said made sent kept told sold paid held met built bought brought caught lost heard taught sought fought \
         slept stood understood dealt meant lent laid fed fled dug swept wept crept felt thought led spent struck stuck hung shot sat left bent",
    ),
    (PAST, "sprang shrank tore swore wove strove bade clung stank"),
    (
        PLAIN,
        "agree announce approve arrive consist publish destroy decide happen appear accuse appoint elect \
         inform injure invent kidnap refuse reject resign retire survive threaten accept achieve \
         adopt allow believe belong choose collect contain create deliver deny describe develop elect ensure expect \
         explain fail follow forget forbid forgive give go hear include introduce invite join keep know lead \
         learn lose maintain meet occur obtain pay prevent produce protect provide receive recommend \
         reduce remain remember remove replace require sell send serve speak spend suffer suggest take teach \
         tell think understand withdraw write bring eat begin grow ask be \
         have do carry prove admit arise",
    ),
    (ODD, "build burn vote plan launch arrest murder hire kill steal throw catch buy raise rose saw fell"),
    (
        NOUN,
        "school minister worker teacher student soldier doctor nurse farmer driver lawyer journalist reporter \
         politician senator lawmaker scientist researcher engineer expert analyst critic leader president mayor governor \
         official citizen resident neighbour neighbor tourist passenger refugee immigrant migrant employee employer \
         customer consumer voter investor trader lender owner user player actor artist singer writer author \
         child man woman boy girl person son daughter brother sister husband wife parent baby king queen \
         policeman policewoman fireman firefighter protester gunman suspect prisoner victim patient hospital church \
         museum library factory shop restaurant hotel airport airline bridge building house street road city town \
         village country nation river lake mountain island forest tree flower bird dog cat horse animal car truck bus \
         train ship boat plane rocket bomb gun bullet knife book newspaper magazine letter film movie song \
         picture photo computer phone machine tool product company firm bank government council committee team club \
         party court law rule treaty election candidate campaign charge crime error mistake accident explosion fire \
         storm earthquake flood prize award medal goal match game idea problem question reason result method theory \
         disease drug vaccine cell gene planet star",
    ),
    (
        UNIT,
        "year month week day hour minute decade century mile kilometre kilometer metre meter acre dollar euro",
    ),
    (
        EITHER,
        "man author house book bomb picture photo film phone rule court question reason result charge parent name \
         fire ship train flood second star bridge award suspect shop tree prize dog plane party campaign nurse \
         doctor school engineer king critic bus",
    ),
    (
        MANY_IN_ONE,
        "school hospital church museum company firm bank government council committee team club party court country \
         city airline party nation law village town newspaper library hotel university",
    ),
    (SEVERAL, "many several various numerous these those few"),
    (
        SEVERAL | NUMBER,
        "two three four five six seven eight nine ten eleven twelve thirteen fifteen twenty thirty forty fifty",
    ),
    (SINGLE, "a an each every"),
    (DETERMINER, "the his her their our its my your this that some all most both other"),
    (JOINS, "that because when while if although but said says since whether where after though so"),
    (ONE, "he she it i"),
    (WE, "they we you"),
    (OBJECT, "him them"),
    (PLURAL, "people children men women police mice"),
    (
        ALIKE,
        "species dollars series means corps headquarters sports customs systems operations terms ways heads",
    ),
    (
        COMPARED,
        "better worse larger bigger smaller greater higher faster slower easier harder stronger weaker cheaper richer \
         poorer older younger safer happier heavier lighter longer shorter quicker wider deeper newer closer clearer stricter tougher brighter colder warmer thinner thicker \
         tighter wealthier healthier busier nearer",
    ),
    (
        COMPARED,
        "best worst largest biggest smallest greatest highest fastest slowest easiest hardest strongest weakest \
         cheapest richest poorest oldest youngest safest happiest heaviest lightest longest shortest strictest newest latest closest \
         deepest earliest wealthiest healthiest toughest brightest coldest warmest nearest finest busiest",
    ),
    (COMPARES, "more most"),
    (AND_OR, "and or nor"),
    (PLACE, "in on at after behind near before during against over under up into"),
    (
        FALSE,
        "sended sayed buyed goed comed taked maked gived knowed writed rised falled runned losed meeted builded selled \
         eated doed catched weared speaked breaked choosed growed drived finded telled becomed thinked getted keeped \
         holded begined beginned bringed teached fighted hitted cutted stealed drinked swimmed throwed winned shooted \
         spended standed understanded hurted splitted setted readed sleeped digged striked freezed forgetted waked \
         feeled flied seeked dealed meaned feeded haved",
    ),
    (
        FALSE,
        "importanter gooder badder worser bestest beautifuler beautifuller difficulter expensiver dangerouser \
         interestinger goodest baddest importantest informations furnitures childs womans childrens womens \
         datas softwares sheeps mices tooths peoples' advices luggages homeworks knowledges mens",
    ),
    (
        PREPOSITION,
        "after in on at for with from by to because when until during before near over of like about",
    ),
    (CLOSES, "ago later earlier who which"),
    (CLOSES | ADVERB, "yesterday"),
    (INTRANSITIVE, "died happened occurred existed vanished seemed belonged consisted arrived"),
    (
        UNCHANGED,
        "put let cut read hit set cost spread shut split quit hurt beat bet bid broadcast cast forecast shed rid thrust \
         burst upset come become overcome run content identity secrets lay live lead broader found \
         express",
    ),
    (NOUN | EITHER, "report study vote plan attack visit group"),
];

/// The words by their keys: each bucket has four slots, each slot the bits of a key that do not tell its bucket and, in the
/// lowest byte, a number in [`KINDS`]. A free slot is 0.
static TABLE: [[u32; 4]; 1 << BITS] = PACKED.0;

/// What words may be, one of each; the first is nothing.
static KINDS: [u64; 256] = PACKED.1;

const PACKED: ([[u32; 4]; 1 << BITS], [u64; 256]) = pack();

/// Buckets of the table, as a power of two.
const BITS: u32 = 11;
/// The bits of a key that do not tell its bucket.
const REST: u32 = u32::MAX >> BITS;

const fn pack() -> ([[u32; 4]; 1 << BITS], [u64; 256]) {
    let (mut table, mut kinds, mut count) = ([[0_u32; 4]; 1 << BITS], [0; 256], 1);
    let mut group = 0;
    while group < WORDS.len() {
        let (more, words) = WORDS[group];
        let bytes = words.as_bytes();
        let (mut start, mut at) = (0, 0);
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b' ' {
                if at > start {
                    let (bucket, rest) = place(key(hash_of(bytes, start, at)));
                    assert!(rest != 0);
                    let mut slot = 0;
                    while table[bucket][slot] != 0 && table[bucket][slot] >> 8 != rest {
                        slot += 1;
                    }
                    let all = with_groups(kinds[(table[bucket][slot] & 0xff) as usize] | more);
                    let mut number = 1;
                    while number < count && kinds[number] != all {
                        number += 1;
                    }
                    kinds[number] = all;
                    count = if number == count { count + 1 } else { count };
                    table[bucket][slot] = rest << 8 | number as u32;
                }
                start = at + 1;
            }
            at += 1;
        }
        group += 1;
    }
    (table, kinds)
}

/// The bucket of a key, and the rest of its bits.
#[inline(always)]
const fn place(key: u32) -> (usize, u32) {
    ((key >> (u32::BITS - BITS)) as usize, key & REST)
}

/// What each token may be.
pub(super) fn of(tokens: &[Token]) -> Vec<u64> {
    tokens.iter().map(kinds).collect()
}

/// Without a branch: which words are listed no processor foresees, and so the tables are asked for several at once.
#[inline(always)]
fn kinds(token: &Token) -> u64 {
    let (bucket, rest) = place(token.key);
    let number = TABLE[bucket].iter().fold(0, |number, slot| {
        let is_it = u32::from(slot >> 8 == rest).wrapping_neg();
        number | slot & 0xff & is_it
    });
    select_unpredictable(token.class == Class::Number as u8, with_groups(NUMBER), KINDS[number as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn no_two_words_share_a_key() {
        let mut words = HashMap::new();
        for word in WORDS.iter().flat_map(|(_, words)| words.split_whitespace()) {
            let key = key(hash_of(word.as_bytes(), 0, word.len()));
            assert_eq!(*words.entry(key).or_insert(word), word);
        }
    }
}
