//! The words around a candidate, and what they speak for or against.
//!
//! Every word of the recognisers' lists is in one table, made when the crate is compiled: a hash of the word
//! (or pair of words) to the kinds it speaks for and the groups of innocent numbers it names. A window of a
//! few words is looked up once a candidate, for all kinds together. Promise: a bounded number of steps.

use super::candidate::{before, byte};
use super::recognizers::RECOGNIZERS;

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
    /// All of them.
    pub(crate) const ANY: u32 = 255;
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
         lccn, nct, clinicaltrials",
    ),
    (against::VERSION, "version, release, build, firmware, revision, rev, ver, kernel, core"),
    (
        against::AMOUNT,
        "price, cost, usd, eur, gbp, dollar, euro, pound, cent, million, billion, trillion, thousand, \
         percent, revenue, budget, salary, total, sum, amount, population, people, vote, copies, \
         resident, inhabitant, tonne, ton",
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
    (against::PLACE_IN_TEXT, "page, pp, section, chapter, table, figure, fig, appendix, verse, paragraph"),
];

/// Most words looked at before and after a candidate.
const BEFORE: usize = 6;
const AFTER: usize = 2;
/// Most bytes looked at on each side.
const REACH: usize = 80;

/// What one word speaks for and against.
#[derive(Debug, Clone, Copy, Default)]
struct Says {
    kinds: u128,
    /// Kinds that it speaks for only right beside the candidate.
    labels: u128,
    against: u32,
}

