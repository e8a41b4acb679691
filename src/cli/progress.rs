//! Who looks on: a bar for people, a time limit, and Ctrl-C.

#![expect(clippy::disallowed_types, reason = "a time limit is about the time of a person")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::experiment::Onlooker;
use crate::report::End;

/// How often somebody pressed Ctrl-C.
static INTERRUPTS: AtomicU32 = AtomicU32::new(0);

/// From now on Ctrl-C stops at the next border, and the second one at once.
pub(super) fn listen() {
    let pressed = || {
        if INTERRUPTS.fetch_add(1, Ordering::Relaxed) > 0 {
            std::process::exit(130);
        }
    };
    // Without a handler Ctrl-C still ends the process.
    let _ = ctrlc::set_handler(pressed);
}

/// Whether somebody pressed Ctrl-C.
pub(super) fn is_interrupted() -> bool {
    INTERRUPTS.load(Ordering::Relaxed) > 0
}

/// When a command has to be over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    /// That long from now.
    pub(super) fn after(limit: Option<Duration>) -> Self {
        Self(limit.and_then(|limit| Instant::now().checked_add(limit)))
    }

    fn is_over(self) -> bool {
        self.0.is_some_and(|at| Instant::now() >= at)
    }
}

/// Shows how far it is, and stops at the deadline and at Ctrl-C.
pub(super) struct Watcher {
    bar: ProgressBar,
    deadline: Deadline,
}

impl Watcher {
    /// Looks on at so many replications; at an unknown number when there is none.
    pub(super) fn new(name: &str, asked: Option<u64>, shown: bool, deadline: Deadline) -> Self {
        let bar = ProgressBar::with_draw_target(asked, ProgressDrawTarget::hidden());
        if shown {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
        let template = match asked {
            Some(_) => "{msg}  {human_pos}/{human_len}  {bar:30}  {rate}  {eta}",
            None => "{msg}  {human_pos}  {spinner}  {rate}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = write!(out, "{:.0}/s", state.per_sec());
            };
            bar.set_style(style.progress_chars("##-").with_key("rate", rate));
        }
        bar.set_message(name.to_owned());
        Self { bar, deadline }
    }

    /// Why it stopped, if it did.
    pub(super) fn stopped_by() -> End {
        if is_interrupted() { End::Interrupted } else { End::TimeLimit }
    }
}

impl Onlooker for Watcher {
    fn finished(&self, replications: u64) {
        self.bar.inc(replications);
    }

    fn stops(&self) -> bool {
        is_interrupted() || self.deadline.is_over()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
