//! The fields of a rollout in a record: which they are is said by paths, and the names that any record may use.

use super::content::{self, LONGEST_INNER};
use super::json::{Everything, Kind, Tape, Value, Wanted};
use crate::rubric::Basis;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key of an object, or digits that index an array.
    Key(String),
    /// An index of an array, from its end where it is negative.
    Index(i64),
}

/// A path to a value: `choices[0].message.content`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// As it was written: a key of that very name goes first.
    pub text: String,
    /// The same in steps; at least one.
    pub steps: Vec<Step>,
}

/// Text that stands inside another, between two texts that are known.
#[derive(Debug, Clone)]
pub struct Template {
    /// What stands before it.
    pub before: String,
    /// What stands behind it.
    pub after: String,
}

/// Rows of another file that add to records: their fields, by key.
#[derive(Debug, Clone, Default)]
pub struct Partners {
    /// Where a record's key is.
    pub on: Option<Path>,
    /// The rows' fields, by key.
    pub rows: Arc<HashMap<String, Partner>>,
}

/// What a partner knows.
#[derive(Debug, Clone, Default)]
pub struct Partner {
    /// The source document.
    pub source: Option<String>,
    /// Facts.
    pub facts: Option<Vec<String>>,
    /// A reference.
    pub reference: Option<String>,
}

/// A comparison that a record has to pass.
#[derive(Debug, Clone)]
pub struct Condition {
    /// What is compared.
    pub path: Path,
    /// `=`, `!=`, `<`, `<=`, `>` or `>=`.
    pub operator: Operator,
    /// With what: as text, and where it is one as a number.
    pub text: String,
    /// The number.
    pub number: Option<f64>,
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// Where the fields of a file's records are.
#[derive(Debug, Clone, Default)]
pub struct Spec {
    /// The completion.
    pub completion: Option<Path>,
    /// A prompt: where it is messages, the last user's is the source if nothing else is.
    pub prompt: Option<Path>,
    /// Ground truths, the later ones over the earlier.
    pub truths: Vec<Path>,
    /// Why the sampler stopped, the first over the later.
    pub stopped: Vec<Path>,
    /// Paths that go over all else; a record that has no value there has no such field.
    pub source: Option<Path>,
    /// See `source`.
    pub facts: Option<Path>,
    /// See `source`.
    pub reference: Option<Path>,
    /// Where the source is a part of the text at its path.
    pub template: Option<Template>,
    /// Names of the fields that any record may have at its top level: source, facts, reference, id, ground truth,
    /// why the sampler stopped.
    pub common: Common,
    /// What says that an answer was cut off.
    pub cut_off: Vec<String>,
    /// Tokens that end a turn.
    pub end_of_turn: Vec<String>,
    /// Rows of another file.
    pub partners: Partners,
    /// What a record has to pass to be looked at.
    pub conditions: Vec<Condition>,
}

/// Names of common fields, each in order of preference.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Common {
    pub source: Vec<String>,
    pub facts: Vec<String>,
    pub reference: Vec<String>,
    pub id: Vec<String>,
    pub truth: String,
    pub stopped: Vec<String>,
}

/// What a record says about one completion.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields<'a> {
    pub(super) completion: Cow<'a, str>,
    pub(super) source: Option<Cow<'a, str>>,
    pub(super) facts: Option<Vec<Cow<'a, str>>>,
    pub(super) reference: Option<Cow<'a, str>>,
    pub(super) truncated: Option<bool>,
    pub(super) id: Option<Cow<'a, str>>,
}

impl Fields<'_> {
    /// Whether coverage can be measured on a basis.
    pub(super) fn has(&self, basis: Basis) -> bool {
        match basis {
            Basis::Facts => self.facts.is_some(),
            Basis::Reference => self.reference.is_some(),
            Basis::Source => self.source.is_some(),
            Basis::None => true,
        }
    }
}

/// What comes of looking for a record's fields.
pub(super) enum Found<'a> {
    Fields(Fields<'a>),
    /// The record does not pass a condition.
    PassedOver,
    /// For the reader in Python.
    Left,
}

