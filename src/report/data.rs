//! Reports as data: JSON for tools, one line per world, one row per measure.

use estimate::Estimate;
use serde_json::{Map, Value, json};

use super::{ComparisonReport, Ledger, MeanBill, Provenance, Report, kinds, robust};
use crate::experiment::{Decisions, Expectation, Finding, How, NOT_MODELLED, Standing, Tally};
use crate::simulation::{By, Ending, Measures, Truth};

/// The version of the format of results.
pub const RESULT_SCHEMA: &str = "coalmine/result/v1";

/// The results of a run as one JSON document, with the ledger of its claims if it has any; keys
/// are sorted, an open end of an interval is null.
pub fn json(reports: &[&Report], ledger: Option<&Ledger>) -> Vec<u8> {
    let results: Vec<Value> = reports.iter().map(|report| result(report)).collect();
    let mut document = json!({ "schema": RESULT_SCHEMA, "results": results });
    if let (Some(map), Some(ledger)) = (document.as_object_mut(), ledger) {
        map.insert("ledger".to_owned(), ledger.json());
    }
    pretty(&document)
}

/// The version of the format of comparisons.
pub const COMPARISON_SCHEMA: &str = "coalmine/comparison/v1";

/// Comparisons as one JSON document.
pub fn comparisons_json(reports: &[ComparisonReport]) -> Vec<u8> {
    let all: Vec<Value> = reports.iter().map(ComparisonReport::json).collect();
    pretty(&json!({ "schema": COMPARISON_SCHEMA, "comparisons": all }))
}

/// A JSON document for people and tools, with a line break at its end.
pub(super) fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

fn result(report: &Report) -> Value {
    let summary = &report.summary;
    let expectations = report.wanted.iter().map(standing);
    let assumed = report
        .assumptions
        .iter()
        .map(|it| json!({ "path": it.path, "value": it.value, "why": it.why }));
    let absent = NOT_MODELLED.iter().map(|(what, why)| json!({ "what": what, "why": why }));
    json!({
        "name": report.name,
        "description": report.description,
        "plan": report.plan,
        "provenance": provenance(&report.provenance),
        "trust": report.trust.json(),
        "robustness": robust::json(&report.robust, report.words()),
        "conclusion": {
            "sentence": report.conclusion.sentence,
            "example": report.conclusion.example,
        },
        "lint": report.lint,
        "next": report.next,
        "expectations": expectations.collect::<Vec<_>>(),
        "endings": endings(&summary.tally),
        "measures": summary.findings.iter().map(finding).collect::<Vec<_>>(),
        "kinds": summary.kinds.iter().map(kinds::json).collect::<Vec<_>>(),
        "cost": bill(&report.bill),
        "stoppedBy": summary.decisions.iter().map(stopped_by).collect::<Vec<_>>(),
        "assumptions": assumed.collect::<Vec<_>>(),
        "notes": report.notes,
        "losses": report.losses,
        "leftOutOfTheDefaultReleases": report.left_out,
        "notModelled": absent.collect::<Vec<_>>(),
    })
}

pub(super) fn provenance(it: &Provenance) -> Value {
    json!({
        "files": it.files,
        "engine": { "version": it.version, "fingerprint": it.fingerprint },
        "scenario": it.scenario,
        "seed": it.seed,
        "replications": it.replications,
        "asked": it.asked,
        "end": it.end.word(),
    })
}

pub(super) fn standing((wanted, standing): &(Expectation, Standing)) -> Value {
    json!({
        "measure": wanted.measure.name,
        "comparison": wanted.side.sign(),
        "bound": wanted.bound,
        "text": wanted.text,
        "standing": standing.word(),
    })
}

pub(super) fn bill(bill: &MeanBill) -> Value {
    let lines = bill
        .lines
        .iter()
        .map(|(line, amount, cost)| json!({ "line": line.key(), "amount": amount, "cost": cost }));
    json!({ "currency": bill.currency.to_string(), "lines": lines.collect::<Vec<_>>() })
}

/// An estimate; what is not known or not bounded is null.
pub(super) fn numbers(estimate: Option<&Estimate>) -> Map<String, Value> {
    let number = |of: fn(&Estimate) -> f64| {
        estimate.map(of).filter(|it| it.is_finite()).map_or(Value::Null, Value::from)
    };
    let all = [
        ("value", number(|it| it.value)),
        ("low", number(|it| it.interval.low)),
        ("high", number(|it| it.interval.high)),
        ("confidence", number(|it| it.confidence)),
        ("n", Value::from(estimate.map_or(0, |it| it.n))),
    ];
    all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

pub(super) fn finding(finding: &Finding) -> Value {
    let measure = finding.measure;
    let mut value = json!({
        "name": measure.name,
        "definition": measure.definition,
        "unit": measure.how.unit().word(),
        "worlds": measure.worlds.words(),
        "kind": measure.how.word(),
        "quantile": if let How::Quantile(_, p) = measure.how { Some(p) } else { None },
        "events": finding.events,
        "beyond": finding.beyond,
    });
    value.as_object_mut().expect("a map").extend(numbers(finding.estimate.as_ref()));
    value
}

fn stopped_by(by: &Decisions) -> Value {
    let gate = by.gate.map(|_| &by.name);
    json!({ "who": by.name, "gate": gate, "endings": endings(&by.tally) })
}

pub(super) fn endings(tally: &Tally) -> Value {
    let row = |truth: Truth| {
        let counts = Ending::ALL.map(|it| (key(it.word()), Value::from(tally.count(truth, it))));
        Value::Object(counts.into_iter().collect())
    };
    Value::Object(Truth::ALL.map(|truth| (key(truth.word()), row(truth))).into_iter().collect())
}

/// A word as a key: `rolled back` is `rolledBack`.
fn key(word: &str) -> String {
    let mut parts = word.split(' ');
    let mut key = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (first, rest) = part.split_at(part.len().min(1));
        key.push_str(&first.to_uppercase());
        key.push_str(rest);
    }
    key
}

