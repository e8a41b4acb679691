//! A length of time, as a quantity of documents.

use clockwork::{Span, SpanError};

use super::{Quantity, Rejection, decimal};

impl Quantity for Span {
    const EXPECTED: &'static str = "a duration";
    const EXAMPLE: &'static str = "10m";
    const PATTERN: &'static str = r"^([0-9]+(\.[0-9]+)?(w|d|h|m|s|ms|us))+$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        text.parse().map_err(|error: SpanError| match error {
            SpanError::NoUnit if decimal::is_number(text) => {
                Rejection::bare(["m", "s", "ms"].map(|unit| format!("{text}{unit}")))
            }
            SpanError::Negative => Rejection::out_of_range(error.to_string()),
            SpanError::TooLong => Rejection::out_of_range(error.to_string()).or("3650d"),
            _ => {
                let refusal = Rejection::unreadable(error.to_string());
                respelt(text).into_iter().fold(refusal, Rejection::or)
            }
        })
    }

    fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
}

/// Units as people spell them elsewhere, the longer first.
const SPELLINGS: [(&str, &str); 16] = [
    ("milliseconds", "ms"),
    ("microseconds", "us"),
    ("seconds", "s"),
    ("minutes", "m"),
    ("second", "s"),
    ("minute", "m"),
    ("hours", "h"),
    ("weeks", "w"),
    ("days", "d"),
    ("hour", "h"),
    ("week", "w"),
    ("mins", "m"),
    ("day", "d"),
    ("min", "m"),
    ("sec", "s"),
    ("hr", "h"),
];

/// The duration that a text with spaces, capitals, long units or a decimal comma means.
fn respelt(text: &str) -> Option<String> {
    let kept = text.chars().filter(|c| !c.is_whitespace());
    let lower: String = kept.map(|c| if c == ',' { '.' } else { c.to_ascii_lowercase() }).collect();
    let short = SPELLINGS.iter().fold(lower, |text, (long, short)| text.replace(long, short));
    let span: Span = short.parse().ok()?;
    Some(span.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bare_number_may_be_minutes_or_seconds() {
        assert_eq!(
            <Span as Quantity>::parse("10"),
            Err(Rejection::bare(["10m".into(), "10s".into(), "10ms".into()]))
        );
        assert_eq!(<Span as Quantity>::parse("1h30m"), Ok(Span::from_mins(90)));
        assert!(<Span as Quantity>::parse("ten").is_err());
    }

    #[test]
    fn other_spellings_are_corrected() {
        let instead = |text| <Span as Quantity>::parse(text).expect_err("refused").instead;
        assert_eq!(instead("10min"), ["10m"]);
        assert_eq!(instead("24 h"), ["1d"]);
        assert_eq!(instead("1,5 Hours"), ["1h30m"]);
        assert_eq!(instead("2mo"), [""; 0]);
        assert_eq!(instead("200w0d9999999w"), ["3650d"]);
    }

    proptest! {
        #[test]
        fn printed_text_parses_back(micros in 0..=Span::MAX.micros()) {
            let span = Span::from_micros(micros);
            prop_assert_eq!(<Span as Quantity>::parse(&span.to_string()), Ok(span));
        }
    }
}
