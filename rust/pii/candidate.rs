//! Candidates: short chains of digits and letters, as recognisers see them.
//!
//! A chain starts where a group of digits and letters starts and runs over single separators; every prefix of
//! it that ends where a group ends is a candidate. Promise: a chain has at most [`MAX_GROUPS`] groups and
//! [`MAX_LENGTH`] characters, so reading one costs a bounded number of steps, whatever the text.

/// Most digits and letters of a candidate: the longest IBAN has 34.
pub(crate) const MAX_LENGTH: usize = 40;
/// Most groups of a candidate: an IBAN in fours has nine.
pub(crate) const MAX_GROUPS: usize = 10;
/// Most groups of one character: an address of four digits has four, no other kind as many.
const MAX_SINGLES: usize = 4;

/// What stands between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// One space.
    Space,
    /// One dash.
    Dash,
    /// One dot.
    Dot,
    /// One slash.
    Slash,
    /// An opening parenthesis, alone or with a space or dash beside it.
    Open,
    /// A closing one.
    Close,
    /// Two or three separators, such as a dash between spaces.
    Wide,
}

/// What a byte can be in a chain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Digit,
    Upper,
    Lower,
    Separator(Gap),
    Other,
}

static PARTS: [Part; 256] = {
    let mut parts = [Part::Other; 256];
    let mut b = 0;
    while b < 256 {
        parts[b] = match b as u8 {
            b'0'..=b'9' => Part::Digit,
            b'A'..=b'Z' => Part::Upper,
            b'a'..=b'z' => Part::Lower,
            b' ' => Part::Separator(Gap::Space),
            b'-' => Part::Separator(Gap::Dash),
            b'.' => Part::Separator(Gap::Dot),
            b'/' => Part::Separator(Gap::Slash),
            b'(' => Part::Separator(Gap::Open),
            b')' => Part::Separator(Gap::Close),
            _ => Part::Other,
        };
        b += 1;
    }
    parts
};

/// What the byte at `i` can be; [`Part::Other`] past the end.
#[inline]
fn part(text: &[u8], i: usize) -> Part {
    text.get(i).map_or(Part::Other, |&b| PARTS[usize::from(b)])
}

/// One group: where it ends, what came before it, and how much was read with it.
#[derive(Debug, Clone, Copy)]
struct Group {
    gap: Gap,
    end: usize,
    length: usize,
    /// Whether every gap up to it is the same.
    same: bool,
}

/// A chain of groups, read once; its prefixes are the candidates.
#[derive(Debug)]
pub(crate) struct Chain {
    start: usize,
    plus: bool,
    open: bool,
    compact: [u8; MAX_LENGTH],
    digits: u64,
    gaps: u64,
    groups: [Group; MAX_GROUPS],
    count: usize,
}

/// A candidate: some digits and letters and how they are grouped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    chain: &'a Chain,
    groups: usize,
    length: usize,
}

/// The byte at `i`; 0 past the end, which is no part of any identifier.
pub(crate) fn byte(text: &[u8], i: usize) -> u8 {
    text.get(i).copied().unwrap_or(0)
}

/// The byte before `i`; 0 at the start.
pub(crate) fn before(text: &[u8], i: usize) -> u8 {
    i.checked_sub(1).map_or(0, |i| byte(text, i))
}

/// The separator at `i`: what it is, and its length in bytes.
fn gap(text: &[u8], i: usize) -> Option<(Gap, usize)> {
    let single = |i| match part(text, i) {
        Part::Separator(gap) => Some(gap),
        _ => None,
    };
    let mut kind = single(i)?;
    let mut length = 1;
    while let Some(next) = single(i + length).filter(|_| length < 3) {
        kind = match (kind, next) {
            (Gap::Open | Gap::Close, Gap::Open | Gap::Close) => return None,
            (Gap::Open | Gap::Close, _) => kind,
            (_, Gap::Open | Gap::Close) => next,
            _ => Gap::Wide,
        };
        length += 1;
    }
    Some((kind, length))
}

impl Chain {
    /// Reads the chain whose first group starts at `start`.
    pub(crate) fn read(text: &[u8], start: usize) -> Self {
        let open = before(text, start) == b'(';
        let plus = before(text, start - usize::from(open)) == b'+';
        let mut chain = Self {
            start,
            plus,
            open,
            compact: [0; MAX_LENGTH],
            digits: 0,
            gaps: 0,
            groups: [Group { gap: Gap::Space, end: start, length: 0, same: true }; MAX_GROUPS],
            count: 0,
        };
        chain.fill(text);
        chain
    }

