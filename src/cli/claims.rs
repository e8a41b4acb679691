//! Claims of a run: each is tried in its cases, and what they make of it goes into a ledger.

use clockwork::Digest;

use super::exit::{Exit, Failure};
use super::input::{Job, Statement};
use super::output::Format;
use super::progress::{self, Deadline, Watcher};
use crate::document::quoted;
use crate::experiment::{Summary, Verdict, Workers, reference, replicate_all};
use crate::report::{Case, End, Entry, Ledger, Provenance, Untried, digest, plan};

/// Refuses formats that a ledger does not have.
pub(super) fn refuse(
    claims: &[Statement],
    mut formats: impl Iterator<Item = Format>,
) -> Result<(), Failure> {
    let Some(claim) = claims.first() else { return Ok(()) };
    if formats.any(|format| matches!(format, Format::Jsonl | Format::Csv)) {
        let what = format!("{} is a claim, and a ledger is no table", quoted(&claim.name));
        let help = "use -o text, -o json or -o markdown".to_owned();
        return Err(Failure::Usage(what, help));
    }
    Ok(())
}

/// Tries every claim, as long as nobody interrupts.
pub(super) fn ledger(
    claims: &[Statement],
    workers: &Workers,
    deadline: Deadline,
    shown: bool,
) -> Ledger {
    let mut ledger = Ledger::default();
    for claim in claims {
        match Verdict::recorded(claim.doc.verdict.value) {
            None => ledger.untried.push(untried(claim)),
            Some(_) if progress::is_interrupted() => {}
            Some(recorded) => {
                ledger.entries.extend(tried(claim, recorded, workers, deadline, shown));
            }
        }
    }
    ledger
}

fn untried(claim: &Statement) -> Untried {
    let doc = &claim.doc;
    Untried {
        name: claim.name.clone(),
        text: doc.text.clone(),
        section: doc.section.clone(),
        because: doc.because.clone(),
    }
}

fn tried(
    claim: &Statement,
    recorded: Verdict,
    workers: &Workers,
    deadline: Deadline,
    shown: bool,
) -> Option<Entry> {
    let doc = &claim.cases.first()?.doc;
    let (seed, asked) = (doc.seed.get(), doc.replications.get());
    let scenarios: Vec<_> = claim.cases.iter().map(|job| &job.scenario).collect();
    let watcher = Watcher::new(&claim.name, Some(asked), shown, deadline);
    let samples = replicate_all(&scenarios, seed, 0..asked, workers, &watcher);
    drop(watcher);
    let made = samples[0].len() as u64;
    if made == 0 {
        return None;
    }
    let end = if made == asked { End::Complete } else { Watcher::stopped_by() };
    let case = |(job, sample): (&Job, &Vec<_>)| {
        let summary = Summary::of(&job.scenario, sample);
        let wanted = job.wanted.iter().map(|it| (it.clone(), it.standing(&summary))).collect();
        Case { name: job.scenario.name.clone(), plan: plan(&job.scenario), summary, wanted }
    };
    let said = &claim.doc;
    Some(Entry {
        name: claim.name.clone(),
        text: said.text.clone(),
        section: said.section.clone(),
        recorded,
        because: said.because.clone(),
        cases: claim.cases.iter().zip(&samples).map(case).collect(),
        provenance: provenance(claim, (seed, made, asked), end),
    })
}

fn provenance(claim: &Statement, (seed, made, asked): (u64, u64, u64), end: End) -> Provenance {
    let mut all = Digest::new();
    for job in &claim.cases {
        all.bytes(job.scenario.name.as_bytes());
        all.bytes(digest(&job.tree).to_string().as_bytes());
    }
    Provenance {
        files: claim.cases.first().map(|job| job.files.clone()).unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION"),
        fingerprint: reference::FINGERPRINT,
        scenario: all.to_string(),
        seed,
        replications: made,
        asked: Some(asked),
        end,
    }
}

/// How each claim ends the command: whether what is written down is what the worlds show.
pub(super) fn verdict(ledger: &Ledger) -> Vec<Exit> {
    let untried = ledger.untried.iter().map(|_| Exit::Good);
    let tried = ledger.entries.iter().map(|entry| {
        if entry.provenance.end == End::Interrupted {
            return Exit::Interrupted;
        }
        match entry.computed() {
            computed if computed == entry.recorded => Exit::Good,
            Verdict::Undecided => Exit::Undecided,
            _ => Exit::Failed,
        }
    });
    tried.chain(untried).collect()
}
