//! The price of one line at which the ranking of two variants turns.

use super::{Line, MeanLedger, Prices};

/// The cheaper of two variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cheaper {
    /// The one that was named first.
    First,
    /// The other one.
    Second,
}

/// A price at which two variants cost the same, all other prices as they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakEven {
    /// The price, in units of the currency for an hour, a request or a user; above zero.
    pub price: f64,
    /// Which one is cheaper below it.
    pub below: Cheaper,
    /// Which one is cheaper above it.
    pub above: Cheaper,
}

/// The price of `line` at which the ranking of two variants by their mean cost turns.
///
/// Costs are linear in a price, so there is at most one: `p (a - b) + rest = 0`. Nothing when no
/// price above zero turns the ranking.
pub fn break_even(
    first: &MeanLedger,
    second: &MeanLedger,
    prices: &Prices,
    line: Line,
) -> Option<BreakEven> {
    let more = |line: Line| first.amount(line) - second.amount(line);
    let others = Line::ALL.into_iter().filter(|other| *other != line);
    let rest: f64 = others.map(|other| prices.price(other).as_f64() * more(other)).sum();
    let slope = more(line);
    let price = -rest / slope;
    if !(price.is_finite() && price > 0.0) {
        return None;
    }
    // Whoever uses more of it is the cheaper one as long as it is cheap.
    let (below, above) = if slope > 0.0 {
        (Cheaper::First, Cheaper::Second)
    } else {
        (Cheaper::Second, Cheaper::First)
    };
    Some(BreakEven { price, below, above })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cost::LINES;
    use crate::units::{Currency, Money};

    fn priced(nanos: [u64; LINES]) -> Prices {
        let money = |nanos| Money::from_nanos(nanos, Currency::USD);
        Prices::new(nanos.map(money)).expect("one currency")
    }

    fn usual() -> [u64; LINES] {
        [49_400_000, 1_000_000, 50_000_000, 100_000_000_000, 20_000_000_000]
    }

    #[test]
    fn keeping_a_second_fleet_pays_until_pods_are_dear() {
        // A second fleet of 20 for a day; without it, an hour more of an engineer.
        let twice = MeanLedger([480.0, 0.0, 0.0, 0.5, 0.0]);
        let once = MeanLedger([0.0, 0.0, 0.0, 1.5, 0.0]);
        let turn = break_even(&twice, &once, &priced(usual()), Line::Pods).expect("it turns");
        assert!((turn.price - 100.0 / 480.0).abs() < 1e-12, "{turn:?}");
        assert_eq!((turn.below, turn.above), (Cheaper::First, Cheaper::Second));
        let turned = break_even(&once, &twice, &priced(usual()), Line::Pods).expect("it turns");
        assert_eq!((turned.below, turned.above), (Cheaper::Second, Cheaper::First));
    }

    #[test]
    fn a_variant_that_needs_more_of_everything_is_never_cheaper() {
        let (more, less) = (MeanLedger([2.0; LINES]), MeanLedger([1.0; LINES]));
        for line in Line::ALL {
            assert_eq!(break_even(&more, &less, &priced(usual()), line), None);
            assert_eq!(break_even(&more, &more, &priced(usual()), line), None);
        }
    }

    proptest! {
        #[test]
        fn both_cost_the_same_at_the_price_and_not_beside_it(
            first in prop::array::uniform5(0.0..1000.0_f64),
            second in prop::array::uniform5(0.0..1000.0_f64),
            line in 0..LINES,
        ) {
            let (line, mut nanos) = (Line::ALL[line], usual());
            let (first, second) = (MeanLedger(first), MeanLedger(second));
            let Some(turn) = break_even(&first, &second, &priced(nanos), line) else {
                return Ok(());
            };
            prop_assume!(turn.price > 1e-3 && turn.price < 1e9);
            let mut cheaper = |price: f64| {
                nanos[line as usize] = (price * 1e9).round() as u64;
                let costs = [&first, &second].map(|it| priced(nanos).mean_cost(it));
                (costs[0] - costs[1], costs[0] + costs[1])
            };
            let (difference, sum) = cheaper(turn.price);
            prop_assert!(difference.abs() <= 1e-6 * sum + 1e-5);
            let sign = if turn.below == Cheaper::First { 1.0 } else { -1.0 };
            prop_assert!(cheaper(turn.price * 0.9).0 * sign <= 1e-9);
            prop_assert!(cheaper(turn.price * 1.1).0 * sign >= -1e-9);
        }
    }
}
