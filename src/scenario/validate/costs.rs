//! The prices: all in one currency.

use super::{Pass, code};
use crate::cost::{CostsDoc, LINES, Line, Prices};
use crate::document::{At, Origin, Problem};
use crate::units::Money;

/// The prices that a document states.
pub(super) fn prices(doc: &CostsDoc, pass: &mut Pass<'_>) -> Option<Prices> {
    let stated =
        [doc.pod_hour, doc.failed_request, doc.harmed_user, doc.engineer_hour, doc.delay_hour];
    let prices = Prices::new(stated.map(|at| at.value));
    if prices.is_none() {
        pass.problem(two_currencies(&stated));
    }
    prices
}

/// Names the first price that somebody wrote, and every one that does not go with it.
fn two_currencies(stated: &[At<Money>; LINES]) -> Problem {
    let is_written = |at: &&At<Money>| at.origin == Origin::Written;
    let first = stated.iter().find(is_written).unwrap_or(&stated[0]);
    let wanted = first.value.currency();
    let lines = Line::ALL.iter().zip(stated);
    let others: Vec<_> = lines.filter(|(_, at)| at.value.currency() != wanted).collect();
    let other = others.first().map_or(wanted, |(_, at)| at.value.currency());
    let title = format!("prices in {wanted} and in {other}");
    let mut problem = Problem::error(code::CONTRADICTION, title);
    for (_, at) in others.iter().filter(|(_, at)| is_written(at)) {
        problem = problem.at(at.place, format!("in {}", at.value.currency()));
    }
    let defaults: Vec<_> = others.iter().filter(|(_, at)| !is_written(at)).collect();
    let names: Vec<_> = defaults.iter().map(|(line, _)| format!("`{}`", line.key())).collect();
    let label = if names.is_empty() {
        format!("in {wanted}")
    } else {
        format!("in {wanted}; by default {} in {other}", names.join(", "))
    };
    problem = problem.at(first.place, label);
    problem.help(format!("write every price in {wanted}: rates of exchange are not known here"))
}
