//! The twin against recorded rollouts of Kubernetes 1.36.2.

use clockwork::Span;
use serde_json::Value;

use super::cases::{compare, files, none, rows};
use super::cluster::Cluster;
use super::trace::{Path, Trace, occur, pods, said, stable};

/// Shorter states may be missing in a recording, or in the twin.
const STABLE: Span = Span::from_millis(250);

fn agree(recorded: &Path, replayed: &Path) -> bool {
    stable(recorded, STABLE) == stable(replayed, STABLE)
}

fn path(row: &Value) -> (Path, Path) {
    let trace = Trace::of(row);
    (trace.recorded(), trace.replayed(&trace.replay()))
}

/// Where two paths part.
pub(super) fn parted(row: &Value, recorded: &Path, replayed: &Path) -> String {
    let (seen, own) = (stable(recorded, STABLE), stable(replayed, STABLE));
    let same = seen.iter().zip(&own).take_while(|(a, b)| a == b).count();
    let rest = |path: &[_]| {
        format!("{:?}", path.iter().skip(same.saturating_sub(1)).take(4).collect::<Vec<_>>())
    };
    format!(
        "{} parts after {same} states\n  recorded {}\n  replayed {}",
        row["name"],
        rest(&seen),
        rest(&own)
    )
}

pub(super) fn agree_nearly(recorded: &Path, replayed: &Path) -> bool {
    let (long, short) = (Span::from_millis(450), Span::from_millis(80));
    occur(&stable(recorded, long), &stable(replayed, short))
        && occur(&stable(replayed, long), &stable(recorded, short))
        && recorded.last().map(|it| &it.0) == replayed.last().map(|it| &it.0)
}

#[test]
fn conformance_of_recorded_rollouts() {
    let name = "live-traces.jsonl";
    none(&compare(name, &rows(name), |row| {
        let (recorded, replayed) = path(row);
        agree(&recorded, &replayed).then_some(()).ok_or_else(|| parted(row, &recorded, &replayed))
    }));
}

/// Rollouts in which the script of pods and actions does not decide what happens, and why: what was
/// recorded beside them says so too. The twin agrees with these as well once it is told when pods
/// and actions really came.
const UNDECIDED: [(&str, &str); 3] = [
    ("rnd-1-103", "a pod is ready 50 ms before a whole second, in the cluster just after it"),
    ("rnd-1-108", "54 pods are ready in a few groups, which a cluster sees pod by pod"),
    ("rnd-2-127", "a pod is ready 0.1 s before a whole second, in the cluster just after it"),
];

/// The only one of these that whole seconds do not decide.
const GROUPED: &str = "rnd-1-108";

/// The recordings of other rollouts: those under a throttle, or those without.
fn others(throttled: bool) -> Vec<(String, Vec<Value>)> {
    let files = files("live-traces-").into_iter().map(|name| {
        let rows = rows(&name);
        (name, rows)
    });
    let is_throttled = |rows: &[Value]| rows.iter().any(|it| it["inputs"].get("kcm_qps").is_some());
    files.filter(|(_, rows)| is_throttled(rows) == throttled).collect()
}

#[test]
fn conformance_of_recorded_random_rollouts() {
    for (name, rows) in others(false) {
        let nearly = |row: &Value, replay: &dyn Fn(&Trace<'_>) -> Cluster| {
            let trace = Trace::of(row);
            let (recorded, replayed) = (trace.recorded(), trace.replayed(&replay(&trace)));
            let fine = agree_nearly(&recorded, &replayed);
            fine.then_some(()).ok_or_else(|| parted(row, &recorded, &replayed))
        };
        let wrong = compare(&name, &rows, |row| nearly(row, &|it| it.replay()));
        let is_known = |it: &&String| UNDECIDED.iter().any(|(name, _)| it.contains(name));
        none(&wrong.into_iter().filter(|it| !is_known(&it)).collect::<Vec<_>>());
        let undecided = rows.iter().filter(|row| row["agreement"]["within_tolerance"] == false);
        let names = undecided.filter_map(|row| row["name"].as_str());
        assert!(names.into_iter().all(|it| UNDECIDED.iter().any(|(name, _)| *name == it)));
        let stored = format!("{name} with stored seconds");
        let wrong = compare(&stored, &rows, |row| nearly(row, &|it| it.replay_stored()));
        let is_known = |it: &&String| it.contains(GROUPED);
        none(&wrong.into_iter().filter(|it| !is_known(&it)).collect::<Vec<_>>());
        let observed = format!("{name} with observed pods");
        none(&compare(&observed, &rows, |row| nearly(row, &|it| it.replay_observed())));
    }
}

