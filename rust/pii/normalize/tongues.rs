//! Words of other languages for the signs between digits.

/// Words of these languages for what stands between digits, and for the plus that opens a number.
pub(super) const FOREIGN_DASHES: &[&[u8]] = &[
    b"guion",
    "guión".as_bytes(),
    b"tiret",
    b"espace",
    b"espacio",
    b"strich",
    b"bindestrich",
    b"trattino",
    b"spazio",
    "traço".as_bytes(),
    b"streep",
    b"streepje",
];
pub(super) const FOREIGN_DOTS: &[&[u8]] = &[b"punto", b"point", b"punkt", b"ponto", b"punt"];
pub(super) const PLUS: &[&[u8]] = &[b"plus", "más".as_bytes(), b"mas", b"mais", "più".as_bytes(), b"piu"];
