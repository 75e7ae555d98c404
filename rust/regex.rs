//! Regular expressions of the user's own: checked, limited in size, of linear time.

use crate::Error;
use regex_automata::meta::Regex;
use regex_syntax::ast::{self, AssertionKind, Ast, ClassPerlKind, ClassSet, ClassSetItem};

/// Most characters of a pattern.
const MOST_PATTERN: usize = 1000;
/// Most memory of a compiled pattern, in bytes.
const SIZE: usize = 1 << 20;

const EXPECTED: &str = "a regular expression (Rust's syntax: no look-around, no back-references)";

const BACKSPACE: &str =
    "a backspace in it: TOML reads \\b as one between double quotes, and as it stands between single ones";

/// How a pattern is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Syntax {
    /// `\w`, `\d`, `\s` and `\b` mean the characters of all scripts, not of ASCII alone.
    pub(crate) unicode: bool,
    /// Capital and small letters are the same.
    pub(crate) ignore_case: bool,
    /// Its matches may have so many bytes.
    pub(crate) longest: usize,
}

impl Default for Syntax {
    fn default() -> Self {
        Self { unicode: false, ignore_case: false, longest: usize::MAX }
    }
}

/// Compiles the pattern that is the setting `field`. The empty text is no match of it.
pub(crate) fn compile(field: &str, pattern: &str, syntax: Syntax) -> Result<Regex, Error> {
    compiled(pattern, syntax).map_err(|why| Error::new(field, format!("{pattern:?} ({why})"), EXPECTED))
}

/// The same; the error says what is wrong with it.
fn compiled(pattern: &str, syntax: Syntax) -> Result<Regex, String> {
    if pattern.chars().count() > MOST_PATTERN {
        return Err(format!("longer than {MOST_PATTERN} characters"));
    }
    if pattern.contains('\u{8}') {
        return Err(BACKSPACE.to_owned());
    }
    let mut parsed =
        parse(pattern).map_err(|e| format!("{} at character {}", e.kind(), e.span().start.column.max(1)))?;
    if !syntax.unicode {
        to_ascii(&mut parsed);
    }
    let hir = regex_syntax::hir::translate::TranslatorBuilder::new()
        .case_insensitive(syntax.ignore_case)
        .build()
        .translate(pattern, &parsed)
        .map_err(|e| format!("{} at character {}", e.kind(), e.span().start.column.max(1)))?;
    match hir.properties().minimum_len() {
        Some(0) => return Err("it matches the empty text".to_owned()),
        None => return Err("it can match nothing".to_owned()),
        Some(least) if least > syntax.longest => {
            return Err(format!("its matches are longer than {} bytes", syntax.longest));
        }
        Some(_) => {}
    }
    let config = Regex::config()
        .nfa_size_limit(Some(SIZE))
        .onepass_size_limit(Some(SIZE))
        .hybrid_cache_capacity(2 * SIZE);
    Regex::builder().configure(config).build_from_hir(&hir).map_err(|e| {
        e.size_limit().map_or_else(|| e.to_string(), |_| "too large when it is compiled".to_owned())
    })
}

fn parse(pattern: &str) -> Result<Ast, Box<ast::Error>> {
    ast::parse::ParserBuilder::new().nest_limit(100).build().parse(pattern).map_err(Box::new)
}

/// Makes `\w`, `\d`, `\s` and the word boundaries mean ASCII. The parser's limit bounds the depth.
fn to_ascii(tree: &mut Ast) {
    let ascii = match tree {
        Ast::ClassPerl(class) => class_of(&class.kind, class.negated),
        Ast::Assertion(assertion) => match assertion.kind {
            AssertionKind::WordBoundary => r"(?-u:\b)",
            AssertionKind::NotWordBoundary => r"(?-u:\B)",
            AssertionKind::WordBoundaryStart | AssertionKind::WordBoundaryStartAngle => r"(?-u:\b{start})",
            AssertionKind::WordBoundaryEnd | AssertionKind::WordBoundaryEndAngle => r"(?-u:\b{end})",
            AssertionKind::WordBoundaryStartHalf => r"(?-u:\b{start-half})",
            AssertionKind::WordBoundaryEndHalf => r"(?-u:\b{end-half})",
            _ => return,
        },
        Ast::ClassBracketed(class) => return set_to_ascii(&mut class.kind),
        Ast::Repetition(repetition) => return to_ascii(&mut repetition.ast),
        Ast::Group(group) => return to_ascii(&mut group.ast),
        Ast::Alternation(parts) => return parts.asts.iter_mut().for_each(to_ascii),
        Ast::Concat(parts) => return parts.asts.iter_mut().for_each(to_ascii),
        _ => return,
    };
    if let Ok(replaced) = parse(ascii) {
        *tree = replaced;
    }
}

