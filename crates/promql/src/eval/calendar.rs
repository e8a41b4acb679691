//! Parts of the date of a time in seconds since 1970, in UTC.

use super::{Column, Context, Node};
use crate::{Error, Function};

const DAY: i64 = 86_400;

#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    pub(crate) inner: Box<Node>,
    pub(crate) function: Function,
}

impl Calendar {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        self.inner.evaluate(context)?;
        for slot in 0..out.len() {
            let value = self.inner.out.get(slot);
            out.set(slot, value.map(|seconds| part(self.function, seconds as i64)));
        }
        Ok(())
    }
}

fn part(function: Function, seconds: i64) -> f64 {
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = date(days);
    let part = match function {
        Function::Minute => second / 60 % 60,
        Function::Hour => second / 3600,
        // The first day of 1970 was a Thursday.
        Function::DayOfWeek => (days + 4).rem_euclid(7),
        Function::DayOfMonth => day,
        Function::DayOfYear => days - first_day(year, 1) + 1,
        Function::DaysInMonth => {
            let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            first_day(next_year, next) - first_day(year, month)
        }
        Function::Month => month,
        Function::Year => year,
        _ => unreachable!("{} is not of a date", function.name()),
    };
    part as f64
}

/// Year, month and day of a number of days since 1970, in the Gregorian calendar.
///
/// Years begin in March, so that the leap day is their last (Hinnant, `chrono`-Compatible
/// Low-Level Date Algorithms).
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The days from 1970 to the first day of a month.
fn first_day(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_gregorian() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(-1), (1969, 12, 31));
        for days in (-800_000..800_000).step_by(97) {
            let (year, month, day) = date(days);
            assert_eq!(first_day(year, month) + day - 1, days);
        }
    }

    #[test]
    fn parts_of_a_leap_day() {
        // 2024-02-29 13:45:07, a Thursday.
        let at = |function| part(function, 1_709_214_307);
        assert_eq!([at(Function::Hour), at(Function::Minute)], [13.0, 45.0]);
        assert_eq!([at(Function::DayOfWeek), at(Function::DayOfYear)], [4.0, 60.0]);
        assert_eq!([at(Function::DaysInMonth), at(Function::Month)], [29.0, 2.0]);
        assert!(part(Function::Year, i64::MAX) > 2e11);
        assert!(part(Function::Year, i64::MIN) < -2e11);
    }
}
