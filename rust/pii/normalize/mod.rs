//! Obfuscation undone: a view of a text in which hidden values stand plainly, and the way back.
//!
//! [`Hidden`] tells which parts of a text are worth it. Passes collect edits: escapes and characters first ([`escapes`], [`chars`]), some rounds of them, then what
//! people write around a filter ([`spoken`], [`digits`]). Without an edit there is no view and nothing is copied.
//! Promise: linear; every span of a view maps to a span of the text on character boundaries. An edit alone is
//! never PII: the view goes through the same recognisers as the text.

mod backwards;
mod chars;
mod counted;
mod digits;
mod disguise;
mod emphasis;
mod encoded;
mod escapes;
mod hidden;
mod lettered;
mod loose;
mod markers;
mod pieces;
mod split;
mod spoken;
mod tags;
mod tongues;

pub(crate) use digits::{GAP as MOST_FILLERS, asks, is_neighbour};
pub(crate) use disguise::{asks as is_disguised, may_ask as may_be_disguised};
pub(crate) use emphasis::asks as is_emphasised;
pub(crate) use encoded::{asks as is_encoded, code, is_text, of_16, of_32, of_64, unpack};
pub(crate) use hidden::{Hidden, Part};
pub(crate) use lettered::asks_digit as is_among_letters;
pub(crate) use loose::{MOST_OF_GROUP, asks as is_loose};
pub(crate) use pieces::{asks as is_in_pieces, begins_account, is_sign};
pub(crate) use split::{asks as is_split, may_begin as may_be_split};
pub(crate) use tags::asks as asks_tag;

use crate::pii::prefilter::{Survey, Surveys};
use crate::simd::Set;
use std::ops::Range;

/// Most dropped marks behind a value that are taken in with it.
const MARKS: usize = 4;
/// Most bytes that one edit puts in.
const PUT: usize = 4;

/// Most rounds of escapes and characters: one hides another at most so often.
const ROUNDS: usize = 3;

/// Collects edits of a text from what its surveys say of it.
type Collect = fn(Set, &[u8], &Surveys) -> Vec<Edit>;
/// Chooses blocks of a survey.
type Which = fn(&Survey) -> u64;

/// The passes that see to characters, each with the blocks that it looks at: without any it has nothing to do.
const PASSES: [(Collect, Which); 5] = [
    (backwards::turned, |survey| survey.foreign),
    (chars::edits, |survey| survey.foreign),
    (escapes::edits, |survey| survey.escapes),
    (tags::edits, |survey| survey.plain | survey.signs),
    (encoded::edits, |survey| survey.plain | survey.signs),
];

/// How much of a guess it is to read one thing as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Guess {
    None,
    /// An `O` or `l` among digits: needs words near, or a shape that is enough by itself.
    Likely,
    /// Other letters, and a word of prose as a name: needs words near.
    Wild,
}

/// One replacement: these bytes of the text read as those.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edit {
    start: usize,
    end: usize,
    put: [u8; PUT],
    length: usize,
    guess: Guess,
    /// Drops a mark that is drawn on the character before it.
    mark: bool,
}

impl Edit {
    /// Reads `range` as `put`; at most four bytes.
    fn new(range: Range<usize>, put: &[u8]) -> Self {
        let mut bytes = [0; PUT];
        let length = put.len().min(PUT);
        for (slot, &b) in bytes.iter_mut().zip(put) {
            *slot = b;
        }
        Self { start: range.start, end: range.end, put: bytes, length, guess: Guess::None, mark: false }
    }
    fn guess(self, guess: Guess) -> Self {
        Self { guess, ..self }
    }
    fn mark(self) -> Self {
        Self { mark: true, ..self }
    }
    fn put(&self) -> &[u8] {
        self.put.get(..self.length).unwrap_or_default()
    }
}

/// A text after edits, and where everything in it was before.
#[derive(Debug, Clone)]
struct Layer {
    text: Vec<u8>,
    edits: Vec<Edit>,
    /// Where each edit's bytes start in `text`.
    at: Vec<usize>,
}

