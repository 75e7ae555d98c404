//! The answer inside a completion: what is left when a thinking block is taken off.

use crate::rubric::Thinking;
use std::ops::Range;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// The parts of a completion, as byte spans of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What is graded.
    pub span: Range<usize>,
    /// The thinking block that was taken off, without its tags; empty where there is none.
    pub thinking: Range<usize>,
    /// A thinking block begins and never ends: there is no answer.
    pub unclosed: bool,
    /// The completion begins with a thinking block, or ends one that the prompt began.
    pub thought: bool,
}

/// Finds the answer. With [`Thinking::Strip`], what stands up to the first `</think>` is taken off, also where
/// the opening tag was part of the prompt, and with it the white space that follows.
pub fn split(completion: &str, thinking: Thinking) -> Answer {
    let opens = completion.trim_start().starts_with(OPEN);
    // Nearly no text has the sign it begins with.
    let close =
        completion.match_indices('<').map(|(at, _)| at).find(|at| completion[*at..].starts_with(CLOSE));
    let unclosed = opens && close.is_none();
    let thought = opens || close.is_some();
    let end = completion.len();
    if thinking != Thinking::Strip || !thought {
        return Answer { span: 0..end, thinking: 0..0, unclosed, thought };
    }
    let begin = if opens { end - completion.trim_start().len() + OPEN.len() } else { 0 };
    let Some(close) = close else {
        return Answer { span: end..end, thinking: begin..end, unclosed, thought };
    };
    let rest = completion.get(close + CLOSE.len()..).unwrap_or_default();
    Answer { span: end - rest.trim_start().len()..end, thinking: begin.min(close)..close, unclosed, thought }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strip_takes_off_what_stands_up_to_the_first_closing_tag() {
        for (completion, answer, thinking, unclosed) in [
            ("An answer.", "An answer.", "", false),
            ("<think>plan</think>\n\nAn answer.", "An answer.", "plan", false),
            ("\n <think>plan</think>An answer.", "An answer.", "plan", false),
            ("plan</think> An answer.", "An answer.", "plan", false),
            ("<think>a</think>b</think>c", "b</think>c", "a", false),
            ("An answer. <think>more", "An answer. <think>more", "", false),
            ("<think>plan", "", "plan", true),
            ("</think>", "", "", false),
            ("", "", "", false),
        ] {
            let a = split(completion, Thinking::Strip);
            assert_eq!(&completion[a.span], answer, "{completion:?}");
            assert_eq!(&completion[a.thinking], thinking, "{completion:?}");
            assert_eq!(a.unclosed, unclosed, "{completion:?}");
        }
    }

    #[test]
    fn count_and_forbid_leave_the_completion_whole() {
        for thinking in [Thinking::Count, Thinking::Forbid] {
            let a = split("<think>plan</think>An answer.", thinking);
            assert_eq!((a.span, a.thought), (0..29, true));
        }
        assert!(!split("An answer.", Thinking::Forbid).thought);
        assert!(split("<think>plan", Thinking::Count).unclosed);
    }
}
