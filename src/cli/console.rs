//! The two streams of a process.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::When;
use super::exit::Failure;
use crate::document::Look;

/// Standard output for results and standard error for everything else.
pub(super) struct Console {
    out: io::BufWriter<io::Stdout>,
    err: io::Stderr,
    /// How results look.
    pub(super) look: Look,
    /// How messages look.
    pub(super) messages: Look,
}

impl Console {
    pub(super) fn new(when: When) -> Self {
        let choice = match when {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        choice.write_global();
        let look = |choice| if choice == ColorChoice::Never { Look::Plain } else { Look::Coloured };
        Self {
            look: look(AutoStream::choice(&io::stdout())),
            messages: look(AutoStream::choice(&io::stderr())),
            out: io::BufWriter::new(io::stdout()),
            err: io::stderr(),
        }
    }

    /// Writes a part of the result.
    pub(super) fn print(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes).map_err(lost)
    }

    /// Makes sure that the result is out.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(lost)
    }

    /// Writes a message; nobody can be told when that fails.
    pub(super) fn note(&mut self, text: &str) {
        let _ = self.err.write_all(text.as_bytes());
    }

    /// Whether somebody watches the messages.
    pub(super) fn is_watched(&self) -> bool {
        self.err.is_terminal()
    }
}

fn lost(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::Closed;
    }
    Failure::Io("the output cannot be written".to_owned(), error)
}