impl Layer {
    /// Applies edits, which are in order; one that overlaps an earlier one is left out.
    fn new(text: &[u8], mut edits: Vec<Edit>) -> Self {
        edits.sort_by_key(|edit| edit.start);
        let mut layer = Self { text: Vec::with_capacity(text.len()), edits: Vec::new(), at: Vec::new() };
        let mut from = 0;
        for edit in edits {
            let Some(kept) = text.get(from..edit.start) else { continue };
            layer.text.extend_from_slice(kept);
            layer.at.push(layer.text.len());
            layer.text.extend_from_slice(edit.put());
            layer.edits.push(edit);
            from = edit.end;
        }
        layer.text.extend_from_slice(text.get(from..).unwrap_or_default());
        layer
    }

    /// The edit at or before `position` of the edited text, and how far behind its bytes `position` is.
    fn edit_before(&self, position: usize) -> Option<(&Edit, usize)> {
        let i = self.at.partition_point(|&at| at <= position).checked_sub(1)?;
        Some((self.edits.get(i)?, position - self.at.get(i)?))
    }

    fn start(&self, position: usize) -> usize {
        match self.edit_before(position) {
            None => position,
            Some((edit, behind)) if behind < edit.length => edit.start,
            Some((edit, behind)) => edit.end + behind - edit.length,
        }
    }

    fn end(&self, position: usize) -> usize {
        let Some(last) = position.checked_sub(1) else { return 0 };
        let end = match self.edit_before(last) {
            None => position,
            Some((edit, behind)) if behind < edit.length => edit.end,
            Some((edit, behind)) => edit.end + behind - edit.length + 1,
        };
        // Marks that were dropped behind the last character belong to it, such as a key's frame.
        let next = self.at.partition_point(|&at| at < position);
        let dropped = self.edits.iter().skip(next).take(MARKS);
        dropped.fold(end, |end, edit| if edit.mark && edit.start == end { edit.end } else { end })
    }

    fn map(&self, span: &Range<usize>) -> Range<usize> {
        self.start(span.start)..self.end(span.end)
    }

    /// Whether an edit lies in the span, not only at its edge.
    fn is_edited(&self, span: &Range<usize>) -> bool {
        let next = self.at.partition_point(|&at| at <= span.start);
        self.at.get(next).is_some_and(|&at| at < span.end)
    }

    /// The wildest guess in the span.
    fn guess(&self, span: &Range<usize>) -> Guess {
        let from = self.at.partition_point(|&at| at < span.start);
        let inside = self.edits.iter().zip(&self.at).skip(from).take_while(|(_, at)| **at < span.end);
        inside.map(|(edit, _)| edit.guess).max().unwrap_or(Guess::None)
    }
}

/// The view of a text in which obfuscations are undone.
#[derive(Debug)]
pub(crate) struct View<'t> {
    shown: &'t [u8],
    layers: Vec<Layer>,
    /// Those of the last layer.
    surveys: Surveys,
    /// The edits of the last layer but the guesses, where these are not all that was undone.
    sober: Option<Vec<Edit>>,
}

impl<'t> View<'t> {
    /// The view of `text`, which is the text itself where nothing was to be undone.
    pub(crate) fn new(set: Set, text: &'t str) -> Self {
        let text = text.as_bytes();
        let mut view = Self { shown: text, layers: Vec::new(), surveys: Surveys::of(set, text), sober: None };
        // What an escape stands for may be a character that stands for another, and that part of an escape.
        for _ in 0..ROUNDS {
            let before = view.layers.len();
            for (collect, which) in PASSES {
                if view.surveys.has_any(which) {
                    view.edit(set, collect(set, view.text(), &view.surveys));
                }
            }
            if view.layers.len() == before {
                break;
            }
        }
        view.edit(set, backwards::edits(set, view.text(), &view.surveys));
        view.edit(set, lettered::edits(set, view.text(), &view.surveys));
        view.edit(set, pieces::edits(set, view.text(), &view.surveys));
        let mut edits = Vec::new();
        spoken::edits(set, view.text(), &view.surveys, &mut edits);
        digits::edits(set, view.text(), &view.surveys, &mut edits);
        let sober: Vec<Edit> = edits.iter().filter(|edit| edit.guess == Guess::None).copied().collect();
        if sober.len() < edits.len() && !(sober.is_empty() && view.layers.is_empty()) {
            view.sober = Some(sober);
        }
        view.edit(set, edits);
        view
    }

