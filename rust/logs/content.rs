//! Texts from JSON values, as `rollgrade.completion` takes them from Python's. `None` means: a shape that is left to
//! it, be it unusual or an error.

use super::json::{Everything, Kind, Tape, Value};
use super::text::{is_space, lines, rstrip, strip};
use std::borrow::Cow;

/// Most bytes of JSON inside a string: what is longer is left to Python.
pub(super) const LONGEST_INNER: usize = 1 << 20;

const ASSISTANT: [&str; 3] = ["assistant", "model", "ai"];
const USER: [&str; 2] = ["user", "human"];
const TEXT_PARTS: [&str; 3] = ["text", "output_text", "input_text"];
const BULLETS: &str = "•‣◦▪⁃●■○·➢➤✓✔★";

/// The text of a completion, without the end-of-turn token that it may end in.
pub(super) fn completion<'a>(value: Value<'a, '_>, end_of_turn: &[String]) -> Option<Cow<'a, str>> {
    let text = match value.kind() {
        Kind::Null => Cow::Borrowed(""),
        Kind::Plain | Kind::Escaped => value.string()?,
        Kind::Array => {
            let mut items = value.items();
            match (items.next(), items.next()) {
                (Some(only), None) if only.is_string() => only.string()?,
                (Some(_), _) => answer(value)?,
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(without_end_of_turn(text, end_of_turn))
}

/// The text of a source or a reference; the inner `None` where there is none.
pub(super) fn document<'a>(value: Value<'a, '_>) -> Option<Option<Cow<'a, str>>> {
    match value.kind() {
        Kind::Null => Some(None),
        Kind::Plain | Kind::Escaped => {
            let text = value.string()?;
            Some(if strip(&text).is_empty() { None } else { Some(text) })
        }
        Kind::Array => last_user(value),
        _ => None,
    }
}

/// Facts; the inner `None` where there are none.
pub(super) fn facts<'a>(value: Value<'a, '_>) -> Option<Option<Vec<Cow<'a, str>>>> {
    let found = match value.kind() {
        Kind::Null => return Some(None),
        Kind::Array => fact_strings(value)?,
        Kind::Plain => facts_of_text(value.raw())?,
        Kind::Escaped => {
            let text = value.string()?;
            let owned = |fact: Cow<'_, str>| Cow::Owned(fact.into_owned());
            facts_of_text(&text)?.into_iter().map(owned).collect()
        }
        _ => return None,
    };
    Some(if found.is_empty() { None } else { Some(found) })
}

fn fact_strings<'a>(list: Value<'a, '_>) -> Option<Vec<Cow<'a, str>>> {
    let mut found = Vec::new();
    for fact in list.items() {
        let fact = match fact.string()? {
            Cow::Borrowed(text) => Cow::Borrowed(strip(text)),
            Cow::Owned(text) => Cow::Owned(strip(&text).to_owned()),
        };
        if !fact.is_empty() {
            found.push(fact);
        }
    }
    Some(found)
}

/// The role of a message in lower case.
fn role(message: Value<'_, '_>) -> Option<String> {
    let role = message.get("role")?.string()?;
    role.is_ascii().then(|| role.to_ascii_lowercase())
}

/// What the assistant says in the last exchange; only for lists of nothing but messages with a role, and with an
/// answer.
fn answer<'a>(messages: Value<'a, '_>) -> Option<Cow<'a, str>> {
    let mut turns = Vec::new();
    for message in messages.items() {
        turns.push((role(message)?, message));
    }
    let mut answered = false;
    for (role, message) in turns.iter().rev() {
        if ASSISTANT.contains(&role.as_str()) {
            answered = true;
            let text = content(*message)?;
            if !text.is_empty() {
                return Some(text);
            }
        } else if answered && USER.contains(&role.as_str()) {
            break;
        }
    }
    answered.then_some(Cow::Borrowed(""))
}

/// The text of the last message of a user, where there is one with text.
pub(super) fn last_user<'a>(messages: Value<'a, '_>) -> Option<Option<Cow<'a, str>>> {
    let mut last = None;
    let mut any = false;
    for message in messages.items() {
        any = true;
        if USER.contains(&role(message)?.as_str()) {
            last = Some(message);
        }
    }
    // A list without messages may be one of content parts.
    any.then_some(())?;
    match last {
        None => Some(None),
        Some(message) => Some(Some(content(message)?).filter(|text| !text.is_empty())),
    }
}

/// The text of a message's content.
fn content<'a>(message: Value<'a, '_>) -> Option<Cow<'a, str>> {
    let Some(content) = message.get("content") else { return Some(Cow::Borrowed("")) };
    match content.kind() {
        Kind::Null => Some(Cow::Borrowed("")),
        Kind::Plain | Kind::Escaped => content.string(),
        Kind::Array => {
            let mut text = String::new();
            for part in content.items() {
                text.push_str(&part_text(part)?);
            }
            Some(Cow::Owned(text))
        }
        _ => None,
    }
}

fn part_text<'a>(part: Value<'a, '_>) -> Option<Cow<'a, str>> {
    if part.is_string() {
        return part.string();
    }
    if !TEXT_PARTS.contains(&&*part.get("type")?.string()?) {
        return Some(Cow::Borrowed(""));
    }
    match part.get("text") {
        Some(text) if text.kind() != Kind::Null => text.string(),
        _ => Some(Cow::Borrowed("")),
    }
}

fn without_end_of_turn<'a>(text: Cow<'a, str>, tokens: &[String]) -> Cow<'a, str> {
    let bare = rstrip(&text);
    let Some(kept) = tokens.iter().find_map(|token| bare.strip_suffix(token.as_str())).map(str::len) else {
        return text;
    };
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(..kept).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.truncate(kept);
            Cow::Owned(text)
        }
    }
}

