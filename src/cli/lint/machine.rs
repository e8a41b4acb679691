//! Findings for other programs.

use serde_json::{Value, json};

use super::Found;
use crate::document::{Place, Sources};
use crate::lint::{Edit, Finding, Level, RULES, Rule};

/// Where a place begins and ends, counted from one.
struct Region<'a> {
    file: &'a str,
    start: (usize, usize),
    end: (usize, usize),
}

fn region(place: Place, sources: &Sources) -> Region<'_> {
    let source = sources.get(place.source);
    Region {
        file: source.name(),
        start: source.line_column(place.start),
        end: source.line_column(place.end),
    }
}

/// One object with every finding.
pub(super) fn json(found: &[Found], sources: &Sources) -> String {
    let one = |(rule, finding): &Found| {
        let mut json = finding.problem(rule).to_json(sources);
        json["rule"] = json["code"].take();
        json["level"] = json["severity"].take();
        json["number"] = json!(finding.number);
        json["fix"] = json!(finding.fix);
        json["edits"] =
            finding.edits(sources).iter().map(|edit| self::edit(edit, sources)).collect();
        if let Value::Object(map) = &mut json {
            for key in ["code", "severity", "notes", "help"] {
                map.remove(key);
            }
        }
        json
    };
    let findings: Vec<_> = found.iter().map(one).collect();
    format!("{:#}\n", json!({ "findings": findings }))
}

/// What is taken out from where to where, and what is put there.
fn edit(edit: &Edit, sources: &Sources) -> Value {
    let Region { file, start, end } = region(edit.place, sources);
    json!({
        "file": file,
        "line": start.0,
        "column": start.1,
        "endLine": end.0,
        "endColumn": end.1,
        "text": edit.text,
    })
}

/// The same as a fix of a result; changes of several files are one fix.
fn sarif_fix(finding: &Finding, sources: &Sources) -> Option<Value> {
    let mut edits = finding.edits(sources);
    edits.sort_by_key(|edit| (edit.place.source, edit.place.start));
    let replacement = |edit: &Edit| {
        let Region { start, end, .. } = region(edit.place, sources);
        json!({
            "deletedRegion": {
                "startLine": start.0,
                "startColumn": start.1,
                "endLine": end.0,
                "endColumn": end.1,
            },
            "insertedContent": { "text": edit.text },
        })
    };
    let changes: Vec<_> = edits
        .chunk_by(|a, b| a.place.source == b.place.source)
        .map(|part| {
            json!({
                "artifactLocation": { "uri": sources.get(part[0].place.source).name() },
                "replacements": part.iter().map(replacement).collect::<Vec<_>>(),
            })
        })
        .collect();
    (!changes.is_empty())
        .then(|| json!([{ "description": { "text": finding.fix }, "artifactChanges": changes }]))
}

/// A log of the Static Analysis Results Interchange Format, 2.1.0.
pub(super) fn sarif(found: &[Found], sources: &Sources) -> String {
    let rule = |rule: &&Rule| {
        json!({
            "id": rule.id,
            "shortDescription": { "text": rule.title },
            "fullDescription": { "text": rule.why },
            "defaultConfiguration": { "level": rule.level.as_str() },
        })
    };
    let rules: Vec<_> = RULES.iter().map(rule).collect();
    let result = |(rule, finding): &Found| {
        let Region { file, start, end } = region(finding.place(), sources);
        let mut result = json!({
            "ruleId": rule.id,
            "ruleIndex": RULES.iter().position(|it| it.id == rule.id),
            "level": rule.level.as_str(),
            "message": { "text": message(finding) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": file },
                "region": {
                    "startLine": start.0,
                    "startColumn": start.1,
                    "endLine": end.0,
                    "endColumn": end.1,
                },
            }}],
        });
        if let Some(fix) = sarif_fix(finding, sources) {
            result["fixes"] = fix;
        }
        result
    };
    let results: Vec<_> = found.iter().map(result).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "coalmine",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn message(finding: &Finding) -> String {
    format!("{}\n{}\nfix: {}", finding.title, finding.number, finding.fix)
}

/// One annotation a line, as workflows of GitHub read them.
pub(super) fn github(found: &[Found], sources: &Sources) -> String {
    let line = |(rule, finding): &Found| {
        let Region { file, start, end } = region(finding.place(), sources);
        let level = match rule.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        format!(
            "::{level} file={},line={},endLine={},col={},title={}::{}\n",
            property(file),
            start.0,
            end.0,
            start.1,
            property(rule.id),
            data(&message(finding)),
        )
    };
    found.iter().map(line).collect()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