impl Says {
    fn and(self, other: Self) -> Self {
        Self {
            kinds: self.kinds | other.kinds,
            labels: self.labels | other.labels,
            against: self.against | other.against,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u64,
    says: Says,
}

const SLOTS: usize = 4096;
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

const SILENCE: Says = Says { kinds: 0, labels: 0, against: 0 };

const fn step(hash: u64, b: u8) -> u64 {
    (hash ^ b.to_ascii_lowercase() as u64).wrapping_mul(0x0000_0100_0000_01b3)
}

/// The hash of a pair of words from those of its words.
const fn pair(first: u64, second: u64) -> u64 {
    (first.rotate_left(23) ^ second).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1
}

/// Inserts a list's entries: words, or pairs of words, with commas between.
const fn insert(slots: &mut [Slot; SLOTS], list: &str, says: Says) {
    let bytes = list.as_bytes();
    let (mut hash, mut first, mut i) = (SEED, 0, 0);
    while i <= bytes.len() {
        if i == bytes.len() || bytes[i] == b',' {
            let entry = if first == 0 { hash } else { pair(first, hash) };
            add(slots, entry, says);
            (hash, first) = (SEED, 0);
            i += 1;
        } else if bytes[i] == b' ' {
            (hash, first) = (SEED, hash);
        } else {
            hash = step(hash, bytes[i]);
        }
        i += 1;
    }
}

const fn add(slots: &mut [Slot; SLOTS], hash: u64, says: Says) {
    let mut at = hash as usize % SLOTS;
    while slots[at].hash != 0 && slots[at].hash != hash {
        at = (at + 1) % SLOTS;
    }
    slots[at].hash = hash;
    slots[at].says.kinds |= says.kinds;
    slots[at].says.labels |= says.labels;
    slots[at].says.against |= says.against;
}

const fn build() -> [Slot; SLOTS] {
    let mut slots = [Slot { hash: 0, says: SILENCE }; SLOTS];
    let mut kind = 0;
    while kind < RECOGNIZERS.len() {
        insert(&mut slots, RECOGNIZERS[kind].context, Says { kinds: 1 << kind, ..SILENCE });
        insert(&mut slots, RECOGNIZERS[kind].labels, Says { labels: 1 << kind, ..SILENCE });
        kind += 1;
    }
    let mut group = 0;
    while group < AGAINST.len() {
        let (bit, words) = AGAINST[group];
        insert(&mut slots, words, Says { against: bit, ..SILENCE });
        group += 1;
    }
    slots
}

#[allow(long_running_const_eval)]
static TABLE: [Slot; SLOTS] = build();

fn look_up(hash: u64) -> Says {
    let mut at = hash as usize % SLOTS;
    while let Some(slot) = TABLE.get(at) {
        if slot.hash == hash {
            return slot.says;
        }
        if slot.hash == 0 {
            break;
        }
        at = (at + 1) % SLOTS;
    }
    Says::default()
}

/// What the words before a candidate say, nearest first. Candidates that start at one place share it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Before([Says; BEFORE]);

/// What the words around a candidate say, nearest first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    before: Before,
    after: [Says; AFTER],
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphabetic() || b >= 0x80
}

/// A word's hash, and what it says itself; a plural counts as its singular.
fn word(text: &[u8], start: usize, end: usize) -> (u64, Says) {
    let bytes = text.get(start..end).unwrap_or_default();
    let hash = bytes.iter().fold(SEED, |hash, &b| step(hash, b));
    let mut says = look_up(hash);
    if let Some((b's' | b'S', stem @ [_, _, ..])) = bytes.split_last() {
        says = says.and(look_up(stem.iter().fold(SEED, |hash, &b| step(hash, b))));
    }
    (hash, says)
}

impl Before {
    /// Looks back from `start`.
    pub(crate) fn new(text: &[u8], start: usize) -> Self {
        let mut words = [Says::default(); BEFORE];
        let floor = start.saturating_sub(REACH);
        let (mut at, mut index, mut following) = (start, 0_usize, None);
        while at > floor {
            if !is_word(before(text, at)) {
                at -= 1;
                continue;
            }
            let end = at;
            while at > floor && is_word(before(text, at)) {
                at -= 1;
            }
            let (hash, says) = word(text, at, end);
            // A pair counts where its nearer word stands.
            if let (Some(next), Some(slot)) = (following, index.checked_sub(1).and_then(|i| words.get_mut(i)))
            {
                *slot = slot.and(look_up(pair(hash, next)));
            }
            let Some(slot) = words.get_mut(index) else { break };
            *slot = says;
            following = Some(hash);
            index += 1;
        }
        Self(words)
    }
}

impl Context {
    /// Looks ahead from `end`, with what was said before.
    pub(crate) fn new(before: Before, text: &[u8], end: usize) -> Self {
        let mut after = [Says::default(); AFTER];
        let ceiling = (end + REACH).min(text.len());
        let (mut at, mut preceding, mut index) = (end, None, 0);
        while at < ceiling {
            let b = byte(text, at);
            if !is_word(b) {
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
            while at < ceiling && is_word(byte(text, at)) {
                at += 1;
            }
            let Some(slot) = after.get_mut(index) else { break };
            let (hash, says) = word(text, start, at);
            let pair = preceding.map_or_else(Says::default, |last| look_up(pair(last, hash)));
            *slot = says.and(pair);
            preceding = Some(hash);
            index += 1;
        }
        Self { before, after }
    }

    /// How many words away the nearest one is that speaks for the kinds of `mask`.
    pub(crate) fn speaks_for(&self, mask: u128) -> Option<usize> {
        let labels = |words: &[Says]| words.first().is_some_and(|says| says.labels & mask != 0);
        if labels(&self.before.0) || labels(&self.after) {
            return Some(0);
        }
        self.nearest(|says| says.kinds & mask != 0)
    }

    /// The same of the words before it alone.
    pub(crate) fn spoke_for(&self, mask: u128) -> Option<usize> {
        self.before.0.iter().position(|says| says.kinds & mask != 0)
    }

    /// How many words away the nearest one is that names an innocent number of the `groups`.
    pub(crate) fn speaks_against(&self, groups: u32) -> Option<usize> {
        self.nearest(|says| says.against & groups != 0)
    }

    fn nearest(&self, tells: impl Fn(&Says) -> bool) -> Option<usize> {
        let earlier = self.before.0.iter().position(&tells);
        let later = self.after.iter().position(&tells);
        match (earlier, later) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::Kind;

    /// How far the words around `#` are that speak for `kind`, and against it as one of `groups`.
    fn around(text: &str, kind: Kind, groups: u32) -> (Option<usize>, Option<usize>) {
        let at = text.find('#').unwrap();
        let before = Before::new(text.as_bytes(), at);
        let context = Context::new(before, text.as_bytes(), at + 1);
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
            ("# is my phone", None),
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
    fn innocent_numbers_have_names_too() {
        assert_eq!(around("order number #", Kind::Phone, against::REFERENCE).1, Some(1));
        assert_eq!(around("order number #", Kind::Phone, against::VERSION).1, None);
    }

    #[test]
    fn the_table_has_room() {
        let used = TABLE.iter().filter(|slot| slot.hash != 0).count();
        assert!(used * 2 < SLOTS, "{used} of {SLOTS}");
    }
}