impl Path {
    pub(super) fn find<'a, 'n>(&self, record: Value<'a, 'n>) -> Option<Value<'a, 'n>> {
        if let Some(value) = record.get(&self.text) {
            return Some(value);
        }
        walk(record, &self.steps)
    }

    /// Whether the path leads into a string, which may hold JSON: that is read in Python.
    fn enters_text(&self, record: Value<'_, '_>) -> bool {
        // What leads somewhere passes through no string.
        if self.steps.len() < 2 || self.find(record).is_some() {
            return false;
        }
        (1..self.steps.len())
            .map_while(|n| walk(record, self.steps.get(..n)?))
            .last()
            .is_some_and(|value| value.is_string())
    }

    /// Whether a top-level key may be where the path begins.
    fn begins_with(&self, key: &[u8]) -> bool {
        let first = match self.steps.first() {
            Some(Step::Key(first)) => first.as_bytes() == key,
            _ => false,
        };
        first || self.text.as_bytes() == key
    }
}

fn walk<'a, 'n>(record: Value<'a, 'n>, steps: &[Step]) -> Option<Value<'a, 'n>> {
    steps.iter().try_fold(record, |value, step| match (value.kind(), step) {
        (Kind::Object, Step::Key(key)) => value.get(key),
        (Kind::Array, Step::Index(index)) => element(value, *index),
        (Kind::Array, Step::Key(key)) => element(value, index_of(key)?),
        _ => None,
    })
}

fn element<'a, 'n>(list: Value<'a, 'n>, index: i64) -> Option<Value<'a, 'n>> {
    let at = if index < 0 {
        list.items().count().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?
    } else {
        usize::try_from(index).ok()?
    };
    list.items().nth(at)
}

fn index_of(key: &str) -> Option<i64> {
    (key.len() < 10 && !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()))
        .then(|| key.parse().ok())?
}

/// A field that was found: its value, or that it is left to Python. Whether it counts is only known at the end.
type Maybe<T> = Option<Option<T>>;

/// Raw fields: `None` where there is none; `Some(None)` where it is left to Python.
#[derive(Default)]
struct Raw<'a> {
    source: Maybe<Option<Cow<'a, str>>>,
    facts: Maybe<Option<Vec<Cow<'a, str>>>>,
    reference: Maybe<Option<Cow<'a, str>>>,
    truncated: Option<bool>,
    id: Maybe<Option<Cow<'a, str>>>,
}

impl Spec {
    fn paths(&self) -> impl Iterator<Item = &Path> {
        let given =
            [&self.completion, &self.prompt, &self.source, &self.facts, &self.reference, &self.partners.on];
        let conditions = self.conditions.iter().map(|condition| &condition.path);
        given.into_iter().flatten().chain(&self.truths).chain(&self.stopped).chain(conditions)
    }

    /// The fields of a record.
    pub(super) fn read<'a>(&self, record: Value<'a, '_>) -> Found<'a> {
        if self.paths().any(|path| path.enters_text(record)) {
            return Found::Left;
        }
        match self.passes(record) {
            Some(true) => self.fields(record).map_or(Found::Left, Found::Fields),
            Some(false) => Found::PassedOver,
            None => Found::Left,
        }
    }

    fn fields<'a>(&self, record: Value<'a, '_>) -> Option<Fields<'a>> {
        let mut raw = Raw::default();
        for truth in &self.truths {
            if let Some(value) = truth.find(record) {
                self.truth(value, &mut raw)?;
            }
        }
        self.common_fields(record, &mut raw)?;
        for path in &self.stopped {
            if let Some(value) = path.find(record).filter(|value| value.is_string()) {
                raw.truncated = Some(self.cuts_off(value));
                break;
            }
        }
        let prompt = self.prompt.as_ref().and_then(|path| path.find(record));
        if let Some(prompt) = prompt.filter(|prompt| prompt.kind() == Kind::Array && raw.source.is_none()) {
            raw.source = Some(content::document(prompt));
        }
        self.partner(record, &mut raw)?;
        if let Some(path) = &self.source {
            raw.source = path.find(record).map(content::document);
        }
        if let Some(path) = &self.facts {
            raw.facts = path.find(record).map(content::facts);
        }
        if let Some(path) = &self.reference {
            raw.reference = path.find(record).map(content::document);
        }
        let completion = content::completion(self.completion.as_ref()?.find(record)?, &self.end_of_turn)?;
        let mut source = known(raw.source)?;
        if let Some(template) = &self.template {
            source = Some(template.inside(source?)?);
        }
        let full = |text: &Cow<'_, str>| !text.is_empty();
        Some(Fields {
            completion,
            source: source.filter(full),
            facts: known(raw.facts)?,
            reference: known(raw.reference)?.filter(full),
            truncated: raw.truncated,
            id: known(raw.id)?,
        })
    }