fn conditions(row: &Value, key: &str) -> Vec<(f64, String)> {
    let events = row["events"].as_array().expect("events").iter();
    let said = events.filter(|event| event["k"] == "dep").map(|event| {
        let at = event["t"].as_f64().expect("a time");
        (at, event[key].as_str().expect("a condition").replace('/', " "))
    });
    let mut said: Vec<_> = said.collect();
    said.dedup_by(|later, earlier| later.1 == earlier.1);
    said.remove(0);
    said
}

/// Whoever looks again in the last second waits in a queue that serves ten in a second, and other
/// Deployments of the same cluster, stuck for ever, were in it: these were late by 0.3 s and 0.6 s.
const QUEUED: [&str; 2] = ["recreate-stuck-n20-r0", "recreate-stuck-n10-r2"];

#[test]
fn conformance_of_recorded_deadlines() {
    let name = "live-progress-deadline.jsonl";
    none(&compare(name, &rows(name), |row| {
        let trace = Trace::of(row);
        let cluster = trace.replay();
        let (recorded, replayed) = (trace.recorded(), trace.replayed(&cluster));
        if !agree_nearly(&recorded, &replayed) {
            return Err(parted(row, &recorded, &replayed));
        }
        for (key, own) in [("progressing", "Progressing "), ("avail_cond", "Available ")] {
            let own = said(&cluster, own);
            let said = conditions(row, key);
            let words = |list: &[(f64, String)]| list.iter().map(|it| it.1.clone()).collect();
            let (a, b): (Vec<String>, Vec<String>) = (words(&said), words(&own));
            if a != b {
                return Err(format!("{}: {said:?} is not {own:?}", trace.name()));
            }
            // A reconcile in its last second finds a deadline at once, else it is a second later.
            let late = |it: &&(f64, String)| it.1.ends_with("ProgressDeadlineExceeded");
            for (said, own) in said.iter().filter(late).zip(own.iter().filter(late)) {
                let off = (said.0 - own.0).abs();
                let queued = QUEUED.contains(&trace.name()) && off < 1.0;
                if off > 0.1 && (off - 1.0).abs() > 0.1 && !queued {
                    return Err(format!("{}: {said:?} is not {own:?}", trace.name()));
                }
            }
        }
        Ok(())
    }));
}

/// Creations or deletions of pods with no long pause between them: when they began, when they
/// ended, and how many there were.
fn waves(mut times: Vec<f64>) -> Vec<(f64, f64, usize)> {
    times.sort_by(f64::total_cmp);
    let mut waves: Vec<(f64, f64, usize)> = Vec::new();
    for at in times {
        match waves.last_mut().filter(|(_, last, _)| at - *last < 0.3) {
            Some(wave) => (wave.1, wave.2) = (at, wave.2 + 1),
            None => waves.push((at, at, 1)),
        }
    }
    waves
}

/// Whether creations and deletions come in the same waves, to a tenth of a second and a pod.
fn agree_in_waves(row: &Value) -> Result<(), String> {
    let trace = Trace::of(row);
    let cluster = trace.replay();
    for ev in ["created", "deleting"] {
        let events = row["events"].as_array().expect("events").iter();
        let events = events.filter(|event| event["ev"] == ev);
        let seen = waves(events.map(|event| event["t"].as_f64().expect("a time")).collect());
        let own = waves(pods(&cluster, ev == "created"));
        let near = |(a, b): (&(f64, f64, usize), &(f64, f64, usize))| {
            (a.0 - b.0).abs() <= 0.1 && (a.1 - b.1).abs() <= 0.1 && a.2.abs_diff(b.2) <= 1
        };
        if seen.len() != own.len() || !seen.iter().zip(&own).all(near) {
            return Err(format!("{}: {ev} {seen:?} is not {own:?}", trace.name()));
        }
    }
    Ok(())
}

#[test]
fn conformance_of_recorded_throttled_waves() {
    for (name, rows) in others(true) {
        none(&compare(&name, &rows, agree_in_waves));
    }
}

/// The status that follows the creation of a ReplicaSet was lost to a conflict, and with it the
/// progress from no new pod to one.
const LOST: [&str; 1] = ["stuck-n4-s1-u0"];

#[test]
fn conformance_of_recorded_conditions() {
    let name = "live-traces.jsonl";
    let wrong = compare(&format!("{name}, conditions"), &rows(name), |row| {
        let trace = Trace::of(row);
        let words = |list: Vec<(f64, String)>| list.into_iter().map(|it| it.1).collect();
        let recorded: Vec<String> = words(conditions(row, "progressing"));
        let replayed: Vec<String> = words(said(&trace.replay(), "Progressing "));
        (recorded == replayed)
            .then_some(())
            .ok_or_else(|| format!("{}: {replayed:?}", trace.name()))
    });
    let is_known = |it: &&String| LOST.iter().any(|name| it.starts_with(name));
    none(&wrong.iter().filter(|it| !is_known(it)).cloned().collect::<Vec<_>>());
}
