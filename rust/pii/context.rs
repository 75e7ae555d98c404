//! The words around a candidate, and what they speak for or against.
//!
//! Every word of the recognisers' lists is in one table, made when the crate is compiled: a hash of the word
//! (or pair of words) to the kinds it speaks for and the groups of innocent numbers it names. A window of a
//! few words is looked up once a candidate, for all kinds together. Promise: a bounded number of steps.

use super::Kind;
use super::candidate::{before, byte};
use super::prefilter::Near;
use super::recognizers::{KindSet, RECOGNIZERS, Span};
use crate::simd::{BLOCK, Set, bits};

/// Groups of words that name numbers which are no PII: bits of `Recognizer::against`.
pub(crate) mod against {
    /// Orders, invoices, tickets, parcels, case and part numbers.
    pub(crate) const REFERENCE: u32 = 1;
    /// Books, articles, standards, laws.
    pub(crate) const PUBLICATION: u32 = 2;
    /// Versions and builds.
    pub(crate) const VERSION: u32 = 4;
    /// Money and amounts.
    pub(crate) const AMOUNT: u32 = 8;
    /// Dates and times.
    pub(crate) const TIME: u32 = 16;
    /// Scores, results, statistics.
    pub(crate) const SCORE: u32 = 32;
    /// Coordinates and measures.
    pub(crate) const MEASURE: u32 = 64;
    /// Pages, sections, tables.
    pub(crate) const PLACE_IN_TEXT: u32 = 128;
    /// What is numbered in parts with full stops between: software, laws.
    pub(crate) const NUMBERED: u32 = 256;
    /// Words right before a number that is a count, or what a site gives its posts.
    pub(crate) const BEFORE: u32 = 512;
    /// What is counted, right behind its number.
    pub(crate) const BEHIND: u32 = 1024;
    /// Words for a number, which name it together with the word before them. No group of innocent numbers.
    pub(crate) const NUMBER: u32 = 2048;
    /// Pairs that name no number, though their singulars do: papers. No group of innocent numbers.
    pub(crate) const PAPERS: u32 = 4096;
    /// All that numbers of several digits may be.
    pub(crate) const ANY: u32 = FAR | BEFORE | BEHIND;
    /// Those that need not stand right beside the number.
    pub(super) const FAR: u32 = 255;
}

/// The words of each group, a list with commas; singular and plural are one.
const AGAINST: &[(u32, &str)] = &[
    (
        against::REFERENCE,
        "order, invoice, tracking, parcel, shipment, ticket, case, docket, claim, transaction, \
         confirmation, booking, reservation, receipt, serial, part, model, sku, item, product, \
         catalog, catalogue, batch, lot, reference, ref, barcode, upc, ean, gtin, asin, po, patent, \
         grant, award, contract, flight, lottery, commit, hash, checksum, control, registration, \
         passcode, password, accession, pmid, pmcid, genbank, seed, timestamp",
    ),
    (
        against::PUBLICATION,
        "isbn, issn, doi, arxiv, rfc, iso, ieee, astm, vol, volume, edition, fr, cfr, usc, oclc, \
         lccn, nct, clinicaltrials, ec",
    ),
    (against::VERSION, "version, release, build, firmware, revision, rev, ver, kernel, core"),
    (
        against::AMOUNT,
        "price, cost, usd, eur, gbp, dollar, euro, pound, cent, million, billion, trillion, thousand, \
         percent, revenue, budget, salary, total, sum, amount, population, people, vote, copies, \
         resident, inhabitant, tonne, ton, cell line, cell count, rose to, fell to, grew to, climbed to, dropped to, \
         users reached, sales reached, won, yen, yuan, rupee, peso",
    ),
    (
        against::TIME,
        "date, dated, year, month, january, february, march, april, june, july, august, september, \
         october, november, december, century, bc, bce, ce, ad, utc, gmt",
    ),
    (against::SCORE, "score, result, goal, point, win, record, rank, ratio, average, mean, match"),
    (
        against::MEASURE,
        "latitude, longitude, lat, lon, lng, coordinate, elevation, km, kg, mm, cm, mile, metre, \
         meter, feet, hectare, acre, mb, gb, tb, byte, hz, mhz, ghz, degree, width, height, length, \
         size, pixel, px, rgb, ratio, param, parameter",
    ),
    (
        against::NUMBERED,
        "article, art, rule, clause, schedule, annex, subsection, oid, ios, ipados, macos, android, windows, edge, \
         chrome, chromium, firefox, safari, opera, driver, sql server, windows server, exchange server",
    ),
    (
        against::BEFORE,
        "were, numbered, numbering, totaled, totalled, totaling, totalling, counted, averaged, post, tweet, toot, tel aviv",
    ),
    (against::BEHIND, "share, dead, died, killed, injured, wounded, death, casualties, step, series, times"),
    (against::NUMBER, "number, no, num, nr"),
    (against::PAPERS, "medical records, travel documents"),
    (against::PLACE_IN_TEXT, "page, pp, section, chapter, table, figure, fig, appendix, verse, paragraph"),
];

