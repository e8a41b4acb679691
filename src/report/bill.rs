//! What a change costs: the mean of each line at its price.

use crate::cost::{Line, MeanLedger, Prices};
use crate::units::Currency;

/// What the mean change costs, line by line.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanBill {
    /// The currency.
    pub currency: Currency,
    /// Each line with its amount and its cost, in the order of [`Line::ALL`].
    pub lines: Vec<(Line, f64, f64)>,
    /// The lines in a few words, the dearest first.
    pub parts: String,
}

impl MeanBill {
    /// The bill of a mean ledger; of nothing without one.
    pub fn of(ledger: Option<&MeanLedger>, prices: &Prices) -> Self {
        let nothing = MeanLedger::default();
        let ledger = ledger.unwrap_or(&nothing);
        let line = |line: Line| {
            let amount = ledger.amount(line);
            (line, amount, amount * prices.price(line).as_f64())
        };
        let lines: Vec<_> = Line::ALL.into_iter().map(line).collect();
        let mut dearest = lines.clone();
        dearest.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()));
        let said = dearest.iter().filter(|(_, _, cost)| cost.abs() >= 0.005).take(3);
        let said: Vec<_> =
            said.map(|(line, _, cost)| format!("{} {cost:.2}", word(*line))).collect();
        Self { currency: prices.currency(), lines, parts: said.join(", ") }
    }
}

/// A line's word in a report.
fn word(line: Line) -> &'static str {
    match line {
        Line::Pods => "pods",
        Line::FailedRequests => "failures",
        Line::HarmedUsers => "users",
        Line::Engineers => "people",
        Line::Delay => "delay",
    }
}