/// Shorter text is left to Python.
const LEAST: usize = 5;

/// Facts of a string: a JSON list, bullets, or lines.
fn facts_of_text(text: &str) -> Option<Vec<Cow<'_, str>>> {
    let bare = strip(text);
    if bare == "null" {
        return Some(Vec::new());
    }
    // An object, a fence, a list as Python writes it, or a few letters that may say that there is nothing.
    if bare.starts_with(['{', '(', '`', '~']) || bare.len() < LEAST {
        return None;
    }
    if bare.starts_with('[') {
        if text.len() > LONGEST_INNER {
            return None;
        }
        let mut tape = Tape::default();
        // Python's own reader is not as strict; what is none for it either is an error or lines.
        let value = tape.read(text, &Everything, &mut None)?;
        let owned = |fact: Cow<'_, str>| Cow::Owned(fact.into_owned());
        return Some(fact_strings(value)?.into_iter().map(owned).collect());
    }
    let lines: Vec<&str> = lines(text).into_iter().filter(|line| !strip(line).is_empty()).collect();
    let mut bullets = Vec::with_capacity(lines.len());
    for line in &lines {
        bullets.push(bullet(line)?);
    }
    let mut found: Vec<Cow<'_, str>> = Vec::new();
    if bullets.iter().all(Option::is_none) {
        found.extend(lines.into_iter().map(Cow::Borrowed));
    } else {
        for (line, bullet) in lines.into_iter().zip(bullets) {
            if let Some(end) = bullet {
                found.push(Cow::Borrowed(line.get(end..).unwrap_or_default()));
            } else if let Some(last) = found.last_mut() {
                *last = Cow::Owned(format!("{} {}", rstrip(last), strip(line)));
            } else if !rstrip(line).ends_with(':') {
                found.push(Cow::Borrowed(line));
            }
        }
    }
    let bare = |fact: Cow<'_, str>| -> Cow<'_, str> { Cow::Owned(strip(&fact).to_owned()) };
    Some(found.into_iter().map(bare).filter(|fact| !fact.is_empty()).collect())
}

/// Where the bullet ends that a line begins with; the inner `None` where it begins with none. Digits that are not
/// ASCII are left to Python.
fn bullet(line: &str) -> Option<Option<usize>> {
    let rest = line.trim_start_matches(is_space);
    let end_of = |rest: &str| line.len() - rest.len();
    let spaced = |rest: &str| {
        let bare = rest.trim_start_matches(is_space);
        (bare.len() < rest.len() || rest.is_empty()).then(|| end_of(bare))
    };
    let Some(first) = rest.chars().next() else { return Some(None) };
    let behind = rest.get(first.len_utf8()..).unwrap_or_default();
    if "-*+–—".contains(first) {
        return Some(spaced(behind));
    }
    if BULLETS.contains(first) {
        return Some(Some(end_of(behind.trim_start_matches(is_space))));
    }
    let label = rest.strip_prefix('(').unwrap_or(rest);
    if label.chars().next().is_some_and(|c| !c.is_ascii() && c.is_numeric()) {
        return None;
    }
    let digits = label.bytes().take_while(u8::is_ascii_digit).count();
    let behind = label.get(digits..).unwrap_or_default();
    if (1..=3).contains(&digits) {
        if behind.chars().next().is_some_and(|c| !c.is_ascii() && c.is_numeric()) {
            return None;
        }
        return Some(behind.strip_prefix(['.', ')']).and_then(spaced));
    }
    let letter = label.strip_prefix(|c: char| c.is_ascii_alphabetic());
    Some(letter.and_then(|behind| behind.strip_prefix(')')).and_then(spaced))
}