/// Most words looked at before and after a candidate.
const BEFORE: usize = 6;
const AFTER: usize = 2;
/// Most bytes looked at on each side.
const REACH: usize = BLOCK;

/// What one word speaks for and against.
#[derive(Debug, Clone, Copy, Default)]
struct Says {
    kinds: KindSet,
    /// Kinds that it speaks for only right beside the candidate.
    labels: KindSet,
    against: u32,
}

impl Says {
    const NOTHING: Self = Self { kinds: 0, labels: 0, against: 0 };

    const fn is(self, other: Self) -> bool {
        self.kinds == other.kinds && self.labels == other.labels && self.against == other.against
    }

    const fn is_nothing(self) -> bool {
        self.is(Self::NOTHING)
    }

    const fn and(self, other: Self) -> Self {
        Self {
            kinds: self.kinds | other.kinds,
            labels: self.labels | other.labels,
            against: self.against | other.against,
        }
    }
}

/// Words that, one of each behind a value, say that the words after them name it.
const COPULAS: [u64; 2] = [listed(b"is", 0, 2), listed(b"was", 0, 3)];
const OWNERS: [u64; 6] = [
    listed(b"my", 0, 2),
    listed(b"his", 0, 3),
    listed(b"her", 0, 3),
    listed(b"our", 0, 3),
    listed(b"your", 0, 4),
    listed(b"their", 0, 5),
];

/// The word that `no`, `num`, `nr` and `#` stand for in a pair, and the `s` of a possessive.
const NUMBER: u64 = listed(b"number", 0, 6);
const NUMBERS: [u64; 3] = [listed(b"no", 0, 2), listed(b"num", 0, 3), listed(b"nr", 0, 2)];
const POSSESSIVE: u64 = listed(b"s", 0, 1);
/// What is said in letters with full stops between, beside the words that speak for a kind.
const ID: u64 = listed(b"id", 0, 2);

/// Words that make the name behind them what a value is for, not what it is: `the card for the booking`.
const PREPOSITIONS: &[&[u8]] = &[b"on", b"for", b"in", b"about", b"of", b"with", b"regarding"];
const DETERMINERS: &[&[u8]] = &[
    b"a", b"an", b"the", b"this", b"that", b"these", b"those", b"my", b"your", b"his", b"her", b"our",
    b"their", b"its", b"any", b"each", b"every",
];
/// Words that divide a value from the name before them.
const DIVIDERS: &[&[u8]] = &[
    b"is", b"was", b"are", b"were", b"be", b"being", b"been", b"reads", b"read", b"at", b"on", b"to", b"via",
    b"from", b"by",
];

const SLOTS: usize = 4096;
/// Most different things that words say.
const SAYINGS: usize = 512;
const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// The bit that makes a capital small; what it does to other bytes it does to all alike.
const SMALL: u64 = 0x2020_2020_2020_2020;

/// What eight bytes of a word, small and padded with zeros, make of the hash of those before them.
const fn step(hash: u64, eight: u64) -> u64 {
    let product = (hash ^ eight).wrapping_mul(FACTOR);
    product ^ product >> 29
}

/// The hash of a pair of words from those of its words; never 0.
const fn pair(first: u64, second: u64) -> u64 {
    (first.rotate_left(23) ^ second).wrapping_mul(FACTOR) | 1
}

/// What stands for a hash in the table, and where; its lowest bits are free for what the word says.
const fn tag(hash: u64) -> (u32, usize) {
    ((hash >> 32) as u32 & !(SAYINGS as u32 - 1), hash as usize % SLOTS)
}

/// The hash of a word of the lists.
const fn listed(word: &[u8], start: usize, end: usize) -> u64 {
    let (mut hash, mut at) = (SEED, start);
    while at < end {
        let (mut eight, mut i) = (0, 0);
        while i < 8 && at + i < end {
            eight |= ((word[at + i] | 0x20) as u64) << (8 * i);
            i += 1;
        }
        hash = step(hash, eight);
        at += 8;
    }
    hash
}

/// Every word of the lists: its tag, and the number of what it says, which is never 0. What different words say is
/// often the same, so the table is small enough to stay near.
struct Table {
    slots: [u32; SLOTS],
    sayings: [Says; SAYINGS],
}

/// The table while it is made: what each slot's word says.
struct Draft {
    tags: [u32; SLOTS],
    says: [Says; SLOTS],
}

