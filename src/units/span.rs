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
                Rejection::bare([format!("{text}m"), format!("{text}s")])
            }
            SpanError::Negative | SpanError::TooLong => Rejection::out_of_range(error.to_string()),
            _ => Rejection::unreadable(error.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bare_number_may_be_minutes_or_seconds() {
        assert_eq!(
            <Span as Quantity>::parse("10"),
            Err(Rejection::bare(["10m".into(), "10s".into()]))
        );
        assert_eq!(<Span as Quantity>::parse("1h30m"), Ok(Span::from_mins(90)));
        assert!(<Span as Quantity>::parse("ten").is_err());
    }

    proptest! {
        #[test]
        fn printed_text_parses_back(micros in 0..=Span::MAX.micros()) {
            let span = Span::from_micros(micros);
            prop_assert_eq!(<Span as Quantity>::parse(&span.to_string()), Ok(span));
        }
    }
}
