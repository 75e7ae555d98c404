//! Marks of emphasis or code around every group of a value: `` `192`.`0`.`2`.`17` ``, `**CE** **97** **01** **19** **B**`.

use crate::pii::candidate::{before, byte};
use std::ops::Range;

/// Longest mark, longest group, most bytes between two of them, and most groups.
const MARK: usize = 2;
const GROUP: usize = 12;
const GAP: usize = 4;
const MOST: usize = 16;
/// Fewest groups: two may stand so in any sentence.
const LEAST: usize = 3;

/// Whether a group is one of some with the same marks around.
pub(crate) fn asks(text: &[u8], group: &Range<usize>) -> bool {
    gaps(text, group).is_some()
}

/// The marks around a group and those that stand by it.
pub(super) fn gaps(text: &[u8], group: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let marked = is_mark(before(text, group.start)) && is_mark(byte(text, group.end));
    if marked { marks(text, group.start) } else { None }
}

fn is_mark(b: u8) -> bool {
    matches!(b, b'*' | b'_' | b'`' | b'~')
}

/// The group of which the marks begin at `at`: where they end, and where those behind it begin.
fn marked(text: &[u8], at: usize, mark: &[u8]) -> Option<Range<usize>> {
    let start = at + mark.len();
    if text.get(at..start) != Some(mark) {
        return None;
    }
    let length = (start..start + GROUP).take_while(|&i| byte(text, i).is_ascii_alphanumeric()).count();
    let end = start + length;
    (length > 0 && text.get(end..end + mark.len()) == Some(mark)).then_some(start..end)
}

/// The marks of the groups that go on from the one that starts at `start`, and of those before it.
fn marks(text: &[u8], start: usize) -> Option<Vec<Range<usize>>> {
    let first = before(text, start);
    if !is_mark(first) {
        return None;
    }
    let length = (1..=MARK.min(start)).take_while(|&i| byte(text, start - i) == first).count();
    let mark = text.get(start - length..start)?;
    let mut groups = vec![marked(text, start - length, mark)?];
    // Those before it: the nearest place that a group's marks may begin at.
    while groups.len() < MOST
        && let Some(group) = earlier(text, groups.first()?.start - length, mark)
    {
        groups.insert(0, group);
    }
    while groups.len() < 2 * MOST {
        let end = groups.last()?.end + length;
        let gap = (end..end + GAP).take_while(|&i| is_between(byte(text, i))).count();
        let goes_on = |at: &usize| separates(text.get(end..*at).unwrap_or_default(), mark);
        let next = (end..=end + gap).filter(goes_on).find_map(|at| marked(text, at, mark));
        let Some(group) = next else { break };
        groups.push(group);
    }
    // With another mark behind, the marks stand between single characters instead.
    let end = groups.last()?.end + length;
    let gap = (end..end + GAP).take_while(|&i| is_between(byte(text, i))).count();
    let is_open = |at: usize| byte(text, at) == first && byte(text, at + length).is_ascii_alphanumeric();
    let start = groups.first()?.start - length;
    let beside = before(text, start).is_ascii_alphanumeric() || byte(text, end).is_ascii_alphanumeric();
    if (end..=end + gap).any(is_open) || (beside && joins(mark)) {
        return None;
    }
    let around = |group: &Range<usize>| [group.start - length..group.start, group.end..group.end + length];
    (groups.len() >= LEAST).then(|| groups.iter().flat_map(around).collect())
}

/// The group whose marks end at `end`, or a little before.
fn earlier(text: &[u8], end: usize, mark: &[u8]) -> Option<Range<usize>> {
    let gap = (1..=GAP.min(end)).take_while(|&i| is_between(byte(text, end - i))).count();
    (0..=gap).find_map(|back| {
        let close = (end - back).checked_sub(mark.len())?;
        if !separates(text.get(end - back..end)?, mark) {
            return None;
        }
        if text.get(close..end - back) != Some(mark) {
            return None;
        }
        let length =
            (1..=GROUP.min(close)).take_while(|&i| byte(text, close - i).is_ascii_alphanumeric()).count();
        let open = (close - length).checked_sub(mark.len())?;
        marked(text, open, mark)
    })
}

/// Whether what stands between two groups does not make them one word: underscores join the parts of names, and single marks pull
/// digits apart.
fn separates(between: &[u8], mark: &[u8]) -> bool {
    !joins(mark) || between.is_empty() || between.iter().any(|b| !b.is_ascii_alphanumeric())
}

/// Whether a mark may stand inside of a word.
fn joins(mark: &[u8]) -> bool {
    matches!(mark, b"_" | b"*" | b"~")
}

/// What may stand between two of them, beside what belongs to the value.
fn is_between(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b' ' | b'.' | b'-' | b':' | b'/' | b'(' | b')' | b'+')
}
