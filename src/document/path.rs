//! Dotted paths: `strategy.canary.steps.1.pause`.

use std::fmt;

/// Where in a document something is: keys, and positions of lists counted from zero.
///
/// A segment that contains a dot is written in double quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<String>);

impl Path {
    /// The whole document.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// Reads a dotted path, or says at which byte it cannot be one and why.
    pub fn parse(text: &str) -> Result<Self, (usize, &'static str)> {
        let segments = segments(text)?;
        Ok(Self(segments.into_iter().map(|(_, segment)| segment).collect()))
    }

    /// The keys and positions.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether it is the whole document.
    pub const fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn push(&mut self, segment: &str) {
        self.0.push(segment.to_owned());
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.segments().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            if segment.is_empty() || segment.contains(['.', '"', '=']) {
                write!(f, "{dot}\"{segment}\"")?;
            } else {
                write!(f, "{dot}{segment}")?;
            }
        }
        Ok(())
    }
}

/// A segment with the bytes it stands at.
pub(super) type Located = (std::ops::Range<usize>, String);

/// The segments of a path, or at which byte it cannot be one and why.
pub(super) fn segments(text: &str) -> Result<Vec<Located>, (usize, &'static str)> {
    let mut segments = Vec::new();
    let mut at = 0;
    loop {
        let (segment, length) = segment(&text[at..]).map_err(|why| (at, why))?;
        segments.push((at..at + length, segment.to_owned()));
        at += length;
        match text[at..].chars().next() {
            None => return Ok(segments),
            Some('.') => at += 1,
            Some(_) => return Err((at, "a dot is missing here")),
        }
    }
}

/// The first segment and how many bytes it takes.
fn segment(text: &str) -> Result<(&str, usize), &'static str> {
    if let Some(inner) = text.strip_prefix('"') {
        let end = inner.find('"').ok_or("this quote is not closed")?;
        return Ok((&inner[..end], end + 2));
    }
    match text.find('.').unwrap_or(text.len()) {
        0 => Err("a part of the path is empty"),
        end => Ok((&text[..end], end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_print_as_they_are_read() {
        for text in ["a", "strategy.canary.steps.1.pause", "expect.\"blast-radius.users\".x"] {
            assert_eq!(Path::parse(text).map(|path| path.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Path::root().to_string(), "");
    }

    #[test]
    fn broken_paths_are_located() {
        let broken = |text| Path::parse(text).map_err(|(at, _)| at);
        assert_eq!(broken(""), Err(0));
        assert_eq!(broken("a..b"), Err(2));
        assert_eq!(broken("a."), Err(2));
        assert_eq!(broken("a.\"b"), Err(2));
        assert_eq!(broken("\"a\"b"), Err(3));
    }
}
