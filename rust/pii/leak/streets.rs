//! Streets compared: `450 North Maple Street` is the house at `450 Maple St`, and none at `450 South Maple Street`.

/// Quarters of the compass, as the canonical form has them.
const QUARTERS: [&str; 8] =
    ["north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"];
/// Fewest words that a street has without them: a number, a name and a kind.
const LEAST: usize = 3;

/// Number, name and kind of the street of a canonical address, without the quarters unless one is its name.
pub(super) fn street(value: &str) -> String {
    let words = || words(value);
    let plain: Vec<&str> = words().filter(|word| !QUARTERS.contains(word)).collect();
    if plain.len() < LEAST { words().collect::<Vec<_>>().join(" ") } else { plain.join(" ") }
}

/// Whether two addresses on the same street may be one: not where they name other quarters.
pub(super) fn agree(value: &str, other: &str) -> bool {
    let quarters = |value| -> Vec<&str> { words(value).filter(|word| QUARTERS.contains(word)).collect() };
    let (ours, theirs) = (quarters(value), quarters(other));
    ours.is_empty() || theirs.is_empty() || ours == theirs
}

fn words(value: &str) -> impl Iterator<Item = &str> {
    value.split('|').next().unwrap_or_default().split(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_no_part_of_a_street_but_of_its_name() {
        assert_eq!(street("450 north maple street|ID|83702|boise"), "450 maple street");
        assert_eq!(street("450 e street northwest|DC||"), "450 e street");
        assert_eq!(street("450 north street|||"), "450 north street");
        assert!(agree("450 north maple street|", "450 maple street|"));
        assert!(!agree("450 north maple street|", "450 south maple street|"));
    }
}
