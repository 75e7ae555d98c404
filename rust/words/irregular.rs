//! Irregular forms of common English verbs and nouns, which no suffix rule brings together.

/// Form and base, sorted by form.
const FORMS: [(&[u8], &[u8]); 119] = [
    (b"arose", b"arise"),
    (b"ate", b"eat"),
    (b"awoke", b"awake"),
    (b"became", b"become"),
    (b"began", b"begin"),
    (b"begun", b"begin"),
    (b"bent", b"bend"),
    (b"bit", b"bite"),
    (b"bitten", b"bite"),
    (b"bore", b"bear"),
    (b"bought", b"buy"),
    (b"broke", b"break"),
    (b"broken", b"break"),
    (b"brought", b"bring"),
    (b"built", b"build"),
    (b"came", b"come"),
    (b"caught", b"catch"),
    (b"children", b"child"),
    (b"chose", b"choose"),
    (b"chosen", b"choose"),
    (b"dealt", b"deal"),
    (b"drank", b"drink"),
    (b"drawn", b"draw"),
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
    (b"forgot", b"forget"),
    (b"forgotten", b"forget"),
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
    (b"kept", b"keep"),
    (b"knew", b"know"),
    (b"known", b"know"),
    (b"laid", b"lay"),
    (b"led", b"lead"),
    (b"left", b"leave"),
    (b"lives", b"life"),
    (b"lost", b"lose"),
    (b"made", b"make"),
    (b"meant", b"mean"),
    (b"men", b"man"),
    (b"met", b"meet"),
    (b"overcame", b"overcome"),
    (b"oversaw", b"oversee"),
    (b"overseen", b"oversee"),
    (b"paid", b"pay"),
    (b"people", b"person"),
    (b"ran", b"run"),
    (b"ridden", b"ride"),
    (b"risen", b"rise"),
    (b"rode", b"ride"),
    (b"rose", b"rise"),
    (b"said", b"say"),
    (b"sang", b"sing"),
    (b"sank", b"sink"),
    (b"sat", b"sit"),
    (b"saw", b"see"),
    (b"seen", b"see"),
    (b"sent", b"send"),
    (b"shaken", b"shake"),
    (b"shook", b"shake"),
    (b"shot", b"shoot"),
    (b"slept", b"sleep"),
    (b"sold", b"sell"),
    (b"sought", b"seek"),
    (b"spent", b"spend"),
    (b"spoke", b"speak"),
    (b"spoken", b"speak"),
    (b"stole", b"steal"),
    (b"stolen", b"steal"),
    (b"stood", b"stand"),
    (b"struck", b"strike"),
    (b"sung", b"sing"),
    (b"sunk", b"sink"),
    (b"swam", b"swim"),
    (b"taken", b"take"),
    (b"taught", b"teach"),
    (b"teeth", b"tooth"),
    (b"thought", b"think"),
    (b"threw", b"throw"),
    (b"thrown", b"throw"),
    (b"told", b"tell"),
    (b"took", b"take"),
    (b"understood", b"understand"),
    (b"undertaken", b"undertake"),
    (b"undertook", b"undertake"),
    (b"went", b"go"),
    (b"withdrawn", b"withdraw"),
    (b"withdrew", b"withdraw"),
    (b"wives", b"wife"),
    (b"women", b"woman"),
    (b"won", b"win"),
    (b"wore", b"wear"),
    (b"worn", b"wear"),
    (b"written", b"write"),
    (b"wrote", b"write"),
];

/// The base form of an irregular past, participle or plural (folded, lower-case), if `word` is one.
pub fn base(word: &[u8]) -> Option<&'static [u8]> {
    if !(3..=10).contains(&word.len()) {
        return None;
    }
    let letter = usize::from(word.first()?.checked_sub(b'a')?);
    let forms = FORMS.get(*STARTS.get(letter)?..*STARTS.get(letter + 1)?)?;
    forms.iter().find(|(form, _)| *form == word).map(|(_, base)| *base)
}

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