impl Draft {
    /// Inserts a list's entries: words, or pairs of words, with commas between.
    const fn insert(&mut self, list: &str, says: Says) {
        let bytes = list.as_bytes();
        let (mut first, mut start, mut i) = (0, 0, 0);
        while i <= bytes.len() {
            let ends = i == bytes.len() || bytes[i] == b',';
            if ends || bytes[i] == b' ' {
                let hash = listed(bytes, start, i);
                if ends {
                    self.add(if first == 0 { hash } else { pair(first, hash) }, says);
                    // A space comes after the comma.
                    (first, start) = (0, i + 2);
                    i += 1;
                } else {
                    (first, start) = (hash, i + 1);
                }
            }
            i += 1;
        }
    }

    const fn add(&mut self, hash: u64, says: Says) {
        let (tag, mut at) = tag(hash);
        while !self.says[at].is_nothing() && self.tags[at] != tag {
            at = (at + 1) % SLOTS;
        }
        self.tags[at] = tag;
        self.says[at] = self.says[at].and(says);
    }

    const fn finish(&self) -> Table {
        let mut table = Table { slots: [0; SLOTS], sayings: [Says::NOTHING; SAYINGS] };
        let (mut at, mut count) = (0, 1);
        while at < SLOTS {
            if !self.says[at].is_nothing() {
                let mut number = 1;
                while number < count && !table.sayings[number].is(self.says[at]) {
                    number += 1;
                }
                if number == count {
                    table.sayings[number] = self.says[at];
                    count += 1;
                }
                table.slots[at] = self.tags[at] | number as u32;
            }
            at += 1;
        }
        table
    }
}

impl Table {
    const fn build() -> Self {
        let mut draft = Draft { tags: [0; SLOTS], says: [Says::NOTHING; SLOTS] };
        let mut kind = 0;
        while kind < RECOGNIZERS.len() {
            draft.insert(RECOGNIZERS[kind].context, Says { kinds: 1 << kind, ..Says::NOTHING });
            draft.insert(RECOGNIZERS[kind].labels, Says { labels: 1 << kind, ..Says::NOTHING });
            kind += 1;
        }
        let mut group = 0;
        while group < AGAINST.len() {
            let (bit, words) = AGAINST[group];
            draft.insert(words, Says { against: bit, ..Says::NOTHING });
            group += 1;
        }
        draft.finish()
    }

    /// What a word says; most say nothing.
    #[inline]
    fn look_up(&self, hash: u64) -> Option<&Says> {
        const NUMBER: u32 = SAYINGS as u32 - 1;
        let (tag, mut at) = tag(hash);
        loop {
            let slot = self.slots[at % SLOTS];
            if slot == 0 {
                return None;
            }
            if slot & !NUMBER == tag {
                return self.sayings.get((slot & NUMBER) as usize);
            }
            at += 1;
        }
    }
}

#[allow(long_running_const_eval)]
static TABLE: Table = Table::build();

/// Eight bytes of a word from `at` on, small and padded with zeros behind `end`.
#[inline]
fn eight(text: &[u8], at: usize, end: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    let bytes = match rest.first_chunk() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        // Near the end of the text, its last bytes without those before the word's.
        None => match text.last_chunk() {
            Some(chunk) => u64::from_le_bytes(*chunk) >> (8 * (8 - rest.len() as u32)).min(63),
            None => rest.iter().rev().fold(0, |bytes, &b| bytes << 8 | u64::from(b)),
        },
    };
    let mask = if end - at >= 8 { u64::MAX } else { (1 << (8 * (end - at))) - 1 };
    (bytes | SMALL) & mask
}

/// A word's hash, and that of its singular if it may be a plural.
#[inline(always)]
fn word(text: &[u8], start: usize, end: usize) -> (u64, Option<u64>) {
    let plural = end >= start + 3 && before(text, end) | 0x20 == b's';
    if end - start <= 8 {
        let eight = eight(text, start, end);
        let stem = plural.then(|| step(SEED, eight & !(0xFF << (8 * (end - start - 1)))));
        return (step(SEED, eight), stem);
    }
    (hashed(text, start, end), plural.then(|| hashed(text, start, end - 1)))
}

/// What a word says by itself, where a plural counts as its singular, and together with the word before it.
#[inline(always)]
fn said(hash: u64, stem: Option<u64>, first: Option<u64>) -> Option<Says> {
    let word = TABLE.look_up(hash);
    let pair = match first {
        Some(first) => paired(first, hash, stem),
        None => None,
    };
    let stem = match stem {
        Some(stem) => TABLE.look_up(stem),
        None => None,
    };
    if word.is_none() && stem.is_none() && pair.is_none() { None } else { Some(joined([word, stem, pair])) }
}

/// What two words say together.
#[inline(always)]
fn paired(first: u64, hash: u64, stem: Option<u64>) -> Option<&'static Says> {
    let other = if stem.is_none() && NUMBERS.contains(&hash) { Some(NUMBER) } else { stem };
    TABLE.look_up(pair(first, hash)).or_else(|| TABLE.look_up(pair(first, other?)))
}

