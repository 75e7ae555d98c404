//! Words of which one excludes the other: opposites, and sets such as the days of the week.

use crate::words::map::{Word, hash_of};
use crate::words::stream::{Break, Case, Stream};

/// Opposites that hardly ever stand for anything else, as keys ([`crate::words::key`]): a text that has the one where the
/// known texts only have the other contradicts them. None of them tells the same from the other side, as who buys and who
/// sells do. `/` stands between the sides.
const EVERYWHERE: [&str; 32] = [
    "accept approv / reject",
    "acquit / convict",
    "aliv / dead",
    "allow / ban forbid",
    "arriv / depart",
    "best / worst",
    "destroy / restor",
    "east / west",
    "eastern / western",
    "expand grow / shrink",
    "faster / slower",
    "guilti / innoc",
    "higher / lower",
    "highest / lowest",
    "improv / worsen",
    "includ / exclud",
    "increas / decreas reduc",
    "indoor / outdoor",
    "largest / smallest",
    "launch / cancel",
    "longer / shorter",
    "major / minor",
    "male / femal",
    "north / south",
    "northern / southern",
    "oldest / youngest",
    "permit / prohibit",
    "rise / fall",
    "rural / urban",
    "strengthen / weaken",
    "support / oppos",
    "warmer / cooler",
];

/// Words that exclude each other where they stand in one another's place: a passage that carries a fact but for its word,
/// and has another side's instead, tells something else.
const IN_PLACE: [&str; 30] = [
    "rise climb jump soar surg gain increas grow expand widen rais add up / fall drop declin sink plung slump lose decreas reduc \
     shrink narrow lower cut slip tumbl slide halv \
     down",
    "approv accept adopt back support endors pass ratifi allow permit favour favor welcom / reject oppos veto block ban forbid \
     prohibit overturn condemn bar",
    "open start begin launch commenc reopen / close shut end stop finish cancel halt conclud suspend",
    "arrest detain jail imprison convict / releas free acquit",
    "appoint hire name / fire dismiss sack oust",
    "confirm admit acknowledg accept / deni refut disput",
    "grant award / deni refus",
    "destroy demolish damag / restor rebuild repair",
    "improv strengthen better / worsen weaken deterior wors",
    "includ / exclud",
    "import / export",
    "north northern / south southern / east eastern / west western",
    "highest / lowest",
    "best / worst",
    "largest biggest / smallest",
    "oldest / youngest",
    "guilti / innoc",
    "surviv aliv / die dead kill",
    "public / privat",
    "legal law / illeg unlaw",
    "major / minor",
    "maximum / minimum",
    "indoor / outdoor",
    "rural / urban",
    "profit / loss",
    "victori success / defeat failur",
    "surplu / deficit",
    "daili / weekli / monthli / annual yearli",
    "monday / tuesday / wednesday / thursday / friday / saturday / sunday",
    "januari / februari / march / april / may. / june / juli / august / septemb / octob / novemb / decemb",
];

/// The month, of which the auxiliary has the key.
const MAY: &str = "may.";

/// Whether a token is the month of May, and no one's name: `in May`, not `Theresa May`.
#[inline]
pub(super) fn is_may(stream: &Stream, at: usize) -> bool {
    let Some(token) = stream.tokens.get(at).filter(|token| stream.is_month(token)) else { return false };
    let before = at.checked_sub(1).and_then(|at| stream.tokens.get(at));
    token.before > Break::Space || before.is_none_or(|token| token.case == Case::Lower || token.function)
}

/// What the month is looked up by.
pub(super) fn may() -> Word<'static> {
    Word::new(MAY.as_bytes())
}

/// Verbs that say no by themselves, as keys: what is denied of something else may well say the same.
const NO: [&str; 24] = [
    "avoid", "ban", "bar", "block", "cancel", "close", "deni", "dismiss", "drop", "end", "fail", "halt",
    "keep", "lack", "lose", "miss", "oppos", "prevent", "refus", "reject", "remain", "stay", "stop",
    "suspend",
];

static SAYS_NO: Index<{ NO.len() }> = {
    let mut keys = [[0; 2]; NO.len()];
    let mut at = 0;
    while at < NO.len() {
        keys[at] = Word::key_of(NO[at].as_bytes());
        at += 1;
    }
    Index::new(keys)
};

