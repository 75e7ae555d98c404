//! Words that are put in each other's places, left out or strewn in.

pub(super) const PREPOSITIONS: &[&str] = &[
    "of", "to", "in", "for", "on", "with", "at", "by", "from", "about", "into", "over", "after", "under",
    "between", "through", "during", "against", "among", "toward", "since", "until", "without", "within",
    "upon", "across", "as",
];
pub(super) const ARTICLES: &[&str] = &["a", "an", "the"];
pub(super) const DETERMINERS: &[&str] =
    &["a", "an", "the", "this", "these", "that", "those", "its", "their", "his", "her", "our"];
pub(super) const AUXILIARIES: &[&str] = &[
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "will", "would", "can", "could", "may",
    "should", "must", "do", "does", "did", "being", "might",
];
pub(super) const CONJUNCTIONS: &[&str] = &[
    "and", "or", "but", "that", "which", "who", "because", "while", "when", "if", "than", "where", "whether",
    "although",
];
pub(super) const PRONOUNS: &[&str] =
    &["he", "she", "it", "they", "we", "i", "you", "him", "them", "us", "me", "there", "who"];
pub(super) const CASES: &[(&str, &str)] = &[
    ("he", "him"),
    ("she", "her"),
    ("they", "them"),
    ("we", "us"),
    ("i", "me"),
    ("him", "he"),
    ("them", "they"),
    ("us", "we"),
    ("me", "I"),
    ("his", "him"),
    ("their", "them"),
    ("their", "they"),
    ("our", "us"),
    ("my", "me"),
    ("your", "you"),
    ("its", "it"),
    ("who", "whose"),
    ("it", "its"),
];
pub(super) const NUMBERS: &[(&str, &str)] = &[
    ("is", "are"),
    ("are", "is"),
    ("was", "were"),
    ("were", "was"),
    ("has", "have"),
    ("have", "has"),
    ("does", "do"),
    ("do", "does"),
    ("this", "these"),
    ("these", "this"),
    ("that", "those"),
    ("those", "that"),
    ("is", "be"),
    ("are", "be"),
    ("is", "am"),
    ("many", "much"),
    ("much", "many"),
    ("an", "a"),
    ("a", "an"),
    ("isn't", "aren't"),
    ("doesn't", "don't"),
];
pub(super) const STRAY: &[&str] = &[
    "the", "of", "to", "and", "a", "in", "is", "for", "that", "on", "with", "was", "as", "it", "be", "by",
    "are", "at", "from", "has", "not", "this", "which", "have", "or", "an", "they", "will", "their", "who",
    "its", "been",
];

/// Words that sound alike, or nearly.
pub(super) const SOUNDS: &[(&str, &str)] = &[
    ("their", "there"),
    ("their", "they're"),
    ("there", "their"),
    ("they're", "their"),
    ("its", "it's"),
    ("it's", "its"),
    ("your", "you're"),
    ("you're", "your"),
    ("to", "too"),
    ("too", "to"),
    ("two", "to"),
    ("than", "then"),
    ("then", "than"),
    ("whose", "who's"),
    ("who's", "whose"),
    ("affect", "effect"),
    ("effect", "affect"),
    ("effects", "affects"),
    ("lose", "loose"),
    ("principal", "principle"),
    ("principle", "principal"),
    ("passed", "past"),
    ("past", "passed"),
    ("were", "where"),
    ("where", "were"),
    ("of", "off"),
    ("off", "of"),
    ("quite", "quiet"),
    ("accept", "except"),
    ("except", "accept"),
    ("advice", "advise"),
    ("led", "lead"),
    ("know", "now"),
    ("now", "know"),
    ("no", "know"),
    ("here", "hear"),
    ("by", "bye"),
    ("for", "four"),
    ("weather", "whether"),
    ("whether", "weather"),
    ("site", "cite"),
    ("rights", "writes"),
    ("right", "write"),
    ("one", "won"),
    ("been", "bean"),
    ("our", "are"),
    ("are", "our"),
    ("through", "threw"),
    ("which", "witch"),
    ("would", "wood"),
    ("peace", "piece"),
    ("piece", "peace"),
    ("role", "roll"),
];
pub(super) const NEGATIONS: &[&str] =
    &["not", "never", "no", "cannot", "without", "none", "nothing", "don't", "doesn't", "didn't"];