#[inline(never)]
fn joined([word, stem, pair]: [Option<&Says>; 3]) -> Says {
    let says = |says: Option<&Says>| says.copied().unwrap_or(Says::NOTHING);
    let (alone, pair) = (says(word).and(says(stem)), says(pair));
    // A pair that names something else tells more than its words: an SQL server is no host.
    let alone = if pair.against == 0 { alone } else { Says { kinds: 0, labels: 0, ..alone } };
    alone.and(pair)
}

#[inline(never)]
fn hashed(text: &[u8], start: usize, end: usize) -> u64 {
    (start..end).step_by(8).fold(SEED, |hash, at| step(hash, eight(text, at, end)))
}

static IS_WORD: [bool; 256] = {
    let mut is = [false; 256];
    let mut b = 0;
    while b < 256 {
        is[b] = (b as u8).is_ascii_alphabetic() || b >= 0x80;
        b += 1;
    }
    is
};

/// Whether the byte at `at` is part of a word: a letter, or of one beyond ASCII.
#[inline]
pub(crate) fn is_word(text: &[u8], at: usize) -> bool {
    let b = byte(text, at);
    IS_WORD[usize::from(b)] && (b.is_ascii() || mark_around(text, at) == 0)
}

/// The same of the byte before `at`.
#[inline]
pub(crate) fn is_word_before(text: &[u8], at: usize) -> bool {
    at > 0 && is_word(text, at - 1)
}

/// The length of the mark or sign beyond ASCII at the start of some bytes, which ends a word as ASCII's do; 0 without one.
fn mark_length(bytes: &[u8]) -> usize {
    match *bytes {
        // What is no letter of Latin-1: the two ordinals' and the micro sign are.
        [0xc2, b, ..] if !matches!(b, 0xaa | 0xb5 | 0xba) => 2,
        [0xc3, 0x97 | 0xb7, ..] => 2,
        // From the general punctuation to the arrows and symbols, more punctuation, and that of Chinese.
        [0xe2, 0x80..=0xaf | 0xb8 | 0xb9, _, ..] => 3,
        [0xe3, 0x80, b, ..] if !matches!(b, 0x85..=0x87) => 3,
        // Forms of other widths, of which the letters and digits are none.
        [0xef, 0xb8 | 0xb9, _, ..] | [0xef, 0xbc, 0x81..=0x8f | 0x9a..=0xa0 | 0xbb..=0xbf, ..] => 3,
        [0xef, 0xbd, 0x80 | 0x9b..=0xa5, ..] | [0xef, 0xbf, 0xa0..=0xbf, ..] => 3,
        [0xf0, 0x9f, _, _, ..] => 4,
        _ => 0,
    }
}

/// The length of the mark beyond ASCII at `at`; 0 without one.
#[inline]
pub(crate) fn mark_at(text: &[u8], at: usize) -> usize {
    if byte(text, at).is_ascii() { 0 } else { mark_length(text.get(at..).unwrap_or_default()) }
}

/// The length of the mark beyond ASCII that ends at `end`; 0 without one.
#[inline]
pub(crate) fn mark_before(text: &[u8], end: usize) -> usize {
    if before(text, end).is_ascii() { 0 } else { mark_around(text, end - 1) }
}

/// The length of the mark of which the byte at `at` is a part; 0 without one.
#[cold]
fn mark_around(text: &[u8], at: usize) -> usize {
    const LONGEST: usize = 4;
    let first = (at.saturating_sub(LONGEST - 1)..=at).rev().find(|&i| byte(text, i) & 0xc0 != 0x80);
    first.map_or(0, |first| mark_length(text.get(first..).unwrap_or_default()))
}

/// Those of the bytes from `floor` on, a bit each, that are part of a mark.
#[cold]
fn marks(text: &[u8], floor: usize, high: u64) -> u64 {
    bits(high).filter(|bit| mark_around(text, floor + bit) > 0).fold(0, |marks, bit| marks | 1 << bit)
}

/// The apostrophe of typesetters, which is read as ASCII's.
pub(crate) const APOSTROPHE: &[u8] = "’".as_bytes();

/// A word beside a candidate that says something.
#[derive(Debug, Clone, Copy, Default)]
struct Telling {
    start: usize,
    /// How many words are nearer.
    distance: usize,
    says: Says,
}

/// The words on one side, nearest first.
#[derive(Debug)]
struct Side<const WORDS: usize> {
    words: [Telling; WORDS],
    count: usize,
}

impl<const WORDS: usize> Default for Side<WORDS> {
    fn default() -> Self {
        Self { words: [Telling::default(); WORDS], count: 0 }
    }
}

