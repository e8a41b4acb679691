//! When people are at work: the same hours on every day, since a world knows the time of day at
//! which it begins, and not the day of the week.

use clockwork::Span;

const DAY: Span = Span::from_hours(24);

/// Hours of work, the same on every day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// When people come, since midnight.
    from: Span,
    /// How long they stay; above zero, and not over midnight.
    length: Span,
}

impl Hours {
    /// From one time of day to a later one, both since midnight; nothing if that is not so.
    pub fn new(from: Span, to: Span) -> Option<Self> {
        let fits = from < to && to <= DAY;
        fits.then_some(Self { from, length: to - from })
    }

    /// Whether people are at work at this time since any midnight.
    pub fn contain(&self, time_of_day: Span) -> bool {
        let time = time_of_day % DAY;
        self.from <= time && time < self.from + self.length
    }

    /// How long it takes from this time since any midnight until `work` has been done, if only
    /// hours of work count.
    pub fn until_done(&self, time_of_day: Span, work: Span) -> Span {
        let time = time_of_day % DAY;
        let closes = self.from + self.length;
        // What of today's hours is over counts as work that was done before.
        let (begins, done) = if time < self.from {
            (self.from - time, Span::ZERO)
        } else if time < closes {
            (Span::ZERO, time - self.from)
        } else {
            (DAY - (time - self.from), Span::ZERO)
        };
        let total = done + work;
        let mut days = total / self.length;
        // What ends with the hours ends today, and not tomorrow morning.
        if days > 0 && (total % self.length).is_zero() {
            days -= 1;
        }
        let nights = (DAY - self.length) * days;
        begins + work + nights
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nine_to_six() -> Hours {
        Hours::new(Span::from_hours(9), Span::from_hours(18)).expect("hours of a day")
    }

    #[test]
    fn hours_begin_before_they_end() {
        assert_eq!(Hours::new(Span::from_hours(9), Span::from_hours(9)), None);
        assert_eq!(Hours::new(Span::from_hours(22), Span::from_hours(6)), None);
        assert!(Hours::new(Span::ZERO, DAY).is_some_and(|all| all.contain(Span::ZERO)));
    }

    #[test]
    fn the_first_hour_is_in_and_the_last_is_out() {
        let hours = nine_to_six();
        assert!(!hours.contain(Span::from_mins(9 * 60 - 1)));
        assert!(hours.contain(Span::from_hours(9)));
        assert!(hours.contain(Span::from_hours(24 + 17)));
        assert!(!hours.contain(Span::from_hours(18)));
    }

    #[test]
    fn work_waits_for_the_morning() {
        let done =
            |hour, mins| nine_to_six().until_done(Span::from_hours(hour), Span::from_mins(mins));
        assert_eq!(done(10, 20), Span::from_mins(20));
        assert_eq!(done(7, 20), Span::from_mins(2 * 60 + 20));
        assert_eq!(done(22, 20), Span::from_mins(11 * 60 + 20));
        assert_eq!(done(17, 60), Span::from_hours(1), "it ends with the day");
        assert_eq!(
            done(17, 90),
            Span::from_mins(16 * 60 + 30),
            "half an hour is left for tomorrow"
        );
        assert_eq!(done(9, 19 * 60), Span::from_hours(49), "two days, and an hour of the third");
        assert_eq!(done(3, 0), Span::from_hours(6), "nobody is there before nine");
    }

    proptest! {
        #[test]
        fn more_work_is_never_done_sooner(
            time in 0..2 * DAY.micros(), work in 0..DAY.micros(), more in 0..DAY.micros(),
        ) {
            let (hours, time) = (nine_to_six(), Span::from_micros(time));
            let done = |work| hours.until_done(time, Span::from_micros(work));
            prop_assert!(done(work) >= Span::from_micros(work));
            prop_assert!(done(work + more) >= done(work));
            let ends = (time + done(work)) % DAY;
            prop_assert!(Span::from_hours(9) <= ends && ends <= Span::from_hours(18));
        }
    }
}