/// One line of JSON per replication, in order of their indices.
pub fn jsonl(report: &Report, sample: &[Measures]) -> Vec<u8> {
    let mut out = Vec::new();
    let kinds: Vec<&str> = report.summary.kinds.iter().map(|kind| kind.name.as_str()).collect();
    let decisions = report.summary.decisions.iter().filter(|by| by.gate.is_some());
    let gates: Vec<&str> = decisions.map(|by| by.name.as_str()).collect();
    for (index, it) in (0_u64..).zip(sample) {
        let mut world = measures(it, &kinds, &gates);
        world.insert("scenario".to_owned(), json!(report.name));
        world.insert("seed".to_owned(), json!(report.provenance.seed));
        world.insert("replication".to_owned(), json!(index));
        out.extend(Value::Object(world).to_string().into_bytes());
        out.push(b'\n');
    }
    out
}

/// The measures of one replication; times are seconds from the start of the change.
pub(super) fn measures(it: &Measures, kinds: &[&str], gates: &[&str]) -> Map<String, Value> {
    let at = |at: clockwork::Instant| at.since_start().as_secs_f64();
    let thousandths = |count: u64| count as f64 / 1000.0;
    let by = match it.by {
        Some(By::Gate(_)) => Some("gate"),
        Some(By::Person) => Some("person"),
        Some(By::Strategy) => Some("strategy"),
        Some(By::Analysis(_)) => Some("analysis"),
        None => None,
    };
    let gate = it.gate().and_then(|gate| gates.get(gate));
    let value = json!({
        "release": kinds.get(usize::from(it.release)),
        "size": it.size.map(|size| f64::from(size) / 1e6),
        "truth": it.truth.word(),
        "ending": it.ending.word(),
        "by": by,
        "gate": gate,
        "fixed": it.fixed,
        "attempts": it.attempts,
        "potential": thousandths(it.potential),
        "exposedAt": at(it.exposed_at),
        "endedAt": at(it.ended_at),
        "watchedUntil": at(it.watched_until),
        "liveAt": it.live_at.map(at),
        "promotedAt": it.promoted_at.map(at),
        "harmBegan": it.harm_began.map(at),
        "detectedAt": it.detected_at.map(at),
        "orderedAt": it.ordered_at.map(at),
        "harmEnded": it.harm_ended.map(at),
        "timeHarmed": it.time_harmed.as_secs_f64(),
        "cutOff": it.cut_off,
        "met": it.met,
        "metHarmful": thousandths(it.met_harmful),
        "failed": it.failed,
        "slowed": it.slowed as f64 / 1000.0,
        "bystanders": it.bystanders as f64 / 1000.0,
        "rolloutFailed": it.rollout_failed,
        "rolloutSlowed": it.rollout_slowed as f64 / 1000.0,
        "baselineFailed": it.baseline_failed,
        "requests": thousandths(it.requests),
        "peakShare": f64::from(it.peak_share) / 1e6,
        "usersMet": thousandths(it.users_met),
        "usersHarmed": thousandths(it.users_harmed),
        "usersDipped": thousandths(it.users_dipped),
        "usersActive": thousandths(it.users_active),
        "podsKilled": it.killed,
        "podHoursAbove": it.pods_above as f64 / 3.6e9,
        "peakPods": it.peak_pods,
        "people": it.work.as_secs_f64(),
        "readings": it.readings,
    });
    if let Value::Object(map) = value { map } else { Map::new() }
}

/// One row per measure, first of all worlds, then by kind of release.
pub fn csv(reports: &[&Report]) -> Vec<u8> {
    let mut out = String::from(
        "scenario,release,measure,unit,worlds,value,low,high,confidence,n,events,beyond\n",
    );
    for report in reports {
        let kinds = report.summary.kinds.iter();
        let kinds = kinds.flat_map(|kind| kind.findings.iter().map(|it| (kind.name.as_str(), it)));
        let all = report.summary.findings.iter().map(|it| ("", it));
        for (release, finding) in all.chain(kinds) {
            out.push_str(&row(&report.name, release, finding));
        }
    }
    out.into_bytes()
}

fn row(scenario: &str, release: &str, finding: &Finding) -> String {
    let estimate = finding.estimate;
    let number = |of: fn(&Estimate) -> f64| {
        let number = estimate.as_ref().map(of).filter(|it| it.is_finite());
        number.map_or_else(String::new, |number| number.to_string())
    };
    let cells = [
        cell(scenario),
        cell(release),
        cell(finding.measure.name),
        cell(finding.unit().word()),
        cell(finding.measure.worlds.words()),
        number(|it| it.value),
        number(|it| it.interval.low),
        number(|it| it.interval.high),
        number(|it| it.confidence),
        finding.n().to_string(),
        finding.events.map_or_else(String::new, |events| events.to_string()),
        finding.beyond.to_string(),
    ];
    cells.join(",") + "\n"
}

/// A text as a cell: quoted where it must be, and never a formula.
pub(super) fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(key("rolled back"), "rolledBack");
    }
}