impl<const WORDS: usize> Side<WORDS> {
    fn add(&mut self, word: Telling) {
        if let Some(slot) = self.words.get_mut(self.count) {
            *slot = word;
            self.count += 1;
        }
    }

    /// Adds what a word says beside what it was heard to say.
    #[cold]
    fn add_to(&mut self, word: Telling) {
        let at = self.iter().take_while(|other| other.distance < word.distance).count();
        match self.words.get_mut(at) {
            Some(known) if at < self.count && known.distance == word.distance => {
                known.says = known.says.and(word.says);
            }
            Some(_) if self.count < WORDS => {
                if let Some(rest) = self.words.get_mut(at..=self.count) {
                    rest.rotate_right(1);
                }
                if let Some(slot) = self.words.get_mut(at) {
                    *slot = word;
                }
                self.count += 1;
            }
            _ => {}
        }
    }

    fn iter(&self) -> std::slice::Iter<'_, Telling> {
        self.words.get(..self.count).unwrap_or_default().iter()
    }

    /// What all of them speak for.
    fn kinds(&self) -> KindSet {
        self.iter().fold(0, |all, word| all | word.says.kinds | word.says.labels)
    }

    /// How far away the nearest is that tells.
    fn nearest(&self, tells: impl Fn(&Says) -> bool) -> Option<usize> {
        self.iter().find(|word| tells(&word.says)).map(|word| word.distance)
    }
}

/// What the words around a candidate say, nearest first. It is moved from candidate to candidate, in order of their
/// starts: what lies between is all that is read anew.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// Where the candidate starts and ends whose words these are; nowhere at first.
    place: Option<(usize, usize)>,
    before: Side<BEFORE>,
    after: Side<AFTER>,
    /// What the words before it speak for, and what any of them does.
    before_kinds: KindSet,
    kinds: KindSet,
}

impl Context {
    /// Moves to the candidate from `start` to `end`.
    #[inline]
    pub(crate) fn move_to(&mut self, set: Set, text: &[u8], start: usize, end: usize) -> &Self {
        if self.place != Some((start, end)) {
            self.look_around(set, text, start, end);
        }
        self
    }

    fn look_around(&mut self, set: Set, text: &[u8], start: usize, end: usize) {
        let last = self.place.map(|(start, _)| start);
        if last != Some(start) {
            self.look_back(set, text, start, last);
        }
        self.look_ahead(text, end);
        self.place = Some((start, end));
    }

    /// Looks back from `start`, where the words before `last` are known.
    fn look_back(&mut self, set: Set, text: &[u8], start: usize, last: Option<usize>) {
        let floor = start.saturating_sub(REACH);
        let near = Near::of(set, text.get(floor..start).unwrap_or_default());
        let mut letters = near.letter | near.high;
        if near.high != 0 {
            letters &= !marks(text, floor, near.high);
        }
        // A word that begins too far away is not heard.
        if is_word_before(text, floor) {
            letters &= letters.wrapping_add(1);
        }
        match last {
            // There are no more words than those.
            Some(last) if last >= floor && last < start && letters >> (last - floor) == 0 => {
                self.before.count = self.before.iter().take_while(|word| word.start >= floor).count();
            }
            _ => self.hear(text, (floor, start), letters),
        }
        self.before_kinds = self.before.kinds();
    }

    /// Hears the words whose letters are given as bits, from `floor` up to `start`.
    fn hear(&mut self, text: &[u8], (floor, start): Span, mut letters: u64) {
        self.before.count = 0;
        let (numbered, mut owned) = (is_numbered(text, start), None);
        let mut first = None;
        // A pair counts where its nearer word stands, so each waits for the one before it.
        let mut nearer: Option<(u64, Option<u64>, usize)> = None;
        let mut distance = 0;
        while letters != 0 && distance < BEFORE {
            let right = letters.leading_zeros();
            let length = (letters << right).leading_ones();
            let end = floor + (u64::BITS - right) as usize;
            let mut start = end - length as usize;
            // `accountNumber:` is read as its words, the last of them first.
            if (distance == 0 && matches!(byte(text, end), b':' | b'=' | b'"' | b'\''))
                || nearer.is_some_and(|(.., next)| next == end)
            {
                start = hump(text, start, end);
            }
            let (mut hash, mut stem) = word(text, start, end);
            if length == 1
                && before(text, start) == b'.'
                && let Some((dotted, from)) = dotted(text, start, floor)
            {
                (hash, stem, start) = (dotted, None, from);
            }
            letters &= (1 << (start - floor)) - 1;
            if let Some(owned) = owned.take() {
                self.hear_owned(hash, owned);
            }
            if let Some((next, stem, start)) = nearer {
                if let Some(says) = said(next, stem, Some(hash)) {
                    self.before.add(Telling { start, distance: distance - 1, says });
                }
                if hash == POSSESSIVE {
                    owned = Some((next, stem, start, distance - 1));
                }
            } else {
                first = Some((hash, start));
            }
            nearer = Some((hash, stem, start));
            distance += 1;
        }
        if let Some((hash, stem, start)) = nearer
            && let Some(says) = said(hash, stem, None)
        {
            self.before.add(Telling { start, distance: distance - 1, says });
        }
        if let (true, Some((hash, start))) = (numbered, first)
            && let Some(says) = paired(hash, NUMBER, None)
        {
            self.before.add_to(Telling { start, distance: 0, says: *says });
        }
    }

