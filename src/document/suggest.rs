//! What a misspelt word was probably meant to be.

/// The candidate closest to the word, if one is close enough to be meant.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let tolerance = tolerance(&letters(word));
    let scored = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    let close = scored.filter(|(distance, _)| *distance <= tolerance);
    close.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// How many letters may differ.
fn tolerance(word: &[char]) -> usize {
    (word.len() / 3).max(1)
}

/// Words longer than this are not compared: nobody misspells them.
const CHARS_MAX: usize = 64;

/// How many letters to insert, delete, replace or swap with their neighbour; case is free.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (letters(a), letters(b));
    if a.len().max(b.len()) > CHARS_MAX || a.len().abs_diff(b.len()) > tolerance(&a) {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

/// Lowercase letters without the separators that spellings differ in.
fn letters(word: &str) -> Vec<char> {
    let kept = word.chars().take(CHARS_MAX + 1).filter(|c| !matches!(c, '-' | '_' | ' '));
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspellings_are_recognised() {
        let fields = ["maxSurge", "maxUnavailable", "readiness", "minReadySeconds"];
        assert_eq!(closest("maxSurg", fields), Some("maxSurge"));
        assert_eq!(closest("max-surge", fields), Some("maxSurge"));
        assert_eq!(closest("maxUnavialable", fields), Some("maxUnavailable"));
        assert_eq!(closest("replicas", fields), None);
        assert_eq!(closest("", fields), None);
        assert_eq!(closest(&"x".repeat(10_000), fields), None);
    }

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("abcdefghi", "abc"), usize::MAX);
    }
}