/// Whether a key is one of a verb that says no by itself.
pub(super) fn is_no(key: Word<'_>) -> bool {
    SAYS_NO.places(key).next().is_some()
}

const BUCKETS: usize = 1 << BUCKET_BITS;
const BUCKET_BITS: u32 = 10;

/// Keys by their hash: most buckets hold none, nearly all others one.
struct Index<const KEYS: usize> {
    keys: [[u64; 2]; KEYS],
    /// Where each bucket begins in `order`, and the last ends.
    first: [u16; BUCKETS + 1],
    /// Places of keys, a bucket's in their order.
    order: [u16; KEYS],
}

impl<const KEYS: usize> Index<KEYS> {
    const fn new(keys: [[u64; 2]; KEYS]) -> Self {
        let (mut first, mut order) = ([0; BUCKETS + 1], [0; KEYS]);
        let mut at = 0;
        while at < KEYS {
            first[bucket(hash_of(keys[at])) + 1] += 1;
            at += 1;
        }
        let mut at = 0;
        while at < BUCKETS {
            first[at + 1] += first[at];
            at += 1;
        }
        let mut next = first;
        let mut at = 0;
        while at < KEYS {
            let bucket = bucket(hash_of(keys[at]));
            order[next[bucket] as usize] = at as u16;
            next[bucket] += 1;
            at += 1;
        }
        Self { keys, first, order }
    }

    /// Where a key stands, in order.
    #[inline]
    fn places(&'static self, key: Word<'_>) -> impl Iterator<Item = usize> {
        let bucket = bucket(key.hash64());
        let bounds = self.first.get(bucket..).and_then(<[u16]>::first_chunk);
        let of_bucket = bounds.and_then(|[from, to]| self.order.get(usize::from(*from)..usize::from(*to)));
        let short = key.short_key();
        let places = of_bucket.unwrap_or_default().iter().map(|place| usize::from(*place));
        places.filter(move |place| self.keys.get(*place).copied() == short)
    }
}

const fn bucket(hash: u64) -> usize {
    (hash >> (u64::BITS - BUCKET_BITS)) as usize
}

/// A word of a line.
#[derive(Clone, Copy)]
struct Entry {
    word: &'static str,
    line: u8,
    side: u8,
}

impl Entry {
    fn key(&self) -> Word<'static> {
        Word::new(self.word.as_bytes())
    }
}

const LINES: usize = EVERYWHERE.len() + IN_PLACE.len();

const fn line(at: usize) -> &'static str {
    if at < EVERYWHERE.len() { EVERYWHERE[at] } else { IN_PLACE[at - EVERYWHERE.len()] }
}

/// Where the word or stroke of a line that begins at `start` ends.
const fn end_of_word(line: &[u8], start: usize) -> usize {
    let mut end = start;
    while end < line.len() && line[end] != b' ' {
        end += 1;
    }
    end
}

const WORDS: usize = {
    let (mut words, mut at) = (0, 0);
    while at < LINES {
        let line = line(at).as_bytes();
        let mut start = 0;
        while start < line.len() {
            words += (line[start] != b'/') as usize;
            start = end_of_word(line, start) + 1;
        }
        at += 1;
    }
    words
};

static ENTRIES: [Entry; WORDS] = {
    let mut entries = [Entry { word: "", line: 0, side: 0 }; WORDS];
    let (mut filled, mut at) = (0, 0);
    while at < LINES {
        let line = line(at);
        let (mut start, mut side) = (0, 0);
        while start < line.len() {
            let end = end_of_word(line.as_bytes(), start);
            let word = line.split_at(end).0.split_at(start).1;
            if word.as_bytes()[0] == b'/' {
                side += 1;
            } else {
                entries[filled] = Entry { word, line: at as u8, side };
                filled += 1;
            }
            start = end + 1;
        }
        at += 1;
    }
    entries
};

static INDEX: Index<WORDS> = {
    let mut keys = [[0; 2]; WORDS];
    let mut at = 0;
    while at < WORDS {
        keys[at] = Word::key_of(ENTRIES[at].word.as_bytes());
        at += 1;
    }
    Index::new(keys)
};