    /// Hears the word of that hash together with the one that it owns: `patient's ID`.
    #[cold]
    fn hear_owned(&mut self, hash: u64, (next, stem, start, distance): (u64, Option<u64>, usize, usize)) {
        if let Some(says) = paired(hash, next, stem) {
            self.before.add_to(Telling { start, distance, says: *says });
        }
    }

    /// Looks ahead from `end`.
    fn look_ahead(&mut self, text: &[u8], end: usize) {
        let ceiling = (end + REACH).min(text.len());
        let (mut at, mut preceding, mut distance) = (end, None, 0);
        let mut is_copula = false;
        self.after.count = 0;
        while at < ceiling && distance < AFTER {
            let b = byte(text, at);
            if !is_word(text, at) {
                // What follows in another line or sentence, or another number, speaks of something else.
                if b == b'\n'
                    || b.is_ascii_digit()
                    || (matches!(b, b'.' | b';' | b'?' | b'!') && byte(text, at + 1) == b' ')
                {
                    break;
                }
                at += 1;
                continue;
            }
            let start = at;
            while at < ceiling && is_word(text, at) {
                at += 1;
            }
            let (hash, stem) = word(text, start, at);
            // `... is my account number`: the two words lead to what counts.
            if distance == 0 && preceding.is_none() && COPULAS.contains(&hash) && !is_copula {
                is_copula = true;
                continue;
            }
            if std::mem::take(&mut is_copula) {
                if OWNERS.contains(&hash) {
                    continue;
                }
                distance += 1;
                if distance == AFTER {
                    break;
                }
            }
            if let Some(says) = said(hash, stem, preceding) {
                self.after.add(Telling { start, distance, says });
            }
            preceding = Some(hash);
            distance += 1;
        }
        self.kinds = self.before_kinds | self.after.kinds();
    }

    /// Whether any word speaks for one of the kinds of `mask`, however far away.
    pub(crate) fn mentions(&self, mask: KindSet) -> bool {
        self.kinds & mask != 0
    }

    /// How many words away the nearest one is that speaks for the kinds of `mask`.
    pub(crate) fn speaks_for(&self, mask: KindSet) -> Option<usize> {
        if !self.mentions(mask) {
            return None;
        }
        let labels = |word: Option<&Telling>| {
            word.is_some_and(|word| word.distance == 0 && word.says.labels & mask != 0)
        };
        if labels(self.before.iter().next()) || labels(self.after.iter().next()) {
            return Some(0);
        }
        self.nearest(|says| says.kinds & mask != 0)
    }

    /// The same of the words before it alone.
    pub(crate) fn spoke_for(&self, mask: KindSet) -> Option<usize> {
        self.before.nearest(|says| says.kinds & mask != 0)
    }

    /// How many words away the nearest one is that names an innocent number of the `groups`.
    pub(crate) fn speaks_against(&self, groups: u32) -> Option<usize> {
        let beside = |word: Option<&Telling>, group: u32| {
            word.is_some_and(|word| word.distance == 0 && word.says.against & groups & group != 0)
        };
        if beside(self.before.iter().next(), against::BEFORE)
            || beside(self.after.iter().next(), against::BEHIND)
        {
            return Some(0);
        }
        let far = groups & !(against::BEFORE | against::BEHIND);
        self.nearest(|says| says.against & far != 0)
    }

    /// Whether the two words right before it name it as such a number: `order no.`, `ticket number`.
    pub(crate) fn names_other(&self, groups: u32) -> bool {
        let is = |word: &Telling, distance: usize, groups: u32| {
            word.distance == distance && word.says.against & groups != 0
        };
        matches!(self.before.iter().as_slice(), [word, other, ..]
            if is(word, 0, against::NUMBER) && is(other, 1, groups & against::FAR))
    }

    /// Whether all words nearer than `own` that name innocent numbers of the `groups` name orders and the like, and none of
    /// these as a number.
    pub(crate) fn only_refers(&self, own: usize, groups: u32) -> bool {
        let nearer = self.before.iter().chain(self.after.iter()).filter(|word| word.distance < own);
        let groups = groups & !(against::REFERENCE | against::NUMBER);
        !self.names_other(against::REFERENCE)
            && nearer.fold(0, |said, word| said | word.says.against) & groups == 0
    }