    fn fill(&mut self, text: &[u8]) {
        let (mut at, mut length, mut between) = (self.start, 0, Gap::Space);
        let (mut wordy, mut singles, mut same) = (false, 0, true);
        while self.count < MAX_GROUPS {
            let from = length;
            let (mut lower, mut cut) = (false, false);
            loop {
                let part = part(text, at);
                if matches!(part, Part::Separator(_) | Part::Other) {
                    break;
                }
                let b = byte(text, at);
                if b | 0x20 == b'x' && self.is_extension(text, at, length) {
                    break;
                }
                let Some(slot) = self.compact.get_mut(length) else {
                    cut = true;
                    break;
                };
                *slot = if part == Part::Lower { b ^ 0x20 } else { b };
                lower |= part == Part::Lower;
                self.digits |= u64::from(part == Part::Digit) << length;
                length += 1;
                at += 1;
            }
            // A cut group is no identifier, and two groups of letters in a row are prose.
            let letters_only = self.digits >> from == 0;
            singles += usize::from(length == from + 1);
            if length == from || cut || (letters_only && wordy && lower) || singles > MAX_SINGLES {
                return;
            }
            wordy = letters_only;
            same &= self.count < 2 || self.groups.get(1).is_some_and(|first| first.gap == between);
            if let Some(slot) = self.groups.get_mut(self.count) {
                *slot = Group { gap: between, end: at, length, same };
            }
            self.count += 1;
            let Some((kind, skip)) = gap(text, at) else { return };
            self.gaps |= 1 << length;
            between = kind;
            at += skip;
        }
    }

    /// Whether an extension starts at `at`: an `x` between seven digits or more and a digit.
    fn is_extension(&self, text: &[u8], at: usize, length: usize) -> bool {
        length >= 7 && self.digits.count_ones() as usize == length && byte(text, at + 1).is_ascii_digit()
    }

    /// Whether no candidate of it can be an identifier: fewer than `least` digits.
    pub(crate) fn is_poor(&self, least: u32) -> bool {
        self.digits.count_ones() < least
    }

    /// The candidates, shortest first.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = Candidate<'_>> {
        self.groups.iter().take(self.count).enumerate().map(|(i, group)| Candidate {
            chain: self,
            groups: i + 1,
            length: group.length,
        })
    }
}

impl Candidate<'_> {
    /// The digits and letters, upper case.
    pub(crate) fn compact(&self) -> &[u8] {
        self.chain.compact.get(..self.length).unwrap_or_default()
    }
    /// How many digits and letters.
    pub(crate) fn length(&self) -> usize {
        self.length
    }
    fn mask(&self) -> u64 {
        (1 << self.length) - 1
    }
    /// Bit i: the i-th character is a digit.
    pub(crate) fn digits(&self) -> u64 {
        self.chain.digits & self.mask()
    }
    /// Bit i: a separator stands before the i-th character.
    pub(crate) fn gap_bits(&self) -> u64 {
        self.chain.gaps & self.mask()
    }
    /// Whether it holds digits alone.
    pub(crate) fn is_number(&self) -> bool {
        self.digits() == self.mask()
    }
    /// How many groups.
    pub(crate) fn group_count(&self) -> usize {
        self.groups
    }
    /// The lengths of the groups.
    pub(crate) fn group_lengths(&self) -> impl Iterator<Item = usize> + '_ {
        let mut last = 0;
        self.chain.groups.iter().take(self.groups).map(move |group| {
            let length = group.length - last;
            last = group.length;
            length
        })
    }
    /// Whether the groups have exactly these lengths.
    pub(crate) fn is_grouped(&self, lengths: &[usize]) -> bool {
        lengths.len() == self.groups && self.group_lengths().eq(lengths.iter().copied())
    }
    /// The separators between the groups.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = Gap> + '_ {
        self.chain.groups.iter().take(self.groups).skip(1).map(|group| group.gap)
    }
    fn last(&self) -> Option<&Group> {
        self.chain.groups.get(self.groups.checked_sub(1)?)
    }
    /// The one separator used throughout, if one is.
    pub(crate) fn separator(&self) -> Option<Gap> {
        self.last().filter(|group| self.groups > 1 && group.same).map(|group| group.gap)
    }
    /// Whether the groups are split by one single separator throughout, or there is but one group.
    pub(crate) fn is_uniform(&self) -> bool {
        self.groups == 1 || !matches!(self.separator(), None | Some(Gap::Wide | Gap::Open | Gap::Close))
    }
    /// Whether a `+` stands before it.
    pub(crate) fn plus(&self) -> bool {
        self.chain.plus
    }
    /// Whether a parenthesis opens right before it.
    pub(crate) fn open(&self) -> bool {
        self.chain.open
    }
    /// Where its last character ends.
    pub(crate) fn end(&self) -> usize {
        self.last().map_or(self.chain.start, |group| group.end)
    }
}
