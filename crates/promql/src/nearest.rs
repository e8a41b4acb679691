//! What a misspelt name was probably meant to be.

/// Longer names are not compared: nobody misspells them.
const LETTERS_MAX: usize = 64;

/// The candidate with the fewest letters to change, if those are at most a third of the name's.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let most = (name.len() / 3).max(1);
    let scored = candidates.filter_map(|candidate| Some((edits(name, candidate)?, candidate)));
    scored.filter(|(edits, _)| *edits <= most).min_by_key(|(edits, _)| *edits).map(|it| it.1)
}

/// How many letters to insert, delete or replace (Levenshtein), case left aside.
fn edits(a: &str, b: &str) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().max(b.len()) > LETTERS_MAX {
        return None;
    }
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut before = above[0];
        above[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = before + usize::from(!letter.eq_ignore_ascii_case(other));
            before = above[j + 1];
            above[j + 1] = replaced.min(before + 1).min(above[j] + 1);
        }
    }
    above.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_of_close_names_is_meant() {
        let names = ["rate", "irate", "increase"];
        assert_eq!(nearest("rat", names.into_iter()), Some("rate"));
        assert_eq!(nearest("Increas", names.into_iter()), Some("increase"));
        assert_eq!(nearest("quantile", names.into_iter()), None);
        assert_eq!(nearest(&"x".repeat(1000), names.into_iter()), None);
        assert_eq!(edits("kitten", "sitting"), Some(3));
    }
}
