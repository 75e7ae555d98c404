//! What a clause has had so far, and what it comes to: how many verbs it lacks, the last of them, a noun since.
//!
//! Both are automata over the tags of [`super::tags`], a step a token.

use super::tags::{TAGS, Tag};

/// What a tag does to a clause.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Part {
    /// Nothing.
    None,
    Stop,
    /// A conjunction or a mark: another verb may follow.
    Link,
    /// Begins a clause that wants a verb of its own.
    Opener,
    Noun,
    Past,
    Present,
    Modal,
    Plain,
    Participle,
    Ing,
    Be,
    To,
}

const PARTS: usize = 13;

const fn part(tag: usize) -> Part {
    const fn any(tag: usize, of: &[Tag]) -> bool {
        let mut at = 0;
        while at < of.len() {
            if of[at] as usize == tag {
                return true;
            }
            at += 1;
        }
        false
    }
    use Tag::*;
    if tag == Stop as usize {
        Part::Stop
    } else if any(tag, &[And, Comma, Colon, Dash]) {
        Part::Link
    } else if any(tag, &[Who, Which, When, Joining, That]) {
        Part::Opener
    } else if any(tag, &[Noun, Nouns, Name, Subject, Pronoun, There, Pointing, Determiner, Number]) {
        Part::Noun
    } else if any(tag, &[Past, Was, Had, Did]) {
        Part::Past
    } else if any(tag, &[PresentS, Present, Is, Has, Does]) {
        Part::Present
    } else if tag == Modal as usize {
        Part::Modal
    } else if tag == Plain as usize {
        Part::Plain
    } else if tag == Participle as usize {
        Part::Participle
    } else if tag == Ing as usize {
        Part::Ing
    } else if any(tag, &[Been, Be, Being]) {
        Part::Be
    } else if tag == To as usize {
        Part::To
    } else {
        Part::None
    }
}

/// How many more verbs than openers a sentence has had, from [`FEWEST`]; the last verb; a noun or a link since.
#[derive(Clone, Copy)]
struct State {
    verbs: u8,
    last: u8,
    noun: bool,
    link: bool,
}

/// Two verbs are wanted; two more than wanted are as good as more.
const FEWEST: u8 = 0;
const NONE_YET: u8 = 2;
const MOST: u8 = 4;
/// Verbs there may be, or none: [`Part::Past`] is the first.
const VERBS: u8 = PARTS as u8 - Part::Past as u8 + 1;
const STATES: usize = (MOST as usize + 1) * VERBS as usize * 4;

impl State {
    const START: Self = Self { verbs: NONE_YET, last: 0, noun: false, link: false };

    const fn number(self) -> u8 {
        ((self.verbs * VERBS + self.last) * 2 + self.noun as u8) * 2 + self.link as u8
    }

    const fn of(number: u8) -> Self {
        let (link, noun, rest) = (number % 2 == 1, number / 2 % 2 == 1, number / 4);
        Self { verbs: rest / VERBS, last: rest % VERBS, noun, link }
    }

    const fn after(self, part: Part) -> Self {
        let verb = (part as u8).saturating_sub(Part::Past as u8 - 1);
        match part {
            Part::None => self,
            Part::Stop => Self::START,
            Part::Link => Self { link: true, ..self },
            Part::Opener => {
                let verbs = if self.verbs > FEWEST { self.verbs - 1 } else { FEWEST };
                Self { verbs, last: 0, link: true, ..self }
            }
            Part::Noun => Self { noun: true, ..self },
            Part::Past | Part::Present | Part::Modal => {
                let verbs = if self.verbs < MOST { self.verbs + 1 } else { MOST };
                Self { verbs, last: verb, noun: false, link: false }
            }
            // "The bridge closed in May": what follows a noun describes it.
            Part::Participle if self.noun => self,
            Part::Plain | Part::Participle | Part::Ing | Part::Be | Part::To => Self { last: verb, ..self },
        }
    }
}

/// The state after a state and a tag: any byte is an index.
static NEXT: [[u8; 256]; TAGS] = {
    let mut next = [[0; 256]; TAGS];
    let mut tag = 0;
    while tag < TAGS {
        let mut state = 0;
        while state < STATES {
            next[tag][state] = State::of(state as u8).after(part(tag)).number();
            state += 1;
        }
        tag += 1;
    }
    next
};

/// What a tag is to what stands before it; 0 if nothing.
static AHEAD: [u8; TAGS] = {
    let mut ahead = [0; TAGS];
    let mut tag = 0;
    while tag < TAGS {
        ahead[tag] = match part(tag) {
            Part::None | Part::Link | Part::Noun | Part::Plain => 0,
            part => part as u8,
        };
        tag += 1;
    }
    ahead
};

/// What a text begins with.
pub(super) const START: u8 = State::START.number();

/// The state behind a token, by the one before it and its tag.
#[inline(always)]
pub(super) fn behind(state: u8, tag: u8) -> u8 {
    NEXT[usize::from(tag) % TAGS][usize::from(state)]
}

/// What comes next, from before a token on, by what comes behind it.
#[inline(always)]
pub(super) fn ahead(next: u8, tag: u8) -> u8 {
    let own = AHEAD[usize::from(tag) % TAGS];
    std::hint::select_unpredictable(own == 0, next, own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(tags: &[Tag]) -> State {
        State::of(tags.iter().fold(START, |state, tag| behind(state, *tag as u8)))
    }

    #[test]
    fn a_clause_is_whole_when_each_opener_has_its_verb() {
        use Tag::*;
        // "He said that the bridge was closed".
        let said = [Subject, Past, That, The, Noun];
        assert_eq!(after(&said).verbs, NONE_YET);
        assert!(after(&said).noun && after(&said).link);
        let whole = [&said[..], &[Was, Participle]].concat();
        assert_eq!(after(&whole).verbs, NONE_YET + 1);
        assert_eq!(after(&[&whole[..], &[Stop]].concat()).number(), START);
        // Every state has its number.
        for number in 0..STATES as u8 {
            assert_eq!(State::of(number).number(), number);
        }
    }

    #[test]
    fn what_comes_next_is_the_nearest_verb_or_the_end() {
        let tags = [Tag::The, Tag::Noun, Tag::Was, Tag::Participle, Tag::Stop];
        let mut next = 0;
        let found: Vec<u8> = tags
            .iter()
            .rev()
            .map(|tag| {
                next = ahead(next, *tag as u8);
                next
            })
            .collect();
        let expected = [Part::Stop, Part::Participle, Part::Past, Part::Past, Part::Past];
        assert_eq!(found, expected.map(|part| part as u8));
    }
}