    fn common_fields<'a>(&self, record: Value<'a, '_>, raw: &mut Raw<'a>) -> Option<()> {
        if let Some(truth) = record.get(&self.common.truth) {
            self.truth(truth, raw)?;
        }
        let first = |names: &[String]| {
            names.iter().find_map(|name| record.get(name).filter(|value| value.kind() != Kind::Null))
        };
        if let Some(value) = first(&self.common.source) {
            raw.source = Some(content::document(value));
        }
        if let Some(value) = first(&self.common.facts) {
            raw.facts = Some(content::facts(value));
        }
        if let Some(value) = first(&self.common.reference) {
            raw.reference = Some(content::document(value));
        }
        if let Some(value) = first(&self.common.id) {
            raw.id = Some(identity(value));
        }
        let stopped = self.common.stopped.iter();
        if let Some(value) = stopped.filter_map(|name| record.get(name)).find(|value| value.is_string()) {
            raw.truncated = Some(self.cuts_off(value));
        }
        Some(())
    }

    /// The fields of a ground truth. One that is an object counts as a whole, over what was there.
    fn truth<'a>(&self, truth: Value<'a, '_>, raw: &mut Raw<'a>) -> Option<()> {
        match truth.kind() {
            Kind::Null => Some(()),
            Kind::Object => self.common_fields(truth, raw),
            Kind::Array => {
                raw.facts = Some(content::facts(truth));
                Some(())
            }
            Kind::Plain | Kind::Escaped => {
                let text = truth.string()?;
                if text.trim_start_matches(super::text::is_space).starts_with(['{', '[']) {
                    return self.inner_truth(&text, raw);
                }
                raw.reference = Some(content::document(truth));
                Some(())
            }
            _ => {
                raw.reference = Some(None);
                Some(())
            }
        }
    }

    /// A ground truth that is JSON in a string.
    fn inner_truth(&self, text: &str, raw: &mut Raw<'_>) -> Option<()> {
        // Parsing what is inside of what is inside, and so on, would take time that is not linear.
        let mut tape = Tape::default();
        let value = (text.len() <= LONGEST_INNER).then(|| tape.read(text, &Everything, &mut None))??;
        let mut inner = Raw::default();
        self.truth(value, &mut inner)?;
        let text = |found: Maybe<Option<Cow<'_, str>>>| {
            found.map(|known| known.map(|text| text.map(|text| Cow::Owned(text.into_owned()))))
        };
        if inner.source.is_some() {
            raw.source = text(inner.source);
        }
        if inner.reference.is_some() {
            raw.reference = text(inner.reference);
        }
        if inner.id.is_some() {
            raw.id = text(inner.id);
        }
        if let Some(facts) = inner.facts {
            let owned =
                |list: Vec<Cow<'_, str>>| list.into_iter().map(|f| Cow::Owned(f.into_owned())).collect();
            raw.facts = Some(facts.map(|list| list.map(owned)));
        }
        raw.truncated = inner.truncated.or(raw.truncated);
        Some(())
    }

    fn cuts_off(&self, value: Value<'_, '_>) -> bool {
        value.string().is_some_and(|text| self.cut_off.iter().any(|name| *name == text))
    }

    /// Lays the fields of the record's partner over its own; `None` where it has none.
    fn partner<'a>(&self, record: Value<'a, '_>, raw: &mut Raw<'a>) -> Option<()> {
        let Some(path) = &self.partners.on else { return Some(()) };
        let value = path.find(record)?;
        let key = match value.kind() {
            Kind::Array => content::document(value)??,
            Kind::True | Kind::False => return None,
            _ => identity(value)??,
        };
        let partner = self.partners.rows.get(super::text::strip(&key))?;
        if let Some(source) = &partner.source {
            raw.source = Some(Some(Some(Cow::Owned(source.clone()))));
        }
        if let Some(facts) = &partner.facts {
            raw.facts = Some(Some(Some(facts.iter().cloned().map(Cow::Owned).collect())));
        }
        if let Some(reference) = &partner.reference {
            raw.reference = Some(Some(Some(Cow::Owned(reference.clone()))));
        }
        Some(())
    }

    /// Whether a record passes every condition; `None` where Python has to say.
    fn passes(&self, record: Value<'_, '_>) -> Option<bool> {
        for condition in &self.conditions {
            if !condition.holds(record)? {
                return Some(false);
            }
        }
        Some(true)
    }
}

