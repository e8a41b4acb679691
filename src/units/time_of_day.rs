//! A time on the clock.

use std::fmt;

use super::{Quantity, Rejection};

/// A time on the clock, to the minute: `"14:00"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

/// Minutes in a day.
const DAY: u16 = 24 * 60;

impl TimeOfDay {
    /// That many minutes after midnight; nothing if that is the next day.
    pub const fn from_minutes(minutes: u16) -> Option<Self> {
        if minutes < DAY { Some(Self(minutes)) } else { None }
    }

    /// Minutes after midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl Quantity for TimeOfDay {
    const EXPECTED: &'static str = "a time of day";
    const EXAMPLE: &'static str = "\"14:00\"";
    const PATTERN: &'static str = "^([01][0-9]|2[0-3]):[0-5][0-9]$";

    fn parse(text: &str) -> Result<Self, Rejection> {
        let refusal = || Rejection::unreadable("it is not hours and minutes");
        let (hours, minutes) = text.split_once(':').ok_or_else(refusal)?;
        if hours.len() == 1 && hours.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Rejection::unreadable("hours have two digits").or(format!("0{text}")));
        }
        let hours = two_digits(hours).ok_or_else(refusal)?;
        let minutes = two_digits(minutes).ok_or_else(refusal)?;
        if hours > 23 || minutes > 59 {
            return Err(Rejection::out_of_range("a day runs from 00:00 to 23:59"));
        }
        Ok(Self(hours * 60 + minutes))
    }

    fn is_zero(&self) -> bool {
        false
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:02}:{:02}", self.0 / 60, self.0 % 60))
    }
}

fn two_digits(text: &str) -> Option<u16> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minute_of_the_day_parses_back() {
        for minutes in 0..DAY {
            let time = TimeOfDay::from_minutes(minutes).expect("within the day");
            assert_eq!(TimeOfDay::parse(&time.to_string()), Ok(time));
        }
    }

    #[test]
    fn other_notations_are_refused() {
        for text in ["24:00", "14:60", "2pm", "14", "840", "1:00", "14:0", "+1:00", ""] {
            assert!(TimeOfDay::parse(text).is_err(), "{text}");
        }
    }
}
