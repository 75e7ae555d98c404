//! Irregular forms of common English verbs and nouns, which no suffix rule brings together.

use super::beginnings::Beginnings;
use super::map::{pack, packed};

/// Form and base, sorted by form.
const FORMS: [(&[u8], &[u8]); 220] = [
    (b"arose", b"arise"),
    (b"ate", b"eat"),
    (b"awoke", b"awake"),
    (b"became", b"become"),
    (b"began", b"begin"),
    (b"begun", b"begin"),
    (b"beheld", b"behold"),
    (b"bent", b"bend"),
    (b"bit", b"bite"),
    (b"bitten", b"bite"),
    (b"bled", b"bleed"),
    (b"blew", b"blow"),
    (b"blown", b"blow"),
    (b"bore", b"bear"),
    (b"bought", b"buy"),
    (b"bred", b"breed"),
    (b"broke", b"break"),
    (b"broken", b"break"),
    (b"brought", b"bring"),
    (b"built", b"build"),
    (b"burnt", b"burn"),
    (b"came", b"come"),
    (b"caught", b"catch"),
    (b"children", b"child"),
    (b"chose", b"choose"),
    (b"chosen", b"choose"),
    (b"clung", b"cling"),
    (b"crept", b"creep"),
    (b"dealt", b"deal"),
    (b"drank", b"drink"),
    (b"drawn", b"draw"),
    (b"dreamt", b"dream"),
    (b"drew", b"draw"),
    (b"driven", b"drive"),
    (b"drove", b"drive"),
    (b"dug", b"dig"),
    (b"eaten", b"eat"),
    (b"fallen", b"fall"),
    (b"fed", b"feed"),
    (b"feet", b"foot"),
    (b"fell", b"fall"),
    (b"felt", b"feel"),
    (b"fled", b"flee"),
    (b"flew", b"fly"),
    (b"flown", b"fly"),
    (b"forbade", b"forbid"),
    (b"forbidden", b"forbid"),
    (b"foresaw", b"foresee"),
    (b"foreseen", b"foresee"),
    (b"forgave", b"forgive"),
    (b"forgiven", b"forgive"),
    (b"forgot", b"forget"),
    (b"forgotten", b"forget"),
    (b"forsook", b"forsake"),
    (b"fought", b"fight"),
    (b"found", b"find"),
    (b"froze", b"freeze"),
    (b"frozen", b"freeze"),
    (b"gave", b"give"),
    (b"given", b"give"),
    (b"gone", b"go"),
    (b"got", b"get"),
    (b"gotten", b"get"),
    (b"grew", b"grow"),
    (b"grown", b"grow"),
    (b"heard", b"hear"),
    (b"held", b"hold"),
    (b"hid", b"hide"),
    (b"hidden", b"hide"),
    (b"hung", b"hang"),
    (b"kept", b"keep"),
    (b"knelt", b"kneel"),
    (b"knew", b"know"),
    (b"known", b"know"),
    (b"laid", b"lay"),
    (b"lain", b"lie"),
    (b"leant", b"lean"),
    (b"leapt", b"leap"),
    (b"learnt", b"learn"),
    (b"led", b"lead"),
    (b"left", b"leave"),
    (b"lent", b"lend"),
    (b"lit", b"light"),
    (b"lives", b"life"),
    (b"lost", b"lose"),
    (b"made", b"make"),
    (b"meant", b"mean"),
    (b"men", b"man"),
    (b"met", b"meet"),
    (b"misled", b"mislead"),
    (b"mistaken", b"mistake"),
    (b"mistook", b"mistake"),
    (b"outdid", b"outdo"),
    (b"outdone", b"outdo"),
    (b"outgrew", b"outgrow"),
    (b"outran", b"outrun"),
    (b"outsold", b"outsell"),
    (b"overcame", b"overcome"),
    (b"overran", b"overrun"),
    (b"overridden", b"override"),
    (b"overrode", b"override"),
    (b"oversaw", b"oversee"),
    (b"overseen", b"oversee"),
    (b"overtaken", b"overtake"),
    (b"overthrew", b"overthrow"),
    (b"overthrown", b"overthrow"),
    (b"overtook", b"overtake"),
    (b"paid", b"pay"),
    (b"partook", b"partake"),
    (b"people", b"person"),
    (b"proven", b"prove"),
    (b"ran", b"run"),
    (b"rang", b"ring"),
    (b"rebuilt", b"rebuild"),
    (b"redrawn", b"redraw"),
    (b"redrew", b"redraw"),
    (b"regrew", b"regrow"),
    (b"reran", b"rerun"),
    (b"resold", b"resell"),
    (b"retaken", b"retake"),
    (b"rethought", b"rethink"),
    (b"retold", b"retell"),
    (b"retook", b"retake"),
    (b"rewritten", b"rewrite"),
    (b"rewrote", b"rewrite"),
    (b"ridden", b"ride"),
    (b"risen", b"rise"),
    (b"rode", b"ride"),
    (b"rose", b"rise"),
    (b"rung", b"ring"),
    (b"said", b"say"),
    (b"sang", b"sing"),
    (b"sank", b"sink"),
    (b"sat", b"sit"),
    (b"saw", b"see"),
    (b"seen", b"see"),
    (b"sent", b"send"),
    (b"shaken", b"shake"),
    (b"shone", b"shine"),
    (b"shook", b"shake"),
    (b"shot", b"shoot"),
    (b"shown", b"show"),
    (b"shrank", b"shrink"),
    (b"shrunk", b"shrink"),
    (b"slain", b"slay"),
    (b"slept", b"sleep"),
    (b"slew", b"slay"),
    (b"slid", b"slide"),
    (b"slung", b"sling"),
    (b"sold", b"sell"),
    (b"sought", b"seek"),
    (b"sown", b"sow"),
    (b"spat", b"spit"),
    (b"sped", b"speed"),
    (b"spent", b"spend"),
    (b"spilt", b"spill"),
    (b"spoilt", b"spoil"),
    (b"spoke", b"speak"),
    (b"spoken", b"speak"),
    (b"sprang", b"spring"),
    (b"sprung", b"spring"),
    (b"spun", b"spin"),
    (b"stank", b"stink"),
    (b"stole", b"steal"),
    (b"stolen", b"steal"),
    (b"stood", b"stand"),
    (b"strewn", b"strew"),
    (b"stricken", b"strike"),
    (b"striven", b"strive"),
    (b"strode", b"stride"),
    (b"strove", b"strive"),
    (b"struck", b"strike"),
    (b"strung", b"string"),
    (b"stung", b"sting"),
    (b"sung", b"sing"),
    (b"sunk", b"sink"),
    (b"swam", b"swim"),
    (b"swept", b"sweep"),
    (b"swollen", b"swell"),
    (b"swore", b"swear"),
    (b"sworn", b"swear"),
    (b"swum", b"swim"),
    (b"swung", b"swing"),
    (b"taken", b"take"),
    (b"taught", b"teach"),
    (b"teeth", b"tooth"),
    (b"thought", b"think"),
    (b"threw", b"throw"),
    (b"thrown", b"throw"),
    (b"told", b"tell"),
    (b"took", b"take"),
    (b"tore", b"tear"),
    (b"torn", b"tear"),
    (b"trod", b"tread"),
    (b"trodden", b"tread"),
    (b"undergone", b"undergo"),
    (b"understood", b"understand"),
    (b"undertaken", b"undertake"),
    (b"undertook", b"undertake"),
    (b"underwent", b"undergo"),
    (b"undid", b"undo"),
    (b"undone", b"undo"),
    (b"upheld", b"uphold"),
    (b"went", b"go"),
    (b"wept", b"weep"),
    (b"withdrawn", b"withdraw"),
    (b"withdrew", b"withdraw"),
    (b"withheld", b"withhold"),
    (b"withstood", b"withstand"),
    (b"wives", b"wife"),
    (b"woke", b"wake"),
    (b"woken", b"wake"),
    (b"women", b"woman"),
    (b"won", b"win"),
    (b"wore", b"wear"),
    (b"worn", b"wear"),
    (b"wove", b"weave"),
    (b"woven", b"weave"),
    (b"written", b"write"),
    (b"wrote", b"write"),
];

