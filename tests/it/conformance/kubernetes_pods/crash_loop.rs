//! Schedules of containers that end again and again, made by the real back-off.

use clockwork::{Instant, Span};
use coalmine::fleet::{BackOff, CrashLoop};
use serde_json::Value;

use super::{Tally, rows, same};

fn seconds(row: &Value, key: &str) -> Vec<u64> {
    let list = row[key].as_array().unwrap_or_else(|| panic!("`{key}` is a list in {row}"));
    list.iter().map(|it| it.as_u64().expect("whole seconds")).collect()
}

fn schedule(row: &Value) -> Result<(), String> {
    let setting = |key: &str| Span::from_secs(row[key].as_u64().expect("whole seconds"));
    let by = BackOff {
        first: setting("initial_s"),
        most: setting("max_s"),
        forgotten: setting("expiry_s"),
    };
    let mut waits = CrashLoop::default();
    let (mut starts, mut exits, mut waited) = (vec![0], Vec::new(), Vec::new());
    let mut start = Instant::ZERO;
    for run in seconds(row, "run_s") {
        let exit = start + Span::from_secs(run);
        start = waits.start_after_by(&by, exit);
        let whole = |at: Instant| at.since_start().micros() / 1_000_000;
        exits.push(whole(exit));
        waited.push(whole(start) - whole(exit));
        starts.push(whole(start));
    }
    same("exits", &exits, &seconds(row, "exit_t"))?;
    same("waits", &waited, &seconds(row, "wait_s"))?;
    same("starts", &starts, &seconds(row, "start_t"))
}

#[test]
fn conformance_of_crash_loops_with_the_real_back_off() {
    let file = "k8s/oracle-crashloop.jsonl";
    let Some(rows) = rows(file) else { return };
    let mut tally = Tally::default();
    for (place, row) in rows.iter().enumerate() {
        tally.case(&format!("row {place}"), schedule(row));
    }
    tally.report(file);
}