fn set_to_ascii(set: &mut ClassSet) {
    match set {
        ClassSet::Item(item) => item_to_ascii(item),
        ClassSet::BinaryOp(both) => {
            set_to_ascii(&mut both.lhs);
            set_to_ascii(&mut both.rhs);
        }
    }
}

fn item_to_ascii(item: &mut ClassSetItem) {
    match item {
        ClassSetItem::Perl(class) => {
            if let Ok(Ast::ClassBracketed(same)) = &parse(class_of(&class.kind, class.negated)) {
                *item = ClassSetItem::Bracketed(same.clone());
            }
        }
        ClassSetItem::Bracketed(class) => set_to_ascii(&mut class.kind),
        ClassSetItem::Union(union) => union.items.iter_mut().for_each(item_to_ascii),
        _ => {}
    }
}

fn class_of(kind: &ClassPerlKind, negated: bool) -> &'static str {
    match (kind, negated) {
        (ClassPerlKind::Digit, false) => "[0-9]",
        (ClassPerlKind::Digit, true) => "[^0-9]",
        (ClassPerlKind::Space, false) => r"[ \t\n\r\x0b\x0c]",
        (ClassPerlKind::Space, true) => r"[^ \t\n\r\x0b\x0c]",
        (ClassPerlKind::Word, false) => "[0-9A-Za-z_]",
        (ClassPerlKind::Word, true) => "[^0-9A-Za-z_]",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(regex: &Regex, text: &str) -> Vec<(usize, usize)> {
        regex.find_iter(text).map(|found| (found.start(), found.end())).collect()
    }

    #[test]
    fn classes_and_boundaries_are_ascii_unless_asked() {
        let of = |p: &str, unicode| compile("", p, Syntax { unicode, ..Syntax::default() }).unwrap();
        assert_eq!(spans(&of(r"\d+", false), "12 ١٢"), [(0, 2)]);
        assert_eq!(spans(&of(r"\d+", true), "12 ١٢").len(), 2);
        assert_eq!(spans(&of(r"\bab\b", false), "éab"), [(2, 4)]);
        assert!(spans(&of(r"\bab\b", true), "éab").is_empty());
        assert_eq!(spans(&of(r"[\w.]+@[^\W_]+", false), "a.b@cé"), [(0, 5)]);
        assert_eq!(spans(&of(r"a.b", false), "aéb"), [(0, 4)]);
        assert_eq!(spans(&of(r"\S\D\W", false), "xyé"), [(0, 4)]);
        assert_eq!(spans(&of(r"x\By", false), "xy"), [(0, 2)]);
        assert_eq!(spans(&of(r"(?i)\b{start}straße\b{end}", false), "Straße").len(), 1);
    }

    #[test]
    fn case_is_ignored_where_that_is_asked_for() {
        let of = |p: &str| compile("", p, Syntax { ignore_case: true, ..Syntax::default() }).unwrap();
        assert_eq!(spans(&of("straße"), "Straße STRAßE").len(), 2);
        assert_eq!(spans(&of("(?-i)a"), "aA"), [(0, 1)]);
    }

    #[test]
    fn an_error_names_the_setting_and_its_limit() {
        let of = |p: &str, longest| compile("there", p, Syntax { longest, ..Syntax::default() });
        let error = of("a{10}", 9).unwrap_err().to_string();
        assert!(
            error.starts_with(
                "there: got \"a{10}\" (its matches are longer than 9 bytes), expected a regular"
            )
        );
        assert!(of("a{10}", 10).is_ok());
    }
}
