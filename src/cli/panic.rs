//! A panic is a bug of ours: it ends with a sentence and the command to report.

use std::ffi::OsString;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

use super::exit::Exit;
use super::output::shell;

/// What the first panic said, and where.
static FIRST: Mutex<Option<String>> = Mutex::new(None);

/// Runs something; a panic becomes an exit code and a report.
pub(super) fn caught(args: &[OsString], run: impl FnOnce() -> Exit) -> Exit {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |at| format!(" at {at}"));
        let what = info.payload_as_str().unwrap_or("it does not say why");
        if let Ok(mut first) = FIRST.lock() {
            first.get_or_insert_with(|| format!("{what}{place}"));
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let what = FIRST.lock().ok().and_then(|first| first.clone()).unwrap_or_default();
        let command: Vec<_> = args.iter().map(|arg| shell(&arg.to_string_lossy())).collect();
        let text = format!(
            "error: this is a bug of coalmine {}, not of your files: {}\n  = help: please report \
             it with the files and this command: {}\n",
            env!("CARGO_PKG_VERSION"),
            crate::report::harmless(&what),
            crate::report::harmless(&command.join(" ")),
        );
        // Nobody can be told when that fails.
        let _ = std::io::stderr().write_all(text.as_bytes());
        Exit::Bug
    })
}
