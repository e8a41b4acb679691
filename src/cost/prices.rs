//! Prices, and what a change comes to at them.

use super::{LINES, Ledger, Line, MeanLedger};
use crate::units::{Currency, Money};

/// What each line costs, all in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    currency: Currency,
    /// Parts of 1e9 of the currency for an hour, a request or a user.
    nanos: [u64; LINES],
}

/// What one change costs, in parts of 1e6 of the currency. What is saved is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bill {
    /// The currency of all of it.
    pub currency: Currency,
    /// Each line, in the order of [`Line::ALL`].
    pub lines: [i64; LINES],
    /// Their sum.
    pub total: i64,
}

impl Bill {
    /// One line.
    pub const fn line(&self, line: Line) -> i64 {
        self.lines[line as usize]
    }
}

impl Prices {
    /// The prices in the order of [`Line::ALL`]; nothing if they are in several currencies.
    pub fn new(prices: [Money; LINES]) -> Option<Self> {
        let currency = prices[0].currency();
        let is_one = prices.iter().all(|price| price.currency() == currency);
        is_one.then(|| Self { currency, nanos: prices.map(Money::nanos) })
    }

    /// The currency of all of them.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// The price of one line: for an hour, a request or a user.
    pub const fn price(&self, line: Line) -> Money {
        Money::from_nanos(self.nanos[line as usize], self.currency)
    }

    /// What a change costs, every line to the nearest part of 1e6 of the currency.
    pub fn cost(&self, ledger: &Ledger) -> Bill {
        let lines = Line::ALL.map(|line| self.line(line, ledger.parts(line)));
        let total = lines.into_iter().fold(0, i64::saturating_add);
        Bill { currency: self.currency, lines, total }
    }

    /// What the mean change costs, in units of the currency.
    pub fn mean_cost(&self, mean: &MeanLedger) -> f64 {
        Line::ALL.iter().map(|line| self.price(*line).as_f64() * mean.amount(*line)).sum()
    }

    fn line(&self, line: Line, parts: i64) -> i64 {
        let nanos = i128::from(self.nanos[line as usize]) * i128::from(parts);
        // From 1e-9 to 1e-6, halves away from zero.
        let micros = i128::from(line.parts()) * 1_000;
        let rounded = (nanos + nanos.signum() * (micros / 2)) / micros;
        let bound = if rounded < 0 { i64::MIN } else { i64::MAX };
        i64::try_from(rounded).unwrap_or(bound)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::units::Quantity;

    fn prices(texts: [&str; LINES]) -> Prices {
        Prices::new(texts.map(|text| Money::parse(text).expect("a price"))).expect("one currency")
    }

    fn usual() -> Prices {
        prices(["0.0494 USD", "0.001 USD", "0.05 USD", "100 USD", "20 USD"])
    }

    #[test]
    fn twenty_pods_kept_for_an_hour_cost_a_dollar() {
        let kept = |hours: i64| Ledger {
            pod_micros_above: 20 * hours * 3_600_000_000,
            peak_pods: 40,
            ..Ledger::default()
        };
        assert_eq!(usual().cost(&kept(1)).total, 988_000, "0.988 USD");
        assert_eq!(usual().cost(&kept(24)).total, 23_712_000, "it is the keeping that costs");
        assert_eq!(usual().cost(&kept(-1)).line(Line::Pods), -988_000, "fewer pods save");
    }

    #[test]
    fn every_line_has_its_price() {
        let ledger = Ledger {
            pod_micros_above: 3_600_000_000,
            peak_pods: 1,
            failed_requests: 2_000_000,
            harmed_users: 10_000,
            engineer_micros: 1_800_000_000,
            delay_micros: 7_200_000_000,
        };
        let bill = usual().cost(&ledger);
        assert_eq!(bill.lines, [49_400, 2_000_000, 500_000, 50_000_000, 40_000_000]);
        assert_eq!(bill.total, 92_549_400);
        assert_eq!(bill.currency, Currency::USD);
    }

    #[test]
    fn prices_have_one_currency() {
        let money = |text| Money::parse(text).expect("a price");
        let one = money("1 USD");
        assert_eq!(Prices::new([one, one, money("1 EUR"), one, one]), None);
    }

    #[test]
    fn what_is_too_much_stops_at_the_end_of_the_numbers() {
        let dear = prices(["0 USD", "10_000_000_000 USD", "0 USD", "0 USD", "0 USD"]);
        let bill = dear.cost(&Ledger { failed_requests: i64::MIN, ..Ledger::default() });
        assert_eq!(bill.total, i64::MIN);
    }

    fn any_ledger() -> impl Strategy<Value = Ledger> {
        let micros = -1_000_000_000_000_000..1_000_000_000_000_000_i64;
        let thousandths = -1_000_000_000_000..1_000_000_000_000_i64;
        (micros.clone(), 0..100_u32, thousandths.clone(), thousandths, micros.clone(), micros)
            .prop_map(|(pods, peak_pods, failed_requests, harmed_users, people, delay)| Ledger {
                pod_micros_above: pods,
                peak_pods,
                failed_requests,
                harmed_users,
                engineer_micros: people,
                delay_micros: delay,
            })
    }

    proptest! {
        #[test]
        fn the_cost_of_two_changes_is_the_sum_of_their_costs(
            a in any_ledger(), b in any_ledger(),
        ) {
            let mut both = a;
            both.add(&b);
            let [a, b, both] = [a, b, both].map(|ledger| usual().cost(&ledger));
            for line in Line::ALL {
                let apart = a.line(line) + b.line(line);
                prop_assert!((both.line(line) - apart).abs() <= 1, "rounding is all of it");
            }
            prop_assert_eq!(both.total, both.lines.iter().sum::<i64>());
        }

        #[test]
        fn three_times_the_prices_are_three_times_the_cost(ledger in any_ledger()) {
            let thrice = prices(["0.1482 USD", "0.003 USD", "0.15 USD", "300 USD", "60 USD"]);
            let (once, thrice) = (usual().cost(&ledger), thrice.cost(&ledger));
            for line in Line::ALL {
                prop_assert!((thrice.line(line) - 3 * once.line(line)).abs() <= 2);
            }
        }
    }
}
