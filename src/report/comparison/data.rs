//! A comparison as data: JSON for tools, one row per variant and measure.

use serde_json::{Value, json};

use super::ComparisonReport;
use crate::experiment::{Comparison, Contrast, MEASURES, Variant};
use crate::report::data::{bill, cell, finding, numbers, provenance, standing};
use crate::report::{kinds, robust};

/// The comparison as one JSON value; keys are sorted, an open end of an interval is null.
pub(super) fn value(report: &ComparisonReport) -> Value {
    let it = &report.comparison;
    let variants = it.variants.iter().enumerate();
    let variants = variants.map(|(index, variant)| one(report, index, variant));
    let turns = it.turns.iter().map(|turn| {
        json!({
            "line": turn.line.key(),
            "price": turn.at.price,
            "cheapest": it.variants[turn.cheapest].name,
            "other": it.variants[turn.other].name,
            "otherIsCheaper": match turn.at.below {
                crate::cost::Cheaper::First => "above",
                crate::cost::Cheaper::Second => "below",
            },
        })
    });
    json!({
        "name": report.name,
        "description": report.description,
        "provenance": provenance(&report.provenance),
        "trust": report.trust.json(),
        "robustness": robust::json(&report.robust, report.words(&report.names())),
        "baseline": it.variants[it.baseline].name,
        "aims": Comparison::AIMS,
        "variants": variants.collect::<Vec<_>>(),
        "breakEven": turns.collect::<Vec<_>>(),
        "sentence": report.sentence,
        "cautions": report.cautions,
        "next": report.next,
        "notes": report.notes,
        "losses": report.losses,
    })
}

fn one(report: &ComparisonReport, index: usize, variant: &Variant) -> Value {
    let wanted = report.wanted[index].iter().map(standing);
    let dominated_by = variant.dominated_by.map(|other| &report.comparison.variants[other].name);
    json!({
        "name": variant.name,
        "plan": report.plans[index],
        "measures": variant.summary.findings.iter().map(finding).collect::<Vec<_>>(),
        "differences": variant.contrasts.iter().map(difference).collect::<Vec<_>>(),
        "kinds": variant.summary.kinds.iter().map(kinds::json).collect::<Vec<_>>(),
        "dominatedBy": dominated_by,
        "cost": bill(&report.bills[index]),
        "expectations": wanted.collect::<Vec<_>>(),
    })
}

fn difference(contrast: &Contrast) -> Value {
    let mut value = json!({
        "name": contrast.measure.name,
        "unit": contrast.measure.how.unit().word(),
        "verdict": contrast.verdict.word(),
        "gain": contrast.gain.filter(|gain| gain.is_finite()),
    });
    value.as_object_mut().expect("a map").extend(numbers(contrast.difference.as_ref()));
    value
}

/// One row per variant and measure.
pub(super) fn csv(report: &ComparisonReport) -> Vec<u8> {
    let mut out = String::from(
        "comparison,variant,measure,unit,worlds,value,low,high,n,difference,difference_low,\
         difference_high,verdict,gain\n",
    );
    let number = |value: Option<f64>| {
        value.filter(|it| it.is_finite()).map_or_else(String::new, |it| it.to_string())
    };
    for variant in &report.comparison.variants {
        for (index, measure) in MEASURES.iter().enumerate() {
            let seen = variant.summary.findings[index].estimate;
            let contrast = variant.contrasts.get(index);
            let less = contrast.and_then(|it| it.difference);
            let cells = [
                cell(&report.name),
                cell(&variant.name),
                cell(measure.name),
                cell(measure.how.unit().word()),
                cell(measure.worlds.words()),
                number(seen.map(|it| it.value)),
                number(seen.map(|it| it.interval.low)),
                number(seen.map(|it| it.interval.high)),
                seen.map_or(0, |it| it.n).to_string(),
                number(less.map(|it| it.value)),
                number(less.map(|it| it.interval.low)),
                number(less.map(|it| it.interval.high)),
                contrast.map_or_else(String::new, |it| it.verdict.word().to_owned()),
                number(contrast.and_then(|it| it.gain)),
            ];
            out.push_str(&cells.join(","));
            out.push('\n');
        }
    }
    out.into_bytes()
}