    /// Whether the nearest word that names an innocent number of the `groups` only says what a value at `start` is for:
    /// something divides it from the value, and it is governed by a preposition behind a word for one of the kinds of
    /// `mask` (`the card for the booking was`, `call about your order at`), or by a `For` that opens the clause.
    pub(crate) fn is_purpose(&self, text: &[u8], start: usize, mask: KindSet, groups: u32) -> bool {
        const WORDS: usize = 3;
        let far = groups & against::FAR;
        let names = |word: &&Telling| word.says.against & far != 0;
        let Some(mut from) = self.before.iter().find(names).map(|word| word.start) else { return false };
        if self.after.iter().any(|word| names(&word)) || !is_divided(text, from, start) {
            return false;
        }
        let mut governor = word_left(text, from);
        // A name of two words: `the claim ticket`.
        for _ in 0..WORDS {
            let Some((word, at)) = governor else { break };
            if !is_any(DETERMINERS, word) && !self.before.iter().any(|word| word.start == at && names(&word))
            {
                break;
            }
            from = at;
            governor = word_left(text, from);
        }
        let Some((preposition, mut at)) = governor.filter(|(word, _)| is_any(PREPOSITIONS, word)) else {
            return false;
        };
        let opens = before(text, at) != b' '
            || matches!(before(text, at.saturating_sub(1)), b'.' | b'!' | b'?' | b':' | b' ');
        if opens && preposition.eq_ignore_ascii_case(b"for") {
            return true;
        }
        for _ in 0..WORDS {
            let Some((_, next)) = word_left(text, at) else { break };
            at = next;
            if self.before.iter().any(|word| word.start == at && word.says.kinds & mask != 0) {
                return true;
            }
        }
        false
    }