/// The base form of an irregular past, participle or plural (folded, lower-case), if `word` is one.
pub fn base(word: &[u8]) -> Option<&'static [u8]> {
    if !(3..=10).contains(&word.len()) {
        return None;
    }
    // Most words begin like none of them.
    let [first, second, ..] = word else { return None };
    if !BEGINNINGS.has(*first, *second) {
        return None;
    }
    let letter = usize::from(first.checked_sub(b'a')?);
    let start = *STARTS.get(letter)?;
    let forms = KEYS.get(start..*STARTS.get(letter + 1)?)?;
    let key = packed(word);
    let at = forms.iter().position(|form| *form == key)?;
    FORMS.get(start + at).map(|(_, base)| *base)
}

static BEGINNINGS: Beginnings = {
    let (mut beginnings, mut at) = (Beginnings::NONE, 0);
    while at < FORMS.len() {
        beginnings = beginnings.with_word(FORMS[at].0);
        at += 1;
    }
    beginnings
};

/// The forms as numbers, which compare at once.
static KEYS: [u128; FORMS.len()] = {
    let mut keys = [0; FORMS.len()];
    let mut at = 0;
    while at < FORMS.len() {
        keys[at] = pack(FORMS[at].0);
        at += 1;
    }
    keys
};

/// Where the forms of each first letter begin: most words then need no comparison at all, the others a few.
const STARTS: [usize; 27] = {
    let mut starts = [0; 27];
    let (mut letter, mut at) = (0, 0);
    while letter < 26 {
        starts[letter] = at;
        while at < FORMS.len() && FORMS[at].0[0] == b'a' + letter as u8 {
            at += 1;
        }
        letter += 1;
    }
    starts[26] = at;
    starts
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brings_forms_to_their_base() {
        assert!(FORMS.is_sorted());
        assert_eq!(STARTS[26], FORMS.len());
        assert!(FORMS.iter().all(|(form, expected)| base(form) == Some(*expected)));
        for (form, expected) in
            [("won", Some("win")), ("taken", Some("take")), ("win", None), ("launched", None)]
        {
            assert_eq!(base(form.as_bytes()), expected.map(str::as_bytes), "{form}");
        }
    }
}