    /// The same view without its guesses, where letters may be what they are: the `B` at the end of a code.
    pub(crate) fn sober(&mut self, set: Set) -> Option<Self> {
        let edits = self.sober.take()?;
        let layers = self.layers.split_last().map_or_else(Vec::new, |(_, layers)| layers.to_vec());
        let mut view = Self { shown: self.shown, layers, surveys: Surveys::of(set, b""), sober: None };
        if !view.edit(set, edits) {
            view.surveys = Surveys::of(set, view.text());
        }
        Some(view)
    }

    /// Another view, of what it amounts to when groups of digits are put together that may be a list as well: what it shows
    /// needs words of its own close by.
    pub(crate) fn loosened(mut self, set: Set) -> Option<Self> {
        let edits = lists(set, self.text(), &self.surveys);
        self.edit(set, edits).then_some(self)
    }

    /// Undoes what the edits say; whether there are any.
    fn edit(&mut self, set: Set, edits: Vec<Edit>) -> bool {
        let any = !edits.is_empty();
        if any {
            let layer = Layer::new(self.text(), edits);
            self.surveys = Surveys::of(set, &layer.text);
            self.layers.push(layer);
        }
        any
    }

    /// Whether anything was undone.
    pub(crate) fn is_changed(&self) -> bool {
        !self.layers.is_empty()
    }

    /// What the blocks of the text hold, with the number of the first of each survey.
    pub(crate) fn surveys(&self) -> impl Iterator<Item = (usize, Survey)> {
        self.surveys.iter()
    }

    /// The text with everything undone.
    pub(crate) fn text(&self) -> &[u8] {
        self.layers.last().map_or(self.shown, |layer| &layer.text)
    }

    /// The span of the original text that a span of the view stands for.
    pub(crate) fn original(&self, span: &Range<usize>) -> Range<usize> {
        self.layers.iter().rev().fold(span.clone(), |span, layer| layer.map(&span))
    }

    /// The same, and whether something else stands there.
    pub(crate) fn shown_at(&self, span: &Range<usize>) -> (Range<usize>, bool) {
        let original = self.original(span);
        let hidden = self.shown.get(original.clone()) != self.text().get(span.clone());
        (original, hidden)
    }

    /// Whether the last edits changed anything in the span.
    pub(crate) fn is_edited(&self, span: &Range<usize>) -> bool {
        self.layers.last().is_some_and(|layer| layer.is_edited(span))
    }

    /// How much of a guess the last edits of the span are.
    pub(crate) fn guess(&self, span: &Range<usize>) -> Guess {
        self.layers.last().map_or(Guess::None, |layer| layer.guess(span))
    }
}

/// Whether groups of digits in a text would be put together that may be a list.
pub(crate) fn has_lists(set: Set, text: &[u8], surveys: &Surveys) -> bool {
    !lists(set, text, surveys).is_empty()
}

/// What is done to groups of digits that may be a list as well.
fn lists(set: Set, text: &[u8], surveys: &Surveys) -> Vec<Edit> {
    let mut edits = loose::edits(set, text, surveys);
    split::edits(set, text, surveys, &mut edits);
    edits
}

/// A part of a text with its dashes, spaces and the like in ASCII, if that is all that its characters and its markup stand
/// for; a [`View`] of it shows more only where [`Hidden`] finds something in this.
pub(crate) fn with_plain_signs(set: Set, part: &str) -> Option<String> {
    if tags::may_have_any(part.as_bytes()) { None } else { chars::with_plain_signs(set, part) }
}

/// A value as it would stand in plain writing; what is compared and hashed.
pub(crate) fn plain(value: &str) -> String {
    String::from_utf8_lossy(View::new(Set::default(), value).text()).into_owned()
}

#[cfg(test)]
mod tests;