    fn nearest(&self, tells: impl Fn(&Says) -> bool) -> Option<usize> {
        let (earlier, later) = (self.before.nearest(&tells), self.after.nearest(&tells));
        match (earlier, later) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
}

/// Whether the sign for a number stands right before `start`, a space or a colon between them or not.
fn is_numbered(text: &[u8], start: usize) -> bool {
    let mut at = start;
    while start - at < 2 && matches!(before(text, at), b' ' | b':') {
        at -= 1;
    }
    before(text, at) == b'#'
        || (before(text, at) == 0x96 && text.get(..at).is_some_and(|head| head.ends_with("№".as_bytes())))
}

/// Where the last capital behind a small letter stands in the word from `start` to `end`, which begins another one; `start`
/// without one, and of what says something as a whole (`WhatsApp`).
#[cold]
fn hump(text: &[u8], start: usize, end: usize) -> usize {
    if TABLE.look_up(hashed(text, start, end)).is_some() {
        return start;
    }
    let rises = |&at: &usize| byte(text, at).is_ascii_uppercase() && before(text, at).is_ascii_lowercase();
    (start + 1..end).rev().find(rises).unwrap_or(start)
}

/// The hash of letters with full stops between (`D.O.B.`) of which the last stands at `at`, and where they start, if they
/// speak for a kind; the first is none before `floor`.
#[cold]
fn dotted(text: &[u8], at: usize, floor: usize) -> Option<(u64, usize)> {
    let start = dotted_start(text, at, floor);
    let letters: Vec<u8> = text.get(start..=at)?.iter().copied().step_by(2).collect();
    let (hash, _) = word(&letters, 0, letters.len());
    let speaks = TABLE.look_up(hash).is_some_and(|says| says.kinds != 0);
    (start < at && (speaks || hash == ID)).then_some((hash, start))
}

/// Where the letters start that stand before the one at `at` with full stops between; none before `floor`.
pub(crate) fn dotted_start(text: &[u8], at: usize, floor: usize) -> usize {
    const LONGEST: usize = 8;
    let mut start = at;
    while at - start < 2 * LONGEST
        && start >= floor + 2
        && before(text, start) == b'.'
        && byte(text, start - 2).is_ascii_alphabetic()
        && !is_word_before(text, start - 2)
    {
        start -= 2;
    }
    start
}

/// Whether a word of `text`, or a pair of them, speaks for a kind.
pub(crate) fn speaks_of(text: &[u8], kind: Kind) -> bool {
    let (mut at, mut last) = (0, None);
    while at < text.len() {
        let start = at;
        while is_word(text, at) {
            at += 1;
        }
        if at == start {
            at += 1;
            continue;
        }
        let (hash, stem) = word(text, start, at);
        let says = said(hash, stem, last);
        if says.is_some_and(|says| says.kinds & kind.bit() != 0) {
            return true;
        }
        last = Some(hash);
    }
    false
}

/// Whether a word, whatever its case, is one of some.
pub(crate) fn is_any(words: &[&[u8]], word: &[u8]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The word before the one at `at` with a space between, and where it starts.
fn word_left(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let end = at.checked_sub(1).filter(|&end| byte(text, end) == b' ')?;
    let floor = end.saturating_sub(REACH);
    let mut start = end;
    while start > floor && is_word_before(text, start) {
        start -= 1;
    }
    text.get(start..end).filter(|word| !word.is_empty()).map(|word| (word, start))
}

/// Whether a comma, a colon, a parenthesis, or a copula or preposition, and no word that numbers, stands between the word
/// at `at` and `start`.
fn is_divided(text: &[u8], at: usize, start: usize) -> bool {
    let mut end = at;
    while is_word(text, end) {
        end += 1;
    }
    let between = text.get(end..start).unwrap_or_default();
    let is_mark = |b: &u8| matches!(b, b',' | b':' | b'(');
    let mut words = between.split(|b| !b.is_ascii_alphabetic()).filter(|word| !word.is_empty()).peekable();
    let divides = between.iter().any(is_mark) || words.peek().is_some();
    divides && !between.contains(&b'#') && words.all(|word| is_any(DIVIDERS, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far the words around `#` are that speak for `kind`, and against it as one of `groups`.
    fn around(text: &str, kind: Kind, groups: u32) -> (Option<usize>, Option<usize>) {
        let at = text.find('#').unwrap();
        let mut context = Context::default();
        context.move_to(Set::default(), text.as_bytes(), at, at + 1);
        (context.speaks_for(kind.bit()), context.speaks_against(groups))
    }

    #[test]
    fn words_count_whole_without_case_and_by_distance() {
        for (text, distance) in [
            ("Phone: #", Some(0)),
            ("PHONES #", Some(0)),
            ("my phone is #", Some(1)),
            ("my phone number is #", Some(1)),
            ("# my phone", Some(1)),
            ("# is my phone", Some(0)),
            ("# was their old phone", Some(1)),
            ("# is a phone", None),
            ("# my is phone", None),
            ("a headphone #", None),
            ("phoney #", None),
            ("#. Phone next", None),
            ("#\nPhone next", None),
            ("phone one two three four five six seven #", None),
            ("patient_phone=#", Some(0)),
            ("Office: #", Some(0)),
            ("# office", Some(0)),
            ("the office is at #", None),
            ("# or 12 office", None),
            ("“Phone #”", Some(0)),
            ("…phone: #", Some(0)),
            ("«phone» #", Some(0)),
            ("§phone→#", Some(0)),
            ("the phone’s #", Some(1)),
            ("WhatsApp: #", Some(0)),
            ("myPhone: #", Some(0)),
            ("# “phone”", Some(0)),
            ("éphone #", None),
            ("phoneµ #", None),
            ("電話phone #", None),
            ("#", None),
        ] {
            assert_eq!(around(text, Kind::Phone, 0).0, distance, "{text}");
        }
    }

    #[test]
    fn pairs_of_words_count() {
        assert_eq!(around("any message on #", Kind::Phone, 0).0, Some(0));
        assert_eq!(around("on any message #", Kind::Phone, 0).0, None);
    }

    #[test]
    fn plurals_abbreviations_and_owners_make_pairs_too() {
        for (text, expected) in [
            ("patient IDs @", Some(0)),
            ("Patient's ID: @", Some(0)),
            ("the patient’s ID is @", Some(1)),
            ("chart no. @", Some(0)),
            ("chart #@", Some(0)),
            ("chart # @", Some(0)),
            ("chart №@", Some(0)),
            ("chartNumber: @", Some(0)),
            ("\"patientId\": \"@", Some(0)),
            ("M.R.N. @", Some(0)),
            ("m.r.n.: @", Some(0)),
            ("patient I.D. @", Some(0)),
            ("chartNumber @", None),
            ("medical record @", Some(0)),
            ("medical records @", None),
            ("medicalRecordNumber: @", Some(0)),
            ("chart @", None),
            ("x.m.r.n @", None),
            ("patient B.C. @", None),
        ] {
            let at = text.find('@').unwrap();
            let mut context = Context::default();
            context.move_to(Set::default(), text.as_bytes(), at, at + 1);
            assert_eq!(context.speaks_for(Kind::MedicalRecord.bit()), expected, "{text}");
        }
    }

    #[test]
    fn innocent_numbers_have_names_too() {
        assert_eq!(around("order number #", Kind::Phone, against::REFERENCE).1, Some(1));
        assert_eq!(around("order number #", Kind::Phone, against::VERSION).1, None);
        assert_eq!(around("“Order #", Kind::Phone, against::REFERENCE).1, Some(0));
    }

    #[test]
    fn the_table_has_room() {
        let used = TABLE.slots.iter().filter(|slot| **slot != 0).count();
        assert!(used * 2 < SLOTS, "{used} of {SLOTS}");
    }
}