/// Where each line begins in [`ENTRIES`], and the last ends.
static LINE_STARTS: [u16; LINES + 1] = {
    let mut starts = [0; LINES + 1];
    let mut at = 0;
    while at < WORDS {
        starts[ENTRIES[at].line as usize + 1] = at as u16 + 1;
        at += 1;
    }
    starts
};

/// Where a key stands.
#[inline]
fn places(key: Word<'_>) -> impl Iterator<Item = &'static Entry> {
    INDEX.places(key).filter_map(|place| ENTRIES.get(place))
}

/// The words that stand in one line with an entry, itself among them.
fn line_of(entry: &Entry) -> &'static [Entry] {
    let bounds = LINE_STARTS.get(usize::from(entry.line)..).and_then(<[u16]>::first_chunk);
    bounds.and_then(|[from, to]| ENTRIES.get(usize::from(*from)..usize::from(*to))).unwrap_or_default()
}

/// The opposites of a key that hold everywhere.
#[inline]
pub(super) fn everywhere(key: Word<'_>) -> impl Iterator<Item = Word<'static>> {
    let places = places(key).filter(|place| usize::from(place.line) < EVERYWHERE.len());
    places.flat_map(|place| line_of(place).iter().filter(move |e| e.side != place.side)).map(Entry::key)
}

/// A word that stands beside another in a line of [`IN_PLACE`].
pub(super) struct Beside {
    pub(super) line: u8,
    /// Its side of the line.
    pub(super) side: u8,
    pub(super) key: Word<'static>,
    /// Whether the other is on the same side.
    pub(super) same: bool,
}

impl Beside {
    /// Whether it tells as much beside a number alone: `up 3 percent`.
    pub(super) fn needs_number(&self) -> bool {
        needs_number(self.key.bytes())
    }
}

/// Whether a word tells which way something went beside a number alone.
#[inline]
pub(super) fn needs_number(word: &[u8]) -> bool {
    matches!(word, b"up" | b"down")
}

/// The words that stand beside a key in its lines of [`IN_PLACE`], itself among them.
#[inline]
pub(super) fn in_place(key: Word<'_>) -> impl Iterator<Item = Beside> {
    let places = places(key).filter(|place| usize::from(place.line) >= EVERYWHERE.len());
    places.flat_map(|place| {
        line_of(place).iter().map(|entry| {
            let Entry { line, side, .. } = *entry;
            Beside { line, side, key: entry.key(), same: side == place.side }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_a_key() {
        let mut buffer = Vec::new();
        // Keys that the stemmer makes of words are left as they are, or lose a letter that it puts on.
        for entry in &ENTRIES {
            assert!(!entry.word.is_empty() && entry.word.len() <= 16);
            let word = ["", "e", "y", "s", "ion", "al", "er", "ful"]
                .iter()
                .filter(|end| **end == "y" || !entry.word.ends_with('i'))
                .map(|end| {
                    format!(
                        "{}{end}",
                        entry.word.strip_suffix('i').filter(|_| *end == "y").unwrap_or(entry.word)
                    )
                })
                .find(|word| {
                    crate::words::key::key(Word::new(word.as_bytes()), &mut buffer).bytes()
                        == entry.word.as_bytes()
                });
            assert!(word.is_some(), "{}", entry.word);
        }
    }

    #[test]
    fn sides_exclude_each_other() {
        let of = |key: &'static str| {
            in_place(Word::new(key.as_bytes())).map(|word| (word.key.bytes(), word.same)).collect::<Vec<_>>()
        };
        assert!(of("monday").contains(&(b"tuesday", false)) && of("monday").contains(&(b"monday", true)));
        assert!(of("rise").contains(&(b"fall", false)) && of("rise").contains(&(b"gain", true)));
        assert_eq!(of("council"), []);
        assert!(is_no(Word::new(b"reject")) && !is_no(Word::new(b"approv")));
        assert_eq!(everywhere(Word::new(b"guilti")).count(), 1);
        assert_eq!(everywhere(Word::new(b"monday")).count(), 0);
    }
}
