//! The codes of the problems a document can have, whatever it is about.

/// A code with what it means, in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Such as `E0012`.
    pub code: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

macro_rules! codes {
    ($($NAME:ident = $code:literal: $meaning:literal;)*) => {
        $(pub(crate) const $NAME: &str = $code;)*

        /// Every code of this module, in order.
        pub const CODES: &[Code] = &[$(Code { code: $code, meaning: $meaning }),*];
    };
}

codes! {
    ENCODING = "E0001": "the text is not UTF-8";
    SYNTAX = "E0002": "the text is not YAML";
    TOO_LARGE = "E0003": "the document is too large, too deep or has too many aliases";
    DUPLICATE_KEY = "E0004": "a key stands twice in a map";
    ALIAS = "E0005": "an alias stands inside the value it repeats, or a merge is not of maps";
    KEY = "E0006": "a key is not a plain text";
    TAG = "E0007": "a tag gives a value a type of its own";
    EMPTY = "E0008": "there is no document";
    BASE_CYCLE = "E0009": "a file is its own base";
    BASE_READ = "E0010": "a base cannot be read";
    MISSING_FIELD = "E0011": "a field that must be given is missing";
    UNKNOWN_FIELD = "E0012": "a field does not exist here";
    WRONG_KIND = "E0013": "a map, a list or a single value stands where another is expected";
    UNKNOWN_WORD = "E0014": "a word is not one of those that can stand here";
    ONE_OF = "E0015": "not exactly one alternative is given";
    NAME = "E0016": "a name has other characters than a-z, 0-9 and dashes";
    UNREADABLE = "E0030": "a value is not written the way its kind is";
    BARE_NUMBER = "E0031": "a number has no unit";
    OUT_OF_RANGE = "E0032": "a value is outside what is possible";
    NOT_RANDOM = "E0033": "a distribution stands where only a fixed value can";
    DISTRIBUTION = "E0034": "a distribution's parameters contradict each other";
    SET_SYNTAX = "E0040": "a setting is not written as path=value";
    SET_PATH = "E0041": "a setting's path leads through something that has no such part";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(CODES.is_sorted_by(|a, b| a.code < b.code));
        assert!(CODES.iter().all(|code| code.code.len() == 5 && !code.meaning.ends_with('.')));
    }
}
