//! One plain sentence about a comparison, with its uncertainty.

use crate::experiment::{Comparative, Comparison, Finding, Lead};
use crate::report::number;

/// What a comparison comes to: who harms least, who is live first, who costs least, and how sure
/// that is. It is withheld when too much harm was cut off.
pub fn sentence(comparison: &Comparison, currency: &str) -> String {
    let cut_off = comparison.cut_off();
    if cut_off > Comparison::CUT_OFF_MAX {
        return format!(
            "No sentence: in {} of the bad worlds of a variant harm was cut off by the end of the \
             watched time; give them a longer `time.watch`.",
            number::share(cut_off)
        );
    }
    let mut clauses: Vec<String> =
        comparison.leads.iter().filter_map(|lead| clause(comparison, lead, currency)).collect();
    if clauses.is_empty() {
        return "No release was good or bad enough to hold the variants against each other."
            .to_owned();
    }
    let last = clauses.pop().unwrap_or_default();
    if clauses.is_empty() { format!("{last}.") } else { format!("{}; {last}.", clauses.join("; ")) }
}

fn clause(comparison: &Comparison, lead: &Lead, currency: &str) -> Option<String> {
    let phrases = ["harms the fewest users", "is live first", "costs least"];
    let mut aims = Comparison::AIMS.iter().zip(phrases);
    let does = aims.find(|(name, _)| **name == lead.contrast.measure.name)?.1;
    let variant = |index: usize| &comparison.variants[index];
    let (best, next) = (variant(lead.best), variant(lead.next));
    let finding = best.summary.get(lead.contrast.measure.name);
    let seen = said(finding, currency)?;
    let (best, next) = (&best.name, &next.name);
    if lead.contrast.verdict != Comparative::Better {
        return Some(format!("whether `{best}` or `{next}` {does} is not known ({seen})"));
    }
    let less = lead.contrast.difference.as_ref().filter(|it| it.value.is_finite());
    let than = less.map_or_else(
        || format!("`{next}` never is in half of the worlds"),
        |it| format!("{} than `{next}`", number::less(finding.unit(), it)),
    );
    Some(format!("`{best}` {does} ({seen}, {than})"))
}

/// A number with its interval and what it is of.
fn said(finding: &Finding, currency: &str) -> Option<String> {
    let estimate = finding.estimate.filter(|it| it.value.is_finite())?;
    let unit = finding.unit();
    let number = number::with_interval(unit, &estimate);
    Some(if unit == crate::experiment::Unit::Money {
        format!("{number} {currency}")
    } else {
        number
    })
}