impl Wanted for Spec {
    fn recorded(&self, key: &[u8]) -> bool {
        let common = &self.common;
        let named = |names: &[String]| names.iter().any(|name| name.as_bytes() == key);
        common.truth.as_bytes() == key
            || [&common.source, &common.facts, &common.reference, &common.id, &common.stopped]
                .into_iter()
                .any(|names| named(names))
            || self.paths().any(|path| path.begins_with(key))
    }

    fn marked(&self, _: &[u8]) -> bool {
        false
    }
}

impl Condition {
    fn holds(&self, record: Value<'_, '_>) -> Option<bool> {
        let Some(value) = self.path.find(record) else { return Some(self.operator == Operator::Unequal) };
        let text = match value.kind() {
            Kind::Number => {
                if let (Some(number), Ok(own)) = (self.number, value.raw().parse::<f64>()) {
                    return Some(self.operator.holds(own.partial_cmp(&number)));
                }
                Cow::Borrowed(value.raw())
            }
            Kind::Plain | Kind::Escaped => value.string()?,
            Kind::Null if !matches!(self.operator, Operator::Equal | Operator::Unequal) => {
                return Some(false);
            }
            Kind::True | Kind::False | Kind::Null => Cow::Borrowed(value.raw()),
            Kind::Array | Kind::Object => return Some(self.operator == Operator::Unequal),
        };
        Some(self.operator.holds(Some((*text).cmp(&self.text))))
    }
}

impl Operator {
    fn holds(self, order: Option<std::cmp::Ordering>) -> bool {
        match self {
            Operator::Equal => order.is_some_and(|o| o.is_eq()),
            Operator::Unequal => order.is_none_or(|o| o.is_ne()),
            Operator::Less => order.is_some_and(|o| o.is_lt()),
            Operator::AtMost => order.is_some_and(|o| o.is_le()),
            Operator::Greater => order.is_some_and(|o| o.is_gt()),
            Operator::AtLeast => order.is_some_and(|o| o.is_ge()),
        }
    }
}

impl Template {
    /// What stands between the first `before` and the last `after` behind it.
    fn inside<'a>(&self, text: Cow<'a, str>) -> Option<Cow<'a, str>> {
        let from = text.find(&self.before)? + self.before.len();
        let until = from + text.get(from..)?.rfind(&self.after)?;
        (from < until).then_some(())?;
        Some(match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(from..until)?),
            Cow::Owned(text) => Cow::Owned(text.get(from..until)?.to_owned()),
        })
    }
}

/// What was found, or nothing; `None` where it is left to Python.
fn known<T>(found: Maybe<Option<T>>) -> Option<Option<T>> {
    found.map_or(Some(None), |known| known)
}

/// An id: a string, or a whole number as it is written. The inner `None` is for what is no id.
fn identity<'a>(value: Value<'a, '_>) -> Option<Option<Cow<'a, str>>> {
    match value.kind() {
        Kind::Plain | Kind::Escaped => value.string().map(Some),
        Kind::True => Some(Some(Cow::Borrowed("True"))),
        Kind::False => Some(Some(Cow::Borrowed("False"))),
        Kind::Number if value.raw().bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) => Some(None),
        Kind::Number if value.raw() == "-0" => Some(Some(Cow::Borrowed("0"))),
        Kind::Number if value.raw().len() > 4000 => None,
        Kind::Number => Some(Some(Cow::Borrowed(value.raw()))),
        _ => Some(None),
    }
}
