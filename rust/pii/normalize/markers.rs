//! What addresses are spelled with: words for the at sign and the dot in some languages, and the domains behind them.

/// What a sign is spelled with.
pub(super) struct Spelling {
    /// Words for it. Of those that begin alike the longest comes first.
    pub(super) words: &'static [&'static [u8]],
    /// Letters for it, which are such only in brackets.
    pub(super) in_brackets: &'static [&'static [u8]],
}

/// The `@`.
pub(super) const AT: &Spelling = &Spelling { words: AT_WORDS, in_brackets: &[b"a t", b"a-t", b"a"] };
/// The dot.
pub(super) const DOT: &Spelling = &Spelling { words: DOT_WORDS, in_brackets: &[b"d o t", b"d-o-t", b"d"] };

const AT_WORDS: &[&[u8]] = &[
    b"the at sign",
    b"at sign",
    b"at-sign",
    b"atsign",
    b"the at symbol",
    b"at symbol",
    b"commercial at",
    b"at",
    b"@",
    b"arroba",
    b"arobase",
    b"arobas",
    b"chiocciola",
    b"apenstaartje",
    b"apestaartje",
    b"klammeraffe",
    b"snabel-a",
    b"snabela",
    b"zavinac",
    "zavináč".as_bytes(),
    b"kukac",
    b"malpa",
    "małpa".as_bytes(),
    b"(at)",
];
const DOT_WORDS: &[&[u8]] = &[
    b"dot",
    b".",
    b"punkt",
    b"punto",
    b"point",
    b"period",
    b"ponto",
    b"punt",
    b"kropka",
    b"tecka",
    "tečka".as_bytes(),
    b"d0t",
];
/// Last labels that are read behind words without brackets; English words among the domains are left out.
pub(super) const DOMAINS: &[&[u8]] = &[
    b"com", b"org", b"net", b"edu", b"gov", b"mil", b"info", b"biz", b"io", b"ai", b"co", b"uk", b"de",
    b"fr", b"es", b"nl", b"ch", b"se", b"fi", b"dk", b"pl", b"cz", b"ru", b"ua", b"jp", b"cn", b"kr", b"br",
    b"mx", b"ar", b"cl", b"au", b"nz", b"ca", b"za", b"ie", b"pt", b"gr", b"eu", b"app", b"dev", b"xyz",
    b"hu", b"ro", b"tr", b"il", b"hk", b"sg", b"th", b"tw", b"vn", b"ph", b"lt", b"lv", b"ee", b"si", b"sk",
    b"hr", b"rs", b"bg", b"lu", b"tv", b"fm", b"cc",
];
/// Those that are English words too, which are domains behind a word for a dot.
pub(super) const WORDY_DOMAINS: &[&[u8]] = &[
    b"it", b"me", b"in", b"at", b"us", b"be", b"no", b"is", b"so", b"to", b"my", b"pro", b"online", b"tech",
];
